package slipstream.services.internal;

import io.grpc.Channel;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import slipstream.core.spi.PluginCatalog;

/** In OSGi: watches the bundles for plug-ins while this bundle is active. */
public final class Activator implements BundleActivator {
  /** Service property of a registered channel: the workspace's absolute path. */
  public static final String WORKSPACE = "slipstream.workspace";

  private static volatile PluginBundles bundles;
  private static volatile BundleContext context;

  @Override
  public void start(BundleContext started) {
    PluginBundles tracker = new PluginBundles(started);
    tracker.open();
    context = started;
    bundles = tracker;
  }

  @Override
  public void stop(BundleContext stopped) {
    PluginBundles tracker = bundles;
    bundles = null;
    context = null;
    tracker.close();
  }

  /** The framework's plug-ins, or the class path's where there is no framework. */
  public static Supplier<PluginCatalog> plugins() {
    return bundles == null ? ClassPath.CATALOG::get : Activator::current;
  }

  private static PluginCatalog current() {
    PluginBundles tracker = bundles;
    if (tracker == null) {
      throw new IllegalStateException("slipstream.services has been stopped");
    }
    return tracker.catalog();
  }

  /** Registers a channel as an OSGi service where there is a framework; close the result to take it back. */
  static AutoCloseable register(Channel channel, Path workspace) {
    BundleContext framework = context;
    if (framework == null) {
      return () -> {};
    }
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(WORKSPACE, workspace.toString());
    ServiceRegistration<Channel> registration =
        framework.registerService(Channel.class, channel, properties);
    return () -> {
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        // The framework stopped first and took it back.
        return;
      }
    };
  }

  private enum ClassPath {
    CATALOG;

    private PluginCatalog catalog;

    synchronized PluginCatalog get() {
      if (catalog == null) {
        catalog = PluginCatalog.ofClassPath();
      }
      return catalog;
    }
  }
}
