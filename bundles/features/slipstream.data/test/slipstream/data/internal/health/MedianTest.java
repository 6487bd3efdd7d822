package slipstream.data.internal.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import slipstream.core.progress.Progress;

class MedianTest {
  @Property(tries = 50)
  void selectingAgreesWithSorting(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[1 + random.nextInt(40)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (random.nextInt(4)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(3) - 1;
            case 2 -> Double.NaN;
            default -> random.nextDouble();
          };
    }
    assertEquals(
        Median.of(values.length, -1, of(values), Progress.NONE),
        Median.selected(values.length, -1, of(values), Progress.NONE));
  }

  private static Median.Values of(double[] values) {
    return (from, to, target) -> System.arraycopy(values, (int) from, target, 0, (int) (to - from));
  }
}
