package slipstream.features;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.progress.Progress;
import slipstream.features.internal.plan.Workers;
import slipstream.features.internal.series.SeriesStore;

/** Copies series with their rows in another order, a series at a time. */
final class Reordering {
  private static final int PIECE = 1 << 16;

  private Reordering() {}

  /**
   * @param series of {@code from}, in the order of those of {@code to}
   */
  static void run(
      SeriesStore from, int[] series, int[] order, SeriesStore to, int threads, Progress progress) {
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < series.length; i++) {
      int target = i;
      tasks.add(
          () -> {
            double[] piece = new double[Math.min(PIECE, order.length)];
            for (int at = 0; at < order.length; at += piece.length) {
              progress.checkCancelled();
              int count = Math.min(piece.length, order.length - at);
              for (int k = 0; k < count; k++) {
                piece[k] = from.get(series[target], order[at + k]);
              }
              to.write(target, at, piece, 0, count);
            }
            from.unload(series[target]);
          });
    }
    Workers.run(tasks, threads, order.length, progress);
  }
}
