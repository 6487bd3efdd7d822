package slipstream.ui.workbench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long the UI thread takes to answer and records each time it was away for more than {@link #LIMIT}, with
 * what it was doing. It sends a ping every {@link #PERIOD}; an unanswered ping is a stall in progress.
 */
public final class UiStallWatchdog {
  /** A longer silence is a stall. */
  public static final Duration LIMIT = Duration.ofMillis(100);

  /** Time between an answer and the next ping. */
  public static final Duration PERIOD = Duration.ofMillis(20);

  private static final int KEPT = 256;

  /**
   * One stall.
   *
   * @param start when the unanswered ping was sent, UTC
   * @param length time until the answer
   * @param stack what the UI thread was doing {@link #LIMIT} into the stall; empty when not sampled
   */
  public record Stall(Instant start, Duration length, List<String> stack) {}

  private final Executor ui;
  private final Deque<Stall> stalls = new ArrayDeque<>();
  private final AtomicLong worstNanos = new AtomicLong();
  private volatile Thread uiThread;
  private volatile boolean running;

  /**
   * @param ui hops to the UI thread ({@code Platform::runLater})
   */
  public UiStallWatchdog(Executor ui) {
    this.ui = ui;
  }

  /** Starts measuring. */
  public void start() {
    running = true;
    Thread.ofPlatform().daemon().name("ui-stall-watchdog").start(this::watch);
  }

  /** Stops measuring; the records stay. */
  public void stop() {
    running = false;
  }

  private void watch() {
    while (running) {
      long sent = System.nanoTime();
      Instant sentAt = Instant.now();
      AtomicLong answered = new AtomicLong();
      Thread watcher = Thread.currentThread();
      ui.execute(
          () -> {
            uiThread = Thread.currentThread();
            answered.set(System.nanoTime());
            LockSupport.unpark(watcher);
          });
      List<String> stack = List.of();
      while (answered.get() == 0 && running) {
        long left = LIMIT.toNanos() - (System.nanoTime() - sent);
        LockSupport.parkNanos(Math.max(left, 1_000_000));
        if (answered.get() == 0 && left <= 0 && stack.isEmpty() && uiThread != null) {
          stack = Arrays.stream(uiThread.getStackTrace()).map(String::valueOf).limit(40).toList();
        }
      }
      if (answered.get() == 0) {
        return;
      }
      record(sentAt, answered.get() - sent, stack);
      LockSupport.parkNanos(PERIOD.toNanos());
    }
  }

  private void record(Instant start, long nanos, List<String> stack) {
    worstNanos.accumulateAndGet(nanos, Math::max);
    if (nanos > LIMIT.toNanos()) {
      synchronized (stalls) {
        if (stalls.size() == KEPT) {
          stalls.removeFirst();
        }
        stalls.addLast(new Stall(start, Duration.ofNanos(nanos), stack));
      }
    }
  }

  /** The stalls so far, oldest first; the last 256. */
  public List<Stall> stalls() {
    synchronized (stalls) {
      return List.copyOf(stalls);
    }
  }

  /** The longest answer time so far, whether a stall or not. */
  public Duration worst() {
    return Duration.ofNanos(worstNanos.get());
  }

  /** Forgets the records, to measure one stretch of work. */
  public void reset() {
    synchronized (stalls) {
      stalls.clear();
    }
    worstNanos.set(0);
  }
}
