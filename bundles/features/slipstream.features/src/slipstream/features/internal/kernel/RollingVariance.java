package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Sample variance of each row's window, by doubling.
 *
 * <p>Means and sums of squared deviations of 2, 4, 8 … rows are merged pairwise (Chan, Golub and LeVeque, 1979:
 * "Updating formulae and a pairwise algorithm for computing sample variances"). Every term is a square, so the result
 * is never negative, exactly 0 on a constant window, and free of the cancellation of {@code mean(x²) - mean(x)²}. As
 * with {@link RollingSum} a result depends on the values in its window alone.
 */
public final class RollingVariance {
  private RollingVariance() {}

  /**
   * @param root true for the standard deviation
   * @param result gets {@code rows} values, for n rows with divisor {@code n - 1}; NaN where the window holds a NaN or
   *     an infinity or one row, or there is none
   */
  public static void evaluate(
      double[] x, int rows, Windows windows, boolean root, double[] result) {
    if (windows.fixed()) {
      evaluate(x, rows, windows.rows(), root, result);
    } else {
      new Each(x, root).evaluate(rows, windows, result);
    }
  }

  private static void evaluate(double[] x, int rows, int window, boolean root, double[] result) {
    Arrays.fill(result, 0, Math.min(rows, window - 1), Double.NaN);
    if (window > rows) {
      return;
    }
    int block = Blocks.size(rows, window);
    Scratch scratch = new Scratch(Blocks.scratch(rows, window));
    for (int from = window - 1; from < rows; from += Math.min(block, rows - from)) {
      int base = from - (window - 1);
      int length = Math.min(rows, from + block) - base;
      System.arraycopy(x, base, scratch.mean, 0, length);
      Arrays.fill(scratch.squares, 0, length, 0);
      scratch.block(length, window);
      finish(scratch.allSquares, length, window - 1, root);
      System.arraycopy(scratch.allSquares, window - 1, result, from, length - (window - 1));
    }
  }

  private static void finish(double[] squares, int length, double divisor, boolean root) {
    for (int i = 0; i < length; i++) {
      double variance = squares[i] / divisor;
      // Infinite becomes NaN; anything else stays.
      squares[i] = variance + (variance - variance);
    }
    if (root) {
      for (int i = 0; i < length; i++) {
        squares[i] = Math.sqrt(squares[i]);
      }
    }
  }

  private static final class Scratch {
    final double[] mean;
    final double[] squares;
    final double[] shiftedMean;
    final double[] shiftedSquares;
    final double[] allMean;
    final double[] allSquares;

    Scratch(int length) {
      mean = new double[length];
      squares = new double[length];
      shiftedMean = new double[length];
      shiftedSquares = new double[length];
      allMean = new double[length];
      allSquares = new double[length];
    }

    void block(int length, int window) {
      int taken = 0;
      for (int width = 1; ; width <<= 1) {
        if ((window & width) != 0) {
          if (taken == 0) {
            System.arraycopy(mean, 0, allMean, 0, length);
            System.arraycopy(squares, 0, allSquares, 0, length);
          } else {
            shift(length, taken);
            double share = (double) width / ((double) taken + width);
            merge(
                allMean,
                allSquares,
                shiftedMean,
                shiftedSquares,
                taken,
                length,
                share,
                taken * share);
          }
          taken += width;
        }
        if (taken == window) {
          return;
        }
        shift(length, width);
        merge(mean, squares, shiftedMean, shiftedSquares, width, length, 0.5, 0.5 * width);
      }
    }

    private void shift(int length, int by) {
      System.arraycopy(mean, 0, shiftedMean, by, length - by);
      System.arraycopy(squares, 0, shiftedSquares, by, length - by);
    }
  }

  /**
   * Merges group b into group a.
   *
   * @param share nb / (na + nb)
   * @param weight na * nb / (na + nb)
   */
  private static void merge(
      double[] meanA,
      double[] squaresA,
      double[] meanB,
      double[] squaresB,
      int from,
      int to,
      double share,
      double weight) {
    for (int i = from; i < to; i++) {
      double delta = meanB[i] - meanA[i];
      squaresA[i] = squaresA[i] + squaresB[i] + delta * delta * weight;
      meanA[i] = meanA[i] + delta * share;
    }
  }

  /** Windows of a length each. */
  private static final class Each extends SecondMoments {
    private final boolean root;

    Each(double[] x, boolean root) {
      super(x);
      this.root = root;
    }

    @Override
    double statistic(double[][] groups, int at, int rows, int row) {
      double variance = finite(groups[1][at] / (rows - 1));
      return root ? Math.sqrt(variance) : variance;
    }
  }
}
