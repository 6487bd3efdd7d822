package slipstream.training.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import slipstream.core.SlipstreamException;

/** Runs tasks on a bounded number of threads and gives their results in the order of the tasks. */
public final class Parallel {
  private Parallel() {}

  /**
   * @throws SlipstreamException CANCELLED when the calling thread is interrupted; what the first
   *     failing task threw
   */
  public static <T> List<T> run(List<Callable<T>> tasks, int threads) {
    int workers = Math.clamp(tasks.size(), 1, Math.max(1, threads));
    if (workers == 1) {
      List<T> results = new ArrayList<>();
      for (Callable<T> task : tasks) {
        results.add(call(task));
      }
      return results;
    }
    ExecutorService pool =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().daemon().name("train-", 0).factory());
    try {
      List<Future<T>> futures = new ArrayList<>();
      tasks.forEach(task -> futures.add(pool.submit(task)));
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SlipstreamException(
          SlipstreamException.Category.CANCELLED,
          "cancelled",
          "what was there before is unchanged");
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private static <T> T call(Callable<T> task) {
    try {
      return task.call();
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    return switch (cause) {
      case CancellationException cancelled ->
          new SlipstreamException(
              SlipstreamException.Category.CANCELLED,
              "cancelled",
              "what was there before is unchanged");
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(cause);
    };
  }
}
