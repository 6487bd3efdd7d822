package slipstream.training.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Metric;
import slipstream.training.explain.PermutationImportance.Options;
import slipstream.training.explain.PermutationImportance.Part;
import slipstream.training.metrics.MeanAbsoluteError;
import slipstream.training.metrics.RSquared;

class PermutationImportanceTest {
  private static final List<String> NAMES = List.of("a", "b", "unused");
  private static final FormulaModel MODEL = new FormulaModel(NAMES, x -> 3 * x[0] + x[1]);

  /** With independent features of variance 1 the loss rises by 2 times the squared slope. */
  @Test
  void findsTheExpectedIncreaseOfTheLoss() {
    Part part = part(1, 20_000, 1, null);
    var result = PermutationImportance.of(List.of(part), new MeanSquaredError(), options(5, 2));
    assertEquals(NAMES, result.stream().map(PermutationImportance::feature).toList());
    assertEquals(18, result.get(0).increase(), 4 * result.get(0).standardError());
    assertEquals(2, result.get(1).increase(), 4 * result.get(1).standardError());
    assertTrue(result.get(0).standardError() < 1);
    assertTrue(result.get(1).standardError() < 0.1);
    assertTrue(result.get(0).shuffleError() > 0);
    assertEquals(5, result.get(0).byRepeat().size());
    double mean = result.get(0).byRepeat().stream().mapToDouble(v -> v).average().getAsDouble();
    assertEquals(mean, result.get(0).increase(), 1e-12);
    var unused = result.get(2);
    assertEquals(
        new PermutationImportance("unused", 0, 0, 0, List.of(0.0, 0.0, 0.0, 0.0, 0.0)), unused);
  }

  @Test
  void positiveMeansThatTheFeatureIsNeededWhateverTheScoresSign() {
    Part part = part(2, 2000, 1, null);
    for (Metric metric : List.of(new RSquared(), new MeanAbsoluteError())) {
      var result = PermutationImportance.of(List.of(part), metric, options(3, 1));
      assertTrue(result.get(0).increase() > result.get(1).increase());
      assertTrue(result.get(1).increase() > 0);
    }
  }

  /** Rows come in clusters of 20 that are alike: only errors that know it hold the truth. */
  @Test
  void errorsHoldTheTruthWhereRowsAreClustered() {
    int clustered = 0;
    int naive = 0;
    int seeds = 200;
    for (int seed = 0; seed < seeds; seed++) {
      Part known = part(seed, 2000, 20, clusters(2000, 20));
      // Rows as they come would make blocks that are whole clusters, so they are mixed.
      int[] mixed = mixed(seed, 2000);
      Part unknown = select(known, mixed, false);
      Part knownMixed = select(known, mixed, true);
      clustered += holds(knownMixed, seed, new MeanSquaredError(), 18);
      naive += holds(unknown, seed, new MeanSquaredError(), 18);
    }
    // 95 % of 200 is 190, with a standard deviation of 3.1; 100 clusters and skew cost some.
    assertTrue(clustered >= 176 && clustered < 200, clustered + " of 200 hold the truth");
    assertTrue(naive < 150, naive + " of 200 hold the truth");
  }

  private static int holds(Part part, int seed, Metric metric, double truth) {
    var options = new Options(5, 25, seed, 2);
    var a = PermutationImportance.of(List.of(part), metric, options).get(0);
    return Math.abs(a.increase() - truth) <= 2.064 * a.standardError() ? 1 : 0;
  }

  @Test
  void errorsHoldTheTruthWhereRowsAreIndependent() {
    int squared = 0;
    int explained = 0;
    for (int seed = 0; seed < 200; seed++) {
      Part part = part(1000 + seed, 1000, 1, null);
      squared += holds(part, seed, new MeanSquaredError(), 18);
      explained += holds(part, seed, new RSquared(), 18 / 11.0);
    }
    assertTrue(squared >= 180 && squared < 200, squared + " of 200 hold the truth");
    assertTrue(explained >= 180, explained + " of 200 hold the truth");
  }

  @Test
  void sameResultForAnyNumberOfThreadsAndAnotherForAnotherSeed() {
    Part part = part(3, 1500, 1, null);
    var one =
        PermutationImportance.of(List.of(part), new MeanSquaredError(), new Options(4, 7, 9, 1));
    for (int threads : new int[] {2, 5}) {
      assertEquals(
          one,
          PermutationImportance.of(
              List.of(part), new MeanSquaredError(), new Options(4, 7, 9, threads)));
    }
    var other =
        PermutationImportance.of(List.of(part), new MeanSquaredError(), new Options(4, 7, 10, 1));
    assertTrue(one.get(0).increase() != other.get(0).increase());
  }

  @Test
  void partsHaveModelsOfTheirOwnAndShufflesStayWithinThem() {
    // In each part the feature is one constant: shuffles within parts change nothing.
    FormulaModel twice = new FormulaModel(List.of("x"), x -> 2 * x[0]);
    FormulaModel same = new FormulaModel(List.of("x"), x -> x[0]);
    Part first = constant(twice, 1, 10, 0);
    Part second = constant(same, 5, 20, 1);
    var result =
        PermutationImportance.of(List.of(first, second), new MeanAbsoluteError(), options(3, 2));
    assertEquals(List.of(new PermutationImportance("x", 0, 0, 0, List.of(0.0, 0.0, 0.0))), result);
  }

  @Test
  void oneGroupHasNoErrorAndNoRowsNoScore() {
    Part cluster = part(4, 50, 1, new int[50]);
    var result = PermutationImportance.of(List.of(cluster), new MeanSquaredError(), options(2, 1));
    assertTrue(Double.isNaN(result.get(0).standardError()));
    assertTrue(result.get(0).increase() > 0);
    Part none = part(4, 0, 1, null);
    var empty = PermutationImportance.of(List.of(none), new MeanSquaredError(), options(2, 1));
    assertTrue(Double.isNaN(empty.get(0).increase()));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    FeatureMatrix rows = FeatureMatrix.ofColumns(List.of("b"), new double[][] {{1}});
    double[] one = new double[1];
    assertThrows(IllegalArgumentException.class, () -> new Part(MODEL, rows, one, one, null));
    FormulaModel model = new FormulaModel(List.of("b"), x -> x[0]);
    assertThrows(
        IllegalArgumentException.class, () -> new Part(model, rows, new double[2], one, null));
    assertThrows(IllegalArgumentException.class, () -> new Options(0, 2, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Options(1, 1, 1, 1));
    Part other = new Part(model, rows, one, one, null);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            PermutationImportance.of(
                List.of(part(1, 3, 1, null), other), new MeanSquaredError(), options(1, 1)));
  }

  private static Options options(int repeats, int threads) {
    return new Options(repeats, 20, 7, threads);
  }

  /** Rows in runs of equal features and equal noise. */
  private static Part part(long seed, int rows, int run, int[] clusters) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] columns = new double[3][rows];
    double[] actual = new double[rows];
    double[] noise = new double[1];
    for (int i = 0; i < rows; i++) {
      for (double[] column : columns) {
        column[i] = i % run == 0 ? random.nextGaussian() : column[i - 1];
      }
      noise[0] = i % run == 0 ? random.nextGaussian() : noise[0];
      actual[i] = 3 * columns[0][i] + columns[1][i] + noise[0];
    }
    FeatureMatrix matrix = FeatureMatrix.ofColumns(NAMES, columns);
    return new Part(MODEL, matrix, actual, new double[rows], clusters);
  }

  private static int[] clusters(int rows, int size) {
    return IntStream.range(0, rows).map(i -> i / size).toArray();
  }

  private static int[] mixed(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] order = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int k = random.nextInt(i + 1);
      int value = order[i];
      order[i] = order[k];
      order[k] = value;
    }
    return order;
  }

  private static Part select(Part part, int[] order, boolean clusters) {
    return new Part(
        part.model(),
        part.rows().select(order),
        Arrays.stream(order).mapToDouble(i -> part.actual()[i]).toArray(),
        new double[order.length],
        clusters ? Arrays.stream(order).map(i -> part.clusters()[i]).toArray() : null);
  }

  private static Part constant(FormulaModel model, double value, int rows, int cluster) {
    double[] column = new double[rows];
    int[] clusters = new int[rows];
    Arrays.fill(column, value);
    Arrays.fill(clusters, cluster);
    FeatureMatrix matrix = FeatureMatrix.ofColumns(List.of("x"), new double[][] {column});
    return new Part(model, matrix, new double[rows], new double[rows], clusters);
  }

  private static final class MeanSquaredError implements Metric {
    @Override
    public String name() {
      return "mse";
    }

    @Override
    public String title() {
      return "MSE";
    }

    @Override
    public String summary() {
      return "Mean squared error.";
    }

    @Override
    public boolean inTargetUnit() {
      return false;
    }

    @Override
    public boolean higherIsBetter() {
      return false;
    }

    @Override
    public double score(double[] actual, double[] predicted, double[] baseline) {
      return IntStream.range(0, actual.length)
          .mapToDouble(i -> (actual[i] - predicted[i]) * (actual[i] - predicted[i]))
          .average()
          .orElse(Double.NaN);
    }
  }
}
