package slipstream.training.ensemble;

import java.util.Arrays;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * Minimises {@code x'Ax/2 - b'x} over x ≥ 0 for a symmetric positive semidefinite A: least squares without negative
 * coefficients, by the active set of Lawson and Hanson (Solving Least Squares Problems, 1974, chapter 23) on the normal
 * equations. A column that those in use determine stays out.
 */
final class NonNegativeLeastSquares {
  /** A slope or pivot below this share of the largest is rounding. */
  private static final double SMALL = 1e-12;

  private NonNegativeLeastSquares() {}

  /**
   * @param a square and symmetric; not changed
   * @return the solution: zeros where nothing is gained
   */
  static double[] solve(double[][] a, double[] b) {
    int n = b.length;
    double scale = 0;
    for (double each : b) {
      scale = Math.max(scale, Math.abs(each));
    }
    double[] x = new double[n];
    boolean[] used = new boolean[n];
    boolean[] useless = new boolean[n];
    // Each pass adds a column and lowers the cost, so no set of columns comes twice.
    for (int pass = 0; pass < 3 * n + 30; pass++) {
      int best = -1;
      double steepest = SMALL * scale;
      for (int j = 0; j < n; j++) {
        if (!used[j] && !useless[j]) {
          double slope = b[j];
          for (int k = 0; k < n; k++) {
            slope -= a[j][k] * x[k];
          }
          if (slope > steepest) {
            steepest = slope;
            best = j;
          }
        }
      }
      if (best < 0) {
        return x;
      }
      used[best] = true;
      double[] next = free(a, b, used);
      if (next == null || next[best] <= 0) {
        used[best] = false;
        useless[best] = true;
        continue;
      }
      while (true) {
        double step = 1;
        int blocking = -1;
        for (int j = 0; j < n; j++) {
          if (used[j] && next[j] <= 0 && x[j] / (x[j] - next[j]) < step) {
            step = x[j] / (x[j] - next[j]);
            blocking = j;
          }
        }
        for (int j = 0; j < n; j++) {
          x[j] = used[j] ? x[j] + step * (next[j] - x[j]) : 0;
        }
        if (blocking < 0) {
          break;
        }
        for (int j = 0; j < n; j++) {
          if (used[j] && x[j] <= 0 || j == blocking) {
            used[j] = false;
            x[j] = 0;
          }
        }
        next = free(a, b, used);
      }
      Arrays.fill(useless, false);
    }
    return x;
  }

  /** The minimum over the columns in use without bounds; null where they determine each other. */
  private static double[] free(double[][] a, double[] b, boolean[] used) {
    int count = 0;
    int[] at = new int[b.length];
    for (int j = 0; j < b.length; j++) {
      if (used[j]) {
        at[count++] = j;
      }
    }
    double[] x = new double[b.length];
    if (count == 0) {
      return x;
    }
    RealMatrix part = MatrixUtils.createRealMatrix(count, count);
    double[] right = new double[count];
    for (int i = 0; i < count; i++) {
      // Scaled to a unit diagonal, so that one threshold fits all columns.
      double unit = Math.sqrt(a[at[i]][at[i]]);
      if (!(unit > 0)) {
        return null;
      }
      right[i] = b[at[i]] / unit;
      for (int j = 0; j < count; j++) {
        part.setEntry(i, j, a[at[i]][at[j]] / unit / Math.sqrt(a[at[j]][at[j]]));
      }
    }
    QRDecomposition decomposition = new QRDecomposition(part, SMALL);
    if (!decomposition.getSolver().isNonSingular()) {
      return null;
    }
    double[] solution =
        decomposition.getSolver().solve(new ArrayRealVector(right, false)).toArray();
    for (int i = 0; i < count; i++) {
      x[at[i]] = solution[i] / Math.sqrt(a[at[i]][at[i]]);
    }
    return x;
  }
}
