package slipstream.training.trees;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that wait for the next region of a training. A hand-off takes a microsecond while they
 * spin; after a short while without work they park, so that an idle or busy machine is left alone.
 * The caller is worker 0.
 *
 * <p>A region shares out its work piece by piece among whoever comes. The caller comes always; when
 * it finds nothing left to do, the region is closed to those who have not come yet, and it waits for
 * those alone who have. So on a busy machine nobody waits for a thread that the machine has not let
 * run.
 */
final class ThreadTeam implements AutoCloseable {
  interface Region {
    void run(int worker);
  }

  private static final long OPEN = 1L << 31;

  /** About a quarter of a millisecond, longer than the gaps between regions of a large tree. */
  private static final int SPINS = 20_000;

  private final int spins;
  private final Thread[] helpers;

  /** The number of the region in the upper half; then whether it is open; the helpers in it. */
  private final AtomicLong gate = new AtomicLong();

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger sleepers = new AtomicInteger();
  private volatile boolean closed;
  private volatile Thread waiting;
  private volatile Region region;
  private int turn; // only the caller's

  ThreadTeam(int threads) {
    helpers = new Thread[threads - 1];
    // With more threads than processors, whoever spins keeps another from working.
    spins = threads <= Runtime.getRuntime().availableProcessors() ? SPINS : 0;
    for (int i = 0; i < helpers.length; i++) {
      int worker = i + 1;
      helpers[i] =
          Thread.ofPlatform().daemon().name("slipstream-trees-" + worker).start(() -> help(worker));
    }
  }

  int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs the region on the caller and, each at most once, on the others, and returns when all that
   * began are done; rethrows what one of them threw.
   */
  void run(Region next) {
    if (helpers.length == 0) {
      next.run(0);
      return;
    }
    region = next;
    gate.set((long) ++turn << 32 | OPEN);
    if (sleepers.get() > 0) {
      for (Thread helper : helpers) {
        LockSupport.unpark(helper);
      }
    }
    try {
      next.run(0);
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
    gate.getAndUpdate(g -> g & ~OPEN);
    awaitHelpers();
    region = null;
    Throwable thrown = failure.getAndSet(null);
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(thrown);
    }
  }

  private void awaitHelpers() {
    for (int k = 0; helped() && k < spins; k++) {
      Thread.onSpinWait();
    }
    if (helped()) {
      waiting = Thread.currentThread();
      while (helped()) {
        LockSupport.park(this);
      }
      waiting = null;
    }
  }

  private boolean helped() {
    return (gate.get() & OPEN - 1) != 0;
  }

  private void help(int worker) {
    int seen = 0;
    while (true) {
      awaitTurn(seen);
      if (closed) {
        return;
      }
      long g = gate.get();
      seen = turn(g);
      while ((g & OPEN) != 0 && turn(g) == seen) {
        if (gate.compareAndSet(g, g + 1)) {
          runRegion(worker);
          break;
        }
        g = gate.get();
      }
    }
  }

  private void runRegion(int worker) {
    try {
      region.run(worker);
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
    long g = gate.decrementAndGet();
    if ((g & (OPEN | OPEN - 1)) == 0) {
      LockSupport.unpark(waiting); // null is allowed: the caller still spins
    }
  }

  private static int turn(long gate) {
    return (int) (gate >>> 32);
  }

  private void awaitTurn(int seen) {
    for (int k = 0; turn(gate.get()) == seen && !closed && k < spins; k++) {
      Thread.onSpinWait();
    }
    if (turn(gate.get()) == seen && !closed) {
      sleepers
          .incrementAndGet(); // before the last look at the gate: the caller looks the other way
      // round
      while (turn(gate.get()) == seen && !closed) {
        LockSupport.park(this);
      }
      sleepers.decrementAndGet();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
  }
}
