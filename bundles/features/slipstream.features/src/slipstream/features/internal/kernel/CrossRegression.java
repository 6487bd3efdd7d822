package slipstream.features.internal.kernel;

import java.util.Arrays;
import slipstream.core.CompensatedSum;

/**
 * What is left of a value after a least-squares regression, with intercept, on other series over the rows of one moment.
 *
 * <p>By modified Gram-Schmidt on deviations from the means. A regressor that the others explain up to rounding is left
 * out. Terms of a sum are added in ascending order, with compensation, so that a result does not depend on the order of
 * the rows to the bit.
 */
public final class CrossRegression {
  /** Part of a regressor's length that must be left after the others are taken out of it. */
  private static final double INDEPENDENT = 1e-10;

  private CrossRegression() {}

  /**
   * @param series what to explain, then the regressors
   * @param result gets {@code rows} values; NaN where one of the series is not finite, or not more rows than the
   *     regressors and the intercept are known in all of them
   */
  public static void residuals(double[][] series, int rows, double[] result) {
    int[] known = new int[rows];
    int count = 0;
    for (int i = 0; i < rows; i++) {
      boolean all = true;
      for (double[] each : series) {
        all &= Double.isFinite(each[i]);
      }
      if (all) {
        known[count++] = i;
      }
    }
    Arrays.fill(result, 0, rows, Double.NaN);
    if (count <= series.length) {
      return;
    }
    double[] terms = new double[count];
    double[][] columns = new double[series.length][count];
    for (int c = 0; c < columns.length; c++) {
      for (int i = 0; i < count; i++) {
        columns[c][i] = series[c][known[i]];
      }
      centre(columns[c], terms);
    }
    for (int c = 1; c < columns.length; c++) {
      double length = dot(columns[c], columns[c], terms);
      for (int before = 1; before < c; before++) {
        project(columns[c], columns[before], terms);
      }
      double left = dot(columns[c], columns[c], terms);
      if (!(left > INDEPENDENT * INDEPENDENT * length)) {
        Arrays.fill(columns[c], 0);
      }
      project(columns[0], columns[c], terms);
    }
    for (int i = 0; i < count; i++) {
      result[known[i]] = columns[0][i];
    }
  }

  private static void centre(double[] x, double[] terms) {
    System.arraycopy(x, 0, terms, 0, x.length);
    Arrays.sort(terms);
    double mean = terms[0] == terms[x.length - 1] ? terms[0] : sum(terms) / x.length;
    for (int i = 0; i < x.length; i++) {
      x[i] -= mean;
    }
  }

  /** Takes out of x what lies along y. */
  private static void project(double[] x, double[] y, double[] terms) {
    double length = dot(y, y, terms);
    if (length == 0) {
      return;
    }
    double slope = dot(x, y, terms) / length;
    for (int i = 0; i < x.length; i++) {
      x[i] -= slope * y[i];
    }
  }

  private static double dot(double[] x, double[] y, double[] terms) {
    for (int i = 0; i < x.length; i++) {
      // A product of 0 is +0, whichever factor it is of.
      terms[i] = x[i] * y[i] + 0.0;
    }
    Arrays.sort(terms);
    return sum(terms);
  }

  private static double sum(double[] ascending) {
    return CompensatedSum.of(ascending);
  }
}
