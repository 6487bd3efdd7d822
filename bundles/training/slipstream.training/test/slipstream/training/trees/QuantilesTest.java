package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Loss;
import slipstream.core.spi.Model.Output;
import slipstream.core.spi.Trainer;
import slipstream.training.trees.TreeData.Kind;

/** Several quantiles from one fit. */
class QuantilesTest {
  private static final BoostedTreesTrainer TRAINER = new BoostedTreesTrainer();
  private static final List<String> LEVELS = List.of("0.05", "0.25", "0.5", "0.75", "0.95");

  private static BoostedTreesParameters parameters(List<String> levels, int rounds) {
    return BoostedTreesParameters.defaults()
        .withObjective(StandardObjective.QUANTILE)
        .with("quantiles", levels)
        .withRounds(rounds)
        .withDepth(4)
        .with("learning_rate", 0.3);
  }

  private static FeatureMatrix matrix(TreeData data, int from, int to) {
    List<String> names = IntStream.range(0, data.x().length).mapToObj(f -> "f" + f).toList();
    double[][] columns = new double[data.x().length][to - from];
    for (int f = 0; f < columns.length; f++) {
      for (int i = from; i < to; i++) {
        columns[f][i - from] = data.x()[f][i];
      }
    }
    return FeatureMatrix.ofColumns(names, columns);
  }

  private static Trainer.TrainingData rows(TreeData data, int split) {
    return new Trainer.TrainingData(
        matrix(data, 0, split),
        Arrays.copyOf(data.y(), split),
        matrix(data, split, data.rows()),
        Arrays.copyOfRange(data.y(), split, data.rows()));
  }

  private static BoostedTreesModel train(
      Trainer.TrainingData data, BoostedTreesParameters p, int threads) {
    var context = new Trainer.Context("", 3, threads, Progress.NONE);
    return (BoostedTreesModel) TRAINER.train(data, p, context);
  }

  /** Wild trees on little data, which cross before they are sorted. */
  @Property(tries = 40)
  void quantilesNeverCross(@ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
    var random = new SplittableRandom(seed);
    Kind[] kinds = {Kind.UNIFORM, Kind.SOME_MISSING, Kind.HEAVY_TAILS, Kind.INFINITE};
    TreeData data = TreeData.of(seed, 20 + random.nextInt(300), 1 + random.nextInt(4), kinds);
    var model = train(rows(data, data.rows()), parameters(LEVELS, 1 + random.nextInt(15)), 2);
    TreeData other = TreeData.of(seed + 1, 200, data.x().length, kinds);
    double[][] all = model.predictAll(matrix(other, 0, 200));
    for (int row = 0; row < 200; row++) {
      for (int k = 1; k < all.length; k++) {
        assertTrue(all[k - 1][row] <= all[k][row]);
      }
    }
  }

  @Test
  void sortingIsNeededAndKeepsTheSeriesValues() {
    TreeData data = TreeData.of(5, 400, 3, Kind.UNIFORM, Kind.SOME_MISSING);
    var model = train(rows(data, 400), parameters(LEVELS, 20), 2);
    FeatureMatrix rows = matrix(data, 0, 400);
    double[][] all = model.predictAll(rows);
    int crossed = 0;
    for (int row = 0; row < 400; row++) {
      float[] own = new float[5];
      double[] sorted = new double[5];
      for (int k = 0; k < 5; k++) {
        own[k] = model.series().get(k).predict(data.row(row));
        sorted[k] = own[k];
      }
      Arrays.sort(sorted);
      for (int k = 0; k < 5; k++) {
        assertEquals(sorted[k], all[k][row]);
        crossed += own[k] != sorted[k] ? 1 : 0;
      }
    }
    assertTrue(crossed > 0);
    assertArrayEquals(all[2], model.predict(rows));
  }

  /** Gaussian noise whose width depends on a feature. */
  @Test
  void coverageIsNearNominalOnNewRows() {
    int n = 24_000;
    var random = new SplittableRandom(11);
    float[][] x = new float[2][n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[0][i] = (float) random.nextDouble();
      x[1][i] = (float) random.nextDouble();
      y[i] = 2 * x[0][i] + (0.5 + x[1][i]) * random.nextGaussian();
    }
    TreeData data = new TreeData(x, y);
    var p =
        parameters(LEVELS, 60)
            .withDepth(3)
            .with("learning_rate", 0.1)
            .with("min_rows_per_leaf", 100);
    var model = train(rows(data, 12_000), p, 2);
    double[][] all = model.predictAll(matrix(data, 12_000, n));
    for (int k = 0; k < 5; k++) {
      double[] predicted = all[k];
      double below =
          IntStream.range(0, 12_000).filter(i -> y[12_000 + i] <= predicted[i]).count() / 12_000.0;
      assertEquals(Double.parseDouble(LEVELS.get(k)), below, 0.02, LEVELS.get(k));
    }
  }

  /** Each series has the bytes of a fit of its quantile alone, for any number of threads. */
  @Test
  void aSeriesIsTheFitOfItsQuantile() {
    TreeData data = TreeData.of(8, 1500, 5, Kind.values());
    double[] weights = data.weights(3);
    for (double[] w : new double[][] {null, weights}) {
      var facts = new Trainer.RowFacts(w, null, null, null);
      FeatureMatrix rows = matrix(data, 0, 1500);
      FeatureMatrix none = matrix(data, 0, 0);
      var input =
          new Trainer.TrainingData(
              rows, data.y(), facts, none, new double[0], Trainer.RowFacts.NONE);
      var p = parameters(LEVELS, 6).with("row_sampling", 0.7).with("growth", "leaf-wise");
      var model = train(input, p, 1);
      for (int threads : new int[] {2, 3, 5}) {
        assertArrayEquals(model.encode(), train(input, p, threads).encode());
      }
      for (int k = 0; k < 5; k++) {
        var alone = p.with("quantiles", List.of()).with("quantile", LEVELS.get(k));
        assertArrayEquals(
            ReferenceComparisonTest.bytes(train(input, alone, 2).trees()),
            ReferenceComparisonTest.bytes(model.series().get(k)),
            LEVELS.get(k));
      }
    }
  }

  @Test
  void outputsAndHeadline() {
    TreeData data = TreeData.of(6, 100, 2, Kind.UNIFORM);
    var model = train(rows(data, 100), parameters(List.of("0.025", "0.4", "0.6", "0.99"), 2), 1);
    assertEquals(
        List.of("q2.5", "q40", "q60", "q99"), model.outputs().stream().map(Output::name).toList());
    assertEquals(1, model.headline());
    assertEquals(2, model.steps());
    double sum = model.importance().values().stream().mapToDouble(v -> v).sum();
    assertEquals(1, sum, 1e-12);
    var single = train(rows(data, 100), parameters(List.of(), 2), 1);
    assertEquals(List.of(Output.ONLY), single.outputs());
    assertArrayEquals(
        single.predict(matrix(data, 0, 100)), single.predictAll(matrix(data, 0, 100))[0]);
  }

  /** One number of rounds for all: the best of those that all have gone through. */
  @Test
  void earlyStoppingChoosesOneNumberOfRounds() {
    TreeData data = TreeData.of(9, 3000, 4, Kind.UNIFORM, Kind.SOME_MISSING);
    var p = parameters(LEVELS, 300).with("early_stopping_rounds", 5);
    Trainer.TrainingData rows = rows(data, 2000);
    var model = train(rows, p, 2);
    int kept = model.steps();
    assertTrue(kept > 0 && kept < 300);
    for (BoostedTrees each : model.series()) {
      assertEquals(kept, each.trees().size());
    }
    List<Double> mean = new ArrayList<>();
    double[] levels = p.levels();
    var full = train(rows, p.withRounds(kept + 4).withoutEarlyStopping(), 2);
    for (int rounds = 1; rounds <= kept; rounds++) {
      double sum = 0;
      for (int k = 0; k < 5; k++) {
        Loss loss = new StandardLoss(StandardObjective.QUANTILE, (float) levels[k]);
        var cut =
            new BoostedTrees(
                4,
                full.series().get(k).baseScore(),
                full.series().get(k).link(),
                full.series().get(k).trees().subList(0, rounds));
        for (int i = 2000; i < 3000; i++) {
          sum += loss.loss((float) data.y()[i], cut.predict(data.row(i)));
        }
      }
      mean.add(sum);
    }
    double best = mean.stream().mapToDouble(v -> v).min().orElseThrow();
    assertEquals(best, mean.getLast(), 1e-9 * best);
    assertArrayEquals(model.encode(), train(rows, TRAINER.withSteps(p, kept), 1).encode());
  }

  @Test
  void bytesAndDamagedBytes() {
    TreeData data = TreeData.of(7, 300, 2, Kind.UNIFORM);
    var model = train(rows(data, 300), parameters(LEVELS, 3), 1);
    byte[] bytes = model.encode();
    var decoded = (BoostedTreesModel) TRAINER.decode(bytes);
    assertArrayEquals(bytes, decoded.encode());
    assertEquals(model.outputs(), decoded.outputs());
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 16;
      assertThrows(slipstream.core.SlipstreamException.class, () -> TRAINER.decode(damaged));
    }
    for (int length = 0; length < bytes.length; length += 7) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(slipstream.core.SlipstreamException.class, () -> TRAINER.decode(cut));
    }
  }

  @Test
  void whatIsWrongWithQuantilesIsSaid() {
    assertProblem("quantiles need 'objective: quantile'", "squared", List.of("0.5"));
    assertProblem("quantiles: 0.1 does not follow 0.5", "quantile", List.of("0.5", "0.1"));
    assertProblem("quantiles: 0.5 does not follow 0.5", "quantile", List.of("0.5", "0.5"));
    assertProblem("quantiles: 'half' is not a number", "quantile", List.of("half"));
    assertProblem("a quantile is 1.0, not", "quantile", List.of("1"));
  }

  private static void assertProblem(String part, String objective, List<String> levels) {
    var e =
        assertThrows(
            slipstream.core.SlipstreamException.class,
            () ->
                slipstream.core.parameters.ParameterForm.bind(
                    BoostedTreesParameters.class,
                    java.util.Map.of("objective", objective, "quantiles", levels),
                    "models.trees"));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
