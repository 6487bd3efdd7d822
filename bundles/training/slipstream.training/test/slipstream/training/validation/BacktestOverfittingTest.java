package slipstream.training.validation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.training.validation.BacktestOverfitting.Result;

class BacktestOverfittingTest {
  /** The definition, by rows: every block is so many rows of one value, and nothing is shared. */
  private static List<double[]> reference(double[][] performance, int[] rows) {
    int blocks = rows.length;
    List<double[]> halvings = new ArrayList<>();
    for (int mask = (1 << blocks) - 1; mask >= 0; mask--) {
      if (Integer.bitCount(mask) != blocks / 2) {
        continue;
      }
      double[] in = new double[performance.length];
      double[] out = new double[performance.length];
      for (int trial = 0; trial < performance.length; trial++) {
        double inSum = 0;
        double outSum = 0;
        int inRows = 0;
        int outRows = 0;
        for (int block = 0; block < blocks; block++) {
          // Block 0 is the highest bit, so that falling masks are lexicographic.
          boolean choosing = (mask >> (blocks - 1 - block) & 1) == 1;
          for (int row = 0; row < rows[block]; row++) {
            inSum += choosing ? performance[trial][block] : 0;
            outSum += choosing ? 0 : performance[trial][block];
            inRows += choosing ? 1 : 0;
            outRows += choosing ? 0 : 1;
          }
        }
        in[trial] = inSum / inRows;
        out[trial] = outSum / outRows;
      }
      int best = 0;
      for (int trial = 1; trial < in.length; trial++) {
        best = in[trial] > in[best] ? trial : best;
      }
      double rank = 0.5;
      for (double each : out) {
        rank += each < out[best] ? 1 : each == out[best] ? 0.5 : 0;
      }
      double omega = rank / (performance.length + 1);
      halvings.add(new double[] {best, in[best], out[best], Math.log(omega / (1 - omega))});
    }
    return halvings;
  }

  @Property(tries = 200)
  void agreesWithTheDefinition(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 9) int trials,
      @ForAll @IntRange(min = 2, max = 8) int blocks,
      @ForAll boolean ties) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] performance = new double[trials][blocks];
    int[] rows = new int[blocks];
    double[] weights = new double[blocks];
    for (int block = 0; block < blocks; block++) {
      rows[block] = 1 + (ties ? 0 : random.nextInt(4));
      weights[block] = rows[block];
      for (int trial = 0; trial < trials; trial++) {
        // Small whole numbers tie often, and their sums are exact in any order.
        performance[trial][block] = random.nextInt(ties ? 3 : 1 << 20) - (ties ? 1 : 1 << 19);
      }
    }
    Result result = BacktestOverfitting.of(performance, weights);
    List<double[]> expected = reference(performance, rows);
    assertEquals(expected.size(), result.logits().length);
    double over = 0;
    double loss = 0;
    for (int i = 0; i < expected.size(); i++) {
      double[] each = expected.get(i);
      assertEquals(each[0], result.chosen()[i]);
      assertEquals(each[1], result.inSample()[i], 1e-9);
      assertEquals(each[2], result.outOfSample()[i], 1e-9);
      assertEquals(each[3], result.logits()[i], 1e-12);
      over += result.logits()[i] <= 0 ? 1 : 0;
      loss += each[2] < 0 ? 1 : 0;
    }
    assertEquals(over / expected.size(), result.probability(), 1e-15);
    assertEquals(loss / expected.size(), result.probabilityOfLoss(), 1e-15);
  }

  @Property(tries = 100)
  void scaleAndUnitOfWeightsChangeNothing(@ForAll long seed) {
    double[][] performance = noise(seed, 12, 8, 0);
    double[][] scaled = new double[12][8];
    double[] weights = new double[8];
    for (int block = 0; block < 8; block++) {
      weights[block] = 16;
      for (int trial = 0; trial < 12; trial++) {
        scaled[trial][block] = 4 * performance[trial][block]; // powers of two are exact
      }
    }
    Result one = BacktestOverfitting.of(performance);
    Result other = BacktestOverfitting.of(scaled, weights);
    assertArrayEquals(one.logits(), other.logits());
    assertArrayEquals(one.chosen(), other.chosen());
    assertEquals(one.slope(), other.slope(), 1e-12);
    assertEquals(4 * one.intercept(), other.intercept(), 1e-9);
  }

  @Test
  void byHand() {
    // Trial 0 is good in the first block only, trial 1 in the second only, trial 2 is always fair.
    Result result = BacktestOverfitting.of(new double[][] {{3, -3}, {-3, 3}, {1, 1}});
    // Whoever chooses by one block takes the worst of the other: rank 1 of 3, ω = 1/4.
    assertArrayEquals(new int[] {0, 1}, result.chosen());
    assertArrayEquals(new double[] {Math.log(1.0 / 3), Math.log(1.0 / 3)}, result.logits(), 1e-15);
    assertEquals(1, result.probability());
    assertEquals(1, result.probabilityOfLoss());
    assertArrayEquals(new double[] {3, 3}, result.inSample());
    assertArrayEquals(new double[] {-3, -3}, result.outOfSample());
    assertTrue(Double.isNaN(result.slope()), "a line needs performances that differ");
  }

  @Test
  void aTrialThatIsBetterEverywhereIsNoAccident() {
    double[][] performance = noise(1, 50, 10, 0);
    for (int block = 0; block < 10; block++) {
      performance[7][block] += 10;
    }
    Result result = BacktestOverfitting.of(performance);
    assertEquals(0, result.probability());
    assertEquals(0, result.probabilityOfLoss());
    assertEquals(Math.log(50), result.medianLogit(), 1e-12);
  }

  /** Over many searches in pure noise the chosen trial ranks anywhere: half of them below the median. */
  @Test
  void noiseIsOverfittedHalfOfTheTime() {
    double sum = 0;
    double loss = 0;
    double slopes = 0;
    int searches = 200;
    for (int seed = 0; seed < searches; seed++) {
      Result result = BacktestOverfitting.of(noise(seed, 20, 8, 0));
      sum += result.probability();
      loss += result.probabilityOfLoss();
      slopes += result.slope();
    }
    assertEquals(0.5, sum / searches, 0.05);
    assertEquals(0.5, loss / searches, 0.05);
    // What one half has over the mean, the other lacks: noise degrades to the opposite.
    assertTrue(slopes / searches < -0.3, "slope " + slopes / searches);
  }

  @Test
  void skillThatDiffersBetweenTrialsIsFound() {
    double sum = 0;
    int searches = 50;
    for (int seed = 0; seed < searches; seed++) {
      sum += BacktestOverfitting.of(noise(seed, 20, 8, 2)).probability();
    }
    assertTrue(sum / searches < 0.05, "probability " + sum / searches);
  }

  @Test
  void refusesWhatCannotBeHalved() {
    assertThrows(
        IllegalArgumentException.class, () -> BacktestOverfitting.of(new double[][] {{1, 2}}));
    assertThrows(
        IllegalArgumentException.class, () -> BacktestOverfitting.of(new double[][] {{1}, {2}}));
    assertThrows(IllegalArgumentException.class, () -> BacktestOverfitting.of(new double[0][]));
    assertThrows(IllegalArgumentException.class, () -> BacktestOverfitting.of(new double[2][21]));
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> BacktestOverfitting.of(new double[][] {{1, 2}, {Double.NaN, 1}}));
    assertTrue(error.getMessage().contains("trial 1"), error.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> BacktestOverfitting.of(new double[][] {{1, 2}, {1, 2}}, new double[] {1, 0}));
  }

  private static double[][] noise(long seed, int trials, int blocks, double skill) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] performance = new double[trials][blocks];
    for (double[] each : performance) {
      double mean = skill * random.nextGaussian();
      for (int block = 0; block < blocks; block++) {
        each[block] = mean + random.nextGaussian();
      }
    }
    return performance;
  }
}
