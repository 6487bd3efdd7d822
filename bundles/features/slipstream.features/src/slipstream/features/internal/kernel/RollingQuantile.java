package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Quantile of each row's window, linearly interpolated between order statistics (type 7 of Hyndman and
 * Fan, 1996); the median is quantile 0.5. Exact order statistics; a result depends on the values in its window alone.
 *
 * <p>Values become integers of the same order (-0 below +0). {@link RankedWindow} does the work, on rows without NaN.
 */
public final class RollingQuantile {
  private RollingQuantile() {}

  /**
   * @param quantile in [0, 1]
   * @param result gets {@code rows} values; NaN where the window holds a NaN or there is none
   */
  public static void evaluate(
      double[] x, int rows, Windows windows, double quantile, double[] result) {
    for (int from = 0; from < rows; ) {
      if (Double.isNaN(x[from])) {
        result[from++] = Double.NaN;
        continue;
      }
      int to = from + 1;
      while (to < rows && !Double.isNaN(x[to])) {
        to++;
      }
      int first = first(windows, from, to);
      Arrays.fill(result, from, first, Double.NaN);
      if (first < to && windows.fixed()) {
        RankedWindow.evaluate(x, from, to, windows.rows(), quantile, result);
      } else if (first < to) {
        RankedWindow.evaluateEach(x, first, to, windows, quantile, result);
      }
      from = to;
    }
  }

  /** The first of the rows [from, to) whose window lies within them; {@code to} when there is none. */
  static int first(Windows windows, int from, int to) {
    int row = from;
    while (row < to && (windows.length(row) == 0 || windows.length(row) > row - from + 1)) {
      row++;
    }
    return row;
  }

  /** A long of the same order as the double. */
  static long key(double value) {
    long bits = Double.doubleToRawLongBits(value);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  static double value(long key) {
    return Double.longBitsToDouble(key ^ (key >> 63 & Long.MAX_VALUE));
  }

  /** Between two neighbouring order statistics; {@code fraction} in [0, 1). */
  static double interpolate(double low, double high, double fraction) {
    double value = low + (high - low) * fraction;
    if (Math.abs(value) < Double.POSITIVE_INFINITY) {
      return value;
    }
    // The distance overflowed, or an infinity is one of the two.
    return low == high || fraction == 0 ? low : low * (1 - fraction) + high * fraction;
  }
}
