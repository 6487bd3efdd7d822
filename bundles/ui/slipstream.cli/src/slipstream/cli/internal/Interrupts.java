package slipstream.cli.internal;

import java.util.concurrent.atomic.AtomicReference;
import sun.misc.Signal;

/** Ctrl-C: the first asks the running command to stop in good order, the second ends the process at once. */
public final class Interrupts {
  private static final AtomicReference<Runnable> ACTION = new AtomicReference<>();
  private static boolean asked;

  private Interrupts() {}

  /** From now on Ctrl-C runs this action, once. */
  public static synchronized void onInterrupt(Runnable action) {
    if (ACTION.getAndSet(action) == null) {
      Signal.handle(new Signal("INT"), signal -> interrupt());
      Signal.handle(new Signal("TERM"), signal -> interrupt());
    }
    if (asked) {
      action.run();
    }
  }

  private static synchronized void interrupt() {
    if (asked) {
      Runtime.getRuntime().halt(130);
    }
    asked = true;
    Thread.ofVirtual().start(ACTION.get());
  }

  /** True once Ctrl-C was pressed. */
  public static synchronized boolean interrupted() {
    return asked;
  }
}
