package slipstream.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RanksTest {
  @Test
  void tiesHaveTheirMeanRankAndUnknownValuesTheLast() {
    assertArrayEquals(new double[0], Ranks.of(new double[0]));
    assertArrayEquals(
        new double[] {1, 3.5, 2, 3.5, 5},
        Ranks.of(new double[] {-1, 7, 0, 7, Double.POSITIVE_INFINITY}));
    assertArrayEquals(new double[] {1.5, 1.5}, Ranks.of(new double[] {0.0, -0.0}));
    assertArrayEquals(new double[] {2, 1, 3}, Ranks.of(new double[] {Double.NaN, 1, Double.NaN}));
  }

  @Property
  void aRankCountsWhatIsSmallerAndHalfOfWhatIsEqual(
      @ForAll @Size(max = 40) @DoubleRange(min = -3, max = 3) double[] drawn) {
    double[] values = new double[drawn.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.rint(drawn[i]); // so that there are ties
    }
    double[] ranks = Ranks.of(values);
    for (int i = 0; i < values.length; i++) {
      int smaller = 0;
      int equal = 0;
      for (double each : values) {
        smaller += each < values[i] ? 1 : 0;
        equal += each == values[i] ? 1 : 0;
      }
      assertEquals(smaller + (equal + 1) / 2.0, ranks[i]);
    }
  }
}
