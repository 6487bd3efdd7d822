package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.trees.TreeData.Kind;

/** Boosting that goes on from an earlier model. */
class WarmStartTest {
  private static final BoostedTreesTrainer TRAINER = new BoostedTreesTrainer();
  private static final BoostedTreesParameters P =
      BoostedTreesParameters.defaults().withRounds(10).withDepth(4).with("learning_rate", 0.3);

  private static FeatureMatrix matrix(TreeData data, String... names) {
    double[][] columns = new double[data.x().length][data.rows()];
    for (int f = 0; f < columns.length; f++) {
      for (int i = 0; i < data.rows(); i++) {
        columns[f][i] = data.x()[f][i];
      }
    }
    List<String> all =
        names.length > 0
            ? List.of(names)
            : IntStream.range(0, columns.length).mapToObj(f -> "f" + f).toList();
    return FeatureMatrix.ofColumns(all, columns);
  }

  private static Trainer.TrainingData rows(TreeData data, FeatureMatrix features) {
    FeatureMatrix none = features.select(new int[0]);
    return new Trainer.TrainingData(features, data.y(), none, new double[0]);
  }

  private static BoostedTreesModel train(
      Trainer.TrainingData data, BoostedTreesParameters p, Model start, int threads) {
    var context =
        new Trainer.Context(
            "",
            5,
            threads,
            Progress.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.ofNullable(start));
    return (BoostedTreesModel) TRAINER.train(data, p, context);
  }

  /** Gradients of these losses have one size, and so one fixed-point scale from first to last. */
  @Test
  void onTheSameRowsItIsTheLongFitToTheByteWhereGradientsKeepTheirScale() {
    TreeData data = TreeData.of(3, 2000, 6, Kind.values());
    Trainer.TrainingData rows = rows(data, matrix(data));
    List<BoostedTreesParameters> all =
        List.of(
            P.withObjective(StandardObjective.ABSOLUTE),
            P.withObjective(StandardObjective.QUANTILE).with("quantile", 0.3),
            P.withObjective(StandardObjective.ABSOLUTE)
                .with("growth", "leaf-wise")
                .with("row_sampling", 0.6)
                .with("column_sampling", 0.5),
            P.withObjective(StandardObjective.QUANTILE).with("quantiles", List.of(0.1, 0.5, 0.9)),
            P.withObjective(StandardObjective.QUANTILE)
                .with("quantiles", List.of(0.1, 0.5))
                .with("row_sampling", 0.5));
    for (BoostedTreesParameters p : all) {
      byte[] expected = train(rows, p.withRounds(20), null, 2).encode();
      var half = train(rows, p, null, 1);
      for (int threads : new int[] {1, 2, 3}) {
        assertArrayEquals(expected, train(rows, p.withRounds(20), half, threads).encode());
      }
    }
  }

  /**
   * Elsewhere the scale is chosen anew at the start, where the long fit keeps one that has become
   * coarser: leaves may differ in their last bits, and no more.
   */
  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void onTheSameRowsItIsTheLongFitButForRounding(StandardObjective objective) {
    TreeData data = TreeData.of(4, 3000, 4, Kind.UNIFORM, Kind.SOME_MISSING).fitFor(objective);
    Trainer.TrainingData rows = rows(data, matrix(data));
    var p = P.withObjective(objective);
    var half = train(rows, p, null, 2);
    var warm = train(rows, p.withRounds(20), half, 2);
    var whole = train(rows, p.withRounds(20), null, 2);
    assertEquals(20, warm.steps());
    double[] a = warm.predict(rows.features());
    double[] b = whole.predict(rows.features());
    double apart = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      apart += Math.abs(a[i] - b[i]);
      size += Math.abs(b[i]);
    }
    assertTrue(apart <= 1e-4 * size, apart + " of " + size);
    for (int t = 0; t < 10; t++) {
      assertTree(half.trees().trees().get(t), warm.trees().trees().get(t));
    }
    byte[] bytes = warm.encode();
    assertArrayEquals(bytes, train(rows, p.withRounds(20), half, 1).encode());
    assertArrayEquals(bytes, train(rows, p.withRounds(20), half, 5).encode());
  }

  private static void assertTree(RegressionTree expected, RegressionTree actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.feature(i), actual.feature(i));
      assertEquals(expected.threshold(i), actual.threshold(i));
      assertEquals(expected.value(i), actual.value(i));
    }
  }

  /** What the first model knows of public data, a few private rows refine. */
  @Test
  void aModelOfOtherRowsIsTuned() {
    TreeData general = TreeData.of(1, 20_000, 3, Kind.UNIFORM);
    TreeData own = TreeData.of(2, 60, 3, Kind.UNIFORM);
    TreeData later = TreeData.of(9, 4000, 3, Kind.UNIFORM);
    double[] shifted = java.util.Arrays.stream(own.y()).map(v -> v + 0.7).toArray();
    double[] truth = java.util.Arrays.stream(later.y()).map(v -> v + 0.7).toArray();
    own = own.withTarget(shifted);
    var pretrained = train(rows(general, matrix(general)), P.withRounds(60), null, 2);
    // Its features come by name: in another order, among others.
    FeatureMatrix reordered = swapped(own);
    var tuned = train(rows(own, reordered), P.withRounds(80), pretrained, 2);
    var alone = train(rows(own, reordered), P.withRounds(80), null, 2);
    double error = error(tuned, swapped(later), truth);
    assertTrue(error < error(alone, swapped(later), truth));
    assertTrue(error < 0.8 * error(pretrained, matrix(later), truth));
    assertEquals(List.of("f2", "extra", "f0", "f1"), tuned.features());
  }

  private static FeatureMatrix swapped(TreeData data) {
    float[][] x = data.x();
    return matrix(
        new TreeData(new float[][] {x[2], new float[data.rows()], x[0], x[1]}, data.y()),
        "f2",
        "extra",
        "f0",
        "f1");
  }

  private static double error(BoostedTreesModel model, FeatureMatrix rows, double[] y) {
    double[] predicted = model.predict(rows);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (y[i] - predicted[i]) * (y[i] - predicted[i]);
    }
    return Math.sqrt(sum / y.length);
  }

  @Test
  void noNewRoundsGiveTheModelBack() {
    TreeData data = TreeData.of(3, 500, 3, Kind.UNIFORM);
    Trainer.TrainingData rows = rows(data, matrix(data));
    var model = train(rows, P, null, 2);
    assertArrayEquals(model.encode(), train(rows, P, model, 2).encode());
  }

  /** Stopping counts from the model on, and the refit with that many rounds is the same. */
  @Test
  void earlyStoppingCountsItsTreesToo() {
    TreeData data = TreeData.of(6, 1500, 3, Kind.UNIFORM);
    TreeData later = TreeData.of(7, 700, 3, Kind.UNIFORM);
    FeatureMatrix features = matrix(data);
    var judged = new Trainer.TrainingData(features, data.y(), matrix(later), later.y());
    var half = train(rows(data, features), P.withRounds(3), null, 2);
    var p = P.withRounds(400).with("early_stopping_rounds", 4);
    var model = train(judged, p, half, 2);
    assertTrue(model.steps() > 3 && model.steps() < 400);
    var again = train(rows(data, features), TRAINER.withSteps(p, model.steps()), half, 1);
    assertArrayEquals(model.encode(), again.encode());
  }

  @Test
  void whatCannotBeStartedFromSaysWhy() {
    TreeData data = TreeData.of(3, 300, 2, Kind.UNIFORM);
    Trainer.TrainingData rows = rows(data, matrix(data));
    var model = train(rows, P, null, 1);
    problem(
        "it needs f1, which the experiment lacks",
        () -> train(rows(data, matrix(data, "f0", "g")), P.withRounds(20), model, 1));
    problem(
        "it has 10 trees, more than rounds allows", () -> train(rows, P.withRounds(9), model, 1));
    TreeData positive = data.fitFor(StandardObjective.GAMMA);
    problem(
        "its predictions have another link",
        () ->
            train(
                rows(positive, matrix(data)),
                P.withRounds(20).withObjective(StandardObjective.GAMMA),
                model,
                1));
    problem(
        "it predicts other quantiles",
        () ->
            train(
                rows,
                P.withRounds(20)
                    .withObjective(StandardObjective.QUANTILE)
                    .with("quantiles", List.of(0.1, 0.9)),
                model,
                1));
    Model other =
        new slipstream.training.baseline.BaselineTrainer()
            .train(
                rows,
                slipstream.core.parameters.ParameterForm.bind(
                    slipstream.training.baseline.BaselineParameters.class, Map.of(), ""),
                new Trainer.Context("", 1, 1, Progress.NONE));
    problem("it is a model of trainer 'baseline'", () -> train(rows, P, other, 1));
  }

  private static void problem(String part, Runnable action) {
    var e = assertThrows(SlipstreamException.class, action::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
