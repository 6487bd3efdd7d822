package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CutPointFinderTest {
  private static float[] find(int bins, float... column) {
    return new CutPointFinder().find(FeatureColumns.of(column), 0, bins);
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

  @Test
  void beyondTheExactRowsEvenlySpacedOnesAreSorted() {
    int rows = 10_007;
    int sampled = 1000;
    float[] column = new float[rows];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < rows; i++) {
      column[i] = (float) random.nextGaussian();
    }
    float[] sample = new float[sampled];
    for (int i = 0; i < sampled; i++) {
      sample[i] = column[(int) ((long) i * rows / sampled)];
    }
    var finder = new CutPointFinder(sampled);
    assertArrayEquals(find(64, sample), finder.find(FeatureColumns.of(column), 0, 64));
    assertFalse(finder.foundMissing());
  }

  @Test
  void aMissingValueIsFoundInARowThatIsNotSampled() {
    float[] column = new float[20_000];
    column[12_345] = Float.NaN;
    var finder = new CutPointFinder(100);
    finder.find(FeatureColumns.of(column), 0, 256);
    assertTrue(finder.foundMissing());
  }

  private static double[] toDouble(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
