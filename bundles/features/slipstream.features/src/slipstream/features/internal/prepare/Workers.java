package slipstream.features.internal.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs independent tasks on a bounded number of threads. Each task is sequential in itself, so that what they make does
 * not depend on how many work.
 */
public final class Workers implements AutoCloseable {
  private final ExecutorService pool;

  public Workers(int threads) {
    this.pool =
        threads == 1
            ? null
            : Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("prepare-", 0).factory());
  }

  /** Runs all tasks; returns when each has ended. The failure of the first that failed, in their order, is thrown. */
  public void run(List<? extends Runnable> tasks) {
    if (pool == null || tasks.size() < 2) {
      tasks.forEach(Runnable::run);
      return;
    }
    List<Future<?>> futures = new ArrayList<>();
    for (Runnable task : tasks) {
      futures.add(pool.submit(task));
    }
    Throwable failure = null;
    boolean interrupted = false;
    for (Future<?> future : futures) {
      while (true) {
        try {
          future.get();
          break;
        } catch (InterruptedException e) {
          // The tasks share buffers with the caller: they have to end first, and end soon.
          interrupted = true;
        } catch (ExecutionException e) {
          failure = failure == null ? e.getCause() : failure;
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
