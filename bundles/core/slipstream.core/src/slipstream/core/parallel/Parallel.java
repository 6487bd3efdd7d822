package slipstream.core.parallel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;

/**
 * Does tasks on a bounded number of threads, the calling one among them.
 *
 * <p>Tasks are numbered from 0 and begun in this order, each by whichever thread is free. A call returns, normally or not,
 * only when no task runs any more, so that what tasks read and write may then be closed. Tasks may themselves make such
 * calls.
 *
 * <p>When a task fails, no further one is begun, and the failure of the first in the order is thrown, with the others
 * suppressed: since every earlier task had begun, it is the same one for any number of threads. When the work is
 * cancelled, or the calling thread interrupted, no further task is begun either; an interrupt is passed on to the threads
 * that help, so that a task sees it wherever it runs, and stays set on the caller.
 */
public final class Parallel {
  private record Failure(int task, Throwable cause) {}

  private final int tasks;
  private final Progress progress;
  private final AtomicInteger next = new AtomicInteger();
  private final List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean stopped;
  private volatile boolean cancelled;

  private Parallel(int tasks, Progress progress) {
    this.tasks = tasks;
    this.progress = progress;
  }

  /**
   * Does tasks 0 to {@code tasks - 1}.
   *
   * @param threads at most this many work, at least one does; with 1 all is done in the calling thread. What tasks may
   *     write to must not depend on it.
   * @param progress asked before each task whether anybody waits
   * @throws SlipstreamException CANCELLED when tasks were left out because of that
   */
  public static void forEach(int tasks, int threads, Progress progress, IntConsumer task) {
    forEach(tasks, threads, progress, () -> task, IntConsumer::accept);
  }

  /**
   * As {@link #forEach(int, int, Progress, IntConsumer)}, with something that each thread has for itself, such as buffers.
   *
   * @param state makes it, at a thread's first task
   */
  public static <S> void forEach(
      int tasks, int threads, Progress progress, Supplier<S> state, ObjIntConsumer<S> task) {
    new Parallel(tasks, progress).run(threads, () -> new Worker<>(state, task));
  }

  /** Does tasks in the order of the list. */
  public static void run(List<? extends Runnable> tasks, int threads, Progress progress) {
    forEach(tasks.size(), threads, progress, i -> tasks.get(i).run());
  }

  /** What tasks 0 to {@code tasks - 1} give, in their order. */
  public static <T> List<T> map(int tasks, int threads, Progress progress, IntFunction<T> task) {
    Object[] results = new Object[tasks];
    forEach(tasks, threads, progress, i -> results[i] = task.apply(i));
    @SuppressWarnings("unchecked")
    List<T> list = (List<T>) Arrays.asList(results);
    return list;
  }

  private static final class Worker<S> implements IntConsumer {
    private final Supplier<S> make;
    private final ObjIntConsumer<S> task;
    private S state;
    private boolean made;

    Worker(Supplier<S> make, ObjIntConsumer<S> task) {
      this.make = make;
      this.task = task;
    }

    @Override
    public void accept(int index) {
      if (!made) {
        state = make.get();
        made = true;
      }
      task.accept(state, index);
    }
  }

  private void run(int threads, Supplier<? extends IntConsumer> worker) {
    Thread caller = Thread.currentThread();
    List<Thread> helpers = new ArrayList<>();
    int wanted = Math.clamp(tasks, 1, Math.max(1, threads)) - 1;
    try {
      for (int i = 0; i < wanted; i++) {
        helpers.add(
            Thread.ofPlatform()
                .daemon()
                .name(caller.getName() + "+" + (i + 1))
                .start(() -> work(worker.get())));
      }
      work(worker.get());
    } catch (OutOfMemoryError e) {
      stopped = true; // no further thread could be started
      failures.add(new Failure(tasks, e));
    } finally {
      await(helpers);
    }
    rethrow();
  }

  private void work(IntConsumer worker) {
    while (!stopped) {
      if (progress.cancelled() || Thread.currentThread().isInterrupted()) {
        // Only what is left out makes it cancelled: that may be nothing.
        if (next.getAndIncrement() < tasks) {
          cancelled = true;
        }
        stopped = true;
        return;
      }
      int task = next.getAndIncrement();
      if (task >= tasks) {
        return;
      }
      try {
        worker.accept(task);
      } catch (Throwable e) {
        stopped = true;
        failures.add(new Failure(task, e));
        return;
      }
    }
  }

  private static void await(List<Thread> helpers) {
    boolean interrupted = false;
    for (Thread each : helpers) {
      while (true) {
        try {
          each.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
          helpers.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void rethrow() {
    List<Throwable> causes =
        failures.stream()
            .sorted(Comparator.comparingInt(Failure::task))
            .map(Failure::cause)
            .distinct()
            .toList();
    if (cancelled || !causes.isEmpty() && Thread.currentThread().isInterrupted()) {
      // An interrupt makes whatever waits or reads fail in its own words.
      SlipstreamException e = SlipstreamException.cancelled();
      causes.forEach(e::addSuppressed);
      throw e;
    }
    if (causes.isEmpty()) {
      return;
    }
    Throwable first = causes.getFirst();
    causes.stream().skip(1).forEach(first::addSuppressed);
    switch (first) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(first); // thrown without being declared
    }
  }
}
