package slipstream.launcher;

import java.util.Map;
import org.eclipse.core.runtime.adaptor.EclipseStarter;

/**
 * The main class of the product: starts Equinox on the class path, runs the application, and ends the process with its exit code.
 *
 * <p>Equinox's own launcher loads the framework with a class loader of its own, which the JVM's class cache cannot serve, and
 * {@code EclipseStarter.main} leaves the framework running when the application has ended.
 */
public final class Launcher {
  private Launcher() {}

  /** Runs the application that {@code -Declipse.application} names; every argument is passed to it. */
  public static void main(String[] arguments) throws Exception {
    EclipseStarter.setInitialProperties(
        Map.of(
            "osgi.noShutdown", "false",
            "osgi.framework.useSystemProperties", "true",
            "eclipse.startTime", Long.toString(System.currentTimeMillis())));
    Object result = EclipseStarter.run(arguments, null);
    System.exit(result instanceof Integer code ? code : 0);
  }
}
