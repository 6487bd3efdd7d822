package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CurveFitTest {
  private static final MathContext DIGITS = new MathContext(60);

  private static double curve(double[] b, double decay, double years) {
    double x = years / decay;
    double slope = (1 - Math.exp(-x)) / x;
    return b[0] + b[1] * slope + b[2] * (slope - Math.exp(-x));
  }

  private record Fit(double squares, double distance) {}

  /** The curve through all points but one: normal equations in 60 digits. */
  private static Fit without(int left, double decay, double[] y, double[] years) {
    BigDecimal[][] m = new BigDecimal[3][4];
    for (BigDecimal[] row : m) {
      Arrays.fill(row, BigDecimal.ZERO);
    }
    for (int i = 0; i < y.length; i++) {
      if (i != left) {
        BigDecimal[] z = basis(years[i], decay);
        for (int r = 0; r < 3; r++) {
          for (int c = 0; c < 3; c++) {
            m[r][c] = m[r][c].add(z[r].multiply(z[c], DIGITS), DIGITS);
          }
          m[r][3] = m[r][3].add(z[r].multiply(new BigDecimal(y[i]), DIGITS), DIGITS);
        }
      }
    }
    for (int p = 0; p < 3; p++) {
      for (int r = 0; r < 3; r++) {
        if (r != p) {
          BigDecimal factor = m[r][p].divide(m[p][p], DIGITS);
          for (int c = p; c < 4; c++) {
            m[r][c] = m[r][c].subtract(factor.multiply(m[p][c], DIGITS), DIGITS);
          }
        }
      }
    }
    double squares = 0;
    double distance = 0;
    for (int i = 0; i < y.length; i++) {
      BigDecimal rest = new BigDecimal(y[i]);
      BigDecimal[] z = basis(years[i], decay);
      for (int r = 0; r < 3; r++) {
        rest = rest.subtract(z[r].multiply(m[r][3].divide(m[r][r], DIGITS), DIGITS), DIGITS);
      }
      if (i == left) {
        distance = rest.doubleValue();
      } else {
        squares += rest.doubleValue() * rest.doubleValue();
      }
    }
    return new Fit(squares, distance);
  }

  private static BigDecimal[] basis(double years, double decay) {
    double x = years / decay;
    double slope = -StrictMath.expm1(-x) / x;
    return new BigDecimal[] {
      BigDecimal.ONE, new BigDecimal(slope), new BigDecimal(slope - StrictMath.exp(-x))
    };
  }

  private static double reference(int point, double[] y, double[] years) {
    Fit best = new Fit(Double.POSITIVE_INFINITY, Double.NaN);
    for (double decay : CurveFit.DECAYS) {
      Fit fit = without(point, decay, y, years);
      if (fit.squares() < best.squares()) {
        best = fit;
      }
    }
    return best.distance();
  }

  @Test
  void eachPointAgainstACurveFittedWithoutIt() {
    Random random = new Random(1);
    for (int trial = 0; trial < 20; trial++) {
      int count = 8 + random.nextInt(30);
      double[] years = new double[count];
      for (int i = 0; i < count; i++) {
        years[i] = 0.2 + 30 * Math.pow((i + random.nextDouble()) / count, 2);
      }
      double decay = 0.5 + 5 * random.nextDouble();
      double[] b = {4, -2 * random.nextDouble(), 3 * random.nextGaussian()};
      double[] y = new double[count];
      for (int i = 0; i < count; i++) {
        y[i] = curve(b, decay, years[i]) + 0.05 * random.nextGaussian();
      }
      double[] found = new double[count];
      CurveFit.distances(y, years, count, found);
      for (int i = 0; i < count; i++) {
        double expected = reference(i, y, years);
        assertEquals(expected, found[i], 1e-7 * (1 + Math.abs(expected)), "point " + i);
      }
    }
  }

  /** A point's own yield says nothing about the curve that it is measured from. */
  @Test
  void theDistanceMovesAsThePointDoes() {
    Random random = new Random(2);
    int count = 20;
    double[] years = random.doubles(count, 0.2, 30).toArray();
    double[] y = new double[count];
    for (int i = 0; i < count; i++) {
      y[i] = curve(new double[] {4, -1, 2}, 2, years[i]) + 0.02 * random.nextGaussian();
    }
    double[] before = new double[count];
    CurveFit.distances(y, years, count, before);
    for (double by : new double[] {1e-3, 1, -50, 1e6}) {
      double[] moved = y.clone();
      moved[7] += by;
      double[] after = new double[count];
      CurveFit.distances(moved, years, count, after);
      assertEquals(before[7] + by, after[7], 1e-9 * (1 + Math.abs(by)));
    }
  }

  @Test
  void theOrderOfThePointsChangesNoBit() {
    Random random = new Random(3);
    int count = 25;
    double[] years = random.ints(count, 1, 60).mapToDouble(i -> i / 2.0).toArray();
    double[] y = random.doubles(count, 3, 5).toArray();
    double[] before = new double[count];
    CurveFit.distances(y, years, count, before);
    for (int trial = 0; trial < 50; trial++) {
      for (int i = count - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        swap(years, i, j);
        swap(y, i, j);
        swap(before, i, j);
      }
      double[] after = new double[count];
      CurveFit.distances(y, years, count, after);
      assertArrayEquals(before, after);
    }
  }

  private static void swap(double[] x, int i, int j) {
    double kept = x[i];
    x[i] = x[j];
    x[j] = kept;
  }

  @Test
  void pointsOnACurveOfTheGridHaveNoDistance() {
    double[] years = {0.25, 0.5, 1, 2, 3, 5, 7, 10, 20, 30};
    double[] y = Arrays.stream(years).map(t -> curve(new double[] {4, -2, 1}, 1.6875, t)).toArray();
    double[] found = new double[years.length];
    CurveFit.distances(y, years, years.length, found);
    for (double each : found) {
      assertEquals(0, each, 1e-11);
    }
    y[4] += 0.1;
    CurveFit.distances(y, years, years.length, found);
    assertEquals(0.1, found[4], 1e-10);
  }

  @Test
  void tooFewOthersOrNoCurve() {
    for (int count = 0; count <= CurveFit.LEAST_OTHERS; count++) {
      double[] found = new double[count];
      CurveFit.distances(new double[count], new double[] {1, 2, 3, 4}, count, found);
      assertTrue(Arrays.stream(found).allMatch(Double::isNaN));
    }
    double[] found = new double[6];
    CurveFit.distances(new double[6], new double[] {5, 5, 5, 5, 5, 5}, 6, found);
    assertTrue(Arrays.stream(found).allMatch(Double::isNaN), "one maturity makes no curve");
    CurveFit.distances(
        new double[] {1, 2, 3, 4, 5, 6}, new double[] {5, 5, 5, 5, 10, 20}, 6, found);
    assertTrue(Double.isNaN(found[4]), "without it there are two maturities");
  }
}
