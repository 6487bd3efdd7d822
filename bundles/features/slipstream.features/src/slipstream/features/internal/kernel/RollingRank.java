package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Where a row's value stands among those of its window, from 0 for the smallest to 1 for the largest: the fraction of
 * the other rows that are below it, of equal ones half. Exact; -0 equals +0.
 */
public final class RollingRank {
  private RollingRank() {}

  /**
   * @param result gets {@code rows} values; NaN where the window holds a NaN or one row, or there is none
   */
  public static void evaluate(double[] x, int rows, Windows windows, double[] result) {
    for (int from = 0; from < rows; ) {
      if (Double.isNaN(x[from])) {
        result[from++] = Double.NaN;
        continue;
      }
      int to = from + 1;
      while (to < rows && !Double.isNaN(x[to])) {
        to++;
      }
      int first = RollingQuantile.first(windows, from, to);
      Arrays.fill(result, from, first, Double.NaN);
      if (first < to) {
        RankedWindow.evaluateRanks(x, first, to, windows, result);
      }
      from = to;
    }
  }
}
