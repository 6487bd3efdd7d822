package slipstream.training.linear;

/**
 * Solves symmetric positive-semidefinite systems by Cholesky's decomposition, in a fixed order of
 * operations.
 *
 * <p>Columns are standardised, so that each diagonal entry is about 1. A column whose pivot falls
 * below {@value #DEPENDENT} of its diagonal is a combination of those before it: it is left out and
 * its solution is 0.
 */
final class Cholesky {
  static final double DEPENDENT = 1e-10;

  private Cholesky() {}

  /**
   * Solves {@code (A + ridge * I) x = b}.
   *
   * @param lower the lower triangle of A by row; not changed
   */
  static double[] solve(double[] lower, double[] b, double ridge) {
    int n = b.length;
    double[] l = lower.clone();
    boolean[] dependent = new boolean[n];
    for (int i = 0; i < n; i++) {
      int rowI = i * (i + 1) / 2;
      double diagonal = l[rowI + i] + ridge;
      double pivot = diagonal;
      for (int j = 0; j < i; j++) {
        if (dependent[j]) {
          l[rowI + j] = 0;
          continue;
        }
        int rowJ = j * (j + 1) / 2;
        double sum = l[rowI + j];
        for (int k = 0; k < j; k++) {
          sum -= l[rowI + k] * l[rowJ + k];
        }
        double value = sum / l[rowJ + j];
        l[rowI + j] = value;
        pivot -= value * value;
      }
      dependent[i] = !(pivot > DEPENDENT * diagonal);
      l[rowI + i] = dependent[i] ? 1 : Math.sqrt(pivot);
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      if (!dependent[i]) {
        int row = i * (i + 1) / 2;
        double sum = b[i];
        for (int k = 0; k < i; k++) {
          sum -= l[row + k] * x[k];
        }
        x[i] = sum / l[row + i];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      if (!dependent[i]) {
        double sum = x[i];
        for (int k = i + 1; k < n; k++) {
          if (!dependent[k]) {
            sum -= l[k * (k + 1) / 2 + i] * x[k];
          }
        }
        x[i] = sum / l[i * (i + 1) / 2 + i];
      }
    }
    return x;
  }
}
