package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;

/** Does tasks with some threads; each is taken in order by whoever is free. */
public final class Workers {
  /** A piece of work. */
  interface Task {
    /** How much it is, for the order and for progress. */
    long rows();

    void run(Buffers buffers);
  }

  private record Failure(int task, Throwable cause) {}

  private final List<? extends Task> tasks;
  private final LongConsumer done;
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean stop;

  private Workers(List<? extends Task> tasks, LongConsumer done) {
    this.tasks = tasks;
    this.done = done;
  }

  /**
   * Returns when all is done, or throws what the first task in the order threw, which is the same for any number of
   * threads.
   *
   * @param threads at most this many work; with 1 all is done in the calling thread
   * @param done told the rows of each task that is done
   */
  static void run(List<? extends Task> tasks, int threads, LongConsumer done) {
    // The longest first, so that no thread is left with one at the end.
    List<Task> sorted = new ArrayList<>(tasks);
    sorted.sort(Comparator.comparingLong(Task::rows).reversed());
    new Workers(sorted, done).run(threads);
  }

  /**
   * Tasks that are equally much.
   *
   * @param rows that each works on
   */
  public static void run(List<Runnable> tasks, int threads, long rows, Progress progress) {
    List<Task> equal = new ArrayList<>();
    for (Runnable task : tasks) {
      equal.add(
          new Task() {
            @Override
            public long rows() {
              return rows;
            }

            @Override
            public void run(Buffers buffers) {
              task.run();
            }
          });
    }
    AtomicInteger finished = new AtomicInteger();
    run(
        equal,
        threads,
        _ -> progress.stage("Order by time", finished.incrementAndGet(), tasks.size(), "series"));
  }

  private void run(int threads) {
    int workers = Math.clamp(tasks.size(), 1, Math.max(1, threads));
    if (workers == 1) {
      work(new int[1]);
      return;
    }
    List<Failure> failures = new ArrayList<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().daemon().name("features-", 1).factory())) {
      List<Future<Failure>> running = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        running.add(pool.submit((Callable<Failure>) this::attempt));
      }
      try {
        for (Future<Failure> each : running) {
          Failure failure = each.get();
          if (failure != null) {
            failures.add(failure);
          }
        }
      } catch (InterruptedException e) {
        // Before the pool is closed, which waits for the workers.
        stop = true;
        pool.shutdownNow();
        Thread.currentThread().interrupt();
        throw new SlipstreamException(
            SlipstreamException.Category.CANCELLED,
            "cancelled",
            "what was there before is unchanged");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    failures.stream()
        .min(Comparator.comparingInt(Failure::task))
        .ifPresent(
            failure -> {
              switch (failure.cause()) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failure.cause());
              }
            });
  }

  private Failure attempt() {
    int[] current = {-1};
    try {
      work(current);
      return null;
    } catch (RuntimeException | Error e) {
      stop = true;
      return new Failure(current[0], e);
    }
  }

  private void work(int[] current) {
    Buffers buffers = new Buffers();
    while (!stop) {
      int index = next.getAndIncrement();
      if (index >= tasks.size()) {
        return;
      }
      current[0] = index;
      Task task = tasks.get(index);
      task.run(buffers);
      done.accept(task.rows());
    }
  }
}
