package slipstream.data.explore;

import java.util.Arrays;
import slipstream.core.CompensatedSum;
import slipstream.core.Ranks;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;

/**
 * How two series go together, over the rows in which both are finite.
 *
 * @param pearson of the values; NaN when one of the two does not vary
 * @param spearman of the ranks, ties at their mean; of every {@code spearmanSampledEvery}-th row where there are many
 * @param rows both finite
 */
public record PairCorrelation(
    double pearson, double spearman, long rows, long spearmanSampledEvery) {
  private static final int BLOCK = 1 << 13;
  private static final long MOST_RANKED = 1_000_000;

  /**
   * @param x of as many rows as y
   */
  public static PairCorrelation of(Column x, Column y, Progress progress) {
    long[] rows = {0};
    CompensatedSum sumX = new CompensatedSum();
    CompensatedSum sumY = new CompensatedSum();
    forEach(
        x,
        y,
        progress,
        (a, b) -> {
          rows[0]++;
          sumX.add(a);
          sumY.add(b);
        });
    long n = rows[0];
    if (n < 2) {
      return new PairCorrelation(Double.NaN, Double.NaN, n, 1);
    }
    double meanX = sumX.value() / n;
    double meanY = sumY.value() / n;
    CompensatedSum xx = new CompensatedSum();
    CompensatedSum yy = new CompensatedSum();
    CompensatedSum xy = new CompensatedSum();
    long every = (n + MOST_RANKED - 1) / MOST_RANKED;
    int sampled = (int) ((n + every - 1) / every);
    double[] sampleX = new double[sampled];
    double[] sampleY = new double[sampled];
    long[] seen = {0};
    forEach(
        x,
        y,
        progress,
        (a, b) -> {
          double dx = a - meanX;
          double dy = b - meanY;
          xx.add(dx * dx);
          yy.add(dy * dy);
          xy.add(dx * dy);
          if (seen[0] % every == 0) {
            int at = (int) (seen[0] / every);
            sampleX[at] = a;
            sampleY[at] = b;
          }
          seen[0]++;
        });
    return new PairCorrelation(
        quotient(xy.value(), xx.value(), yy.value()),
        pearson(Ranks.of(sampleX), Ranks.of(sampleY)),
        n,
        every);
  }

  private static double quotient(double xy, double xx, double yy) {
    return xx > 0 && yy > 0 ? Math.clamp(xy / (Math.sqrt(xx) * Math.sqrt(yy)), -1, 1) : Double.NaN;
  }

  private interface Pair {
    void accept(double x, double y);
  }

  private static void forEach(Column x, Column y, Progress progress, Pair pair) {
    double[] a = new double[BLOCK];
    double[] b = new double[BLOCK];
    for (long at = 0; at < x.rows(); at += BLOCK) {
      progress.checkCancelled();
      int count = (int) Math.min(BLOCK, x.rows() - at);
      x.copyDoubles(at, at + count, a, 0);
      y.copyDoubles(at, at + count, b, 0);
      for (int i = 0; i < count; i++) {
        if (Double.isFinite(a[i]) && Double.isFinite(b[i])) {
          pair.accept(a[i], b[i]);
        }
      }
    }
  }

  private static double pearson(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    return quotient(xy, xx, yy);
  }
}
