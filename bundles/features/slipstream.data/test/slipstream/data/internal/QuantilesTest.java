package slipstream.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class QuantilesTest {
  private static final double[] ODD = {
    0.0,
    -0.0,
    1,
    Math.nextUp(1.0),
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  /** Ranks are those of a sort, however many values are left to be sorted at the end. */
  @Property(tries = 300)
  void ranksAreThoseOfASort(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3_000) int size,
      @ForAll @IntRange(max = 2) int kind) {
    Random random = new Random(seed);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] =
          switch (kind) {
            case 0 -> ODD[random.nextInt(ODD.length)];
            case 1 -> Math.exp(3 * random.nextGaussian());
            default -> 100 + random.nextInt(20) / 100.0;
          };
    }
    double[] known = Arrays.stream(values).filter(x -> !Double.isNaN(x)).sorted().toArray();
    if (known.length == 0) {
      return;
    }
    int[] passes = {0};
    Quantiles.Source source =
        block -> {
          passes[0]++;
          double[] part = new double[100];
          for (int from = 0; from < size; from += part.length) {
            int count = Math.min(part.length, size - from);
            System.arraycopy(values, from, part, 0, count);
            block.accept(part, count);
          }
        };
    long[] ranks = random.longs(1 + random.nextInt(6), 0, known.length).toArray();
    double[] expected = Arrays.stream(ranks).mapToDouble(rank -> known[(int) rank]).toArray();
    for (long gathered : new long[] {0, 1, random.nextInt(size) + 1, Long.MAX_VALUE}) {
      passes[0] = 0;
      assertArrayEquals(expected, Quantiles.select(source, gathered, ranks), "" + gathered);
      assertTrue(passes[0] <= (gathered == Long.MAX_VALUE ? 2 : 4));
    }
  }
}
