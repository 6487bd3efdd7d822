package slipstream.launcher;

import java.io.IOException;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.core.runtime.adaptor.EclipseStarter;

/**
 * The main class of the product: starts Equinox on the class path, runs the application, and ends the process with its exit code.
 *
 * <p>Equinox's own launcher loads the framework with a class loader of its own, which the JVM's class cache cannot serve, and
 * {@code EclipseStarter.main} leaves the framework running when the application has ended.
 */
public final class Launcher {
  private static final String TOOLKIT_FAILURE = "slipstream.toolkit.failure";

  /** Set while the JVM's class cache is written, from a start that draws to memory. */
  private static final String WARM_UP = "slipstream.warm-up";

  /** What JavaFX loads beyond that where it opens a real window. */
  private static final Pattern DISPLAY_CLASSES =
      Pattern.compile(
          "(com/sun/(?:glass/ui/(?:gtk/|delegate/)?|prism/(?:es2|ps|impl/ps)/"
              + "|javafx/application/preferences/)[^/]+)\\.class");

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
      if (Boolean.getBoolean(WARM_UP)) {
        loadDisplayClasses();
      }
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

  private static void loadDisplayClasses() throws IOException {
    Module graphics = ModuleLayer.boot().findModule("javafx.graphics").orElse(null);
    if (graphics == null) {
      return;
    }
    ModuleReference reference =
        ModuleLayer.boot().configuration().findModule(graphics.getName()).get().reference();
    try (ModuleReader reader = reference.open();
        Stream<String> names = reader.list()) {
      names
          .map(DISPLAY_CLASSES::matcher)
          .filter(Matcher::matches)
          .forEach(matcher -> Class.forName(graphics, matcher.group(1).replace('/', '.')));
    }
  }

  private static void failed(Throwable thrown) {
    System.getProperties().putIfAbsent(TOOLKIT_FAILURE, String.valueOf(thrown.getMessage()));
  }
}
