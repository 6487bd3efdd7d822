package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CutPointFinderTest {
  private static float[] find(int bins, float... column) {
    return new CutPointFinder(null).find(FeatureColumns.of(column), 0, bins);
  }

  @Test
  void fewValuesAreCutMidway() {
    assertArrayEquals(new float[] {1.5f, 3}, find(256, 4, 1, 2, 2, 1, 4));
    assertArrayEquals(new float[0], find(256, 7, 7));
    assertArrayEquals(new float[0], find(256, Float.NaN));
    assertArrayEquals(new float[0], find(256, -0f, 0f));
    float a = 1;
    assertArrayEquals(new float[] {a}, find(256, Math.nextUp(a), a));
  }

  @Test
  void theBinOfMissingValuesCounts() {
    assertEquals(2, find(3, 1, 2, 3).length);
    assertEquals(1, find(3, 1, 2, 3, Float.NaN).length);
    assertEquals(0, find(2, 1, 2, 3, Float.NaN).length);
  }

  @Test
  void aFrequentValueCostsOneBin() {
    float[] column = new float[100_000];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < column.length; i++) {
      column[i] = random.nextInt(10) < 9 ? 0 : (float) random.nextDouble(-1, 1);
    }
    float[] cuts = find(256, column);
    assertEquals(255, cuts.length);
    assertTrue(Arrays.stream(toDouble(cuts)).filter(c -> c > -1e-3 && c < 1e-3).count() <= 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 255, 256})
  void binsAreNearlyEqual(int bins) {
    float[] column = new float[200_000];
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < column.length; i++) {
      column[i] = (float) random.nextGaussian();
    }
    float[] cuts = find(bins, column);
    assertEquals(bins - 1, cuts.length);
    int[] counts = new int[bins];
    for (float x : column) {
      int b = Arrays.binarySearch(cuts, x);
      counts[b >= 0 ? b : -b - 1]++;
    }
    for (int count : counts) {
      assertEquals(1, count * (double) bins / column.length, 0.3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.4991, 0.5003, 0.5",
    "-0.4991, -0.4, -0.41",
    "99.7, 101.2, 100",
    "123456, 123999, 123900",
    "-1, 1, 0",
    "0, 1, 0",
    "-1, 0, -1",
    "1e-30, 9e-30, 8e-30",
    "3, 4, 3"
  })
  void roundNumbers(float low, float high, float expected) {
    assertEquals(expected, RoundNumbers.within(low, high));
  }

  @Test
  void intervalsWithoutARoundNumber() {
    assertTrue(Float.isNaN(RoundNumbers.within(1, 1)));
    assertTrue(Float.isNaN(RoundNumbers.within(Float.NEGATIVE_INFINITY, 1)));
    assertTrue(Float.isNaN(RoundNumbers.within(1, Float.POSITIVE_INFINITY)));
  }

  /** Columns of every shape: smooth, tied, of one octave, of few values, with gaps and infinities. */
  private static float[] column(SplittableRandom random, int rows) {
    int shape = random.nextInt(6);
    float[] column = new float[rows];
    for (int i = 0; i < rows; i++) {
      double z = random.nextGaussian();
      column[i] =
          switch (shape) {
            case 0 -> (float) z;
            case 1 -> (float) Math.rint(20 * z);
            case 2 -> 100 + (float) random.nextDouble();
            case 3 -> random.nextInt(3) == 0 ? (float) z : -0f;
            case 4 -> random.nextInt(5) == 0 ? Float.NaN : (float) Math.exp(9 * z);
            default -> random.nextInt(8) == 0 ? Float.POSITIVE_INFINITY : (float) (z * 1e-40);
          };
    }
    return column;
  }

  /** The scalar reference: all values sorted. */
  private static final class Reference {
    final double[] sorted;

    Reference(float[] column) {
      double[] known = new double[column.length];
      int n = 0;
      for (float x : column) {
        if (x == x) {
          known[n++] = x + 0.0;
        }
      }
      sorted = Arrays.copyOf(known, n);
      Arrays.sort(sorted);
    }

    int upTo(double value) {
      int count = 0;
      while (count < sorted.length && sorted[count] <= value) {
        count++;
      }
      return count;
    }
  }

  @Property(tries = 300)
  void ranksAreThoseOfTheSortedValuesInAnyWindow(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3000) int rows,
      @ForAll @IntRange(min = 1, max = 4000) int window) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] column = column(random, rows);
    Reference reference = new Reference(column);
    var values = new RankedValues(window);
    values.open(FeatureColumns.of(column), 0, null);
    assertEquals(reference.sorted.length, values.total());
    assertEquals(reference.sorted.length < rows, values.missing());
    for (int k = 0; k < 20 && values.total() > 0; k++) {
      int at = random.nextInt(reference.sorted.length);
      if (random.nextBoolean()) {
        values.from(random.nextInt(at + 1));
      }
      values.at(at);
      double value = reference.sorted[at];
      assertEquals(value, FloatOrder.value(values.key()));
      assertEquals(reference.upTo(value), values.runTo());
      assertTrue(values.runFrom() <= at);
      assertTrue(values.runFrom() == 0 || reference.sorted[(int) values.runFrom() - 1] < value);
      assertEquals(value, reference.sorted[(int) values.runFrom()]);
      float other = (float) (value + random.nextGaussian());
      assertEquals(reference.upTo(other), values.upTo(FloatOrder.key(other + 0f)));
    }
  }

  @Property(tries = 200)
  void theWindowChangesNoCutPoint(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20_000) int rows,
      @ForAll @IntRange(min = 1, max = 5000) int window,
      @ForAll @IntRange(min = 2, max = 256) int bins) {
    float[] column = column(new SplittableRandom(seed), rows);
    var finder = new CutPointFinder(null, new RankedValues(window));
    assertArrayEquals(find(bins, column), finder.find(FeatureColumns.of(column), 0, bins));
  }

  @Property(tries = 200)
  void aWeightOfKIsKRows(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3000) int rows,
      @ForAll @IntRange(min = 1, max = 4000) int window,
      @ForAll @IntRange(min = 2, max = 256) int bins) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] column = column(random, rows);
    double[] weights = random.ints(rows, 1, 5).asDoubleStream().toArray();
    float[] repeated = new float[(int) Arrays.stream(weights).sum()];
    int at = 0;
    for (int i = 0; i < rows; i++) {
      Arrays.fill(repeated, at, at += (int) weights[i], column[i]);
    }
    var finder = new CutPointFinder(new RowMass(weights), new RankedValues(window));
    assertArrayEquals(find(bins, repeated), finder.find(FeatureColumns.of(column), 0, bins));
  }

  @Test
  void weightsMoveCutPointsToWhereTheyLie() {
    float[] column = new float[10_000];
    double[] weights = new double[column.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = i;
      weights[i] = i < 5000 ? 0.1 : 0.9;
    }
    float[] cuts = new CutPointFinder(new RowMass(weights)).find(FeatureColumns.of(column), 0, 11);
    assertEquals(1, Arrays.stream(toDouble(cuts)).filter(cut -> cut < 5100).count());
    assertEquals(10, cuts.length);
  }

  private static double[] toDouble(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
