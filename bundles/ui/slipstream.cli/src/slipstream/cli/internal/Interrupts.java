package slipstream.cli.internal;

import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import sun.misc.Signal;

/**
 * Ctrl-C: the first asks the running command to stop in good order, or ends a command that has nothing to stop; the second ends the
 * process at once.
 */
public final class Interrupts {
  private static final int EXIT = Category.CANCELLED.exitCode();

  private static Runnable action;
  private static boolean asked;

  private Interrupts() {}

  /** Watches for Ctrl-C from now on; called once, at the start of the command line. */
  public static void watch() {
    Signal.handle(new Signal("INT"), signal -> interrupt());
    Signal.handle(new Signal("TERM"), signal -> interrupt());
  }

  /** Until the result is closed, Ctrl-C runs this action, once, instead of ending the process. */
  public static synchronized Handler onInterrupt(Runnable stop) {
    if (asked) {
      throw new SlipstreamException(Category.CANCELLED, "cancelled", "");
    }
    action = stop;
    return Interrupts::forget;
  }

  private static synchronized void forget() {
    action = null;
  }

  private static synchronized void interrupt() {
    if (asked) {
      Runtime.getRuntime().halt(EXIT);
    }
    asked = true;
    Thread.ofVirtual().start(action != null ? action : () -> System.exit(EXIT));
  }

  /** Takes an action back. */
  @FunctionalInterface
  public interface Handler extends AutoCloseable {
    @Override
    void close();
  }
}
