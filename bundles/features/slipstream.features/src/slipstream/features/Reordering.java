package slipstream.features;

import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
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
    AtomicInteger finished = new AtomicInteger();
    Parallel.forEach(
        series.length,
        threads,
        progress,
        target -> {
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
          progress.stage("Order by time", finished.incrementAndGet(), series.length, "series");
        });
  }
}
