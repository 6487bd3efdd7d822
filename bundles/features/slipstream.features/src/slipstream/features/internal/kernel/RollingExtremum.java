package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Smallest or largest of each row's window. Exact; -0 is below +0.
 *
 * <p>Windows of one number of rows go by doubling: the extremum of 2, 4, 8 … rows, and of two overlapping runs for a
 * number between.
 */
public final class RollingExtremum {
  private RollingExtremum() {}

  /**
   * @param largest false for the minimum
   * @param result gets {@code rows} values; NaN where the window holds a NaN or there is none
   */
  public static void evaluate(
      double[] x, int rows, Windows windows, boolean largest, double[] result) {
    if (windows.fixed()) {
      evaluate(x, rows, windows.rows(), largest, result);
    } else {
      each(x, rows, windows, largest, result);
    }
  }

  private static void evaluate(double[] x, int rows, int window, boolean largest, double[] result) {
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

  /** Windows of a length each: the rows that no later one of their window outdoes, in a queue. */
  private static void each(
      double[] x, int rows, Windows windows, boolean largest, double[] result) {
    int[] queue = new int[rows];
    int head = 0;
    int tail = 0;
    int unknown = -1;
    for (int row = 0; row < rows; row++) {
      int first = row - windows.length(row) + 1;
      double value = x[row];
      if (Double.isNaN(value)) {
        unknown = row;
        head = 0;
        tail = 0;
      } else {
        while (tail > head && outdone(x[queue[tail - 1]], value, largest)) {
          tail--;
        }
        queue[tail++] = row;
      }
      while (head < tail && queue[head] < first) {
        head++;
      }
      result[row] = unknown >= first ? Double.NaN : x[queue[head]];
    }
  }

  private static boolean outdone(double before, double value, boolean largest) {
    // Which puts -0 below +0.
    int order = Double.compare(before, value);
    return largest ? order <= 0 : order >= 0;
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
