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
import java.util.concurrent.atomic.AtomicLong;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.plan.Program.Stretch;

/**
 * Evaluates outputs of a graph on a table: whole partitions where a value may depend on all rows before it, stretches of
 * partitions otherwise. What is cut where does not depend on the number of threads.
 */
public final class Evaluation {
  /** Rows of a stretch: its columns fit the second-level cache. */
  private static final long STRETCH = 1 << 14;

  private record Task(Program program, double[][] results, Stretch stretch) {
    long rows() {
      return stretch.rows();
    }
  }

  private final Table table;
  private final Progress progress;
  private final List<Task> tasks = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong done = new AtomicLong();
  private long total;
  private volatile boolean stop;

  private Evaluation(Table table, Progress progress) {
    this.table = table;
    this.progress = progress;
  }

  /**
   * @param outputs nodes of the graph
   * @return a column over all rows of the table per output; NaN is always {@link Double#NaN}, to the bit
   */
  public static double[][] run(
      Graph graph, List<Integer> outputs, Table table, int threads, Progress progress) {
    double[][] results = new double[outputs.size()][(int) table.rows()];
    Evaluation evaluation = new Evaluation(table, progress);
    evaluation.plan(graph, outputs, results, true);
    evaluation.plan(graph, outputs, results, false);
    evaluation.total = evaluation.tasks.stream().mapToLong(Task::rows).sum();
    evaluation.run(threads);
    return results;
  }

  private void plan(Graph graph, List<Integer> outputs, double[][] results, boolean whole) {
    List<Integer> chosen = new ArrayList<>();
    List<double[]> columns = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      int output = outputs.get(i);
      if ((graph.lookBack(output).all() || graph.lookAhead(output).all()) == whole) {
        chosen.add(output);
        columns.add(results[i]);
      }
    }
    if (chosen.isEmpty()) {
      return;
    }
    Program program = new Program(graph, chosen);
    double[][] targets = columns.toArray(double[][]::new);
    List<Task> planned = new ArrayList<>();
    for (Partition partition : table.partitions()) {
      for (long from = partition.from(); from < partition.to(); ) {
        Stretch stretch = stretch(program, partition, from);
        planned.add(new Task(program, targets, stretch));
        from = stretch.to();
      }
    }
    // The longest first, so that no thread is left with one at the end.
    planned.sort(Comparator.comparingLong(Task::rows).reversed());
    tasks.addAll(planned);
  }

  private Stretch stretch(Program program, Partition partition, long from) {
    // Rows around a stretch are evaluated again for the next: they stay a small part of it.
    for (long rows = STRETCH; ; rows *= 2) {
      long to = program.whole() ? partition.to() : Math.min(partition.to(), from + rows);
      Stretch stretch = program.stretch(table, partition, from, to);
      if (to == partition.to() || 8 * stretch.overlap() <= rows) {
        return stretch;
      }
    }
  }

  private void run(int threads) {
    int workers = Math.clamp(tasks.size(), 1, Math.max(1, threads));
    if (workers == 1) {
      work();
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
    // Tasks are taken in order, so the first failure in that order is the same for any number of
    // threads.
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

  private record Failure(int task, Throwable cause) {}

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

  private void work() {
    work(new int[1]);
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
      task.program().run(table, task.stretch(), task.results(), buffers, progress);
      long rows = done.addAndGet(task.rows());
      progress.stage(
          "Features", (long) ((double) rows / total * table.rows()), table.rows(), "rows");
    }
  }
}
