package slipstream.training.trees;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that wait for the next region of a training. A hand-off takes a microsecond while they
 * spin; after a short while without work they park, so that an idle or busy machine is left alone.
 * The caller is worker 0.
 */
final class ThreadTeam implements AutoCloseable {
  interface Region {
    void run(int worker);
  }

  /** About a quarter of a millisecond, longer than the gaps between regions of a large tree. */
  private static final int SPINS = 20_000;

  private final int spins;
  private final Thread[] helpers;
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger sleepers = new AtomicInteger();
  private volatile int turn;
  private volatile boolean closed;
  private volatile Thread waiting;
  private volatile Region region;

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
   * Runs the region once on each worker and returns when all are done; rethrows what one of them
   * threw.
   */
  void run(Region next) {
    if (helpers.length == 0) {
      next.run(0);
      return;
    }
    region = next;
    pending.set(helpers.length);
    turn++; // only the caller writes it
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
    for (int k = 0; pending.get() != 0 && k < spins; k++) {
      Thread.onSpinWait();
    }
    if (pending.get() != 0) {
      waiting = Thread.currentThread();
      while (pending.get() != 0) {
        LockSupport.park(this);
      }
      waiting = null;
    }
  }

  private void help(int worker) {
    int seen = 0;
    while (true) {
      awaitTurn(seen);
      if (closed) {
        return;
      }
      seen++;
      try {
        region.run(worker);
      } catch (Throwable t) {
        failure.compareAndSet(null, t);
      }
      if (pending.decrementAndGet() == 0) {
        LockSupport.unpark(waiting); // null is allowed: the caller still spins
      }
    }
  }

  private void awaitTurn(int seen) {
    for (int k = 0; turn == seen && !closed && k < spins; k++) {
      Thread.onSpinWait();
    }
    if (turn == seen && !closed) {
      sleepers
          .incrementAndGet(); // before the last look at turn: the caller looks the other way round
      while (turn == seen && !closed) {
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
