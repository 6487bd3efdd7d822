package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {
  private static final long SECOND = 1_000_000_000L;

  // -------------------------------------------------------------- eigen

  private static double[][] identity(int n) {
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i][i] = 1;
    }
    return a;
  }

  private static void assertDecomposes(double[][] a, double[][] values, double[][] vectors) {
    int n = a.length;
    double size = Arrays.stream(a).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    for (int i = 0; i < n; i++) {
      assertTrue(i == 0 || values[i][i] <= values[i - 1][i - 1], "descending");
      for (int j = 0; j < n; j++) {
        double product = 0;
        double again = 0;
        for (int k = 0; k < n; k++) {
          product += vectors[i][k] * vectors[j][k];
          again += values[k][k] * vectors[k][i] * vectors[k][j];
        }
        assertEquals(i == j ? 1 : 0, product, 1e-13 * n, "orthonormal");
        assertEquals(a[i][j], again, 1e-13 * n * size, "the same matrix");
      }
    }
  }

  @Test
  void eigenvectorsMakeTheMatrix() {
    Random random = new Random(1);
    for (int n = 1; n <= 64; n = n < 6 ? n + 1 : 2 * n + 1) {
      for (int rank : new int[] {1, (n + 1) / 2, n}) {
        double[][] a = new double[n][n];
        for (int r = 0; r < rank; r++) {
          double[] v = Series.NORMAL.make(n, random);
          for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
              a[i][j] += v[i] * v[j] * Math.scalb(1.0, -3 * r);
            }
          }
        }
        double[][] values = Arrays.stream(a).map(double[]::clone).toArray(double[][]::new);
        double[][] vectors = new double[n][n];
        SymmetricEigen.decompose(values, vectors);
        assertDecomposes(a, values, vectors);
      }
    }
  }

  @Test
  void knownEigenvalues() {
    double[][] a = {{2, -1, 0}, {-1, 2, -1}, {0, -1, 2}};
    double[][] vectors = new double[3][3];
    SymmetricEigen.decompose(a, vectors);
    assertEquals(2 + Math.sqrt(2), a[0][0], 1e-15 * 4);
    assertEquals(2, a[1][1], 1e-15 * 4);
    assertEquals(2 - Math.sqrt(2), a[2][2], 1e-15 * 4);
    double[][] same = identity(5);
    vectors = new double[5][5];
    SymmetricEigen.decompose(same, vectors);
    assertArrayEquals(identity(5), vectors);
    double[][] zero = new double[4][4];
    vectors = new double[4][4];
    SymmetricEigen.decompose(zero, vectors);
    assertArrayEquals(identity(4), vectors);
  }

  // --------------------------------------------------------------- scores

  /** One strong factor that the series share, and noise. */
  private static double[][] factor(int series, int rows, double noise, Random random) {
    double[][] x = new double[series][rows];
    for (int i = 0; i < rows; i++) {
      double common = random.nextGaussian();
      for (int j = 0; j < series; j++) {
        x[j][i] = 100 * (j + 1) + (j % 2 == 0 ? 1 : -1) * common + noise * random.nextGaussian();
      }
    }
    return x;
  }

  /** The loadings of the largest component of a window by power iteration on its correlations. */
  private static double[] power(double[][] x, int from, int to) {
    int p = x.length;
    double[][] z = new double[p][];
    for (int j = 0; j < p; j++) {
      double[] w = Arrays.copyOfRange(x[j], from, to);
      double mean = Arrays.stream(w).average().orElseThrow();
      double deviation = Math.sqrt(Reference.variance(w));
      z[j] = Arrays.stream(w).map(each -> (each - mean) / deviation).toArray();
    }
    double[] v = new double[p];
    Arrays.fill(v, 1);
    v[0] = 2;
    for (int step = 0; step < 300; step++) {
      double[] next = new double[p];
      for (int i = 0; i < to - from; i++) {
        double score = 0;
        for (int j = 0; j < p; j++) {
          score += v[j] * z[j][i];
        }
        for (int j = 0; j < p; j++) {
          next[j] += score * z[j][i];
        }
      }
      double length = Math.sqrt(Arrays.stream(next).map(each -> each * each).sum());
      v = Arrays.stream(next).map(each -> each / length).toArray();
    }
    return v;
  }

  @Test
  void theFirstComponentAsDefined() {
    Random random = new Random(5);
    int rows = 250;
    int window = 60;
    double[][] x = factor(4, rows, 0.5, random);
    double[] result = new double[rows];
    PrincipalComponents.byRows(x, 0, rows, window, result);
    double[] last = null;
    for (int row = 0; row < rows; row++) {
      int block = row / (window / 10) * (window / 10);
      if (block < window) {
        assertTrue(Double.isNaN(result[row]), "row " + row);
        continue;
      }
      double[] v = power(x, block - window, block);
      int largest =
          IntStream.range(0, 4)
              .reduce((a, b) -> Math.abs(v[b]) > Math.abs(v[a]) ? b : a)
              .getAsInt();
      double[] before = last;
      double sign =
          before == null
              ? v[largest]
              : IntStream.range(0, 4).mapToDouble(j -> v[j] * before[j]).sum();
      last = Arrays.stream(v).map(each -> sign < 0 ? -each : each).toArray();
      double score = 0;
      for (int j = 0; j < 4; j++) {
        double[] w = Arrays.copyOfRange(x[j], block - window, block);
        double mean = Reference.sum(w) / window;
        score += last[j] * (x[j][row] - mean) / Math.sqrt(Reference.variance(w));
      }
      assertEquals(score, result[row], 1e-9, "row " + row);
    }
  }

  @Test
  void theScoresOfAllComponentsHoldAllThereIs() {
    Random random = new Random(6);
    int rows = 300;
    double[][] x = factor(3, rows, 1, random);
    double[][] scores = new double[3][rows];
    for (int k = 0; k < 3; k++) {
      PrincipalComponents.byRows(x, k, rows, 50, scores[k]);
    }
    for (int row = 50; row < rows; row++) {
      int block = row / 5 * 5;
      double distance = 0;
      double sum = 0;
      for (int j = 0; j < 3; j++) {
        double[] w = Arrays.copyOfRange(x[j], block - 50, block);
        double z = (x[j][row] - Reference.sum(w) / 50) / Math.sqrt(Reference.variance(w));
        distance += z * z;
        sum += scores[j][row] * scores[j][row];
      }
      assertEquals(distance, sum, 1e-10 * distance);
    }
  }

  @Test
  void rowsOfTheBlockItselfAndLaterOnesDoNotMoveItsLoadings() {
    Random random = new Random(7);
    int rows = 200;
    double[][] x = factor(3, rows, 0.3, random);
    double[] before = new double[rows];
    PrincipalComponents.byRows(x, 0, rows, 40, before);
    double[][] changed = Arrays.stream(x).map(double[]::clone).toArray(double[][]::new);
    // Row 121 lies in the block [120, 124).
    for (double[] each : changed) {
      for (int row = 121; row < rows; row++) {
        each[row] = 1e6 * random.nextGaussian();
      }
    }
    changed[0][123] = x[0][123];
    changed[1][123] = x[1][123];
    changed[2][123] = x[2][123];
    double[] after = new double[rows];
    PrincipalComponents.byRows(changed, 0, rows, 40, after);
    assertArrayEquals(Arrays.copyOf(before, 121), Arrays.copyOf(after, 121));
    assertEquals(before[123], after[123]);
  }

  @Test
  void theSignStaysFromFitToFit() {
    Random random = new Random(8);
    int rows = 5_000;
    // Loadings of equal size, so that rounding and noise alone decide which is the largest.
    double[][] x = factor(4, rows, 0.7, random);
    double[] result = new double[rows];
    PrincipalComponents.byRows(x, 0, rows, 100, result);
    for (int row = 100; row < rows; row++) {
      double common = x[0][row] - 100 - (x[1][row] - 200) + x[2][row] - 300 - (x[3][row] - 400);
      if (Math.abs(common) > 4) {
        assertEquals(Math.signum(result[row]), Math.signum(common), "row " + row);
      }
    }
  }

  @Test
  void windowsOfTimeFitTheRowsBeforeTheBlock() {
    Random random = new Random(9);
    int rows = 300;
    double[][] x = factor(3, rows, 0.5, random);
    long[] times = new long[rows];
    Arrays.setAll(times, i -> 1_700_000_000L * SECOND + i * SECOND);
    double[] byTime = new double[rows];
    double[] byRows = new double[rows];
    // The window (t - 51 s, t) before a block holds 50 rows; blocks are of 5.1 s.
    PrincipalComponents.byTime(x, 1, times, rows, 51 * SECOND, byTime);
    PrincipalComponents.byRows(x, 1, rows, 50, byRows);
    assertTrue(Arrays.stream(byTime, 0, 6).allMatch(Double::isNaN));
    assertTrue(Arrays.stream(byTime, 6, rows).allMatch(Double::isFinite));
    // Up to their sign, blocks that begin together are the same.
    for (int row : new int[] {255, 256, 257, 258, 259}) {
      assertEquals(Math.abs(byRows[row]), Math.abs(byTime[row]), 1e-12, "row " + row);
    }
    long[] same = new long[rows];
    PrincipalComponents.byTime(x, 0, same, rows, SECOND, byTime);
    assertTrue(Arrays.stream(byTime).allMatch(Double::isNaN), "all of one moment");
  }

  @Test
  void unknownAndConstantSeries() {
    Random random = new Random(10);
    int rows = 200;
    double[][] x = factor(3, rows, 0.5, random);
    Arrays.fill(x[2], 7.7);
    double[] with = new double[rows];
    double[] without = new double[rows];
    PrincipalComponents.byRows(x, 0, rows, 30, with);
    PrincipalComponents.byRows(Arrays.copyOf(x, 2), 0, rows, 30, without);
    assertArrayEquals(without, with, 1e-13);
    PrincipalComponents.byRows(x, 2, rows, 30, with);
    assertTrue(Arrays.stream(with).allMatch(Double::isNaN), "there is no third component");
    x[1][77] = Double.NaN;
    x[0][90] = Double.POSITIVE_INFINITY;
    PrincipalComponents.byRows(x, 0, rows, 30, with);
    for (int row = 30; row < rows; row++) {
      assertEquals(row == 77 || row == 90, Double.isNaN(with[row]), "row " + row);
    }
    Arrays.fill(x[1], Double.NaN);
    PrincipalComponents.byRows(x, 0, rows, 30, with);
    assertTrue(Arrays.stream(with).allMatch(Double::isNaN));
  }

  @Test
  void fewRows() {
    for (int rows : new int[] {0, 1, 2, 5}) {
      double[] result = new double[rows];
      PrincipalComponents.byRows(new double[2][rows], 0, rows, 3, result);
      PrincipalComponents.byTime(new double[2][rows], 0, new long[rows], rows, 3, result);
      assertTrue(Arrays.stream(result).allMatch(Double::isNaN));
    }
  }
}
