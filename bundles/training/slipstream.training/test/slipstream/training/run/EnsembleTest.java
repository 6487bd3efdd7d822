package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.QRDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.CounterRandom;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.experiment.Validation.Scheme;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.model.ModelArchive;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.table.Partition;
import slipstream.experiment.ExperimentFile;
import slipstream.experiment.ExperimentValidator;
import slipstream.training.device.CpuDevice;
import slipstream.training.ensemble.EnsembleModel;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.metrics.Skill;
import slipstream.training.model.ModelPackage;

/** Averages and stacks: what they learn from, what they cost, and what becomes of them. */
class EnsembleTest {
  @TempDir Path folder;

  // ------------------------------------------------------------------ trainers for tests

  record None() {}

  /** Predicts by a function that a fit on these rows gives. */
  private abstract static class Simple implements Trainer<None> {
    private final String name;
    int fits;

    Simple(String name) {
      this.name = name;
    }

    interface Fitted {
      double at(double x, double id);
    }

    abstract Fitted fit(TrainingData data);

    @Override
    public String name() {
      return name;
    }

    @Override
    public String summary() {
      return "";
    }

    @Override
    public Class<None> parameters() {
      return None.class;
    }

    @Override
    public Model train(TrainingData data, None parameters, Context context) {
      fits++;
      Fitted fitted = fit(data);
      return new Model() {
        @Override
        public String trainer() {
          return name;
        }

        @Override
        public List<String> features() {
          return List.of("x", "id");
        }

        @Override
        public void predict(FeatureMatrix rows, double[] result) {
          for (int i = 0; i < rows.rows(); i++) {
            result[i] = fitted.at(rows.get(i, 0), rows.get(i, 1));
          }
        }

        @Override
        public byte[] encode() {
          return new byte[0];
        }

        @Override
        public SequencedMap<String, Double> importance() {
          return new LinkedHashMap<>();
        }
      };
    }

    @Override
    public Model decode(byte[] bytes) {
      throw new UnsupportedOperationException();
    }
  }

  /** Knows every row that it was fitted on, and nothing else. */
  private static final class Memoriser extends Simple {
    Memoriser() {
      super("memoriser");
    }

    @Override
    Fitted fit(TrainingData data) {
      Map<Double, Double> known = new HashMap<>();
      for (int i = 0; i < data.target().length; i++) {
        known.put(data.features().get(i, 1), data.target()[i]);
      }
      return (x, id) -> known.getOrDefault(id, 0.0);
    }
  }

  private static final class Line extends Simple {
    Line() {
      super("line");
    }

    @Override
    Fitted fit(TrainingData data) {
      double xx = 0;
      double xy = 0;
      for (int i = 0; i < data.target().length; i++) {
        xx += data.features().get(i, 0) * data.features().get(i, 0);
        xy += data.features().get(i, 0) * data.target()[i];
      }
      double slope = xy / xx;
      return (x, id) -> slope * x;
    }
  }

  /** Says what it wants of each row, whatever it was fitted on. */
  private static final class Guess extends Simple {
    private final int salt;

    Guess(int salt) {
      super("guess" + salt);
      this.salt = salt;
    }

    @Override
    Fitted fit(TrainingData data) {
      return (x, id) -> CounterRandom.uniform(salt, 0, (long) id) - 0.5;
    }
  }

  private static <P extends Record> ModelRecipe<P> recipe(Trainer<P> trainer, P parameters) {
    return new ModelRecipe<>(
        trainer.name(),
        "models." + trainer.name(),
        trainer,
        parameters,
        Optional.empty(),
        Optional.empty());
  }

  private static ModelRecipe<?> ensemble(String trainer, Map<String, Object> parameters) {
    return ModelRecipe.bind(
        trainer, "models." + trainer, new PluginUse(trainer, parameters), Runs.PLUGINS, null);
  }

  private static TargetData data(int rows, double signal) {
    SplittableRandom random = new SplittableRandom(7);
    double[] x = new double[rows];
    double[] id = new double[rows];
    double[] target = new double[rows];
    for (int i = 0; i < rows; i++) {
      x[i] = random.nextDouble() - 0.5;
      id[i] = i;
      target[i] = signal * x[i] + random.nextDouble() - 0.5;
    }
    return new TargetData(
        "t",
        "",
        "",
        "x",
        FeatureMatrix.ofColumns(List.of("x", "id"), new double[][] {x, id}),
        FeatureMatrix.ofColumns(List.of("t"), new double[][] {target}),
        RowFacts.NONE,
        row -> row,
        () -> row -> row,
        false,
        List.of(new Partition("", 0, rows)),
        Reach.NONE,
        2,
        null,
        null,
        List.of(),
        null,
        "",
        List.of("", ""));
  }

  private static Validation validation(Scheme scheme, int folds) {
    return new Validation(scheme, folds, 2, Window.EXPANDING, "", 2, Duration.ZERO, 0.2, "", false);
  }

  private static TargetTraining.Outcome run(
      TargetData data, Validation validation, ModelRecipe<?>... models) {
    List<ModelRecipe<?>> recipes = new ArrayList<>();
    recipes.add(
        ModelRecipe.bind(
            "baseline", "baseline", new PluginUse("baseline", Map.of()), Runs.PLUGINS, null));
    recipes.addAll(List.of(models));
    return new TargetTraining(
            data, recipes, List.of(new Skill()), 3, 1, Progress.NONE, new CpuDevice())
        .run(validation);
  }

  private static double skill(TargetTraining.Outcome outcome, String model) {
    return outcome.report().models().stream()
        .filter(each -> each.model().equals(model))
        .mapToDouble(each -> each.scores().getFirst())
        .findFirst()
        .orElseThrow();
  }

  // ---------------------------------------------------------------------- no leakage

  /** On its training rows the memoriser is perfect: a stack of what members say there trusts it alone. */
  @Test
  void whatKnowsItsTrainingRowsByHeartIsNotTrusted() {
    TargetData data = data(1_000, 3);
    var rows =
        new Trainer.TrainingData(
            data.features(),
            data.targets(data.usable()),
            data.features().select(new int[0]),
            new double[0]);
    var context = new Trainer.Context("", 1, 1, Progress.NONE);
    Trainer<None> memoriser = new Memoriser();
    double[] known = memoriser.train(rows, new None(), context).predict(data.features());
    double[] line = new Line().train(rows, new None(), context).predict(data.features());
    double[] leaky = leastSquares(new double[][] {known, line}, rows.target());
    assertArrayEquals(new double[] {1, 0}, leaky, 1e-9, "a leaky stack");
    for (Scheme scheme : List.of(Scheme.WALK_FORWARD, Scheme.PURGED_K_FOLD, Scheme.COMBINATORIAL)) {
      TargetTraining.Outcome outcome =
          run(
              data,
              validation(scheme, 4),
              recipe(new Memoriser(), new None()),
              recipe(new Line(), new None()),
              ensemble("stacking", Map.of("of", List.of("memoriser", "line"))));
      EnsembleModel kept = (EnsembleModel) outcome.models().getLast().model();
      assertTrue(kept.weights()[0] < 0.15, scheme + " trusts it by " + kept.weights()[0]);
      assertTrue(
          skill(outcome, "stacking") > skill(outcome, "line") - 0.02,
          scheme + ": " + skill(outcome, "stacking") + " after " + skill(outcome, "line"));
    }
  }

  /**
   * Guesses about noise: weights that are fitted on the very rows that are scored have skill, as many guesses give them;
   * those of the run have none.
   */
  @Test
  void thereIsNoSkillOnNoise() {
    int guesses = 30;
    TargetData data = data(800, 0);
    List<ModelRecipe<?>> models = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int salt = 0; salt < guesses; salt++) {
      models.add(recipe(new Guess(salt), new None()));
      names.add("guess" + salt);
    }
    for (Scheme scheme : List.of(Scheme.WALK_FORWARD, Scheme.PURGED_K_FOLD)) {
      List<ModelRecipe<?>> all = new ArrayList<>(models);
      all.add(ensemble("stacking", Map.of("of", names, "method", "ridge", "l2", 0)));
      TargetTraining.Outcome outcome =
          run(data, validation(scheme, 4), all.toArray(ModelRecipe<?>[]::new));
      FeatureMatrix scored = outcome.scored();
      double[] actual = new double[scored.rows()];
      double[][] predicted = new double[guesses][];
      for (int i = 0; i < actual.length; i++) {
        actual[i] = data.target((int) scored.get(i, 1));
      }
      for (int m = 0; m < guesses; m++) {
        predicted[m] = outcome.models().get(m + 1).model().predict(scored);
      }
      double[] weights = leastSquares(predicted, actual);
      double[] leaky = new double[actual.length];
      for (int i = 0; i < actual.length; i++) {
        for (int m = 0; m < guesses; m++) {
          leaky[i] += weights[m] * predicted[m][i];
        }
      }
      double shown = new Skill().score(actual, leaky, new double[actual.length]);
      assertTrue(shown > 0.02, "a leaky stack shows " + shown);
      double real = skill(outcome, "stacking");
      assertTrue(real < 0.005, scheme + " shows " + real + " on noise, a leaky one " + shown);
    }
  }

  private static double[] leastSquares(double[][] columns, double[] y) {
    double[][] matrix = new double[y.length][columns.length];
    for (int i = 0; i < y.length; i++) {
      for (int m = 0; m < columns.length; m++) {
        matrix[i][m] = columns[m][i];
      }
    }
    return new QRDecomposition(MatrixUtils.createRealMatrix(matrix))
        .getSolver()
        .solve(MatrixUtils.createRealVector(y))
        .toArray();
  }

  // ------------------------------------------------------------------------ weights

  @Test
  void weightsFollowErrors() {
    TargetData data = data(600, 3);
    ModelRecipe<?>[] members = {recipe(new Line(), new None()), recipe(new Guess(1), new None())};
    Map<String, Object> of = Map.of("of", List.of("line", "guess1"));
    Validation validation = validation(Scheme.PURGED_K_FOLD, 3);
    EnsembleModel equal =
        (EnsembleModel)
            run(data, validation, members[0], members[1], ensemble("average", of))
                .models()
                .getLast()
                .model();
    assertArrayEquals(new double[] {0.5, 0.5}, equal.weights());
    Map<String, Object> inverse = new TreeMap<>(of);
    inverse.put("weights", "inverse-error");
    TargetTraining.Outcome outcome =
        run(data, validation, members[0], members[1], ensemble("average", inverse));
    double[] weights = ((EnsembleModel) outcome.models().getLast().model()).weights();
    // The mean squared errors out of fold are those that the run scores the members by.
    double line = 1 - skill(outcome, "line");
    double guess = 1 - skill(outcome, "guess1");
    assertEquals(guess / (line + guess), weights[0], 1e-9);
    assertEquals(1, weights[0] + weights[1], 1e-12);
  }

  @Test
  void aFreeStackUndoesAScale() {
    TargetData data = data(600, 3);
    Simple half =
        new Simple("half") {
          @Override
          Fitted fit(TrainingData data) {
            return (x, id) -> 1.5 * x + 20;
          }
        };
    Map<String, Object> free =
        Map.of("of", List.of("half", "guess1"), "sum_to_one", false, "intercept", true);
    EnsembleModel model =
        (EnsembleModel)
            run(
                    data,
                    validation(Scheme.WALK_FORWARD, 3),
                    recipe(half, new None()),
                    recipe(new Guess(1), new None()),
                    ensemble("stacking", free))
                .models()
                .getLast()
                .model();
    assertEquals(2, model.weights()[0], 0.15);
    assertEquals(-40, model.intercept(), 3);
  }

  // --------------------------------------------------------------------------- fits

  private static int fits(Scheme scheme, int folds, String trainer, Map<String, Object> more) {
    Simple line = new Line();
    Simple guess = new Guess(1);
    Map<String, Object> parameters = new TreeMap<>(more);
    parameters.put("of", List.of("line", "guess1"));
    run(
        data(400, 3),
        validation(scheme, folds),
        recipe(line, new None()),
        recipe(guess, new None()),
        ensemble(trainer, parameters));
    assertEquals(line.fits, guess.fits);
    return line.fits;
  }

  @Test
  void membersAreNotFittedTwiceOnTheSameRows() {
    Map<String, Object> none = Map.of();
    assertEquals(4 + 1, fits(Scheme.WALK_FORWARD, 4, "average", none));
    assertEquals(4 + 1, fits(Scheme.PURGED_K_FOLD, 4, "average", none));
    // Only the first fold's rows are cut anew; the other folds find their predictions there.
    assertEquals(4 + 1 + 4, fits(Scheme.WALK_FORWARD, 4, "stacking", none));
    // A fit without each pair of blocks, which serves both.
    assertEquals(4 + 1 + 6, fits(Scheme.PURGED_K_FOLD, 4, "stacking", none));
  }

  // -------------------------------------------------------------------------- the run

  private static final Map<String, String> BOTH =
      Map.of(
          "models.a_stack", "{trainer: stacking, of: [trees, ridge]}",
          "models.mean_of_two", "{trainer: average, of: [trees, ridge], weights: inverse-error}");

  private static Map<String, byte[]> archives(RunResult result) throws IOException {
    Map<String, byte[]> archives = new TreeMap<>();
    for (RunResult.TrainedModel each : result.models()) {
      archives.put(each.name(), Files.readAllBytes(each.archive()));
    }
    return archives;
  }

  @Test
  void theArchiveHoldsItsMembers() throws IOException {
    RunResult one = Runs.run(folder, "one", Runs.experiment(BOTH), 1, Progress.NONE);
    RunResult three = Runs.run(folder, "three", Runs.experiment(BOTH), 3, Progress.NONE);
    Map<String, byte[]> archives = archives(one);
    Map<String, byte[]> again = archives(three);
    assertEquals(archives.keySet(), again.keySet());
    archives.forEach((name, bytes) -> assertArrayEquals(bytes, again.get(name), name));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("one/report.json")),
        Files.readAllBytes(folder.resolve("three/report.json")));

    byte[] bytes = archives.get("next_bp-a_stack");
    ModelPackage stack = ModelPackage.decode(bytes, "stack", Runs.PLUGINS);
    assertArrayEquals(bytes, stack.archive().encode());
    EnsembleModel model = (EnsembleModel) stack.model();
    assertEquals(List.of("trees", "ridge"), List.copyOf(model.members().keySet()));
    assertEquals(1, model.weights()[0] + model.weights()[1], 1e-12);
    // What members of the run predict by themselves, weighted.
    SplittableRandom random = new SplittableRandom(1);
    List<String> names = model.features();
    double[][] columns = new double[names.size()][50];
    for (double[] column : columns) {
      Arrays.setAll(column, i -> i == 7 ? Double.NaN : random.nextDouble() - 0.5);
    }
    FeatureMatrix rows = FeatureMatrix.ofColumns(names, columns);
    double[] expected = new double[50];
    int m = 0;
    for (String member : List.of("trees", "ridge")) {
      double[] each =
          ModelPackage.decode(archives.get("next_bp-" + member), member, Runs.PLUGINS)
              .predict(rows);
      for (int i = 0; i < 50; i++) {
        expected[i] += model.weights()[m] * (float) each[i];
      }
      m++;
    }
    assertArrayEquals(expected, stack.predict(rows));
    assertEquals(
        "40", stack.provenance().parameters().get("trees.rounds").replaceAll("\\d+", "40"));
    assertTrue(stack.provenance().parameters().containsKey("ridge.l2"));
    assertTrue(stack.provenance().plugins().containsKey("trainer.boosted-trees"));

    List<ModelReport> reports = one.report().targets().getFirst().models();
    List<String> order = reports.stream().map(ModelReport::model).toList();
    assertEquals(List.of("baseline", "trees", "ridge"), order.subList(0, 3));
    assertEquals(Set.of("a_stack", "mean_of_two"), Set.copyOf(order.subList(3, 5)));
    ModelReport report = reports.get(order.indexOf("a_stack"));
    assertEquals(
        List.of("weight of trees", "weight of ridge"),
        report.coefficients().stream().map(each -> each.name()).toList());
    assertEquals(1, report.importance().stream().mapToDouble(each -> each.share()).sum(), 1e-9);
    assertFalse(report.importance().isEmpty());
  }

  @Test
  void anArchiveWithoutAMemberIsDamaged() throws IOException {
    RunResult result = Runs.run(folder, "run", Runs.experiment(BOTH));
    ModelArchive archive = ModelArchive.decode(archives(result).get("next_bp-a_stack"), "stack");
    for (String left : List.of("members/trees.bin", "members/ridge.bin")) {
      Map<String, byte[]> entries = new TreeMap<>();
      archive.names().forEach(name -> entries.put(name, archive.entry(name)));
      entries.remove(left);
      byte[] cut = new ModelArchive(entries).encode();
      var e =
          assertThrows(
              SlipstreamException.class, () -> ModelPackage.decode(cut, "stack", Runs.PLUGINS));
      assertEquals(Category.CORRUPT, e.category());
      assertTrue(e.getMessage().contains(left), e.getMessage());
    }
  }

  // ------------------------------------------------------------------------- errors

  private static String problem(String model) {
    String text =
        ExperimentFile.withOverrides(
            Runs.EXPERIMENT,
            Map.of("models.both", model, "models.pair", "{trainer: average, of: [trees, ridge]}"));
    List<SlipstreamException> problems = ExperimentValidator.validate(text, "f", Runs.PLUGINS);
    assertEquals(1, problems.size(), problems.toString());
    var e =
        assertThrows(
            SlipstreamException.class,
            () ->
                Runs.run(
                    Path.of("unused"), "unused", ExperimentFile.parse(text, "f").experiment()));
    assertTrue(problems.getFirst().getMessage().endsWith(e.remedy()), e.getMessage());
    return problems.getFirst().getMessage().replaceFirst("^f:\\d+:\\d+: ", "");
  }

  @Test
  void membersThatCannotBe() {
    assertEquals(
        "models.both.of: 'both' would be a member of itself. Name other models.",
        problem("{trainer: stacking, of: [trees, both]}"));
    assertEquals(
        "models.both.of: there is no model 'ridg'. Did you mean 'ridge'? Known: trees, ridge, pair.",
        problem("{trainer: stacking, of: [trees, ridg]}"));
    assertEquals(
        "models.both.of: 'pair' combines other models itself, and so cannot be a member. Name its"
            + " members: trees, ridge.",
        problem("{trainer: stacking, of: [trees, pair]}"));
    assertEquals(
        "models.both.of: 'next_bp-ridge' is the model of one target. Write 'ridge': the 'both' of"
            + " each target combines that target's models.",
        problem("{trainer: average, of: [trees, next_bp-ridge]}"));
    assertEquals(
        "models.both.of: 'trees' is named twice. Name each model once.",
        problem("{trainer: average, of: [trees, trees]}"));
    assertEquals(
        "models.both: it combines a single model, 'trees'. Name two or more models of this"
            + " experiment, such as 'of: [ridge, trees]'.",
        problem("{trainer: average, of: [trees]}"));
    assertTrue(problem("{trainer: stacking}").startsWith("models.both: 'of' is missing. Add 'of'"));
  }
}
