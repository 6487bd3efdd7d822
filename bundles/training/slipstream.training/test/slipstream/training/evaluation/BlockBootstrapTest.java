package slipstream.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.Metric;
import slipstream.training.evaluation.BlockBootstrap.Cells;
import slipstream.training.evaluation.BlockBootstrap.Result;
import slipstream.training.evaluation.Report.Comparison;
import slipstream.training.evaluation.Report.Interval;
import slipstream.training.metrics.Bias;
import slipstream.training.metrics.MeanAbsoluteError;
import slipstream.training.metrics.RSquared;
import slipstream.training.metrics.RootMeanSquaredError;
import slipstream.training.metrics.Skill;

class BlockBootstrapTest {
  private static final List<Metric> METRICS =
      List.of(
          new Skill(),
          new MeanAbsoluteError(),
          new RootMeanSquaredError(),
          new RSquared(),
          new Bias());

  /** A first-order autoregression with innovations of variance 1, in its stationary state. */
  private static double[] autoregression(Random random, int n, double rho) {
    double[] values = new double[n];
    double last = random.nextGaussian() / Math.sqrt(1 - rho * rho);
    for (int i = 0; i < n; i++) {
      last = rho * last + random.nextGaussian();
      values[i] = last;
    }
    return values;
  }

  /**
   * Two models whose errors are autoregressions, and a baseline: the skill of each is known. All rows
   * are realised values of 0.
   */
  private static Result skills(long seed, int n, double rho, double[] shares) {
    Random random = new Random(seed);
    double[] common = autoregression(random, n, rho);
    double[][] predicted = new double[shares.length + 1][n];
    predicted[0] = common;
    for (int model = 0; model < shares.length; model++) {
      double[] own = autoregression(random, n, rho);
      for (int i = 0; i < n; i++) {
        predicted[model + 1][i] = shares[model] * common[i] + 0.4 * own[i];
      }
    }
    return result(
        Cells.ofTime(n, IntStream.range(0, n).toArray()),
        null,
        new double[n],
        List.of(predicted),
        List.of(new Skill()),
        seed);
  }

  /** Of models called baseline, a, b. */
  private static Result result(
      Cells cells,
      double[] weights,
      double[] actual,
      List<double[]> predicted,
      List<Metric> metrics,
      long seed) {
    double centre = Arrays.stream(actual).average().orElseThrow();
    BlockBootstrap bootstrap =
        new BlockBootstrap(cells, weights == null ? null : i -> weights[i], metrics, centre);
    for (int model = 0; model < predicted.size(); model++) {
      String name = List.of("baseline", "a", "b").get(model);
      bootstrap.add(name, actual, predicted.get(model), predicted.getFirst());
    }
    return bootstrap.result(seed);
  }

  @Test
  void intervalsOfSkillCoverTheTruth() {
    int seeds = 1000;
    for (double rho : new double[] {0, 0.5, 0.8}) {
      double truth = 1 - (0.8 * 0.8 + 0.4 * 0.4);
      int covered = 0;
      for (int seed = 0; seed < seeds; seed++) {
        Interval interval = skills(seed, 1000, rho, new double[] {0.8}).intervals().get(1).get(0);
        covered += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
      }
      double coverage = (double) covered / seeds;
      assertTrue(coverage >= 0.93 && coverage <= 0.97, rho + ": " + coverage);
    }
  }

  @Test
  void modelsThatAreEquallyGoodDifferOneTimeInTwenty() {
    int seeds = 400;
    int found = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Comparison comparison =
          skills(seed, 1000, 0.5, new double[] {0.8, 0.8}).comparisons().stream()
              .filter(each -> !each.model().equals("baseline") && !each.other().equals("baseline"))
              .findFirst()
              .orElseThrow();
      found += comparison.pValue() < 0.05 ? 1 : 0;
    }
    assertTrue(found >= 0.03 * seeds && found <= 0.075 * seeds, found + " of " + seeds);
  }

  @Test
  void aBetterModelIsFoundAndNamedFirst() {
    Result result = skills(1, 2000, 0.5, new double[] {0.9, 0.5});
    for (Comparison each : result.comparisons()) {
      assertTrue(each.advantage() > 0 && each.pValue() < 0.01, each.toString());
    }
    Comparison best = result.comparisons().getFirst();
    assertEquals("b", best.model());
    assertEquals("baseline", best.other());
    assertEquals(result.scores().get(2).get(0), best.advantage(), 1e-12);
    assertEquals(3, result.comparisons().size());
  }

  @Test
  void resultsDependOnTheSeedAlone() {
    assertEquals(
        skills(5, 300, 0.5, new double[] {0.8}).toString(),
        skills(5, 300, 0.5, new double[] {0.8}).toString());
    double[] actual = new Random(1).doubles(100).toArray();
    List<double[]> predicted = List.of(new double[100], new Random(2).doubles(100).toArray());
    Cells cells = Cells.ofTime(100, IntStream.range(0, 100).toArray());
    Result one = result(cells, null, actual, predicted, METRICS, 1);
    Result two = result(cells, null, actual, predicted, METRICS, 2);
    assertEquals(one.scores(), two.scores());
    assertNotEquals(one.intervals(), two.intervals());
  }

  /** The standard error of a mean of independent values is known. */
  @Test
  void independentRowsHaveThePlainStandardError() {
    int n = 2000;
    Random random = new Random(3);
    double[] predicted = random.doubles(n).map(u -> random.nextGaussian()).toArray();
    Result result =
        result(
            Cells.ofGroups(n, n, i -> i),
            null,
            new double[n],
            List.of(predicted),
            List.of(new Bias()),
            1);
    double mean = Arrays.stream(predicted).average().orElseThrow();
    double deviation =
        Math.sqrt(Arrays.stream(predicted).map(x -> (x - mean) * (x - mean)).sum() / (n - 1));
    Interval interval = result.intervals().getFirst().getFirst();
    double expected = deviation / Math.sqrt(n);
    assertEquals(expected, interval.standardError(), 0.08 * expected);
    assertEquals(mean - 1.96 * interval.standardError(), interval.low(), 0.01 * expected);
  }

  @Property(tries = 100)
  void scoresFromSumsAreTheMetrics(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 200) int n,
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double level) {
    Random random = new Random(seed);
    double[] actual = random.doubles(n).map(u -> level + random.nextGaussian()).toArray();
    double[] baseline = random.doubles(n).map(u -> level + random.nextGaussian()).toArray();
    double[] predicted = random.doubles(n).map(u -> level + random.nextGaussian()).toArray();
    Cells cells = Cells.ofTime(n, IntStream.range(0, n).filter(i -> i % 3 == 0).toArray());
    double[] ones = new double[n];
    Arrays.fill(ones, 4);
    List<double[]> both = List.of(baseline, predicted);
    Result plain = result(cells, null, actual, both, METRICS, 1);
    Result weighted = result(cells, ones, actual, both, METRICS, 1);
    for (int m = 0; m < METRICS.size(); m++) {
      double expected = METRICS.get(m).score(actual, predicted, baseline);
      assertEquals(expected, plain.scores().get(1).get(m), 1e-9 * (1 + Math.abs(expected)));
      assertEquals(expected, weighted.scores().get(1).get(m), 1e-9 * (1 + Math.abs(expected)));
    }
  }

  /** A row of weight 3 counts as three rows. */
  @Test
  void weightsCountAsRows() {
    double[] actual = {1, 2, 5};
    double[] predicted = {1.5, 2, 3};
    double[] baseline = {2, 2, 2};
    Result weighted =
        result(
            Cells.ofTime(3, new int[] {0, 1}),
            new double[] {1, 0, 3},
            actual,
            List.of(baseline, predicted),
            METRICS,
            1);
    double[] a = {1, 5, 5, 5};
    double[] p = {1.5, 3, 3, 3};
    double[] b = {2, 2, 2, 2};
    for (int m = 0; m < METRICS.size(); m++) {
      assertEquals(METRICS.get(m).score(a, p, b), weighted.scores().get(1).get(m), 1e-12);
    }
    // Two cells tell nothing of how scores vary.
    assertTrue(Double.isNaN(weighted.intervals().get(1).get(0).standardError()));
  }

  @Test
  void cellsNeverSeparateClusters() {
    assertArrayEquals(new int[] {0, 2, 4}, Cells.ofTime(5, new int[] {0, 2, 4}).starts());
    int n = 10_001;
    int[] clusters = new Random(1).ints(5000, 1, n).sorted().distinct().toArray();
    clusters[0] = 0;
    Cells cells = Cells.ofTime(n, clusters);
    assertTrue(cells.count() > 1200 && cells.count() <= 2000, cells.count() + "");
    for (int start : cells.starts()) {
      assertTrue(Arrays.binarySearch(clusters, start) >= 0);
    }
    assertEquals(0, cells.starts()[0]);
    assertEquals(0, Cells.ofTime(0, new int[0]).count());
  }

  @Test
  void aMetricThatIsNoFunctionOfMeansHasNoInterval() {
    Metric worst =
        new Metric() {
          @Override
          public String name() {
            return "worst";
          }

          @Override
          public String title() {
            return "Worst";
          }

          @Override
          public String summary() {
            return "max";
          }

          @Override
          public boolean inTargetUnit() {
            return true;
          }

          @Override
          public boolean higherIsBetter() {
            return false;
          }

          @Override
          public double score(double[] actual, double[] predicted, double[] baseline) {
            return 1;
          }
        };
    Result result =
        result(
            Cells.ofTime(20, IntStream.range(0, 20).toArray()),
            null,
            new double[20],
            List.of(new double[20]),
            List.of(worst),
            1);
    assertTrue(Double.isNaN(result.intervals().getFirst().getFirst().low()));
    assertTrue(result.comparisons().isEmpty());
  }

  /** For an autoregression the best length is known. */
  @Test
  void blockLengthsAreNearTheBestOnes() {
    int n = 4000;
    for (double rho : new double[] {0.3, 0.6, 0.8}) {
      // G = 2 ρ g / (1 - ρ²), D = 4/3 g², length = (2 G² / D)^(1/3) n^(1/3).
      double ratio = 2 * rho / (1 - rho * rho);
      double best = Math.cbrt(1.5 * ratio * ratio * n);
      double mean = 0;
      for (int seed = 0; seed < 40; seed++) {
        mean += BlockLength.of(autoregression(new Random(seed), n, rho)) / 40;
      }
      assertEquals(best, mean, 0.25 * best);
    }
    assertEquals(1, BlockLength.of(new double[100]));
    assertEquals(1, BlockLength.of(new double[0]));
    double noise = BlockLength.of(new Random(7).doubles(2000).toArray());
    assertTrue(noise < 6, "independent values: " + noise);
  }
}
