package slipstream.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompensatedSumTest {
  @Test
  void keepsItsDigits() {
    Random random = new Random(5);
    CompensatedSum sum = new CompensatedSum();
    double[] x = new double[200_000];
    BigDecimal exact = BigDecimal.ZERO;
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextGaussian() * Math.pow(10, random.nextInt(16));
      sum.add(x[i]);
      exact = exact.add(new BigDecimal(x[i]));
    }
    double right = exact.doubleValue();
    assertEquals(right, sum.value(), 2 * Math.ulp(right));
    assertEquals(sum.value(), CompensatedSum.of(x));
    assertEquals(2, CompensatedSum.of(new double[] {1, 1e100, 1, -1e100}));
  }

  @Test
  void anInfiniteTotalStaysInfinite() {
    CompensatedSum sum = new CompensatedSum();
    sum.add(1);
    sum.add(Double.POSITIVE_INFINITY);
    assertEquals(Double.POSITIVE_INFINITY, sum.value());
    sum.add(1);
    assertEquals(Double.POSITIVE_INFINITY, sum.value());
    sum.add(Double.NEGATIVE_INFINITY);
    assertEquals(Double.NaN, sum.value());
  }

  @Test
  void meansOfLargeValuesDoNotOverflow() {
    assertEquals(1e308, CompensatedSum.mean(new double[] {1e308, 1e308, 1e308}), 1e293);
    assertEquals(2, CompensatedSum.mean(new double[] {1, 2, 3}));
    assertEquals(Double.NaN, CompensatedSum.mean(new double[0]));
  }
}
