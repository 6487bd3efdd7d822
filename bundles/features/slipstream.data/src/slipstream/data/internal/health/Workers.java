package slipstream.data.internal.health;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

/** Runs pieces of work on some threads, each taking the next piece. */
final class Workers {
  private Workers() {}

  /**
   * @param threads at most this many; with one, all is done in the calling thread
   * @param worker makes what a thread works with
   */
  static void run(int threads, List<Integer> pieces, Supplier<IntConsumer> worker) {
    AtomicInteger next = new AtomicInteger();
    int count = Math.min(threads, pieces.size());
    if (count <= 1) {
      work(pieces, worker.get(), next);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            count, Thread.ofPlatform().daemon().name("health-", 1).factory())) {
      for (int i = 0; i < count; i++) {
        running.add(
            pool.submit(
                () -> {
                  try {
                    work(pieces, worker.get(), next);
                  } catch (RuntimeException | Error e) {
                    next.set(pieces.size()); // the others may stop
                    throw e;
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (InterruptedException e) {
      running.forEach(each -> each.cancel(true));
      Thread.currentThread().interrupt();
      throw new SlipstreamException(Category.CANCELLED, "cancelled", "nothing was changed");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private static void work(List<Integer> pieces, IntConsumer worker, AtomicInteger next) {
    for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
      worker.accept(pieces.get(i));
    }
  }
}
