package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Score of a principal component of some series, with loadings from earlier rows only.
 *
 * <p>Rows are cut into blocks of a tenth of the window, from the first row on. At the first row of a block, the
 * component is fitted on the window that ends with the row before: on the correlation matrix, of the rows in which all
 * series are known. All rows of the block are scored with it. Of the two signs the first fit takes that of which the
 * largest loading is positive, each later one that which agrees with the fit before.
 */
public final class PrincipalComponents {
  /** Blocks a window has. */
  private static final int REFITS = 10;

  /** Smallest eigenvalue, of a matrix with ones on the diagonal, that is no rounding error. */
  private static final double LEAST = 1e-12;

  private final double[][] x;
  private final int component;
  private final double[] mean;
  private final double[] scale;
  private final double[] loadings;
  private final double[][] matrix;
  private final double[][] vectors;
  private boolean signed;

  private PrincipalComponents(double[][] x, int component) {
    int p = x.length;
    this.x = x;
    this.component = component;
    mean = new double[p];
    scale = new double[p];
    loadings = new double[p];
    matrix = new double[p][p];
    vectors = new double[p][p];
  }

  /**
   * All rows of an instrument, with windows of {@code window} rows.
   *
   * @param component from 0, the largest
   * @param result gets {@code rows} values; NaN where a series is not finite, or {@code window} rows have not been
   *     before the block, or fewer of them are known in all series than there are series plus one, or these have no
   *     such component
   */
  public static void byRows(double[][] x, int component, int rows, int window, double[] result) {
    PrincipalComponents components = new PrincipalComponents(x, component);
    int block = Math.max(1, window / REFITS);
    for (int from = 0; from < rows; from += Math.min(block, rows - from)) {
      boolean fitted = from >= window && components.fit(from - window, from);
      components.score(from, Math.min(rows, from + Math.min(block, rows - from)), fitted, result);
    }
  }

  /**
   * All rows of an instrument, with windows of {@code window} nanoseconds: blocks are tenths of it from the first row's
   * time on, and a fit is on the rows before the block less than {@code window} before its first row.
   *
   * @param times UTC nanoseconds, ascending
   */
  public static void byTime(
      double[][] x, int component, long[] times, int rows, long window, double[] result) {
    PrincipalComponents components = new PrincipalComponents(x, component);
    long block = Math.max(1, window / REFITS);
    int oldest = 0;
    for (int from = 0; from < rows; ) {
      long number = Long.divideUnsigned(times[from] - times[0], block);
      int to = from + 1;
      while (to < rows && Long.divideUnsigned(times[to] - times[0], block) == number) {
        to++;
      }
      while (Long.compareUnsigned(times[from] - times[oldest], window) >= 0) {
        oldest++;
      }
      components.score(from, to, components.fit(oldest, from), result);
      from = to;
    }
  }

  private boolean known(int row) {
    for (double[] each : x) {
      if (!Double.isFinite(each[row])) {
        return false;
      }
    }
    return true;
  }

  private void score(int from, int to, boolean fitted, double[] result) {
    for (int row = from; row < to; row++) {
      double score = Double.NaN;
      if (fitted && known(row)) {
        score = 0;
        for (int j = 0; j < x.length; j++) {
          score += loadings[j] * (scale[j] == 0 ? 0 : (x[j][row] - mean[j]) / scale[j]);
        }
      }
      result[row] = score;
    }
  }

  /** Fits rows [from, to); false when they have no such component. */
  private boolean fit(int from, int to) {
    int p = x.length;
    int count = moments(from, to);
    if (count < p + 1) {
      return false;
    }
    for (double[] row : matrix) {
      Arrays.fill(row, 0);
    }
    double[] scores = new double[p];
    for (int row = from; row < to; row++) {
      if (known(row)) {
        for (int j = 0; j < p; j++) {
          scores[j] = scale[j] == 0 ? 0 : (x[j][row] - mean[j]) / scale[j];
        }
        for (int j = 0; j < p; j++) {
          for (int k = 0; k <= j; k++) {
            matrix[j][k] += scores[j] * scores[k];
          }
        }
      }
    }
    for (int j = 0; j < p; j++) {
      for (int k = 0; k <= j; k++) {
        matrix[j][k] /= count - 1;
        matrix[k][j] = matrix[j][k];
        if (!Double.isFinite(matrix[j][k])) {
          return false;
        }
      }
    }
    SymmetricEigen.decompose(matrix, vectors);
    if (matrix[component][component] <= LEAST) {
      return false;
    }
    orient(vectors[component]);
    System.arraycopy(vectors[component], 0, loadings, 0, p);
    signed = true;
    return true;
  }

  /** Means and sample standard deviations; returns the number of rows known in all series. */
  private int moments(int from, int to) {
    int count = 0;
    Arrays.fill(mean, 0);
    Arrays.fill(scale, 0);
    for (int row = from; row < to; row++) {
      if (known(row)) {
        count++;
        for (int j = 0; j < x.length; j++) {
          double delta = x[j][row] - mean[j];
          mean[j] += delta / count;
          scale[j] += delta * (x[j][row] - mean[j]);
        }
      }
    }
    for (int j = 0; j < x.length; j++) {
      scale[j] = Math.sqrt(scale[j] / (count - 1));
    }
    return count;
  }

  private void orient(double[] vector) {
    double sign = 0;
    if (signed) {
      for (int j = 0; j < vector.length; j++) {
        sign += vector[j] * loadings[j];
      }
    }
    if (sign == 0) {
      double largest = 0;
      for (double each : vector) {
        largest = Math.max(largest, Math.abs(each));
      }
      int j = 0;
      // Of loadings that are equal up to rounding the first decides.
      while (Math.abs(vector[j]) < largest * (1 - 1e-9)) {
        j++;
      }
      sign = vector[j];
    }
    if (sign < 0) {
      for (int j = 0; j < vector.length; j++) {
        vector[j] = -vector[j];
      }
    }
  }
}
