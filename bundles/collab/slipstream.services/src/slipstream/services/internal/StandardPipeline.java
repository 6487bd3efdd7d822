package slipstream.services.internal;

import java.nio.file.Path;
import java.util.Map;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.ContentStore;
import slipstream.core.table.Table;
import slipstream.proto.v1.DatasetQuality;

/** The pipeline of this product: its experiment format, data, features and training. */
final class StandardPipeline implements Pipeline {
  private static SlipstreamException missing() {
    return new SlipstreamException(
        Category.UNAVAILABLE, "this build has no training pipeline", "Update Slipstream.");
  }

  @Override
  public Parsed parse(
      String text, String file, Map<String, String> overrides, PluginCatalog plugins) {
    throw missing();
  }

  @Override
  public String schema(PluginCatalog plugins) {
    throw missing();
  }

  @Override
  public DatasetQuality inspect(Table table, Progress progress) {
    throw missing();
  }

  @Override
  public Outcome run(
      Parsed parsed,
      Path dataDirectory,
      Path output,
      int threads,
      PluginCatalog plugins,
      ContentStore content,
      Progress progress) {
    throw missing();
  }

  @Override
  public LoadedModel load(byte[] bytes, String name, PluginCatalog plugins) {
    throw missing();
  }
}
