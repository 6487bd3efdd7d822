package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Sample skewness of each row's window, adjusted for its size: G1 of Joanes and Gill (1998), {@code n / ((n - 1) (n -
 * 2)) * sum(((x - mean) / s)³)} with the sample standard deviation s.
 *
 * <p>Sums of cubed deviations are merged pairwise as {@link RollingVariance} merges squared ones (Pébay, 2008: "Formulas
 * for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments").
 */
public final class RollingSkewness {
  private RollingSkewness() {}

  /**
   * @param result gets {@code rows} values; NaN where the window holds a NaN or an infinity or fewer than three rows or
   *     does not vary, or there is none
   */
  public static void evaluate(double[] x, int rows, Windows windows, double[] result) {
    new ThirdMoments(x).evaluate(rows, windows, result);
  }

  private static final class ThirdMoments extends MergedWindows {
    private final double[] x;

    ThirdMoments(double[] x) {
      super(3);
      this.x = x;
    }

    @Override
    void single(int first, int length, double[][] groups) {
      System.arraycopy(x, first, groups[0], 0, length);
      Arrays.fill(groups[1], 0, length, 0);
      Arrays.fill(groups[2], 0, length, 0);
    }

    @Override
    void merge(
        double[][] later, double[][] earlier, int from, int to, Sizes sizes, int earlierRows) {
      merge(
          later[0],
          later[1],
          later[2],
          earlier[0],
          earlier[1],
          earlier[2],
          sizes.share,
          sizes.weight,
          from,
          to);
    }

    private static void merge(
        double[] meanA,
        double[] squaresA,
        double[] cubesA,
        double[] meanB,
        double[] squaresB,
        double[] cubesB,
        double[] share,
        double[] weight,
        int from,
        int to) {
      for (int i = from; i < to; i++) {
        double delta = meanB[i] - meanA[i];
        double square = delta * delta * weight[i];
        double rest = 1 - share[i];
        cubesA[i] =
            cubesA[i]
                + cubesB[i]
                + square * delta * (rest - share[i])
                + 3 * delta * (rest * squaresB[i] - share[i] * squaresA[i]);
        squaresA[i] = squaresA[i] + squaresB[i] + square;
        meanA[i] = meanA[i] + delta * share[i];
      }
    }

    @Override
    double statistic(double[][] groups, int at, int rows, int row) {
      double n = rows;
      double variance = groups[1][at] / (n - 1);
      double cubes = groups[2][at];
      return rows < 3 || variance == 0
          ? Double.NaN
          : finite(n / ((n - 1) * (n - 2)) * (cubes / (finite(variance) * Math.sqrt(variance))));
    }
  }
}
