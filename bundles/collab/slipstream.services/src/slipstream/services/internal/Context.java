package slipstream.services.internal;

import java.nio.file.Path;
import java.util.function.Supplier;
import slipstream.core.spi.PluginCatalog;
import slipstream.store.WorkspaceStore;

/** What every service works with. */
record Context(
    WorkspaceStore store,
    Supplier<PluginCatalog> pluginSource,
    Pipeline pipeline,
    ModelCache models) {
  Context(WorkspaceStore store, Supplier<PluginCatalog> pluginSource, Pipeline pipeline) {
    this(store, pluginSource, pipeline, new ModelCache(store, pluginSource, pipeline));
  }

  /** The plug-ins there are now. */
  PluginCatalog plugins() {
    return pluginSource.get();
  }

  Path workspace() {
    return store.workspace();
  }
}
