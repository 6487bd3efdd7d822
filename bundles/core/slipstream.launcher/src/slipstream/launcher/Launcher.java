package slipstream.launcher;

import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.eclipse.core.runtime.adaptor.EclipseStarter;

/**
 * The main class of the product: starts Equinox on the class path, runs the application, and ends the process with its exit code.
 *
 * <p>Equinox's own launcher loads the framework with a class loader of its own, which the JVM's class cache cannot serve, and
 * {@code EclipseStarter.main} leaves the framework running when the application has ended.
 */
public final class Launcher {
  private static final String TOOLKIT_FAILURE = "slipstream.toolkit.failure";

  private Launcher() {}

  /** Runs the application that {@code -Declipse.application} names; every argument is passed to it. */
  public static void main(String[] arguments) throws Exception {
    EclipseStarter.setInitialProperties(
        Map.of(
            "osgi.noShutdown",
            "false",
            "osgi.hook.configurators.include",
            ClassPathBundles.class.getName(),
            "osgi.framework.useSystemProperties",
            "true",
            "eclipse.startTime",
            Long.toString(System.currentTimeMillis())));
    if ("slipstream.ui.app".equals(System.getProperty("eclipse.application"))) {
      startToolkit();
    }
    Object result = EclipseStarter.run(arguments, null);
    System.exit(result instanceof Integer code ? code : 0);
  }

  /**
   * Lets JavaFX open the display while the framework starts. Nothing is reported from here: the application waits for the toolkit and finds
   * what went wrong in the system property {@value #TOOLKIT_FAILURE}.
   */
  private static void startToolkit() {
    boolean display =
        "Headless".equalsIgnoreCase(System.getProperty("glass.platform"))
            || System.getenv("DISPLAY") != null
            || System.getenv("WAYLAND_DISPLAY") != null;
    if (!display || ModuleLayer.boot().findModule("javafx.graphics").isEmpty()) {
      return;
    }
    // The toolkit fails in a thread of its own; the application sets another handler when it has
    // started.
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> failed(thrown));
    Thread.ofPlatform()
        .daemon()
        .name("toolkit")
        .start(
            () -> {
              Runnable nothing = () -> {};
              try {
                Class.forName("javafx.application.Platform")
                    .getMethod("startup", Runnable.class)
                    .invoke(null, nothing);
              } catch (InvocationTargetException e) {
                // The application was quicker.
                if (!(e.getCause() instanceof IllegalStateException)) {
                  failed(e.getCause());
                }
              } catch (ReflectiveOperationException e) {
                failed(e);
              }
            });
  }

  private static void failed(Throwable thrown) {
    System.getProperties().putIfAbsent(TOOLKIT_FAILURE, String.valueOf(thrown.getMessage()));
  }
}
