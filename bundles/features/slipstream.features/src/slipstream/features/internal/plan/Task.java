package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;

/** A piece of an evaluation. */
interface Task {
  /** How much it is, for the order and for progress. */
  long rows();

  void run(Buffers buffers);

  /**
   * Does all of them, the longest first, so that no thread is left with one at the end.
   *
   * @param done told the rows of each task that is done
   */
  static void run(List<? extends Task> tasks, int threads, Progress progress, LongConsumer done) {
    List<Task> sorted = new ArrayList<>(tasks);
    sorted.sort(Comparator.comparingLong(Task::rows).reversed());
    Parallel.forEach(
        sorted.size(),
        threads,
        progress,
        Buffers::new,
        (buffers, i) -> {
          sorted.get(i).run(buffers);
          done.accept(sorted.get(i).rows());
        });
  }
}
