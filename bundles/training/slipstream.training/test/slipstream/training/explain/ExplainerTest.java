package slipstream.training.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Link;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.baseline.BaselineModel;
import slipstream.training.baseline.BaselineParameters.Statistic;
import slipstream.training.explain.Explainer.Explanation;
import slipstream.training.explain.Explainer.Method;
import slipstream.training.linear.RidgeModel;
import slipstream.training.linear.RidgeParameters;
import slipstream.training.linear.RidgeTrainer;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.BoostedTreesParameters;
import slipstream.training.trees.BoostedTreesTrainer;
import slipstream.training.trees.StandardObjective;

class ExplainerTest {
  private static final Supplier<FeatureMatrix> NONE =
      () -> {
        throw new AssertionError("no background is needed");
      };

  private static List<String> names(int features) {
    return IntStream.range(0, features).mapToObj(f -> "f" + f).toList();
  }

  private static FeatureMatrix gaussian(long seed, int rows, int features) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] columns = new double[features][rows];
    for (double[] column : columns) {
      Arrays.setAll(column, i -> random.nextGaussian());
    }
    return FeatureMatrix.ofColumns(names(features), columns);
  }

  private static double[] row(FeatureMatrix rows, int index) {
    double[] row = new double[rows.features()];
    Arrays.setAll(row, f -> rows.get(index, f));
    return row;
  }

  private static Trainer.TrainingData data(FeatureMatrix rows, ToDoubleFunction<double[]> truth) {
    double[] target = new double[rows.rows()];
    Arrays.setAll(target, i -> truth.applyAsDouble(row(rows, i)));
    return new Trainer.TrainingData(rows, target, rows.select(new int[0]), new double[0]);
  }

  private static Trainer.Context context() {
    return new Trainer.Context("", 3, 2, Progress.NONE);
  }

  @Test
  void aLinearModelIsTheSumOfItsTerms() {
    FeatureMatrix rows = gaussian(1, 300, 3);
    RidgeModel model =
        (RidgeModel)
            new RidgeTrainer()
                .train(
                    data(rows, x -> 3 + 2 * x[0] - x[2]), new RidgeParameters(0, true), context());
    Explainer explainer = Explainer.of(model, 0, NONE);
    Explanation found = explainer.explain(new double[] {2, Double.NaN, -1});
    assertEquals(Method.LINEAR, found.method());
    assertEquals(2 * (2 - model.means()[0]), found.contributions()[0], 1e-9);
    assertEquals(-(-1 - model.means()[2]), found.contributions()[2], 1e-9);
    assertEquals(model.missing()[1], found.contributions()[1]);
    assertEquals(found.prediction(), found.score(), 1e-12);
    assertEquals(3 + 4 + 1, found.prediction(), 0.02);
  }

  @Test
  void treesAreExactOnTheScoresScale() {
    FeatureMatrix rows = gaussian(2, 2000, 4);
    BoostedTreesModel model =
        (BoostedTreesModel)
            new BoostedTreesTrainer()
                .train(
                    data(rows, x -> Math.exp(0.4 * x[0] + (x[1] > 0 ? 0.5 : 0))),
                    BoostedTreesParameters.defaults()
                        .withObjective(StandardObjective.GAMMA)
                        .withRounds(40)
                        .withDepth(4),
                    context());
    Explainer explainer = Explainer.of(model, 0, NONE);
    assertEquals(Link.LOG, explainer.link());
    TreeShap shap = new TreeShap(model);
    for (int i = 0; i < 50; i++) {
      Explanation found = explainer.explain(row(rows, i));
      assertEquals(Method.TREE_SHAP, found.method());
      assertEquals(found.prediction(), Link.LOG.mean(found.score()), 1e-5 * found.prediction());
      float[] rounded = new float[4];
      for (int f = 0; f < 4; f++) {
        rounded[f] = (float) rows.get(i, f);
      }
      assertArrayEquals(shap.contributions(rounded), found.contributions());
    }
  }

  /** Wild trees cross before they are sorted: what is explained is the series that gave the output. */
  @Property(tries = 20)
  void sortedQuantilesAddUp(@ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FeatureMatrix rows = gaussian(seed, 60, 3);
    BoostedTreesModel model =
        (BoostedTreesModel)
            new BoostedTreesTrainer()
                .train(
                    data(rows, x -> x[0] + random.nextGaussian()),
                    BoostedTreesParameters.defaults()
                        .withObjective(StandardObjective.QUANTILE)
                        .with("quantiles", List.of("0.1", "0.5", "0.9"))
                        .with("learning_rate", 0.5)
                        .withRounds(12)
                        .withDepth(4),
                    context());
    FeatureMatrix others = gaussian(seed + 1L, 30, 3);
    double[][] all = model.predictAll(others);
    for (int k = 0; k < 3; k++) {
      Explainer explainer = Explainer.of(model, k, NONE);
      for (int i = 0; i < 30; i++) {
        Explanation found = explainer.explain(row(others, i));
        assertEquals(all[k][i], found.prediction());
        assertEquals(found.prediction(), found.score(), 1e-4);
      }
    }
  }

  @Test
  void aConstantIsItsBaseValue() {
    Model model = new BaselineModel(Statistic.MEAN, 4.5);
    Explanation found = Explainer.of(model, 0, NONE).explain(new double[0]);
    assertEquals(4.5, found.baseValue());
    assertEquals(4.5, found.prediction());
    assertEquals(0, found.contributions().length);
  }

  @Test
  void anAdditiveFormulaIsTakenApartExactly() {
    FeatureMatrix background = gaussian(5, 80, 3);
    Model model = new FormulaModel(names(3), x -> x[0] * x[0] + 3 * x[1] + 7);
    double[] x = {2, -1, 4};
    Explanation found = Explainer.of(model, 0, () -> background).explain(x);
    assertEquals(Method.EXACT_SHAPLEY, found.method());
    double squares = IntStream.range(0, 80).mapToDouble(i -> sq(background.get(i, 0))).sum() / 80;
    double mean = IntStream.range(0, 80).mapToDouble(i -> background.get(i, 1)).sum() / 80;
    assertEquals(4 - squares, found.contributions()[0], 1e-12);
    assertEquals(3 * (-1 - mean), found.contributions()[1], 1e-12);
    assertEquals(0, found.contributions()[2], 1e-15);
    assertEquals(squares + 3 * mean + 7, found.baseValue(), 1e-12);
    assertEquals(found.prediction(), found.score(), 1e-12);
  }

  private static double sq(double x) {
    return x * x;
  }

  /** Features that play the same part share equally, and what is worth is what the definition says. */
  @Test
  void exactValuesAreTheDefinition() {
    FeatureMatrix background = gaussian(6, 40, 4);
    Model model =
        new FormulaModel(names(4), x -> x[0] * x[1] + Math.max(x[2], x[3]) * x[0] + x[1] * x[2]);
    double[] x = {1.5, -0.5, 2, 0.25};
    Explanation found = Explainer.of(model, 0, () -> background).explain(x);
    double[] worth = new double[16];
    for (int set = 0; set < 16; set++) {
      for (int b = 0; b < 40; b++) {
        double[] mixed = row(background, b);
        for (int f = 0; f < 4; f++) {
          mixed[f] = (set >> f & 1) == 1 ? x[f] : mixed[f];
        }
        worth[set] += ((FormulaModel) model).formula().applyAsDouble(mixed) / 40;
      }
    }
    double[] factorial = {1, 1, 2, 6, 24};
    for (int f = 0; f < 4; f++) {
      double value = 0;
      for (int set = 0; set < 16; set++) {
        int size = Integer.bitCount(set);
        if ((set >> f & 1) == 0) {
          value += factorial[size] * factorial[3 - size] / 24 * (worth[set | 1 << f] - worth[set]);
        }
      }
      assertEquals(value, found.contributions()[f], 1e-12);
    }
  }

  @Test
  void manyFeaturesAreSampledAddUpAndSayHowSureTheyAre() {
    int p = 14;
    FeatureMatrix background = gaussian(7, 60, p);
    Model model =
        new FormulaModel(
            names(p),
            x -> {
              double sum = x[0] * x[1] * x[2];
              for (int f = 3; f < p; f++) {
                sum += f * x[f];
              }
              return sum;
            });
    double[] x = new double[p];
    Arrays.setAll(x, f -> f % 3 - 0.7);
    Explanation found = Explainer.of(model, 0, () -> background).explain(x);
    assertEquals(Method.SAMPLED_SHAPLEY, found.method());
    assertEquals(found.prediction(), found.score(), 1e-9);
    // Where nothing interacts no order matters.
    double mean = IntStream.range(0, 60).mapToDouble(i -> background.get(i, 5)).sum() / 60;
    assertEquals(5 * (x[5] - mean), found.contributions()[5], 1e-9);
    assertEquals(0, found.standardErrors()[5], 1e-9);
    // The three that do are the same as alone, where they are exact.
    FeatureMatrix three =
        FeatureMatrix.ofColumns(
            names(3),
            new double[][] {column(background, 0), column(background, 1), column(background, 2)});
    double[] exact =
        Explainer.of(new FormulaModel(names(3), y -> y[0] * y[1] * y[2]), 0, () -> three)
            .explain(Arrays.copyOf(x, 3))
            .contributions();
    for (int f = 0; f < 3; f++) {
      assertTrue(found.standardErrors()[f] > 0);
      assertEquals(exact[f], found.contributions()[f], 5 * found.standardErrors()[f]);
    }
    Explanation again = Explainer.of(model, 0, () -> background).explain(x);
    assertArrayEquals(found.contributions(), again.contributions());
  }

  private static double[] column(FeatureMatrix rows, int feature) {
    double[] column = new double[rows.rows()];
    rows.copy(feature, 0, column.length, column, 0);
    return column;
  }

  @Test
  void unknownValuesAreKnownToBeUnknown() {
    FeatureMatrix background =
        FeatureMatrix.ofColumns(names(2), new double[][] {{1, 1, 1}, {Double.NaN, 2, 4}});
    Model model = new FormulaModel(names(2), x -> x[0] + (Double.isNaN(x[1]) ? 100 : x[1]));
    Explanation found =
        Explainer.of(model, 0, () -> background).explain(new double[] {1, Double.NaN});
    assertEquals(0, found.contributions()[0], "the same in all rows");
    assertEquals(100 - 106.0 / 3, found.contributions()[1], 1e-12);
  }

  @Test
  void whatCannotBeExplainedIsRefused() {
    Model model = new FormulaModel(names(1), x -> x[0]);
    assertTrue(Explainer.needsBackground(model));
    assertFalse(Explainer.needsBackground(new BaselineModel(Statistic.MEAN, 1)));
    FeatureMatrix empty = FeatureMatrix.ofColumns(names(1), new double[1][0]);
    var e = assertThrows(SlipstreamException.class, () -> Explainer.of(model, 0, () -> empty));
    assertTrue(e.getMessage().contains("rows of data"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Explainer.of(model, 1, () -> empty));
    Explainer one =
        Explainer.of(model, 0, () -> FeatureMatrix.ofColumns(names(1), new double[][] {{2}}));
    assertThrows(IllegalArgumentException.class, () -> one.explain(new double[2]));
    assertEquals(3, one.explain(new double[] {5}).contributions()[0]);
  }
}
