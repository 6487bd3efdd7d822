package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Sum and mean of each row's window, by doubling.
 *
 * <p>Sums of 2, 4, 8 … rows are built from one another and the window is put together from those that its length
 * needs: {@code 30 = 2 + 4 + 8 + 16}. Each step is one addition of two arrays, which the compiler turns into vector
 * instructions; with {@code log2(window)} steps it is faster than adding and removing one value a row, whose every
 * addition waits for the one before.
 *
 * <p>Nothing is ever subtracted, so nothing drifts and an infinity or NaN is forgotten when it leaves the window. A
 * result depends on the values in its window alone, to the bit, however many rows come before. Error bound: {@code
 * (floor(log2(n)) + bitCount(n)) * 2^-53 * sum(|x|)} over a window of n rows, to first order.
 */
public final class RollingSum {
  private RollingSum() {}

  /**
   * @param mean true for the sum divided by the number of rows in the window
   * @param result gets {@code rows} values; NaN where the window holds a NaN or there is none
   */
  public static void evaluate(
      double[] x, int rows, Windows windows, boolean mean, double[] result) {
    if (windows.fixed()) {
      evaluate(x, rows, windows.rows(), mean ? windows.rows() : 1, result);
    } else {
      new Each(x, mean).evaluate(rows, windows, result);
    }
  }

  private static void evaluate(double[] x, int rows, int window, double divisor, double[] result) {
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

  /** Windows of a length each. */
  private static final class Each extends MergedWindows {
    private final double[] x;
    private final boolean mean;

    Each(double[] x, boolean mean) {
      super(1);
      this.x = x;
      this.mean = mean;
    }

    @Override
    void single(int first, int length, double[][] groups) {
      System.arraycopy(x, first, groups[0], 0, length);
    }

    @Override
    void merge(
        double[][] later, double[][] earlier, int from, int to, Sizes sizes, int earlierRows) {
      add(later[0], earlier[0], from, to);
    }

    @Override
    double statistic(double[][] groups, int at, int rows, int row) {
      return mean ? groups[0][at] / rows : groups[0][at];
    }
  }
}
