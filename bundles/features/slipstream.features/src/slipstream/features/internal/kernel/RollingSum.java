package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Sum and mean over the last {@code window} rows, by doubling.
 *
 * <p>Sums of 2, 4, 8 … rows are built from one another and the window is put together from those that its length
 * needs: {@code 30 = 2 + 4 + 8 + 16}. Each step is one addition of two arrays, which the compiler turns into vector
 * instructions; with {@code log2(window)} steps it is faster than adding and removing one value a row, whose every
 * addition waits for the one before.
 *
 * <p>Nothing is ever subtracted, so nothing drifts and an infinity or NaN is forgotten when it leaves the window. A
 * result depends on the values in its window alone, to the bit, however many rows come before. Error bound: {@code
 * (floor(log2(window)) + bitCount(window)) * 2^-53 * sum(|x|)} over the window, to first order.
 */
public final class RollingSum {
  private RollingSum() {}

  /**
   * @param result gets {@code rows} values: the sum of the window divided by {@code divisor}; NaN where the window
   *     holds a NaN or reaches before row 0
   */
  public static void evaluate(double[] x, int rows, int window, double divisor, double[] result) {
    Arrays.fill(result, 0, Math.min(rows, window - 1), Double.NaN);
    if (window > rows) {
      return;
    }
    int block = Blocks.size(rows, window);
    double[] sums = new double[Blocks.scratch(rows, window)];
    double[] shifted = new double[sums.length];
    double[] total = new double[sums.length];
    for (int from = window - 1; from < rows; from += Math.min(block, rows - from)) {
      int base = from - (window - 1);
      int length = Math.min(rows, from + block) - base;
      System.arraycopy(x, base, sums, 0, length);
      block(sums, shifted, total, length, window);
      if (divisor != 1) {
        divide(total, length, divisor);
      }
      System.arraycopy(total, window - 1, result, from, length - (window - 1));
    }
  }

  private static void block(
      double[] sums, double[] shifted, double[] total, int length, int window) {
    int taken = 0;
    // In `sums` each entry is the sum of `width` values up to its own; entries before width - 1
    // hold less and are
    // never reached from a complete window.
    for (int width = 1; ; width <<= 1) {
      if ((window & width) != 0) {
        if (taken == 0) {
          System.arraycopy(sums, 0, total, 0, length);
        } else {
          System.arraycopy(sums, 0, shifted, taken, length - taken);
          add(total, shifted, taken, length);
        }
        taken += width;
      }
      if (taken == window) {
        return;
      }
      System.arraycopy(sums, 0, shifted, width, length - width);
      add(sums, shifted, width, length);
    }
  }

  // Both operands are read at the index that is written: shifting by arraycopy first is what lets
  // C2 vectorise this.
  private static void add(double[] a, double[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] += b[i];
    }
  }

  private static void divide(double[] a, int to, double divisor) {
    for (int i = 0; i < to; i++) {
      a[i] /= divisor;
    }
  }
}
