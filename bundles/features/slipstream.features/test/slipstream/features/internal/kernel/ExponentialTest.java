package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ExponentialTest {
  private static final long SECOND = 1_000_000_000L;

  /** As defined, over all rows so far, with ages in half-lives. */
  private static double reference(double[] x, double[] age, int row, boolean deviation) {
    double weights = 0;
    double mean = 0;
    for (int s = 0; s <= row; s++) {
      if (Double.isFinite(x[s])) {
        double weight = Math.pow(2, -age[s]);
        weights += weight;
        mean += weight * x[s];
      }
    }
    mean /= weights;
    if (!deviation) {
      return mean;
    }
    double squares = 0;
    double concentration = 0;
    for (int s = 0; s <= row; s++) {
      if (Double.isFinite(x[s])) {
        double weight = Math.pow(2, -age[s]) / weights;
        squares += weight * (x[s] - mean) * (x[s] - mean);
        concentration += weight * weight;
      }
    }
    return Math.sqrt(squares / (1 - concentration));
  }

  private static void check(double[] x, double[] ages, int row, double mean, double deviation) {
    if (!Double.isFinite(x[row])) {
      assertTrue(Double.isNaN(mean) && Double.isNaN(deviation));
      return;
    }
    double level = Arrays.stream(x, 0, row + 1).filter(Double::isFinite).map(Math::abs).sum();
    assertEquals(reference(x, ages, row, false), mean, 1e-13 * level, "row " + row);
    boolean first = Arrays.stream(x, 0, row).noneMatch(Double::isFinite);
    if (first) {
      assertTrue(Double.isNaN(deviation), "row " + row);
    } else {
      double exact = reference(x, ages, row, true);
      assertEquals(exact, deviation, 1e-9 * exact + 1e-13 * level, "row " + row);
    }
  }

  @TestFactory
  Stream<DynamicTest> asDefined() {
    return Arrays.stream(Series.values())
        .map(kind -> DynamicTest.dynamicTest(kind.name(), () -> asDefined(kind)));
  }

  private static void asDefined(Series kind) {
    Random random = new Random(kind.ordinal());
    for (int rows : new int[] {0, 1, 2, 3, 60, 400}) {
      double[] x = kind.make(rows, random);
      long[] times = new long[rows];
      for (int i = 1; i < rows; i++) {
        times[i] = times[i - 1] + random.nextInt(3) * random.nextLong(SECOND);
      }
      double[] mean = new double[rows];
      double[] deviation = new double[rows];
      for (int halfLife : new int[] {1, 7, 50}) {
        Exponential.byRows(x, rows, halfLife, false, mean);
        Exponential.byRows(x, rows, halfLife, true, deviation);
        for (int row = 0; row < rows; row++) {
          double[] ages = new double[rows];
          for (int s = 0; s <= row; s++) {
            ages[s] = (row - s) / (double) halfLife;
          }
          check(x, ages, row, mean[row], deviation[row]);
        }
        Exponential.byTime(x, times, rows, halfLife * SECOND, false, mean);
        Exponential.byTime(x, times, rows, halfLife * SECOND, true, deviation);
        for (int row = 0; row < rows; row++) {
          double[] ages = new double[rows];
          for (int s = 0; s <= row; s++) {
            ages[s] = (times[row] - times[s]) / (double) (halfLife * SECOND);
          }
          check(x, ages, row, mean[row], deviation[row]);
        }
      }
    }
  }

  @Test
  void afterASilenceThatLeavesNoWeightItBeginsAnew() {
    double[] x = {1e300, 1e300, 3, 5};
    long year = 365 * 86_400 * SECOND;
    long[] times = {0, 1, 100 * year, 100 * year};
    double[] result = new double[4];
    Exponential.byTime(x, times, 4, SECOND, false, result);
    assertArrayEquals(new double[] {1e300, 1e300, 3, 4}, result);
    Exponential.byTime(x, times, 4, SECOND, true, result);
    assertArrayEquals(new double[] {Double.NaN, 0, Double.NaN, Math.sqrt(2)}, result, 1e-15);
  }

  @Test
  void aConstantDoesNotDeviate() {
    double[] x = new double[1_000];
    Arrays.fill(x, 0.1);
    double[] result = new double[x.length];
    Exponential.byRows(x, x.length, 3, true, result);
    assertTrue(Double.isNaN(result[0]));
    assertTrue(Arrays.stream(result).skip(1).allMatch(each -> each == 0));
  }
}
