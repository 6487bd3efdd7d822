package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Smallest or largest of the last {@code window} rows, by doubling: the extremum of 2, 4, 8 … rows, and of two
 * overlapping runs for a window between. Exact; -0 is below +0.
 */
public final class RollingExtremum {
  private RollingExtremum() {}

  /**
   * @param largest false for the minimum
   * @param result gets {@code rows} values; NaN where the window holds a NaN or reaches before row 0
   */
  public static void evaluate(double[] x, int rows, int window, boolean largest, double[] result) {
    Arrays.fill(result, 0, Math.min(rows, window - 1), Double.NaN);
    if (window > rows) {
      return;
    }
    int block = Blocks.size(rows, window);
    double[] best = new double[Blocks.scratch(rows, window)];
    double[] shifted = new double[best.length];
    for (int from = window - 1; from < rows; from += Math.min(block, rows - from)) {
      int base = from - (window - 1);
      int length = Math.min(rows, from + block) - base;
      System.arraycopy(x, base, best, 0, length);
      int width = 1;
      while (width < window) {
        int by = Math.min(width, window - width);
        System.arraycopy(best, 0, shifted, by, length - by);
        if (largest) {
          max(best, shifted, by, length);
        } else {
          min(best, shifted, by, length);
        }
        width += by;
      }
      System.arraycopy(best, window - 1, result, from, length - (window - 1));
    }
  }

  private static void min(double[] a, double[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] = Math.min(a[i], b[i]);
    }
  }

  private static void max(double[] a, double[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] = Math.max(a[i], b[i]);
    }
  }
}
