package slipstream.features.internal.kernel;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Distance of each point from a Nelson-Siegel curve through the others (Nelson and Siegel 1987, equation 2): {@code
 * y(m) = b0 + b1 (1 - e^-x) / x + b2 ((1 - e^-x) / x - e^-x)} with x = m / tau.
 *
 * <p>For each decay tau of a fixed grid the curve is linear in b, fitted by least squares; the residual of a point from
 * the fit without it is {@code e / (1 - h)}, e its residual from the fit with it and h its leverage. Of the decays a point
 * gets the one whose curve fits the other points best, so nothing in its distance comes from itself.
 */
public final class CurveFit {
  /** In years: humps from one to twenty years' maturity, half as far again each. */
  static final double[] DECAYS = {
    0.5, 0.75, 1.125, 1.6875, 2.53125, 3.796875, 5.6953125, 8.54296875
  };

  /** Others that a curve needs: one more than it has coefficients. */
  public static final int LEAST_OTHERS = 4;

  /** Where the leverage comes so near 1, or a column so near the others, the other points determine no curve. */
  private static final double DEPENDENT = 1e-6;

  /** Below this share of its terms a difference is taken anew without one. */
  private static final double CANCELLED = 1e-4;

  private CurveFit() {}

  /**
   * @param y one per point, finite
   * @param years to maturity, finite and above 0
   * @param result gets {@code count} distances in the unit of y; NaN where fewer than {@link #LEAST_OTHERS} others are
   *     there, or these do not determine a curve
   */
  public static void distances(double[] y, double[] years, int count, double[] result) {
    Arrays.fill(result, 0, count, Double.NaN);
    if (count <= LEAST_OTHERS) {
      return;
    }
    // Sums in an order of the points' own, so that the bits do not depend on theirs in the table.
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingDouble(i -> years[i]).thenComparingDouble(i -> y[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] sorted = new double[count];
    fit(
        Arrays.stream(order).mapToDouble(i -> y[i]).toArray(),
        Arrays.stream(order).mapToDouble(i -> years[i]).toArray(),
        count,
        sorted);
    for (int i = 0; i < count; i++) {
      result[order[i]] = sorted[i];
    }
  }

  private static void fit(double[] y, double[] years, int count, double[] result) {
    Arrays.fill(result, Double.NaN);
    double[] best = new double[count];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    double[] residual = new double[count];
    double[][] q = new double[3][count];
    for (double decay : DECAYS) {
      if (basis(years, count, decay, q)) {
        improve(q, y, count, residual, best, result);
      }
    }
  }

  private static void improve(
      double[][] q, double[] y, int count, double[] residual, double[] best, double[] result) {
    System.arraycopy(y, 0, residual, 0, count);
    // Twice, so that what rounding left of a column's part goes too.
    for (int pass = 0; pass < 2; pass++) {
      for (double[] column : q) {
        subtract(residual, column, dot(residual, column, count), count);
      }
    }
    double squares = dot(residual, residual, count);
    for (int i = 0; i < count; i++) {
      double freedom = 1 - q[0][i] * q[0][i] - q[1][i] * q[1][i] - q[2][i] * q[2][i];
      if (freedom > DEPENDENT) {
        double others = squares - residual[i] * residual[i] / freedom;
        if (others < CANCELLED * squares) {
          others = others(q, residual, i, residual[i] / freedom, count);
        }
        if (others < best[i]) {
          best[i] = others;
          result[i] = residual[i] / freedom;
        }
      }
    }
  }

  /** Squares of the other points' residuals from the fit without one. */
  private static double others(
      double[][] q, double[] residual, int without, double distance, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      if (i != without) {
        double moved = q[0][i] * q[0][without] + q[1][i] * q[1][without] + q[2][i] * q[2][without];
        double each = residual[i] + moved * distance;
        sum += each * each;
      }
    }
    return sum;
  }

  /** An orthonormal basis of the curve's three columns; false when they are dependent. */
  private static boolean basis(double[] years, int count, double decay, double[][] q) {
    for (int i = 0; i < count; i++) {
      double x = years[i] / decay;
      double slope = -StrictMath.expm1(-x) / x;
      q[0][i] = 1;
      q[1][i] = slope;
      q[2][i] = slope - StrictMath.exp(-x);
    }
    for (int k = 0; k < 3; k++) {
      double before = Math.sqrt(dot(q[k], q[k], count));
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < k; j++) {
          subtract(q[k], q[j], dot(q[k], q[j], count), count);
        }
      }
      double length = Math.sqrt(dot(q[k], q[k], count));
      if (!(length > DEPENDENT * before)) {
        return false;
      }
      for (int i = 0; i < count; i++) {
        q[k][i] /= length;
      }
    }
    return true;
  }

  private static void subtract(double[] from, double[] column, double times, int count) {
    for (int i = 0; i < count; i++) {
      from[i] -= times * column[i];
    }
  }

  /** One after the other: the same bits whatever the machine's vectors are. */
  private static double dot(double[] a, double[] b, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
