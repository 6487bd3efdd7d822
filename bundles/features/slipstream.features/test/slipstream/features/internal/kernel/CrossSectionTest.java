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
import slipstream.features.internal.kernel.CrossSection.Statistic;

class CrossSectionTest {
  private static final int[] ROWS = {0, 1, 2, 3, 10, 57, 130};

  private static double[] evaluate(Statistic statistic, double[] x, double[] by) {
    double[] result = new double[x.length];
    Arrays.fill(result, 12345);
    CrossSection.evaluate(statistic, x, by, x.length, result);
    return result;
  }

  /** As defined, row by row; sums are exact and rounded once. */
  private static double reference(Statistic statistic, double[] x, double[] by, int row) {
    if (by != null && Double.isNaN(by[row]) || statistic.ofRow() && Double.isNaN(x[row])) {
      return Double.NaN;
    }
    double[] group = new double[x.length];
    double[] others = new double[x.length];
    int count = 0;
    int rest = 0;
    for (int i = 0; i < x.length; i++) {
      if ((by == null || by[i] == by[row]) && !Double.isNaN(x[i])) {
        group[count++] = x[i] + 0.0;
        if (i != row) {
          others[rest++] = x[i] + 0.0;
        }
      }
    }
    group = Arrays.copyOf(group, count);
    others = Arrays.copyOf(others, rest);
    return switch (statistic) {
      case COUNT -> count;
      case MIN -> count == 0 ? Double.NaN : Reference.min(group);
      case MAX -> count == 0 ? Double.NaN : Reference.max(group);
      case MEDIAN -> count == 0 ? Double.NaN : Reference.quantile(group, 0.5);
      case SUM -> count == 0 ? Double.NaN : Reference.sum(group);
      case MEAN -> mean(group);
      case MEAN_OF_OTHERS -> mean(others);
      case DEVIATION -> deviation(group);
      case DISTANCE -> x[row] - mean(group);
      case SCORE -> deviation(group) == 0 ? Double.NaN : (x[row] - mean(group)) / deviation(group);
      case RANK -> {
        double value = x[row];
        double below = Arrays.stream(others).filter(each -> each < value).count();
        double equal = Arrays.stream(others).filter(each -> each == value).count();
        yield (below + equal / 2) / rest;
      }
    };
  }

  private static double mean(double[] values) {
    return values.length == 0 ? Double.NaN : Reference.sum(values) / values.length;
  }

  private static double deviation(double[] values) {
    if (values.length < 2) {
      return Double.NaN;
    }
    double mean = mean(values);
    double squares = Arrays.stream(values).map(each -> (each - mean) * (each - mean)).sum();
    // Of equal values the rounding of their mean is no deviation; an infinity makes it unknown.
    return Arrays.stream(values).distinct().count() == 1 && Double.isFinite(mean)
        ? 0
        : Math.sqrt(squares / (values.length - 1)) + (squares - squares);
  }

  @TestFactory
  Stream<DynamicTest> asDefined() {
    return Arrays.stream(Series.values())
        .map(kind -> DynamicTest.dynamicTest(kind.name(), () -> asDefined(kind)));
  }

  private static void asDefined(Series kind) {
    Random random = new Random(kind.ordinal());
    for (int rows : ROWS) {
      double[] x = kind.make(rows, random);
      double[] by = new double[rows];
      Arrays.setAll(by, i -> random.nextInt(10) == 0 ? Double.NaN : random.nextInt(6) - 2.5);
      double largest = Arrays.stream(x).filter(Double::isFinite).map(Math::abs).max().orElse(0);
      for (Statistic statistic : Statistic.values()) {
        for (double[] groups : new double[][] {null, by}) {
          double[] fast = evaluate(statistic, x, groups);
          for (int row = 0; row < rows; row++) {
            double exact = reference(statistic, x, groups, row);
            String where = statistic + ", row " + row + " of " + rows;
            boolean bits =
                switch (statistic) {
                  case COUNT, MIN, MAX, MEDIAN, RANK -> true;
                  default -> !Double.isFinite(exact) || !Double.isFinite(fast[row]);
                };
            if (bits) {
              assertEquals(exact, fast[row], where);
            } else if (statistic == Statistic.SCORE) {
              assertEquals(exact, fast[row], 1e-12 * (1 + Math.abs(exact)), where);
            } else {
              assertEquals(exact, fast[row], 4e-16 * rows * largest, where);
            }
          }
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> theOrderOfTheRowsChangesNoBit() {
    return Arrays.stream(Series.values())
        .map(kind -> DynamicTest.dynamicTest(kind.name(), () -> anyOrder(kind)));
  }

  private static void anyOrder(Series kind) {
    Random random = new Random(kind.ordinal());
    for (int rows : ROWS) {
      double[] x = kind.make(rows, random);
      double[] y = Series.NORMAL.make(rows, random);
      double[] by = Series.TIES.make(rows, random);
      int[] order = random.ints(0, Math.max(1, rows)).distinct().limit(rows).toArray();
      double[] turnedX = Arrays.stream(order).mapToDouble(i -> x[i]).toArray();
      double[] turnedY = Arrays.stream(order).mapToDouble(i -> y[i]).toArray();
      double[] turnedBy = Arrays.stream(order).mapToDouble(i -> by[i]).toArray();
      for (Statistic statistic : Statistic.values()) {
        double[] straight = evaluate(statistic, x, by);
        double[] turned = evaluate(statistic, turnedX, turnedBy);
        for (int i = 0; i < rows; i++) {
          assertEquals(straight[order[i]], turned[i], statistic.name());
        }
      }
      double[] straight = new double[rows];
      double[] turned = new double[rows];
      CrossRegression.residuals(new double[][] {x, y, by}, rows, straight);
      CrossRegression.residuals(new double[][] {turnedX, turnedY, turnedBy}, rows, turned);
      for (int i = 0; i < rows; i++) {
        assertEquals(straight[order[i]], turned[i]);
      }
    }
  }

  @Test
  void equalValuesAreTheirMeanAndDoNotDeviate() {
    double[] x = {0.1, 0.1, 0.1, Double.NaN};
    assertArrayEquals(new double[] {0, 0, 0, Double.NaN}, evaluate(Statistic.DISTANCE, x, null));
    assertArrayEquals(new double[] {0, 0, 0, 0}, evaluate(Statistic.DEVIATION, x, null));
    assertTrue(Arrays.stream(evaluate(Statistic.SCORE, x, null)).allMatch(Double::isNaN));
    assertArrayEquals(new double[] {0.5, 0.5, 0.5, Double.NaN}, evaluate(Statistic.RANK, x, null));
  }

  @Test
  void theMeanOfOthersKeepsItsDigitsBesideAGiantAndAnInfinity() {
    double[] x = {1e17, 1, 3, Double.NaN};
    double[] means = evaluate(Statistic.MEAN_OF_OTHERS, x, null);
    assertEquals(2, means[0]);
    assertEquals((1e17 + 4) / 3, means[3]);
    double[] infinite = {Double.POSITIVE_INFINITY, 1, 3};
    assertArrayEquals(
        new double[] {2, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY},
        evaluate(Statistic.MEAN_OF_OTHERS, infinite, null));
  }

  @Test
  void zerosOfBothSignsAreOneGroupAndOneValue() {
    double[] by = {0.0, -0.0, 0.0};
    assertArrayEquals(
        new double[] {3, 3, 3}, evaluate(Statistic.COUNT, new double[] {1, 2, 3}, by));
    assertArrayEquals(
        new double[] {0.5, 0.5, 0.5}, evaluate(Statistic.RANK, new double[] {0.0, -0.0, 0.0}, by));
  }

  // ---------------------------------------------------------- regression

  @Test
  void residualsOfOneRegressorAsDefined() {
    Random random = new Random(3);
    for (int rows : new int[] {3, 10, 200}) {
      double[] x = Series.NORMAL.make(rows, random);
      double[] y = Series.GAPS.make(rows, random);
      double[] result = new double[rows];
      CrossRegression.residuals(new double[][] {x, y}, rows, result);
      int[] known =
          java.util.stream.IntStream.range(0, rows).filter(i -> !Double.isNaN(y[i])).toArray();
      double[] u = Arrays.stream(known).mapToDouble(i -> x[i]).toArray();
      double[] v = Arrays.stream(known).mapToDouble(i -> y[i]).toArray();
      double slope =
          Reference.products(u, v).doubleValue() / Reference.products(v, v).doubleValue();
      for (int i = 0; i < rows; i++) {
        double exact = x[i] - mean(u) - slope * (y[i] - mean(v));
        assertEquals(Double.isNaN(y[i]) ? Double.NaN : exact, result[i], 1e-13);
      }
    }
  }

  @Test
  void residualsAreOrthogonalToTheRegressorsAndTheConstant() {
    Random random = new Random(4);
    int rows = 300;
    double[][] series = new double[6][];
    for (int c = 0; c < 5; c++) {
      series[c] = Series.NORMAL.make(rows, random);
    }
    // One more regressor that two others explain.
    series[5] = new double[rows];
    Arrays.setAll(series[5], i -> 2 * series[1][i] - series[3][i] + 7);
    double[] result = new double[rows];
    CrossRegression.residuals(series, rows, result);
    assertEquals(0, Arrays.stream(result).sum(), 1e-11);
    for (int c = 1; c < 6; c++) {
      double product = 0;
      for (int i = 0; i < rows; i++) {
        product += result[i] * series[c][i];
      }
      assertEquals(0, product, 1e-10, "regressor " + c);
    }
    double[] without = new double[rows];
    CrossRegression.residuals(Arrays.copyOf(series, 5), rows, without);
    assertArrayEquals(without, result, 1e-12);
  }

  @Test
  void tooFewRowsHaveNoResiduals() {
    double[] result = new double[4];
    double[][] series = {{1, 2, 3, 4}, {1, 5, 2, 0}, {0, 1, 1, Double.NaN}};
    CrossRegression.residuals(series, 4, result);
    assertTrue(Arrays.stream(result).allMatch(Double::isNaN));
    CrossRegression.residuals(new double[][] {{1, 2, 4}, {7, 7, 7}}, 3, result);
    assertArrayEquals(new double[] {-4 / 3.0, -1 / 3.0, 5 / 3.0}, Arrays.copyOf(result, 3), 1e-15);
  }
}
