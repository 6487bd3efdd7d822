package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Covariance, correlation and regression slope of two series over each row's window. Sums of products of deviations are
 * merged pairwise as {@link RollingVariance} merges squares (Chan, Golub and LeVeque, 1979).
 */
public final class RollingComoments {
  private RollingComoments() {}

  /** What of the two series. */
  public enum Statistic {
    /** Sample covariance, with divisor n - 1. */
    COVARIANCE,
    /** Pearson's correlation, within [-1, 1]. */
    CORRELATION,
    /** Slope of the least-squares line of the first on the second: covariance by the second's variance. */
    BETA
  }

  /**
   * @param result gets {@code rows} values; NaN where a window holds a NaN or an infinity of either or one row, or what
   *     the covariance is divided by is 0, or there is no window
   */
  public static void evaluate(
      Statistic statistic, double[] x, double[] y, int rows, Windows windows, double[] result) {
    new Moments(statistic, x, y).evaluate(rows, windows, result);
  }

  private static final class Moments extends MergedWindows {
    private final Statistic statistic;
    private final double[] x;
    private final double[] y;

    Moments(Statistic statistic, double[] x, double[] y) {
      super(5);
      this.statistic = statistic;
      this.x = x;
      this.y = y;
    }

    @Override
    void single(int first, int length, double[][] groups) {
      System.arraycopy(x, first, groups[0], 0, length);
      System.arraycopy(y, first, groups[1], 0, length);
      for (int c = 2; c < 5; c++) {
        Arrays.fill(groups[c], 0, length, 0);
      }
    }

    @Override
    void merge(
        double[][] later, double[][] earlier, int from, int to, Sizes sizes, int earlierRows) {
      // Two loops: one with all ten arrays is beyond what the compiler turns into vector
      // instructions.
      double[] weight = sizes.weight;
      products(later[0], later[1], later[4], earlier[0], earlier[1], earlier[4], weight, from, to);
      SecondMoments.merge(
          later[0], later[2], earlier[0], earlier[2], sizes.share, weight, from, to);
      SecondMoments.merge(
          later[1], later[3], earlier[1], earlier[3], sizes.share, weight, from, to);
    }

    private static void products(
        double[] meanXa,
        double[] meanYa,
        double[] productsA,
        double[] meanXb,
        double[] meanYb,
        double[] productsB,
        double[] weight,
        int from,
        int to) {
      for (int i = from; i < to; i++) {
        double dx = meanXb[i] - meanXa[i];
        double dy = meanYb[i] - meanYa[i];
        productsA[i] = productsA[i] + productsB[i] + dx * dy * weight[i];
      }
    }

    @Override
    double statistic(double[][] groups, int at, int rows, int row) {
      double squaresX = finite(groups[2][at]);
      double squaresY = finite(groups[3][at]);
      double products = finite(groups[4][at]);
      // Adding them makes every statistic unknown where either series is.
      double unknown = 0 * (squaresX + squaresY);
      return unknown
          + switch (statistic) {
            case COVARIANCE -> products / (rows - 1);
            case CORRELATION -> correlation(products, squaresX, squaresY);
            case BETA -> squaresY == 0 ? Double.NaN : products / squaresY;
          };
    }

    private static double correlation(double products, double squaresX, double squaresY) {
      // The roots first: the product of the squares may overflow.
      double scale = Math.sqrt(squaresX) * Math.sqrt(squaresY);
      return scale == 0 ? Double.NaN : Math.clamp(products / scale, -1, 1);
    }
  }
}
