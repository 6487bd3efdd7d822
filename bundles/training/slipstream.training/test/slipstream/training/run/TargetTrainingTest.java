package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Reach;
import slipstream.core.spi.RowSelection;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.table.Partition;
import slipstream.training.device.CpuDevice;
import slipstream.training.evaluation.Report.CurvePoint;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.metrics.MeanAbsoluteError;
import slipstream.training.trees.BoostedTreesParameters;
import slipstream.training.trees.BoostedTreesTrainer;
import slipstream.training.validation.CrossValidation;
import slipstream.training.validation.Fold;

/** Every model that is scored learns from all training rows of its fold. */
class TargetTrainingTest {
  private static final int ROWS = 500;
  private static final Validation VALIDATION =
      new Validation(4, Window.EXPANDING, Duration.ZERO, 0.2);

  private static TargetData data() {
    SplittableRandom random = new SplittableRandom(5);
    double[] x = random.doubles(ROWS).toArray();
    double[] target = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      // The relation changes as time goes on, so the latest rows matter.
      target[i] = (i / 100 % 2 == 0 ? 1 : -1) * x[i] + 0.3 * random.nextDouble();
    }
    return new TargetData(
        "t",
        "",
        "",
        "x",
        FeatureMatrix.ofColumns(List.of("x"), new double[][] {x}),
        FeatureMatrix.ofColumns(List.of("t"), new double[][] {target}),
        RowFacts.NONE,
        row -> row,
        () -> row -> row,
        false,
        List.of(new Partition("", 0, ROWS)),
        Reach.NONE,
        1,
        null,
        null,
        List.of(),
        null,
        "",
        List.of(""));
  }

  private static TargetTraining.Outcome run(Map<String, Object> trees, Validation validation) {
    return run(trees, validation, Progress.NONE);
  }

  private static TargetTraining.Outcome run(
      Map<String, Object> trees, Validation validation, Progress progress) {
    List<ModelRecipe<?>> recipes =
        List.of(
            ModelRecipe.bind(
                "baseline", "baseline", new PluginUse("baseline", Map.of()), Runs.PLUGINS, null),
            ModelRecipe.bind(
                "trees",
                "models.trees",
                new PluginUse("boosted-trees", trees),
                Runs.PLUGINS,
                null));
    return new TargetTraining(
            data(), recipes, List.of(new MeanAbsoluteError()), 3, 1, progress, new CpuDevice())
        .run(validation);
  }

  private static List<Fold> folds(Validation validation) {
    TargetData data = data();
    return CrossValidation.split(
            data.times(),
            data.targetEnds().get(),
            data.usable(),
            data.partitions(),
            null,
            validation)
        .folds();
  }

  /** The error on a fold's scored rows of trees fitted on these rows. */
  private static double error(RowSelection training, Fold fold, int rounds) {
    TargetData data = data();
    var rows =
        new Trainer.TrainingData(
            data.features().select(training),
            data.targets(training),
            data.features().select(new int[0]),
            new double[0]);
    var context = new Trainer.Context("", 3, 1, Progress.NONE);
    double[] predicted =
        new BoostedTreesTrainer()
            .train(rows, BoostedTreesParameters.defaults().withRounds(rounds), context)
            .predict(data.features().select(fold.scored()));
    double[] actual = data.targets(fold.scored());
    return new MeanAbsoluteError().score(actual, predicted, predicted);
  }

  @Test
  void withoutEarlyStoppingTheHoldoutIsLearnedToo() {
    TargetTraining.Outcome outcome = run(Map.of("rounds", 20), VALIDATION);
    ModelReport trees = outcome.report().models().get(1);
    List<Fold> folds = folds(VALIDATION);
    for (Fold fold : folds) {
      double score = trees.foldScores().get(fold.number() - 1).getFirst();
      assertEquals(error(fold.training(), fold, 20), score);
      assertNotEquals(error(fold.fit(), fold, 20), score);
    }
    assertEquals(20, trees.steps());
    // One curve, of the last fold, with rows that judge it.
    assertEquals(20, trees.learningCurve().size());
    for (CurvePoint point : trees.learningCurve()) {
      assertEquals("t/trees/fold 4", point.series());
      assertTrue(point.training() > 0 && point.validation() > 0);
    }
  }

  @Test
  void theBaselinesLossComesBeforeTheCurveItIsComparedWith() {
    List<CurvePoint> sent = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void learningCurve(
              String series, int step, String metric, double training, double validation) {
            sent.add(new CurvePoint(series, step, metric, training, validation));
          }
        };
    ModelReport baseline =
        run(Map.of("rounds", 3, "early_stopping_rounds", 3), VALIDATION, progress)
            .report()
            .models()
            .getFirst();
    TargetData data = data();
    List<CurvePoint> expected = new ArrayList<>();
    for (Fold fold : folds(VALIDATION)) {
      String number = "fold " + fold.number();
      double mean = Arrays.stream(data.targets(fold.fit())).average().orElseThrow();
      double squares =
          Arrays.stream(data.targets(fold.holdout()))
              .map(y -> Math.pow(y - mean, 2))
              .average()
              .orElseThrow();
      int at =
          sent.indexOf(
              sent.stream()
                  .filter(point -> point.series().equals("t/baseline/" + number))
                  .findFirst()
                  .orElseThrow());
      assertEquals("RMSE", sent.get(at).metric());
      assertEquals(Math.sqrt(squares), sent.get(at).validation(), 1e-12);
      assertEquals("t/trees/" + number, sent.get(at + 1).series());
      assertEquals(1, sent.get(at + 1).step());
      expected.add(sent.get(at));
    }
    assertEquals(expected, baseline.learningCurve());
  }

  @Test
  void withEarlyStoppingTheHoldoutTellsTheRoundsAndIsThenLearned() {
    TargetTraining.Outcome outcome =
        run(Map.of("rounds", 60, "early_stopping_rounds", 4), VALIDATION);
    ModelReport trees = outcome.report().models().get(1);
    int[] rounds = new int[4];
    for (Fold fold : folds(VALIDATION)) {
      int f = fold.number() - 1;
      rounds[f] =
          trees.learningCurve().stream()
              .filter(point -> point.series().equals("t/trees/fold " + fold.number()))
              .min((a, b) -> Double.compare(a.validation(), b.validation()))
              .orElseThrow()
              .step();
      double score = trees.foldScores().get(f).getFirst();
      assertEquals(error(fold.training(), fold, rounds[f]), score);
      assertNotEquals(error(fold.fit(), fold, rounds[f]), score);
    }
    assertTrue(Arrays.stream(rounds).distinct().count() > 1, Arrays.toString(rounds));
    Arrays.sort(rounds);
    assertEquals(rounds[1], trees.steps());
    assertEquals("0", outcome.models().get(1).parameters().get("early_stopping_rounds"));
  }

  @Test
  void theHoldoutChangesNoScoreUnlessRoundsAreChosenByIt() {
    Validation none = new Validation(4, Window.EXPANDING, Duration.ZERO, 0);
    ModelReport with = run(Map.of("rounds", 15), VALIDATION).report().models().get(1);
    ModelReport without = run(Map.of("rounds", 15), none).report().models().get(1);
    assertEquals(with.foldScores(), without.foldScores());
    // The curve is then that of the last fold's model, and judged by nothing.
    assertEquals(15, without.learningCurve().size());
    without.learningCurve().forEach(point -> assertTrue(Double.isNaN(point.validation())));
  }

  @Test
  void theKeptModelIsFittedOnTheWindow() {
    Validation rolling = new Validation(4, Window.ROLLING, Duration.ZERO, 0.2);
    TargetTraining.Outcome outcome = run(Map.of("rounds", 5), rolling);
    assertEquals(100, outcome.report().finalRows());
    assertEquals(100, outcome.models().get(1).rows());
    double[] x = new double[100];
    data().features().copy(0, 400, 500, x, 0);
    var rows = FeatureMatrix.ofColumns(List.of("x"), new double[][] {x});
    double[] target = IntStream.range(400, 500).mapToDouble(data()::target).toArray();
    var training = new Trainer.TrainingData(rows, target, rows.select(new int[0]), new double[0]);
    var context = new Trainer.Context("", 3, 1, Progress.NONE);
    assertArrayEquals(
        new BoostedTreesTrainer()
            .train(training, BoostedTreesParameters.defaults().withRounds(5), context)
            .encode(),
        outcome.models().get(1).model().encode());
  }

  @Test
  void exportsAreCheckedOnTheScoredRowsOfAllFolds() {
    TargetTraining.Outcome outcome = run(Map.of("rounds", 1), VALIDATION);
    TreeSet<Double> seen = new TreeSet<>();
    for (int i = 0; i < outcome.scored().rows(); i++) {
      seen.add(outcome.scored().get(i, 0));
    }
    TreeSet<Double> wanted = new TreeSet<>();
    for (int row = 100; row < ROWS; row++) {
      wanted.add(data().features().get(row, 0));
    }
    assertEquals(wanted, seen);
  }
}
