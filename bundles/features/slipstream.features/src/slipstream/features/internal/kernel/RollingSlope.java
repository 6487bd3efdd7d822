package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Slope of the least-squares line through each row's window, against the number of the row or against time. Deviations
 * are merged pairwise: see {@link RollingVariance}.
 */
public final class RollingSlope {
  private static final double SECOND = 1e9;

  private RollingSlope() {}

  /**
   * Change per row.
   *
   * @param result gets {@code rows} values; NaN where the window holds a NaN or an infinity or one row, or there is none
   */
  public static void perRow(double[] x, int rows, Windows windows, double[] result) {
    new AgainstRows(x).evaluate(rows, windows, result);
  }

  /**
   * Change per second.
   *
   * @param times UTC nanoseconds, ascending
   * @param result as of {@link #perRow}; NaN also where all rows of the window have one time
   */
  public static void perSecond(
      double[] x, long[] times, int rows, Windows windows, double[] result) {
    new AgainstTime(x, times).evaluate(rows, windows, result);
  }

  /** The mean and the sum of products of deviations from it and from the mean row. */
  private static final class AgainstRows extends MergedWindows {
    private final double[] x;

    AgainstRows(double[] x) {
      super(2);
      this.x = x;
    }

    @Override
    void single(int first, int length, double[][] groups) {
      System.arraycopy(x, first, groups[0], 0, length);
      Arrays.fill(groups[1], 0, length, 0);
    }

    @Override
    void merge(
        double[][] later, double[][] earlier, int from, int to, Sizes sizes, int earlierRows) {
      // The groups' mean rows are half of all rows apart, which times the weight is half the
      // product of their sizes.
      merge(
          later[0],
          later[1],
          earlier[0],
          earlier[1],
          sizes.share,
          sizes.rows,
          -0.5 * earlierRows,
          from,
          to);
    }

    private static void merge(
        double[] meanA,
        double[] productsA,
        double[] meanB,
        double[] productsB,
        double[] share,
        double[] rows,
        double factor,
        int from,
        int to) {
      for (int i = from; i < to; i++) {
        double delta = meanB[i] - meanA[i];
        productsA[i] = productsA[i] + productsB[i] + delta * (rows[i] * factor);
        meanA[i] = meanA[i] + delta * share[i];
      }
    }

    @Override
    double statistic(double[][] groups, int at, int rows, int row) {
      double n = rows;
      return finite(groups[1][at] / (n * (n * n - 1) / 12));
    }
  }

  /**
   * The mean, the mean time, the sum of squared deviations of time and of products of both. Times are nanoseconds
   * before the group's last row, whose own time is kept as two whole numbers, of seconds and nanoseconds: differences of
   * them are exact.
   */
  private static final class AgainstTime extends MergedWindows {
    private static final int MEAN = 0;
    private static final int TIME = 1;
    private static final int SQUARES = 2;
    private static final int PRODUCTS = 3;
    private static final int SECONDS = 4;
    private static final int NANOS = 5;
    private final double[] x;
    private final long[] times;

    AgainstTime(double[] x, long[] times) {
      super(6);
      this.x = x;
      this.times = times;
    }

    @Override
    void single(int first, int length, double[][] groups) {
      System.arraycopy(x, first, groups[MEAN], 0, length);
      for (int c = TIME; c <= PRODUCTS; c++) {
        Arrays.fill(groups[c], 0, length, 0);
      }
      for (int i = 0; i < length; i++) {
        groups[SECONDS][i] = Math.floorDiv(times[first + i], 1_000_000_000L);
        groups[NANOS][i] = Math.floorMod(times[first + i], 1_000_000_000L);
      }
    }

    @Override
    void merge(
        double[][] later, double[][] earlier, int from, int to, Sizes sizes, int earlierRows) {
      for (int i = from; i < to; i++) {
        double apart =
            (earlier[SECONDS][i] - later[SECONDS][i]) * SECOND
                + (earlier[NANOS][i] - later[NANOS][i]);
        double dt = earlier[TIME][i] + apart - later[TIME][i];
        double dx = earlier[MEAN][i] - later[MEAN][i];
        double weight = sizes.weight[i];
        later[SQUARES][i] = later[SQUARES][i] + earlier[SQUARES][i] + dt * dt * weight;
        later[PRODUCTS][i] = later[PRODUCTS][i] + earlier[PRODUCTS][i] + dt * dx * weight;
        later[TIME][i] = later[TIME][i] + dt * sizes.share[i];
        later[MEAN][i] = later[MEAN][i] + dx * sizes.share[i];
      }
    }

    @Override
    double statistic(double[][] groups, int at, int rows, int row) {
      double squares = groups[SQUARES][at];
      return squares == 0 ? Double.NaN : finite(groups[PRODUCTS][at] / squares * SECOND);
    }
  }
}
