package slipstream.services.internal;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.util.tracker.BundleTracker;
import org.osgi.util.tracker.BundleTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.Importer;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Objective;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;

/**
 * The plug-ins of the framework's bundles, each loaded through its own bundle's class loader.
 *
 * <p>A bundle declares plug-ins under {@code META-INF/services}, as on a class path. The catalogue follows bundles that
 * come and go; each plug-in in it is also an OSGi service under its SPI interface, with the properties {@code
 * slipstream.name} and {@code slipstream.kind}.
 */
final class PluginBundles implements BundleTrackerCustomizer<PluginCatalog.Source>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PluginBundles.class);
  private static final String DECLARATIONS = "META-INF/services/";
  private static final List<Class<?>> KINDS =
      List.of(
          Importer.class,
          FeatureExtractor.class,
          FeatureFunction.class,
          Trainer.class,
          Objective.class,
          Metric.class,
          Exporter.class);

  private final BundleContext context;
  private final BundleTracker<PluginCatalog.Source> tracker;
  private final Map<Object, ServiceRegistration<?>> registrations = new HashMap<>();
  // By bundle id, so that the first come keeps a contested name.
  private final TreeMap<Long, PluginCatalog.Source> sources = new TreeMap<>();
  private PluginCatalog catalog;
  private boolean closed;

  PluginBundles(BundleContext context) {
    this.context = context;
    this.tracker =
        new BundleTracker<>(context, Bundle.RESOLVED | Bundle.STARTING | Bundle.ACTIVE, this);
  }

  void open() {
    tracker.open();
  }

  /** The plug-ins there are now. Loaded when first asked for and after each change. */
  synchronized PluginCatalog catalog() {
    if (catalog == null) {
      catalog = PluginCatalog.load(List.copyOf(sources.values()));
      catalog.problems().forEach(problem -> LOG.warn("{}", problem.getMessage(), problem));
      register(catalog);
    }
    return catalog;
  }

  @Override
  public PluginCatalog.Source addingBundle(Bundle bundle, BundleEvent event) {
    if (KINDS.stream().allMatch(kind -> bundle.getEntry(DECLARATIONS + kind.getName()) == null)) {
      return null;
    }
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (wiring == null || wiring.getClassLoader() == null) {
      return null;
    }
    PluginCatalog.Source source =
        new PluginCatalog.Source(
            bundle.getSymbolicName(), bundle.getVersion().toString(), wiring.getClassLoader());
    change(bundle.getBundleId(), source);
    return source;
  }

  @Override
  public void modifiedBundle(Bundle bundle, BundleEvent event, PluginCatalog.Source source) {
    // Still wired to the same class loader: resolved, starting and active are alike to plug-ins.
  }

  @Override
  public void removedBundle(Bundle bundle, BundleEvent event, PluginCatalog.Source source) {
    change(bundle.getBundleId(), null);
  }

  private synchronized void change(long bundle, PluginCatalog.Source source) {
    if (source == null) {
      sources.remove(bundle);
    } else {
      sources.put(bundle, source);
    }
    boolean loaded = catalog != null;
    catalog = null;
    if (loaded && !closed) {
      catalog();
    }
  }

  private void register(PluginCatalog loaded) {
    Map<Object, Runnable> wanted = new LinkedHashMap<>();
    loaded.importers().forEach(each -> want(wanted, Importer.class, "importer", each));
    loaded.extractors().forEach(each -> want(wanted, FeatureExtractor.class, "extractor", each));
    loaded.functions().forEach(each -> want(wanted, FeatureFunction.class, "function", each));
    loaded.trainers().forEach(each -> want(wanted, Trainer.class, "trainer", each));
    loaded.objectives().forEach(each -> want(wanted, Objective.class, "objective", each));
    loaded.metrics().forEach(each -> want(wanted, Metric.class, "metric", each));
    loaded.exporters().forEach(each -> want(wanted, Exporter.class, "exporter", each));
    new ArrayList<>(registrations.keySet()).forEach(this::unregister);
    wanted.values().forEach(Runnable::run);
  }

  private void want(
      Map<Object, Runnable> wanted, Class<?> kind, String word, PluginCatalog.Entry<?> entry) {
    wanted.put(
        entry.plugin(),
        () -> {
          Dictionary<String, Object> properties = new Hashtable<>();
          properties.put("slipstream.kind", word);
          properties.put("slipstream.name", entry.name());
          properties.put("slipstream.bundle", entry.source().name());
          registrations.put(
              entry.plugin(), context.registerService(kind.getName(), entry.plugin(), properties));
        });
  }

  private void unregister(Object plugin) {
    try {
      registrations.remove(plugin).unregister();
    } catch (IllegalStateException e) {
      LOG.debug("Already taken back", e);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    tracker.close();
    synchronized (this) {
      new ArrayList<>(registrations.keySet()).forEach(this::unregister);
    }
  }
}
