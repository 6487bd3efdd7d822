package slipstream.launcher;

import java.io.File;
import java.net.MalformedURLException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.osgi.container.Module;
import org.eclipse.osgi.container.ModuleWire;
import org.eclipse.osgi.container.ModuleWiring;
import org.eclipse.osgi.internal.framework.EquinoxConfiguration;
import org.eclipse.osgi.internal.framework.EquinoxContainer;
import org.eclipse.osgi.internal.hookregistry.ClassLoaderHook;
import org.eclipse.osgi.internal.hookregistry.HookConfigurator;
import org.eclipse.osgi.internal.hookregistry.HookRegistry;
import org.eclipse.osgi.internal.loader.BundleLoader;
import org.eclipse.osgi.internal.loader.EquinoxClassLoader;
import org.eclipse.osgi.internal.loader.ModuleClassLoader;
import org.eclipse.osgi.storage.BundleInfo.Generation;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.connect.FrameworkUtilHelper;

/**
 * Lets bundles that are on the JVM's class path as well take their classes from there.
 *
 * <p>The JVM's class cache keeps classes of the class path linked and initialised, with their lambdas; of what any other class loader
 * defines it keeps less. All else about such a bundle (wiring, resources, services, life cycle) stays with the framework. Its classes see the
 * whole class path, so with a bundle all that it imports must be there.
 */
public final class ClassPathBundles implements HookConfigurator, FrameworkUtilHelper {
  /** The bundle's file or folder for each entry of the class path, as a class names its source. */
  private static final Map<String, File> FILES = files();

  private static final Map<File, Bundle> BUNDLES = new ConcurrentHashMap<>();

  /** Class loaders in use whose required bundles were not all ready to be started. */
  private static final Set<Loader> WAITING = ConcurrentHashMap.newKeySet();

  private static volatile EquinoxContainer container;

  private static Map<String, File> files() {
    Map<String, File> files = new HashMap<>();
    Path plugins = Path.of(System.getProperty("osgi.syspath"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (path.startsWith(plugins)) {
        try {
          // A library's jars are in a folder of its bundle.
          files.put(
              path.toUri().toURL().toString(),
              plugins.resolve(plugins.relativize(path).getName(0)).toFile());
        } catch (MalformedURLException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return files;
  }

  private static File file(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? null
        : FILES.get(source.getLocation().toString());
  }

  private static File file(Generation generation) {
    return generation.getBundleFile() == null ? null : generation.getBundleFile().getBaseFile();
  }

  @Override
  public void addHooks(HookRegistry registry) {
    container = registry.getContainer();
    Set<File> bundles = new HashSet<>(FILES.values());
    registry.addClassLoaderHook(
        new ClassLoaderHook() {
          @Override
          public ModuleClassLoader createClassLoader(
              ClassLoader parent,
              EquinoxConfiguration configuration,
              BundleLoader delegate,
              Generation generation) {
            return bundles.contains(file(generation))
                ? new Loader(parent, configuration, delegate, generation)
                : null;
          }
        });
    registry.addActivatorHookFactory(ClassPathBundles::startWhenReady);
  }

  /** Goes back to those that wait, whenever a bundle becomes ready. */
  private static BundleActivator startWhenReady() {
    SynchronousBundleListener listener =
        event -> {
          if (event.getType() == BundleEvent.LAZY_ACTIVATION) {
            WAITING.forEach(Loader::activateRequired);
          }
        };
    return new BundleActivator() {
      @Override
      public void start(BundleContext context) {
        context.addBundleListener(listener);
      }

      @Override
      public void stop(BundleContext context) {
        context.removeBundleListener(listener);
      }
    };
  }

  /** The bundle of a class of the class path: its class loader does not name one. */
  @Override
  public Optional<Bundle> getBundle(Class<?> type) {
    File file = container == null ? null : file(type);
    if (file == null) {
      return Optional.empty();
    }
    Bundle known = BUNDLES.get(file);
    if (known != null) {
      return Optional.of(known);
    }
    for (Module module : container.getStorage().getModuleContainer().getModules()) {
      if (module.getCurrentRevision() != null
          && module.getCurrentRevision().getRevisionInfo() instanceof Generation generation
          && file.equals(file(generation))) {
        BUNDLES.put(file, module.getBundle());
        return Optional.of(module.getBundle());
      }
    }
    return Optional.empty();
  }

  private static final class Loader extends EquinoxClassLoader {
    static {
      registerAsParallelCapable();
    }

    private volatile boolean used;

    Loader(
        ClassLoader parent,
        EquinoxConfiguration configuration,
        BundleLoader delegate,
        Generation generation) {
      super(parent, configuration, delegate, generation);
    }

    /** The framework asks this before it looks for the bytes of a class, between its own hooks. */
    @Override
    public Class<?> publicFindLoaded(String name) {
      Class<?> found;
      try {
        found = ClassPathBundles.class.getClassLoader().loadClass(name);
      } catch (ClassNotFoundException e) {
        return super.publicFindLoaded(name);
      }
      if (!file(getGeneration()).equals(file(found))) {
        return super.publicFindLoaded(name);
      }
      if (!used) {
        activateRequired();
      }
      return found;
    }

    private void activateRequired() {
      used = activateRequired(getBundleLoader().getWiring(), new HashSet<>());
      if (used) {
        WAITING.remove(this);
      } else {
        WAITING.add(this);
      }
    }

    /**
     * Starts the lazy bundles whose classes this one's refer to: the JVM resolves those without asking the framework, which would start them.
     *
     * @return whether all of them were ready to be started
     */
    private static boolean activateRequired(ModuleWiring wiring, Set<Module> seen) {
      boolean all = true;
      for (ModuleWire wire : wiring.getRequiredModuleWires(null)) {
        Module module = wire.getProvider().getRevisions().getModule();
        if (!seen.add(module)
            || !(wire.getProvider().getRevisionInfo() instanceof Generation generation)
            || !FILES.containsValue(file(generation))) {
          continue;
        }
        all &= activateRequired(wire.getProviderWiring(), seen);
        if (module.getState() == Module.State.LAZY_STARTING) {
          try {
            module.start(Module.StartOptions.LAZY_TRIGGER);
          } catch (BundleException e) {
            container
                .getEventPublisher()
                .publishFrameworkEvent(FrameworkEvent.ERROR, module.getBundle(), e);
          }
        }
        all &= module.getState() != Module.State.RESOLVED;
      }
      return all;
    }
  }
}
