package slipstream.core.parallel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import slipstream.core.SlipstreamException;

/**
 * The results of tasks 0, 1, 2, … in this order, which other threads make ahead of whoever takes them, a few at a time.
 * To be used by one thread. What it gives does not depend on the number of threads.
 */
public final class Ahead<T> implements Iterator<T>, AutoCloseable {
  private final int tasks;
  private final IntFunction<T> task;
  private final ExecutorService pool;
  private final Deque<Future<T>> begun = new ArrayDeque<>();
  private int submitted;
  private int taken;

  /**
   * @param tasks how many there are; that many need not be taken
   * @param threads that make them, at least 1; at most so many results and one more wait
   */
  public Ahead(int tasks, int threads, IntFunction<T> task) {
    this.tasks = tasks;
    this.task = task;
    String name = Thread.currentThread().getName() + "+";
    pool =
        Executors.newFixedThreadPool(
            Math.max(1, threads), Thread.ofPlatform().daemon().name(name, 1).factory());
    for (int i = 0; i <= threads; i++) {
      submit();
    }
  }

  private void submit() {
    if (submitted < tasks) {
      int index = submitted++;
      begun.add(pool.submit(() -> task.apply(index)));
    }
  }

  @Override
  public boolean hasNext() {
    return taken < tasks;
  }

  /**
   * The next result.
   *
   * @throws SlipstreamException CANCELLED when the thread is interrupted, which it stays; what the task threw
   */
  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    taken++;
    try {
      T result = begun.remove().get();
      submit();
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SlipstreamException.cancelled();
    } catch (CancellationException e) {
      throw new IllegalStateException("closed", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** Returns when no task runs any more; those that have not begun never do. */
  @Override
  public void close() {
    begun.forEach(each -> each.cancel(false));
    pool.close();
  }
}
