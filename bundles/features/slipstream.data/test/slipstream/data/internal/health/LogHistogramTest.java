package slipstream.data.internal.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogHistogramTest {
  @Test
  void quantilesAreRightTo0Point4PerCentInAnyOrder() {
    SplittableRandom random = new SplittableRandom(1);
    double[] values = new double[10_001];
    Arrays.setAll(values, i -> Math.exp(20 * (random.nextDouble() - 0.5)));
    LogHistogram one = new LogHistogram();
    LogHistogram other = new LogHistogram();
    for (int i = 0; i < values.length; i++) {
      (i % 3 == 0 ? one : other).add(values[i]);
    }
    one.add(other);
    Arrays.sort(values);
    for (double share : new double[] {0, 0.01, 0.5, 0.99, 1}) {
      double exact = values[Math.min(values.length - 1, (int) (share * values.length))];
      assertEquals(1, one.quantile(share) / exact, 0.004, "at " + share);
    }
    one.clear();
    assertTrue(Double.isNaN(one.quantile(0.5)));
    one.add(Double.MIN_VALUE);
    one.add(Double.MAX_VALUE);
    assertEquals(2, one.total());
  }
}
