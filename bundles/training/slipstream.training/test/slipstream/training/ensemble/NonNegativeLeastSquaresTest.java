package slipstream.training.ensemble;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.api.Test;

class NonNegativeLeastSquaresTest {
  private static double cost(double[][] a, double[] b, double[] x) {
    double cost = 0;
    for (int i = 0; i < x.length; i++) {
      cost -= b[i] * x[i];
      for (int j = 0; j < x.length; j++) {
        cost += x[i] * a[i][j] * x[j] / 2;
      }
    }
    return cost;
  }

  /** The least of all choices of columns in use. */
  private static double least(double[][] a, double[] b) {
    double least = 0;
    for (int choice = 1; choice < 1 << b.length; choice++) {
      int[] in = new int[Integer.bitCount(choice)];
      for (int j = 0, at = 0; j < b.length; j++) {
        if ((choice >> j & 1) == 1) {
          in[at++] = j;
        }
      }
      RealMatrix part = MatrixUtils.createRealMatrix(a).getSubMatrix(in, in);
      double[] right = new double[in.length];
      for (int i = 0; i < in.length; i++) {
        right[i] = b[in[i]];
      }
      var solver = new QRDecomposition(part, 1e-12).getSolver();
      if (!solver.isNonSingular()) {
        continue;
      }
      double[] some = solver.solve(MatrixUtils.createRealVector(right)).toArray();
      double[] x = new double[b.length];
      boolean allowed = true;
      for (int i = 0; i < in.length; i++) {
        x[in[i]] = some[i];
        allowed &= some[i] >= 0;
      }
      if (allowed) {
        least = Math.min(least, cost(a, b, x));
      }
    }
    return least;
  }

  private static double[][] gram(double[][] rows, int n) {
    double[][] a = new double[n][n];
    for (double[] row : rows) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          a[i][j] += row[i] * row[j];
        }
      }
    }
    return a;
  }

  @Test
  void isTheLeastOfAllChoices() {
    Random random = new Random(1);
    int zeros = 0;
    for (int trial = 0; trial < 500; trial++) {
      int n = 1 + random.nextInt(7);
      double scale = Math.pow(10, random.nextInt(9) - 4);
      double[][] rows = new double[n + random.nextInt(6)][n];
      double[] b = new double[n];
      for (double[] row : rows) {
        double common = trial % 2 == 0 ? 3 * random.nextGaussian() : 0;
        double y = common + random.nextGaussian();
        for (int j = 0; j < n; j++) {
          row[j] = scale * (common + random.nextGaussian());
          b[j] += row[j] * y;
        }
      }
      double[][] a = gram(rows, n);
      double[] x = NonNegativeLeastSquares.solve(a, b);
      for (double each : x) {
        assertTrue(each >= 0);
        zeros += each == 0 ? 1 : 0;
      }
      double least = least(a, b);
      assertEquals(least, cost(a, b, x), 1e-9 * Math.max(1e-12, Math.abs(least)));
    }
    assertTrue(zeros > 100, "bounds were at work");
  }

  @Test
  void columnsThatDetermineEachOther() {
    Random random = new Random(2);
    double[][] rows = new double[50][3];
    double[] b = new double[3];
    for (double[] row : rows) {
      row[0] = random.nextGaussian();
      row[1] = row[0];
      double y = 2 * row[0];
      for (int j = 0; j < 3; j++) {
        b[j] += row[j] * y;
      }
    }
    double[] x = NonNegativeLeastSquares.solve(gram(rows, 3), b);
    assertEquals(2, x[0] + x[1], 1e-12);
    assertEquals(0, x[2]);
    assertArrayEquals(
        new double[2], NonNegativeLeastSquares.solve(new double[2][2], new double[2]));
  }

  /** Weights that add up to 1, against a fine grid. */
  @Test
  void weightsOfLeastError() {
    Random random = new Random(3);
    for (int trial = 0; trial < 30; trial++) {
      int rows = 60;
      double[][] predicted = new double[3][rows];
      double[] target = new double[rows];
      for (int i = 0; i < rows; i++) {
        target[i] = random.nextGaussian();
        double shared = random.nextGaussian();
        for (int m = 0; m < 3; m++) {
          predicted[m][i] = target[i] + shared + (m + 1) * random.nextGaussian();
        }
      }
      OutOfFold all = new OutOfFold(predicted, target, null);
      double[] weights = StackingTrainer.convex(all, false);
      assertEquals(1, weights[0] + weights[1] + weights[2], 1e-12);
      double found = error(all, weights);
      for (int i = 0; i <= 40; i++) {
        for (int j = 0; i + j <= 40; j++) {
          double[] others = {i / 40.0, j / 40.0, (40 - i - j) / 40.0};
          assertTrue(found <= error(all, others) + 1e-12);
        }
      }
    }
    OutOfFold perfect =
        new OutOfFold(new double[][] {{1, 2, 4}, {1, 2, 3}}, new double[] {1, 2, 3}, null);
    assertArrayEquals(new double[] {0, 1}, StackingTrainer.convex(perfect, false));
  }

  private static double error(OutOfFold rows, double[] weights) {
    double sum = 0;
    for (int i = 0; i < rows.target().length; i++) {
      double error = rows.target()[i];
      for (int m = 0; m < weights.length; m++) {
        error -= weights[m] * rows.predicted()[m][i];
      }
      sum += error * error;
    }
    return sum;
  }
}
