package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RollingKernelsTest {
  private static final int[] ROWS = {0, 1, 2, 3, 29, 30, 31, 64, 257, 1_500, 3_333};
  private static final int[] WINDOWS = {1, 2, 3, 7, 30, 31, 64, 65, 100, 255, 1_030, 5_000};
  private static final double ULP = 0x1p-53;

  private interface Check {
    void on(double[] x, int window);
  }

  /** Every kind of series, size and window. */
  private static java.util.stream.Stream<DynamicTest> everywhere(int leastWindow, Check check) {
    return Arrays.stream(Series.values())
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.name(),
                    () -> {
                      Random random = new Random(kind.ordinal());
                      for (int rows : ROWS) {
                        for (int window : WINDOWS) {
                          if (window >= leastWindow) {
                            check.on(kind.make(rows, random), window);
                          }
                        }
                      }
                    }));
  }

  @TestFactory
  java.util.stream.Stream<DynamicTest> sumWithinItsBound() {
    return everywhere(
        1,
        (x, window) -> {
          int step = step(window);
          double[] exact = Reference.rolling(x, window, step, Reference::sum);
          double[] magnitude = Reference.rolling(x, window, step, Reference::magnitude);
          double[] fast = new double[x.length];
          RollingSum.evaluate(x, x.length, Windows.ofRows(window), false, fast);
          assertWithin(exact, magnitude, bound(window), step, fast);
        });
  }

  /** Exact arithmetic is slow: of long windows every so many rows are compared. */
  private static int step(int window) {
    return window <= 16 ? 1 : window <= 100 ? 7 : 61;
  }

  private static double bound(int window) {
    return (32 - Integer.numberOfLeadingZeros(window) + Integer.bitCount(window)) * ULP;
  }

  private static void assertWithin(
      double[] exact, double[] magnitude, double bound, int step, double[] fast) {
    for (int i = 0; i < exact.length; i += step) {
      if (Double.isFinite(exact[i])) {
        double error = Math.abs(fast[i] - exact[i]);
        assertTrue(error <= bound * magnitude[i] * (1 + 1e-9), "row " + i + " is off by " + error);
      } else {
        assertEquals(exact[i], fast[i], "row " + i);
      }
    }
  }

  @Test
  void sumDoesNotDriftOverTenMillionRowsOfMixedMagnitude() {
    int rows = 10_000_000;
    int window = 30;
    Random random = new Random(7);
    double[] x = new double[rows];
    for (int i = 0; i < rows; i++) {
      x[i] = random.nextGaussian() * (random.nextInt(1000) == 0 ? 1e15 : 1);
    }
    double[] fast = new double[rows];
    RollingSum.evaluate(x, rows, Windows.ofRows(window), false, fast);
    for (int row = window - 1; row < rows; row += 997) {
      double[] values = Arrays.copyOfRange(x, row - window + 1, row + 1);
      double error = Math.abs(fast[row] - Reference.sum(values));
      assertTrue(error <= bound(window) * Reference.magnitude(values), "row " + row);
    }
  }

  @TestFactory
  java.util.stream.Stream<DynamicTest> meanIsTheSumDivided() {
    return everywhere(
        1,
        (x, window) -> {
          double[] sum = new double[x.length];
          double[] mean = new double[x.length];
          RollingSum.evaluate(x, x.length, Windows.ofRows(window), false, sum);
          RollingSum.evaluate(x, x.length, Windows.ofRows(window), true, mean);
          for (int i = 0; i < x.length; i++) {
            sum[i] /= window;
          }
          assertArrayEquals(sum, mean);
        });
  }

  @TestFactory
  java.util.stream.Stream<DynamicTest> varianceAsDefined() {
    return everywhere(
        2,
        (x, window) -> {
          int step = step(window);
          double[] exact = Reference.rolling(x, window, step, Reference::variance);
          double[] level =
              Reference.rolling(
                  x, window, step, w -> Math.pow(Reference.magnitude(w) / w.length, 2));
          double[] variance = new double[x.length];
          double[] deviation = new double[x.length];
          RollingVariance.evaluate(x, x.length, Windows.ofRows(window), false, variance);
          RollingVariance.evaluate(x, x.length, Windows.ofRows(window), true, deviation);
          for (int i = 0; i < x.length; i += step) {
            if (Double.isNaN(exact[i])) {
              assertTrue(Double.isNaN(variance[i]), "row " + i);
              assertTrue(Double.isNaN(deviation[i]), "row " + i);
              continue;
            }
            assertTrue(variance[i] >= 0, "negative");
            // Relative to the variance, plus what rounding of the mean may add at its level.
            double allowed =
                8 * bound(window) * (exact[i] + Math.sqrt(exact[i] * level[i]))
                    + 16 * bound(window) * bound(window) * level[i];
            assertEquals(exact[i], variance[i], allowed, "row " + i);
            assertEquals(Math.sqrt(variance[i]), deviation[i]);
          }
        });
  }

  @Test
  void aConstantHasNoVariance() {
    double[] x = new double[5_000];
    Arrays.fill(x, 0.1);
    for (int window : new int[] {2, 3, 30, 77, 1_000}) {
      double[] variance = new double[x.length];
      RollingVariance.evaluate(x, x.length, Windows.ofRows(window), false, variance);
      for (int i = window - 1; i < x.length; i++) {
        assertEquals(0, variance[i], "window " + window);
      }
    }
  }

  @TestFactory
  java.util.stream.Stream<DynamicTest> extremaToTheBit() {
    return everywhere(
        1,
        (x, window) -> {
          double[] fast = new double[x.length];
          RollingExtremum.evaluate(x, x.length, Windows.ofRows(window), false, fast);
          assertArrayEquals(Reference.rolling(x, window, Reference::min), fast);
          RollingExtremum.evaluate(x, x.length, Windows.ofRows(window), true, fast);
          assertArrayEquals(Reference.rolling(x, window, Reference::max), fast);
        });
  }

  @TestFactory
  java.util.stream.Stream<DynamicTest> quantilesToTheBit() {
    return everywhere(
        1,
        (x, window) -> {
          double[] fast = new double[x.length];
          for (double quantile : new double[] {0, 0.05, 0.25, 0.5, 0.9, 1}) {
            RollingQuantile.evaluate(x, x.length, Windows.ofRows(window), quantile, fast);
            double[] slow =
                Reference.rolling(x, window, each -> Reference.quantile(each, quantile));
            assertArrayEquals(slow, fast, "quantile " + quantile + " over " + window);
          }
        });
  }

  @Test
  void valuesThatDifferInTheirLastBitsAreRanked() {
    Random random = new Random(3);
    double[] x = new double[4_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = Double.longBitsToDouble(Double.doubleToLongBits(100.0) + random.nextInt(50));
      x[i] *= random.nextInt(3) - 1;
    }
    double[] fast = new double[x.length];
    for (int window : new int[] {5, 30, 700}) {
      RollingQuantile.evaluate(x, x.length, Windows.ofRows(window), 0.5, fast);
      assertArrayEquals(Reference.rolling(x, window, each -> Reference.quantile(each, 0.5)), fast);
    }
  }

  @Test
  void medianOfHugeValuesDoesNotOverflow() {
    double[] x = {-Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double[] result = new double[3];
    RollingQuantile.evaluate(x, 3, Windows.ofRows(2), 0.5, result);
    assertArrayEquals(new double[] {Double.NaN, 0, Double.MAX_VALUE}, result);
  }

  @Test
  void tickRuleKeepsItsSideOverEqualPricesAndGaps() {
    double[] prices = {Double.NaN, 10, 10, 11, 11, Double.NaN, 11, 9, 9, 1 / 0.0, 10};
    double[] sides = {
      Double.NaN, Double.NaN, Double.NaN, 1, 1, Double.NaN, 1, -1, -1, Double.NaN, 1
    };
    TickRule rule = new TickRule();
    assertArrayEquals(sides, Arrays.stream(prices).map(rule::next).toArray());
  }
}
