package slipstream.ui.workbench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Measures how long the UI thread takes to answer and records each time it was away for more than {@link #LIMIT}, with
 * what it was doing. It sends a ping every {@link #PERIOD}; an unanswered ping is a stall in progress.
 */
public final class UiStallWatchdog {
  /** A longer silence is a stall. */
  public static final Duration LIMIT = Duration.ofMillis(100);

  /** Time between an answer and the next ping. */
  public static final Duration PERIOD = Duration.ofMillis(20);

  private static final int KEPT = 64;

  /** Time into a wait before the first sample, and between samples. */
  private static final Duration SAMPLING = Duration.ofMillis(25);

  private static final int MOST_SAMPLES = 200;

  /**
   * What the UI thread was doing at one moment of a stall.
   *
   * @param cpuNanos the thread's processor time so far; waiting for a busy processor does not count
   */
  public record Sample(long cpuNanos, Thread.State state, List<String> stack) {}

  /**
   * One stall.
   *
   * @param start when the unanswered ping was sent, UTC
   * @param length time until the answer
   * @param stack what the UI thread was doing {@link #LIMIT} into the stall; empty when not sampled
   * @param samples from its beginning, oldest first
   */
  public record Stall(Instant start, Duration length, List<String> stack, List<Sample> samples) {
    /**
     * How long one method of ours held the thread: the processor time between its first and its last sample in a row,
     * the longest of all methods.
     *
     * @param own whether a line of a stack is ours
     */
    public Duration work(Predicate<String> own) {
      long longest = 0;
      Map<String, Long> since = new HashMap<>();
      for (Sample sample : samples) {
        Set<String> now =
            sample.stack.stream()
                .filter(own)
                .map(line -> line.substring(0, line.indexOf('(')))
                .collect(Collectors.toSet());
        since.keySet().retainAll(now);
        for (String method : now) {
          long first = since.computeIfAbsent(method, key -> sample.cpuNanos);
          longest = Math.max(longest, sample.cpuNanos - first);
        }
      }
      return Duration.ofNanos(longest);
    }
  }

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
      List<Sample> samples = new ArrayList<>();
      while (answered.get() == 0 && running) {
        long due = SAMPLING.toNanos() * (samples.size() + 1);
        LockSupport.parkNanos(Math.max(due - (System.nanoTime() - sent), 1_000_000));
        long away = System.nanoTime() - sent;
        Thread thread = uiThread;
        if (answered.get() == 0 && away >= due && thread != null && samples.size() < MOST_SAMPLES) {
          Sample sample = sample(thread);
          samples.add(sample);
          if (away >= LIMIT.toNanos() && stack.isEmpty()) {
            stack = sample.stack();
          }
        }
      }
      if (answered.get() == 0) {
        return;
      }
      record(sentAt, answered.get() - sent, stack, samples);
      LockSupport.parkNanos(PERIOD.toNanos());
    }
  }

  private static Sample sample(Thread thread) {
    return new Sample(
        ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId()),
        thread.getState(),
        Arrays.stream(thread.getStackTrace()).map(String::valueOf).toList());
  }

  private void record(Instant start, long nanos, List<String> stack, List<Sample> samples) {
    worstNanos.accumulateAndGet(nanos, Math::max);
    if (nanos > LIMIT.toNanos()) {
      synchronized (stalls) {
        if (stalls.size() == KEPT) {
          stalls.removeFirst();
        }
        stalls.addLast(new Stall(start, Duration.ofNanos(nanos), stack, List.copyOf(samples)));
      }
    }
  }

  /** The stalls so far, oldest first; the last 64. */
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
