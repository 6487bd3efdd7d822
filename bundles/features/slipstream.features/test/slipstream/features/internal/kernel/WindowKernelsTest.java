package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import slipstream.features.internal.kernel.RollingComoments.Statistic;

/** Kernels over windows of rows and of time, against their definitions. */
class WindowKernelsTest {
  private static final int[] ROWS = {0, 1, 2, 3, 30, 65, 257, 1_500, 3_333};
  private static final int[] WINDOWS = {1, 2, 3, 7, 30, 64, 100, 255, 1_030, 5_000};
  private static final double ULP = 0x1p-53;
  private static final long SECOND = 1_000_000_000L;

  /** A kernel with what else it needs. */
  private interface Kernel {
    void evaluate(double[] x, double[] y, long[] times, Windows windows, double[] result);
  }

  private static final List<Kernel> KERNELS =
      List.of(
          (x, y, times, windows, result) ->
              RollingSum.evaluate(x, x.length, windows, false, result),
          (x, y, times, windows, result) -> RollingSum.evaluate(x, x.length, windows, true, result),
          (x, y, times, windows, result) ->
              RollingVariance.evaluate(x, x.length, windows, false, result),
          (x, y, times, windows, result) ->
              RollingVariance.evaluate(x, x.length, windows, true, result),
          (x, y, times, windows, result) ->
              RollingExtremum.evaluate(x, x.length, windows, false, result),
          (x, y, times, windows, result) ->
              RollingExtremum.evaluate(x, x.length, windows, true, result),
          (x, y, times, windows, result) ->
              RollingQuantile.evaluate(x, x.length, windows, 0.3, result),
          (x, y, times, windows, result) ->
              RollingQuantile.evaluate(x, x.length, windows, 0.5, result),
          (x, y, times, windows, result) -> RollingRank.evaluate(x, x.length, windows, result),
          (x, y, times, windows, result) -> RollingScore.evaluate(x, x.length, windows, result),
          (x, y, times, windows, result) -> RollingSkewness.evaluate(x, x.length, windows, result),
          (x, y, times, windows, result) -> RollingSlope.perRow(x, x.length, windows, result),
          (x, y, times, windows, result) ->
              RollingSlope.perSecond(x, times, x.length, windows, result),
          comoments(Statistic.COVARIANCE),
          comoments(Statistic.CORRELATION),
          comoments(Statistic.BETA));

  private static Kernel comoments(Statistic statistic) {
    return (x, y, times, windows, result) ->
        RollingComoments.evaluate(statistic, x, y, x.length, windows, result);
  }

  private record Case(double[] x, double[] y, long[] times, Windows windows, int longest) {
    double[] evaluate(Kernel kernel) {
      double[] result = new double[x.length];
      Arrays.fill(result, 1e300);
      kernel.evaluate(x, y, times, windows, result);
      return result;
    }

    void assertBits(ToDoubleFunction<double[]> statistic, double[] fast) {
      // Sorting each window is faster than exact arithmetic.
      int step = 1 + step() / 10;
      double[] exact = Reference.each(x, windows, step, statistic);
      for (int i = 0; i < x.length; i += step) {
        assertEquals(exact[i], fast[i], "row " + i);
      }
    }

    /** Exact arithmetic is slow: of long windows every so many rows are compared. */
    int step() {
      return longest <= 16 ? 3 : longest <= 100 ? 29 : 997;
    }
  }

  private interface Check {
    void on(Case each, Random random);
  }

  /** Ticks: many at one time, long silences. */
  private static long[] times(int rows, Random random) {
    long[] times = new long[rows];
    long time = 1_500_000_000L * SECOND + random.nextLong(SECOND);
    for (int i = 0; i < rows; i++) {
      time +=
          switch (random.nextInt(8)) {
            case 0, 1 -> 0;
            case 2 -> random.nextLong(20 * SECOND);
            case 3 -> SECOND;
            default -> random.nextLong(SECOND);
          };
      times[i] = time;
    }
    return times;
  }

  /** Every kind of series, size and window. */
  private static Stream<DynamicTest> everywhere(Check check) {
    return Arrays.stream(Series.values())
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.name(),
                    () -> {
                      Random random = new Random(kind.ordinal());
                      for (int rows : ROWS) {
                        for (int window : WINDOWS) {
                          double[] x = kind.make(rows, random);
                          double[] y = kind.make(rows, random);
                          long[] times = times(rows, random);
                          Windows byRows = Windows.ofRows(window);
                          check.on(new Case(x, y, times, byRows, window), random);
                          Windows byTime = Windows.ofTime(times, rows, window * SECOND / 2);
                          check.on(new Case(x, y, times, byTime, window), random);
                        }
                      }
                    }));
  }

  private static double bound(int n) {
    return (32 - Integer.numberOfLeadingZeros(n) + Integer.bitCount(n)) * ULP;
  }

  // ------------------------------------------------------------ windows

  @Test
  void windowsOfTimeAreWhatTheySay() {
    Random random = new Random(5);
    for (int rows : ROWS) {
      long[] times = times(rows, random);
      for (long nanos : new long[] {1, 2, SECOND, 7 * SECOND, Long.MAX_VALUE}) {
        Windows windows = Windows.ofTime(times, rows, nanos);
        for (int row = 0; row < rows; row++) {
          int first = row;
          while (first > 0 && times[first - 1] > times[row] - nanos) {
            first--;
          }
          assertEquals(row - first + 1, windows.length(row));
        }
      }
    }
  }

  @Test
  void timesFromTheEndsOfTheCalendarAreApart() {
    long[] times = {Long.MIN_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE};
    Windows windows = Windows.ofTime(times, 3, Long.MAX_VALUE);
    assertArrayEquals(
        new int[] {1, 1, 2}, new int[] {windows.length(0), windows.length(1), windows.length(2)});
  }

  /** Whatever comes before the windows and after the rows, wherever a stretch starts. */
  @TestFactory
  Stream<DynamicTest> aValueDependsOnItsWindowAlone() {
    return everywhere(
        (each, random) -> {
          int rows = each.x.length;
          if (rows == 0 || each.windows.fixed() && each.windows.rows() > rows) {
            return;
          }
          int row = random.nextInt(rows);
          int length = each.windows.length(row);
          if (length == 0) {
            return;
          }
          int from = row - length + 1;
          long[] times = Arrays.copyOfRange(each.times, from, row + 1);
          Case alone =
              new Case(
                  Arrays.copyOfRange(each.x, from, row + 1),
                  Arrays.copyOfRange(each.y, from, row + 1),
                  times,
                  each.windows.fixed()
                      ? each.windows
                      : Windows.ofTime(times, length, each.longest * SECOND / 2),
                  each.longest);
          for (int k = 0; k < KERNELS.size(); k++) {
            double all = each.evaluate(KERNELS.get(k))[row];
            double one = alone.evaluate(KERNELS.get(k))[length - 1];
            assertEquals(all, one, "kernel " + k + ", row " + row + ", " + length + " rows");
          }
        });
  }

  @Test
  void windowsOfTimeWithAsManyRowsGiveTheSameBits() {
    Random random = new Random(9);
    int rows = 5_000;
    long[] times = new long[rows];
    Arrays.setAll(times, i -> i * SECOND);
    for (Series kind : Series.values()) {
      double[] x = kind.make(rows, random);
      double[] y = kind.make(rows, random);
      for (int window : WINDOWS) {
        Windows byTime = Windows.ofTime(times, rows, window * SECOND);
        for (int k = 0; k < KERNELS.size(); k++) {
          double[] first =
              new Case(x, y, times, Windows.ofRows(window), 0).evaluate(KERNELS.get(k));
          double[] second = new Case(x, y, times, byTime, 0).evaluate(KERNELS.get(k));
          for (int i = window - 1; i < rows; i++) {
            assertEquals(first[i], second[i], "kernel " + k + ", row " + i);
          }
        }
      }
    }
  }

  // ------------------------------------------------- against definitions

  @TestFactory
  Stream<DynamicTest> orderStatisticsToTheBit() {
    return everywhere(
        (each, random) -> {
          if (each.windows.fixed()) {
            return;
          }
          double[] fast = new double[each.x.length];
          RollingExtremum.evaluate(each.x, each.x.length, each.windows, false, fast);
          each.assertBits(Reference::min, fast);
          RollingExtremum.evaluate(each.x, each.x.length, each.windows, true, fast);
          each.assertBits(Reference::max, fast);
          for (double quantile : new double[] {0, 0.05, 0.5, 0.9, 1}) {
            RollingQuantile.evaluate(each.x, each.x.length, each.windows, quantile, fast);
            each.assertBits(w -> Reference.quantile(w, quantile), fast);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> ranksToTheBit() {
    return everywhere(
        (each, random) -> {
          double[] fast = new double[each.x.length];
          RollingRank.evaluate(each.x, each.x.length, each.windows, fast);
          each.assertBits(Reference::rank, fast);
        });
  }

  @TestFactory
  Stream<DynamicTest> sumsAndMeansWithinTheirBound() {
    return everywhere(
        (each, random) -> {
          double[] exact = Reference.each(each.x, each.windows, each.step(), Reference::sum);
          double[] magnitude =
              Reference.each(each.x, each.windows, each.step(), Reference::magnitude);
          double[] sum = new double[each.x.length];
          double[] mean = new double[each.x.length];
          RollingSum.evaluate(each.x, each.x.length, each.windows, false, sum);
          RollingSum.evaluate(each.x, each.x.length, each.windows, true, mean);
          for (int i = 0; i < sum.length; i += each.step()) {
            int n = each.windows.length(i);
            if (Double.isFinite(exact[i])) {
              assertEquals(exact[i], sum[i], bound(n) * magnitude[i] * (1 + 1e-9), "row " + i);
            } else {
              assertEquals(exact[i], sum[i], "row " + i);
            }
            assertEquals(sum[i] / n, mean[i]);
          }
        });
  }

  /** Of a window: what its statistics are compared by. */
  private record Level(double deviation, double level) {
    static Level of(double[] w) {
      return new Level(
          w.length < 2 ? 0 : Math.sqrt(Reference.variance(w)), Reference.magnitude(w) / w.length);
    }
  }

  @TestFactory
  Stream<DynamicTest> momentsAsDefined() {
    return everywhere(
        (each, random) -> {
          int rows = each.x.length;
          double[] deviation = new double[rows];
          double[] score = new double[rows];
          double[] skewness = new double[rows];
          RollingVariance.evaluate(each.x, rows, each.windows, true, deviation);
          RollingScore.evaluate(each.x, rows, each.windows, score);
          RollingSkewness.evaluate(each.x, rows, each.windows, skewness);
          for (int i = 0; i < rows; i += each.step()) {
            int n = each.windows.length(i);
            double[] w = n == 0 ? new double[0] : Arrays.copyOfRange(each.x, i - n + 1, i + 1);
            if (n < 2 || !Reference.finite(w)) {
              assertTrue(Double.isNaN(deviation[i]), "row " + i);
              assertTrue(Double.isNaN(score[i]), "row " + i);
              assertTrue(Double.isNaN(skewness[i]), "row " + i);
              continue;
            }
            Level level = Level.of(w);
            double s = level.deviation;
            double noise = bound(n) * level.level;
            assertEquals(s, deviation[i], 8 * bound(n) * (s + level.level), "row " + i);
            if (s == 0) {
              assertTrue(Double.isNaN(score[i]), "row " + i);
              assertTrue(Double.isNaN(skewness[i]), "row " + i);
            } else if (noise < 1e-4 * s) {
              double mean = Reference.exactSum(w).doubleValue() / n;
              double z = (each.x[i] - mean) / s;
              double relative = bound(n) + noise / s;
              assertEquals(z, score[i], 16 * relative * (1 + Math.abs(z)), "row " + i);
              if (n < 3) {
                assertTrue(Double.isNaN(skewness[i]), "row " + i);
                continue;
              }
              double g = Reference.skewness(w);
              double allowed = 64 * relative * Math.sqrt(n) * (1 + Math.abs(g));
              assertEquals(g, skewness[i], allowed, "row " + i + " of " + n);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> comomentsAsDefined() {
    return everywhere(
        (each, random) -> {
          int rows = each.x.length;
          double[] covariance = new double[rows];
          double[] correlation = new double[rows];
          double[] beta = new double[rows];
          RollingComoments.evaluate(
              Statistic.COVARIANCE, each.x, each.y, rows, each.windows, covariance);
          RollingComoments.evaluate(
              Statistic.CORRELATION, each.x, each.y, rows, each.windows, correlation);
          RollingComoments.evaluate(Statistic.BETA, each.x, each.y, rows, each.windows, beta);
          for (int i = 0; i < rows; i += each.step()) {
            int n = each.windows.length(i);
            double[] x = n == 0 ? new double[0] : Arrays.copyOfRange(each.x, i - n + 1, i + 1);
            double[] y = n == 0 ? x : Arrays.copyOfRange(each.y, i - n + 1, i + 1);
            if (n < 2 || !Reference.finite(x) || !Reference.finite(y)) {
              assertTrue(Double.isNaN(covariance[i]), "row " + i);
              assertTrue(Double.isNaN(correlation[i]), "row " + i);
              assertTrue(Double.isNaN(beta[i]), "row " + i);
              continue;
            }
            Level ofX = Level.of(x);
            Level ofY = Level.of(y);
            double sx = ofX.deviation;
            double sy = ofY.deviation;
            double b = bound(n);
            double exact = Reference.products(x, y).doubleValue() / (n - 1);
            double allowed =
                16 * b * (sx * sy + sx * ofY.level + sy * ofX.level)
                    + 32 * b * b * ofX.level * ofY.level;
            assertEquals(exact, covariance[i], allowed, "row " + i);
            if (sx == 0 || sy == 0) {
              assertTrue(Double.isNaN(correlation[i]), "row " + i);
              assertEquals(sy == 0, Double.isNaN(beta[i]), "row " + i);
              continue;
            }
            double relative = b * (1 + ofX.level / sx + ofY.level / sy);
            if (relative < 1e-4) {
              assertEquals(exact / (sx * sy), correlation[i], 64 * relative, "row " + i);
              assertEquals(exact / (sy * sy), beta[i], 64 * relative * sx / sy, "row " + i);
            }
            assertTrue(Math.abs(correlation[i]) <= 1);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> slopesAsDefined() {
    return everywhere(
        (each, random) -> {
          int rows = each.x.length;
          double[] perRow = new double[rows];
          double[] perSecond = new double[rows];
          RollingSlope.perRow(each.x, rows, each.windows, perRow);
          RollingSlope.perSecond(each.x, each.times, rows, each.windows, perSecond);
          for (int i = 0; i < rows; i += each.step()) {
            int n = each.windows.length(i);
            double[] x = n == 0 ? new double[0] : Arrays.copyOfRange(each.x, i - n + 1, i + 1);
            if (n < 2 || !Reference.finite(x)) {
              assertTrue(Double.isNaN(perRow[i]), "row " + i);
              assertTrue(Double.isNaN(perSecond[i]), "row " + i);
              continue;
            }
            double[] number = new double[n];
            Arrays.setAll(number, j -> j);
            assertSlope(x, number, perRow[i], "row " + i);
            double[] seconds = new double[n];
            for (int j = 0; j < n; j++) {
              seconds[j] = (each.times[i - n + 1 + j] - each.times[i]) / 1e9;
            }
            assertSlope(x, seconds, perSecond[i], "row " + i);
          }
        });
  }

  private static void assertSlope(double[] x, double[] t, double slope, String where) {
    BigDecimal squares = Reference.products(t, t);
    if (squares.signum() == 0) {
      assertTrue(Double.isNaN(slope), where);
      return;
    }
    int n = x.length;
    double exact = Reference.products(x, t).doubleValue() / squares.doubleValue();
    Level ofX = Level.of(x);
    Level ofT = Level.of(t);
    double st = Math.sqrt(squares.doubleValue() / (n - 1));
    double allowed = 32 * bound(n) * (ofX.deviation + ofX.level) / st * (1 + ofT.level / st);
    assertEquals(exact, slope, allowed, where);
  }

  @Test
  void aConstantHasNoScoreNorSkewnessNorCorrelation() {
    int rows = 3_000;
    double[] x = new double[rows];
    Arrays.fill(x, 0.1);
    double[] y = Series.NORMAL.make(rows, new Random(1));
    long[] times = times(rows, new Random(2));
    for (Windows windows : List.of(Windows.ofRows(77), Windows.ofTime(times, rows, 40 * SECOND))) {
      double[] result = new double[rows];
      RollingScore.evaluate(x, rows, windows, result);
      assertTrue(Arrays.stream(result).allMatch(Double::isNaN));
      RollingSkewness.evaluate(x, rows, windows, result);
      assertTrue(Arrays.stream(result).allMatch(Double::isNaN));
      RollingComoments.evaluate(Statistic.CORRELATION, x, y, rows, windows, result);
      assertTrue(Arrays.stream(result).allMatch(Double::isNaN));
      RollingComoments.evaluate(Statistic.BETA, x, y, rows, windows, result);
      assertTrue(Arrays.stream(result).skip(200).allMatch(each -> each == 0));
      RollingSlope.perRow(x, rows, windows, result);
      assertTrue(Arrays.stream(result).skip(200).allMatch(each -> each == 0));
    }
  }

  @Test
  void whatOverflowsIsUnknown() {
    double[] x = {1e200, -1e200, 3e200, 1e200};
    double[] y = {1, 2, 3, 4};
    double[] result = new double[4];
    for (Statistic statistic : Statistic.values()) {
      RollingComoments.evaluate(statistic, y, x, 4, Windows.ofRows(2), result);
      assertTrue(Arrays.stream(result).allMatch(Double::isNaN), statistic.name());
    }
    RollingScore.evaluate(x, 4, Windows.ofRows(3), result);
    assertTrue(Arrays.stream(result).allMatch(Double::isNaN));
  }

  // ---------------------------------------------------------------- laws

  private static double[] array(List<Integer> numbers) {
    return numbers.stream().mapToDouble(each -> each / 8.0).toArray();
  }

  /** Multiplying by a power of two and adding a small whole number are exact: so are what they change. */
  @Property(tries = 300)
  void scaleAndShift(
      @ForAll @Size(min = 1, max = 300) List<@IntRange(min = -1000, max = 1000) Integer> numbers,
      @ForAll @IntRange(min = 1, max = 70) int window,
      @ForAll @IntRange(min = -30, max = 30) int power,
      @ForAll long seed) {
    double[] x = array(numbers);
    double[] y = Series.TIES.make(x.length, new Random(seed));
    long[] times = times(x.length, new Random(seed));
    double scale = Math.scalb(1.0, power);
    double[] scaled = Arrays.stream(x).map(each -> each * scale).toArray();
    int[] powers = {1, 1, 2, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1};
    for (Windows windows :
        List.of(Windows.ofRows(window), Windows.ofTime(times, x.length, window * SECOND / 2))) {
      for (int k = 0; k < KERNELS.size(); k++) {
        double[] before = new Case(x, y, times, windows, 0).evaluate(KERNELS.get(k));
        double[] after = new Case(scaled, y, times, windows, 0).evaluate(KERNELS.get(k));
        double factor = Math.pow(scale, powers[k]);
        for (int i = 0; i < x.length; i++) {
          assertEquals(before[i] * factor, after[i], "kernel " + k + ", row " + i);
        }
      }
    }
  }

  @Property(tries = 300)
  void correlationIsSymmetricAndBetaOfItselfOne(
      @ForAll @Size(min = 2, max = 300) List<@IntRange(min = -1000, max = 1000) Integer> numbers,
      @ForAll @IntRange(min = 2, max = 70) int window,
      @ForAll long seed) {
    double[] x = array(numbers);
    double[] y = Series.NORMAL.make(x.length, new Random(seed));
    Windows windows = Windows.ofRows(window);
    Case straight = new Case(x, y, null, windows, 0);
    Case turned = new Case(y, x, null, windows, 0);
    assertArrayEquals(
        straight.evaluate(comoments(Statistic.CORRELATION)),
        turned.evaluate(comoments(Statistic.CORRELATION)));
    double[] beta = new Case(x, x, null, windows, 0).evaluate(comoments(Statistic.BETA));
    double[] rank = straight.evaluate(KERNELS.get(8));
    for (int i = 0; i < x.length; i++) {
      assertTrue(Double.isNaN(beta[i]) || beta[i] == 1);
      assertTrue(Double.isNaN(rank[i]) || rank[i] >= 0 && rank[i] <= 1);
    }
  }

  /** The ranks of a falling sequence add up with those of the rising one to 1. */
  @Property(tries = 300)
  void ranksTurnWithTheSign(
      @ForAll @Size(min = 2, max = 400) List<@IntRange(min = -20, max = 20) Integer> numbers,
      @ForAll @IntRange(min = 2, max = 150) int window) {
    double[] x = array(numbers);
    double[] turned = Arrays.stream(x).map(each -> -each).toArray();
    double[] up = new double[x.length];
    double[] down = new double[x.length];
    RollingRank.evaluate(x, x.length, Windows.ofRows(window), up);
    RollingRank.evaluate(turned, x.length, Windows.ofRows(window), down);
    List<Double> sums = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      if (!Double.isNaN(up[i])) {
        sums.add(up[i] + down[i]);
      }
    }
    assertTrue(sums.stream().allMatch(each -> Math.abs(each - 1) < 1e-15));
  }
}
