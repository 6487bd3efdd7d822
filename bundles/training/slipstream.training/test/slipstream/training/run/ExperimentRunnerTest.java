package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hipparchus.distribution.continuous.TDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.Experiment;
import slipstream.core.model.ModelArchive;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.FeatureRows;
import slipstream.core.spi.Importer;
import slipstream.core.store.ContentStore;
import slipstream.core.store.Hashing;
import slipstream.core.table.Table;
import slipstream.data.health.HealthCheck;
import slipstream.experiment.ExperimentFile;
import slipstream.features.FeatureCache;
import slipstream.features.FeaturePlan;
import slipstream.training.evaluation.Report;
import slipstream.training.evaluation.Report.CurvePoint;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.evaluation.Report.TargetReport;
import slipstream.training.evaluation.ReportJson;
import slipstream.training.model.IndicatorModel;
import slipstream.training.model.ModelPackage;

class ExperimentRunnerTest {
  @TempDir Path folder;

  @Test
  void aSecondRunTakesTheFeaturesOfTheFirst() throws IOException {
    ContentStore store = new ContentStore(folder.resolve("store"));
    FeatureCache cache = new FeatureCache(folder.resolve("features"));
    ExperimentRunner runner =
        new ExperimentRunner(Runs.PLUGINS, store, Importer.Datasets.NONE, cache);
    List<String> messages = new ArrayList<>();
    Progress listening =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    Experiment experiment = Runs.experiment(Map.of());
    int series = experiment.features().size() + experiment.given().size() + 1;
    for (String name : List.of("one", "two", "three")) {
      messages.clear();
      RunOptions options = new RunOptions(folder, folder.resolve(name), 2, "1.2.3-test");
      runner.run(experiment, options, listening);
      boolean first = name.equals("one");
      assertEquals(
          !first,
          messages.contains(series + " of " + series + " series were computed before"),
          messages::toString);
      assertEquals(series, cache.list().size());
    }
    Runs.run(folder, "without", experiment);
    for (String name : List.of("two", "three", "without")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("one").resolve(ExperimentRunner.REPORT_JSON)),
          Files.readAllBytes(folder.resolve(name).resolve(ExperimentRunner.REPORT_JSON)));
    }
  }

  @Test
  void theDeviceIsSaidAndChangesNoByte() throws IOException {
    RunResult any = Runs.run(folder, "auto", Runs.experiment(Map.of()));
    RunResult cpu = Runs.run(folder, "cpu", Runs.experiment(Map.of("device", "cpu")));
    assertEquals(
        "CPU (processor): this product has no GPU support", any.record().environment().device());
    assertEquals(
        "CPU (processor): the experiment asks for it", cpu.record().environment().device());
    assertEquals(
        any.models().stream().map(RunResult.TrainedModel::hash).toList(),
        cpu.models().stream().map(RunResult.TrainedModel::hash).toList());
  }

  @Test
  void aDeviceThatIsNotThereIsSaidBeforeAnythingIsRead() {
    List<String> stages = new ArrayList<>();
    Progress listening =
        new Progress() {
          @Override
          public void stage(String stage, long done, long total, String unit) {
            stages.add(stage);
          }
        };
    Experiment experiment = Runs.experiment(Map.of("device", "gpu"));
    var e =
        assertThrows(
            SlipstreamException.class, () -> Runs.run(folder, "x", experiment, 1, listening));
    assertEquals(List.of(), stages);
    assertEquals(
        "device: device 'gpu' is not there: this product has no GPU support. Say device: auto or"
            + " device: cpu; the model will be the same.",
        e.getMessage());
  }

  /** Large features are in files, ordered by time; small ones in memory, in the order of the table. */
  @Test
  void whereFeaturesAreKeptChangesNoByte() throws IOException {
    Experiment experiment = Runs.experiment(Map.of("export", "[plain]"));
    ContentStore store = new ContentStore(folder.resolve("store"));
    List<String> others = List.of("files", "files-1", "files-5", "cached");
    for (String name : Stream.concat(Stream.of("memory"), others.stream()).toList()) {
      FeatureCache cache =
          name.equals("cached") ? new FeatureCache(folder.resolve("features")) : null;
      int threads = name.startsWith("files-") ? Integer.parseInt(name.substring(6)) : 2;
      RunOptions options = new RunOptions(folder, folder.resolve(name), threads, "1.2.3-test");
      long inMemory = name.equals("memory") ? Long.MAX_VALUE : 0;
      new ExperimentRunner(Runs.PLUGINS, store, Importer.Datasets.NONE, cache, inMemory)
          .run(experiment, options, Progress.NONE);
    }
    assertTrue(Runs.names(folder.resolve("memory").resolve(ExperimentRunner.MODELS)).size() > 1);
    for (String name : others) {
      for (String part : List.of(ExperimentRunner.MODELS, ExperimentRunner.EXPORTS, "")) {
        Path expected = folder.resolve("memory").resolve(part);
        Path actual = folder.resolve(name).resolve(part);
        assertEquals(Runs.names(expected), Runs.names(actual));
        for (String file : Runs.names(expected)) {
          boolean ofThisRun =
              file.equals(ExperimentRunner.RUN_JSON) || file.equals(ExperimentRunner.REPORT_HTML);
          if (!ofThisRun && Files.isRegularFile(expected.resolve(file))) {
            assertArrayEquals(
                Files.readAllBytes(expected.resolve(file)),
                Files.readAllBytes(actual.resolve(file)),
                name + " " + file);
          }
        }
      }
    }
    try (Stream<Path> left = Files.list(store.scratch())) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aTextColumnIsAFeatureOfTreesByItsTexts() throws IOException {
    Map<String, String> text = new TreeMap<>();
    text.put("features.name", "{expression: instrument}");
    text.put("features.of_first", "{expression: 'name == \"inst-0\"'}");
    text.put("models", "{trees: {trainer: boosted-trees, rounds: 20}}");
    RunResult result = Runs.run(folder, "out", Runs.experiment(text), 2, Progress.NONE);
    Path archive = result.models().getFirst().archive();
    ModelPackage model = ModelPackage.read(archive, Runs.PLUGINS);
    int at = model.inputs().stream().map(ModelPackage.Input::name).toList().indexOf("name");
    assertTrue(model.inputs().get(at).categorical());
    assertEquals(Set.of("inst-0", "inst-1"), Set.copyOf(model.model().categories(at)));
    assertTrue(List.of("inst-0", "inst-1").contains(model.example().get(at)));
    assertEquals(model.example().get(at), model.exampleRow().categories(at).getFirst());
    String manifest = ModelArchive.read(archive).text(ModelArchive.MANIFEST);
    assertTrue(manifest.contains("\"type\" : \"category\""), manifest);
    assertTrue(manifest.contains("\"format\" : 2"), manifest);
    assertArrayEquals(
        Files.readAllBytes(archive), ModelPackage.read(archive, Runs.PLUGINS).archive().encode());

    // From raw data, whose texts have another order.
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    try (Table raw = model.readRaw(folder.resolve("any"), scratch, 2, Progress.NONE);
        ModelPackage.RawInputs inputs =
            model.inputsFromRaw(
                raw,
                model.otherFiles(folder, scratch, 1, Progress.NONE),
                scratch,
                1,
                Progress.NONE)) {
      assertEquals(1200, model.predict(inputs.matrix()).length);
      assertEquals(2, inputs.matrix().categories(at).size());
    }

    // A trainer of quantities gets one for each text.
    text.put("models", "{ridge: {trainer: ridge}}");
    result = Runs.run(folder, "ridge", Runs.experiment(text), 2, Progress.NONE);
    ModelPackage ridge = ModelPackage.read(result.models().getFirst().archive(), Runs.PLUGINS);
    IndicatorModel indicators = (IndicatorModel) ridge.model();
    assertEquals(ridge.inputs().size() + 1, indicators.model().features().size());
    assertTrue(indicators.model().features().contains("name == \"inst-1\""));
    assertEquals(List.of("inst-0", "inst-1"), indicators.categories(at));
    assertArrayEquals(
        Files.readAllBytes(result.models().getFirst().archive()), ridge.archive().encode());
    double one = ridge.predict(ridge.exampleRow())[0];
    assertTrue(Double.isFinite(one));
    FeatureRows stranger =
        new FeatureRows(ridge.inputs().stream().map(ModelPackage.Input::name).toList(), 2);
    FeatureRows unknown =
        new FeatureRows(ridge.inputs().stream().map(ModelPackage.Input::name).toList(), 2);
    stranger.set(0, at, "nobody");
    assertEquals(ridge.predict(unknown.matrix())[0], ridge.predict(stranger.matrix())[0]);

    text.put("models", "{trees: {trainer: boosted-trees, rounds: 5}}");
    text.put("targets.next_bp.expression", "instrument");
    var e =
        assertThrows(
            SlipstreamException.class, () -> Runs.run(folder, "target", Runs.experiment(text)));
    assertTrue(e.getMessage().contains("is text where a number is needed"), e.getMessage());
  }

  @Test
  void aModelMayStartFromAnArchiveWhichItsProvenanceNames() throws IOException {
    Runs.run(folder, "first", Runs.experiment(Map.of()));
    Path parent = folder.resolve("first/models/next_bp-trees.slipmodel");
    int trees = ModelPackage.read(parent, Runs.PLUGINS).model().steps();
    Map<String, String> start =
        Map.of(
            "models.trees.start_from", "first/models/next_bp-trees.slipmodel",
            "models.trees.early_stopping_rounds", "0",
            "models.trees.rounds", Integer.toString(trees + 3));
    RunResult result = Runs.run(folder, "second", Runs.experiment(start));
    ModelPackage child =
        ModelPackage.read(folder.resolve("second/models/next_bp-trees.slipmodel"), Runs.PLUGINS);
    assertEquals(trees + 3, child.model().steps());
    assertEquals(
        Hashing.sha256(Files.readAllBytes(parent)),
        child.provenance().inputs().get("models.trees.start_from"));
    assertTrue(
        ModelPackage.read(folder.resolve("second/models/next_bp-ridge.slipmodel"), Runs.PLUGINS)
            .provenance()
            .inputs()
            .isEmpty());
    assertFalse(result.report().targets().isEmpty());
    for (String reference : List.of("absent.slipmodel", "a-name")) {
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () ->
                  Runs.run(
                      folder,
                      "third",
                      Runs.experiment(Map.of("models.trees.start_from", reference))));
      assertEquals("models.trees.start_from", e.place().orElseThrow().key(), e.getMessage());
    }
    assertFalse(Files.exists(folder.resolve("third")));
  }

  @Test
  void findsWhatIsInTheDataAndNothingElse() throws IOException {
    RunResult result = Runs.run(folder, "out", Runs.experiment(Map.of("export", "[plain]")));

    TargetReport target = result.report().targets().getFirst();
    assertEquals(List.of("baseline", "trees", "ridge"), names(target));
    assertEquals(1200, result.report().rows());
    assertEquals(2, result.report().instruments());
    assertEquals(2, target.droppedRows()); // the last row of each instrument has no next
    assertEquals(1198, target.usableRows());
    assertEquals(1, target.lookAheadRows());
    assertEquals(target.scoredRows(), target.folds().stream().mapToLong(f -> f.scoredRows()).sum());
    // Each fold loses the last training row of each instrument, whose target ends as the block
    // starts.
    target.folds().forEach(fold -> assertEquals(2, fold.purgedRows()));

    // 2 bp of signal, 1 bp of noise: 80% of the variance can be explained, and ridge is the true
    // form.
    ModelReport ridge = target.models().get(2);
    int r2 = index(target, "r2");
    int skill = index(target, "skill");
    assertEquals(0.8, ridge.scores().get(r2), 0.03);
    assertEquals("signal_now", ridge.importance().getFirst().feature());
    assertTrue(ridge.importance().getFirst().share() > 0.9);
    assertEquals(1, ridge.scores().get(index(target, "rmse")), 0.06);
    ModelReport trees = target.models().get(1);
    assertTrue(trees.scores().get(skill) > 0.6 && trees.scores().get(skill) < 0.82);
    assertEquals(0, target.baseline().scores().get(skill));
    ridge
        .calibration()
        .forEach(b -> assertEquals(b.meanPredicted(), b.meanRealised(), 5 * b.standardError()));
    assertEquals(10, ridge.calibration().size());
    assertTrue(
        Runs.messages(result).stream()
            .noneMatch(m -> m.contains("does not beat") || m.contains("given")));

    // The final model takes the median of the folds' rounds.
    List<Integer> best = new ArrayList<>();
    for (int fold = 1; fold <= 3; fold++) {
      String series = "next_bp/trees/fold " + fold;
      best.add(
          trees.learningCurve().stream()
              .filter(p -> p.series().equals(series))
              .min((a, b) -> Double.compare(a.validation(), b.validation()))
              .map(CurvePoint::step)
              .orElseThrow());
    }
    assertEquals(best.stream().sorted().toList().get(1), trees.steps());

    // Files.
    Path out = folder.resolve("out");
    assertEquals(
        List.of("exports", "models", "report.html", "report.json", "run.json"), Runs.names(out));
    assertEquals(
        List.of("next_bp-ridge.slipmodel", "next_bp-trees.slipmodel"),
        Runs.names(out.resolve("models")));
    assertEquals(
        List.of("next_bp-ridge.plain", "next_bp-trees.plain"), Runs.names(out.resolve("exports")));
    for (RunResult.TrainedModel model : result.models()) {
      assertEquals(model.hash(), Hashing.sha256(model.archive()));
      ModelPackage packaged = ModelPackage.read(model.archive(), Runs.PLUGINS);
      assertEquals(model.name(), packaged.name());
      assertEquals(1198, packaged.provenance().trainingRows());
      assertEquals(result.report().dataHash(), packaged.provenance().dataHash());
    }
    assertEquals(result.report(), ReportJson.read(Files.readAllBytes(result.json()), "report"));
    Table.open(new ContentStore(folder.resolve("store")).tablePath(result.datasetHash())).close();
    assertEquals(List.of("out", "store"), Runs.names(folder));
    assertEquals(List.of(), Runs.names(folder.resolve("store/scratch")));
  }

  @Test
  void threadsChangeNoByteOfTheModels() throws IOException {
    Experiment experiment = Runs.experiment(Map.of());
    RunResult one = Runs.run(folder, "one", experiment, 1, Progress.NONE);
    for (int threads : new int[] {2, 5}) {
      RunResult other = Runs.run(folder, "t" + threads, experiment, threads, Progress.NONE);
      assertEquals(one.models().size(), other.models().size());
      for (int m = 0; m < one.models().size(); m++) {
        assertArrayEquals(
            Files.readAllBytes(one.models().get(m).archive()),
            Files.readAllBytes(other.models().get(m).archive()));
      }
      assertArrayEquals(Files.readAllBytes(one.json()), Files.readAllBytes(other.json()));
    }
  }

  @Test
  void anotherSeedOrOtherDataMakeOtherProvenance() {
    RunResult one = Runs.run(folder, "one", Runs.experiment(Map.of()));
    RunResult other = Runs.run(folder, "other", Runs.experiment(Map.of("data.noise", "2")));
    assertNotEquals(one.datasetHash(), other.datasetHash());
    assertNotEquals(one.models().get(0).hash(), other.models().get(0).hash());
  }

  @Test
  void noFoldKnowsWhatComesAfterIt() {
    // Blocks of 150 rows an instrument: the third fold is scored on rows 450 to 599.
    RunResult one = Runs.run(folder, "one", Runs.experiment(Map.of()));
    RunResult other =
        Runs.run(folder, "other", Runs.experiment(Map.of("data.other_future", "460")));
    TargetReport a = one.report().targets().getFirst();
    TargetReport b = other.report().targets().getFirst();
    assertEquals(a.folds(), b.folds());
    for (int m = 0; m < a.models().size(); m++) {
      ModelReport before = a.models().get(m);
      ModelReport after = b.models().get(m);
      assertEquals(before.foldScores().subList(0, 2), after.foldScores().subList(0, 2));
      // The third fold's model was trained on the same rows, and scored on others.
      assertEquals(before.learningCurve(), after.learningCurve());
      assertNotEquals(before.foldScores().get(2), after.foldScores().get(2));
    }
  }

  @Test
  void aPathOfPenaltiesIsJudgedOnTheHoldoutAndFittedAgain() throws IOException {
    String models =
        "{lasso: {trainer: lasso, lambdas: 30}, net: {trainer: elastic-net, l1_ratio: 0.3}}";
    Path out = folder.resolve("out");
    RunResult result = Runs.run(folder, "out", Runs.experiment(Map.of("models", models)));

    for (ModelReport model :
        result.report().targets().getFirst().models().stream().skip(1).toList()) {
      List<Integer> best = new ArrayList<>();
      for (int fold = 1; fold <= 3; fold++) {
        String series = "next_bp/" + model.model() + "/fold " + fold;
        best.add(
            model.learningCurve().stream()
                .filter(point -> point.series().equals(series))
                .min(Comparator.comparingDouble(CurvePoint::validation))
                .orElseThrow()
                .step());
      }
      assertEquals(best.stream().sorted().toList().get(1), model.steps());
      Path file = out.resolve("models").resolve("next_bp-" + model.model() + ".slipmodel");
      var kept = ModelPackage.read(file, Runs.PLUGINS).model();
      assertEquals(model.steps(), kept.steps());
      assertEquals("intercept", kept.coefficients().getFirst().name());
      assertEquals("signal_now", kept.importance().firstEntry().getKey());
    }
    var missing =
        assertThrows(
            SlipstreamException.class,
            () ->
                Runs.run(
                    folder,
                    "none",
                    Runs.experiment(Map.of("models", models, "validation.holdout", "0"))));
    assertTrue(missing.getMessage().contains("models.lasso.step"), missing.getMessage());
  }

  @Test
  void saysWhenAModelDoesNotBeatTheBaseline() {
    Experiment experiment =
        Runs.experiment(
            Map.of(
                "features", "{noise_now: noise}", "models", "{trees: {trainer: boosted-trees}}"));
    RunResult result = Runs.run(folder, "out", experiment);
    TargetReport target = result.report().targets().getFirst();
    assertTrue(target.models().get(1).scores().get(index(target, "skill")) <= 0);
    var warning = result.report().warnings().getFirst();
    assertEquals(Severity.WARNING, warning.severity());
    assertTrue(
        warning
            .message()
            .matches(
                "trees does not beat the baseline on next_bp out of sample by MAE: MAE \\d\\.\\d\\d"
                    + " bp, the baseline's \\d\\.\\d\\d, ahead in [0-3] of 3 folds"),
        warning.message());
    String html = read(result.html());
    assertTrue(html.contains("trees does not beat the baseline by MAE"));
  }

  @Test
  void warnsOfFeaturesThatTellNothing() {
    Experiment experiment =
        Runs.experiment(
            Map.of(
                "features",
                "{signal_now: signal, never: nothing, flat: one, long: 'mean(signal, 9999)'}"));
    RunResult result = Runs.run(folder, "out", experiment);
    List<String> messages = Runs.messages(result);
    assertTrue(messages.contains("never is unknown in all 1,200 rows"), messages.toString());
    assertTrue(messages.contains("long is unknown in all 1,200 rows"), messages.toString());
    assertTrue(messages.contains("flat is 1.0 wherever it is known: it tells nothing"));
    TargetReport target = result.report().targets().getFirst();
    assertEquals(0.8, target.models().get(2).scores().get(index(target, "r2")), 0.03);
  }

  @Test
  void saysWhenAScoreRestsOnWhatNobodyKnowsYet() {
    Experiment experiment =
        Runs.experiment(Map.of("given", "{next_price: 'lead(price, 1) / price'}"));
    List<String> messages = Runs.messages(Runs.run(folder, "out", experiment));
    assertTrue(
        messages.stream()
            .anyMatch(m -> m.matches("ridge on next_bp draws \\d+% of its importance .*")),
        messages.toString());
    assertTrue(
        messages.contains(
            "next_price is given and looks 1 row ahead: scores hold for whoever knows it"),
        messages.toString());
  }

  @Test
  void aGivenIsAnInputOfTheTargetsItNames() {
    Experiment experiment =
        Runs.experiment(
            Map.of(
                "given",
                "{next_price: {expression: 'lead(price, 1) / price', targets: [next_bp]}}",
                "targets",
                "{next_bp: '1e4 * lead(logret(price, 1), 1)', next_abs: 'abs(lead(ret(price, 1),"
                    + " 1))'}",
                "features",
                "{noise_now: noise}"));
    RunResult result = Runs.run(folder, "out", experiment);
    for (RunResult.TrainedModel model : result.models()) {
      List<String> inputs =
          ModelPackage.read(model.archive(), Runs.PLUGINS).inputs().stream()
              .map(ModelPackage.Input::name)
              .toList();
      assertEquals(
          model.target().equals("next_bp")
              ? List.of("noise_now", "next_price")
              : List.of("noise_now"),
          inputs);
    }
  }

  @Test
  void oneInstrumentWithoutTimeIsInOrderOfItsRows() {
    RunResult result =
        Runs.run(
            folder, "out", Runs.experiment(Map.of("data.time", "false", "data.instruments", "1")));
    assertFalse(result.report().targets().getFirst().folds().getFirst().hasTime());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "targets|{t: nothing}|targets.t: the target is unknown in all 1,200 rows",
        "targets|{t: one}|targets.t: the target is 1.0 in all 1,200 rows where it is known",
        "data.rows|3|validation.folds: 4 rows with a known target at 2 different times are too few"
            + " for 3 folds",
        "data.rows|0|data: the data have no rows",
        "data.time|false|data: rows of several instruments cannot be put in order without a time",
        "features|{f: 'ret(nosuch, 1)'}|features.f",
        "features|{f: 'lead(price, 1)'}|features.f",
        "metrics|[mea]|metrics: there is no metric 'mea'",
        "export|[onyx]|export: there is no exporter 'onyx'",
        "models.trees.trainer|trees|models.trees: there is no trainer 'trees'",
        "models.ridge.l2|-1|models.ridge.l2: -1 is out of range",
        "validation.holdout|0|models.trees.early_stopping_rounds: it needs rows to judge by, but"
            + " validation.holdout is 0",
        "data.rows|12|validation: fold 1 has 2 training rows: validation.holdout leaves none for"
            + " models.trees.early_stopping_rounds to judge by",
        "validation.embargo|365d|validation: fold 1 has 298 rows before its scored block but only 0"
      })
  void saysWhatIsWrongAndLeavesNothing(String key, String value, String message) {
    var error =
        assertThrows(
            SlipstreamException.class,
            () -> Runs.run(folder, "out", Runs.experiment(Map.of(key, value))));
    assertTrue(error.getMessage().contains(message), error.getMessage());
    assertFalse(error.getMessage().contains("\n"));
    assertFalse(Files.exists(folder.resolve("out")));
    assertTrue(Runs.names(folder).stream().noneMatch(name -> name.startsWith(".")));
  }

  @Test
  void aRollingWindowKeepsAModelOfItsLength() throws IOException {
    RunResult result =
        Runs.run(folder, "out", Runs.experiment(Map.of("validation.window", "rolling")));
    TargetReport target = result.report().targets().getFirst();
    // 4 blocks of 1198 rows, cut at a time: both instruments' rows.
    assertEquals(300, target.finalRows());
    for (RunResult.TrainedModel model : result.models()) {
      ModelPackage kept = ModelPackage.read(model.archive(), Runs.PLUGINS);
      assertEquals(300, kept.provenance().trainingRows());
    }
    assertTrue(read(result.html()).contains("trained on the latest 300 rows with a known target"));
  }

  @Test
  void exportsAreComparedOnTheScoredRowsOfAllFolds() {
    RunResult result = Runs.run(folder, "out", Runs.experiment(Map.of("export", "[plain]")));
    TargetReport target = result.report().targets().getFirst();
    for (ModelReport model : target.models().subList(1, 3)) {
      var export = model.exports().getFirst();
      assertEquals(target.scoredRows(), export.rows());
      assertEquals(
          List.of("a <note>", "rows: all 900 that were scored in the folds"), export.notes());
    }
  }

  @Test
  void exportsOfVeryManyRowsAreComparedOnSomeOfThem() {
    Experiment experiment =
        Runs.experiment(
            Map.of("export", "[plain]", "data.rows", "80000", "models", "{r: {trainer: ridge}}"));
    RunResult result = Runs.run(folder, "out", experiment);
    var export = result.report().targets().getFirst().models().get(1).exports().getFirst();
    assertEquals(100_000, export.rows());
    assertEquals(
        "rows: 100,000 of the 120,000 that were scored in the folds, evenly spaced",
        export.notes().getLast());
  }

  @Test
  void recordsTheRunApartFromItsResults() throws IOException {
    RunResult result = Runs.run(folder, "out", Runs.experiment(Map.of("export", "[plain]")));
    JsonNode run = new ObjectMapper().readTree(Files.readAllBytes(result.runJson()));
    assertEquals(1, run.path("format").asInt());
    assertEquals("1.2.3-test", run.path("codeVersion").asText());
    assertEquals(1, run.path("environment").path("threads").asInt());
    assertEquals(System.getProperty("os.arch"), run.at("/environment/architecture").asText());
    Instant started = Instant.parse(run.path("started").asText());
    Instant finished = Instant.parse(run.path("finished").asText());
    assertFalse(finished.isBefore(started));
    assertEquals(result.record().finished(), finished);
    assertEquals(4, run.path("training").size());
    for (JsonNode fit : run.path("training")) {
      assertEquals("next_bp", fit.path("target").asText());
      assertTrue(fit.path("seconds").asDouble() > 0);
    }
    // What decides results is told with its version; metrics and exporters decide no model.
    assertEquals("class path", run.path("plugins").path("metric.skill").asText());
    assertEquals("class path", run.path("plugins").path("exporter.plain").asText());
    assertTrue(run.path("plugins").has("trainer.baseline"));
    ModelPackage ridge = ModelPackage.read(result.models().get(1).archive(), Runs.PLUGINS);
    assertEquals(
        List.of(
            "function.lead",
            "function.logret",
            "function.ret",
            "function.std",
            "importer.synthetic",
            "trainer.ridge"),
        List.copyOf(ridge.provenance().plugins().keySet()));

    String html = read(result.html());
    assertTrue(html.contains("exporter.plain") && html.contains(System.getProperty("user.name")));
    assertFalse(read(result.json()).contains("econds"));
  }

  @Test
  void anExportThatFailsCostsNothingElse() {
    RunResult result =
        Runs.run(folder, "out", Runs.experiment(Map.of("export", "[failing, trees-only, plain]")));
    List<String> messages = Runs.messages(result);
    assertEquals(Severity.ERROR, result.report().warnings().getFirst().severity());
    assertTrue(
        messages.contains("the export of next_bp-ridge as failing failed: row 3 differs by 7 ulp"),
        messages.toString());
    assertTrue(
        messages.stream()
            .anyMatch(m -> m.startsWith("the export of next_bp-trees as trees-only failed")),
        messages.toString());
    assertTrue(
        messages.stream()
            .anyMatch(m -> m.startsWith("the export of next_bp-ridge as trees-only was left out")),
        messages.toString());
    assertEquals(
        List.of("next_bp-ridge.plain", "next_bp-trees.plain"),
        Runs.names(folder.resolve("out/exports")));
  }

  @Test
  void neverTouchesAnOutputThatExists() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.writeString(out.resolve("mine.txt"), "precious");
    var error =
        assertThrows(
            SlipstreamException.class, () -> Runs.run(folder, "out", Runs.experiment(Map.of())));
    assertEquals(Category.CONFLICT, error.category());
    assertEquals(List.of("mine.txt"), Runs.names(out));
    assertEquals("precious", Files.readString(out.resolve("mine.txt")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Check health",
        "Features",
        "Train trees on next_bp, fold 1",
        "Train trees on next_bp, fold 3",
        "Train ridge on next_bp, all rows",
        "Export"
      })
  void stopsSoonWhenCancelledAndLeavesNothing(String stage) {
    List<String> after = new ArrayList<>();
    Progress cancelling =
        new Progress() {
          private volatile boolean cancelled;

          @Override
          public void stage(String name, long done, long total, String unit) {
            if (cancelled) {
              after.add(name);
            }
            cancelled |= name.startsWith(stage);
          }

          @Override
          public boolean cancelled() {
            return cancelled;
          }
        };
    Experiment experiment = Runs.experiment(Map.of("export", "[plain]"));
    var error =
        assertThrows(
            SlipstreamException.class, () -> Runs.run(folder, "out", experiment, 2, cancelling));
    assertEquals(Category.CANCELLED, error.category());
    assertFalse(Files.exists(folder.resolve("out")));
    assertTrue(Runs.names(folder).stream().noneMatch(name -> name.startsWith(".")));
    // Nothing but the stage at hand, and its neighbour, is still heard of.
    assertTrue(after.stream().distinct().count() <= 1, after.toString());
  }

  @Test
  void whatPreparationLeavesOutStandsInTheReport() {
    Experiment experiment =
        Runs.experiment(
            Map.of(
                "prepare",
                "[{extractor: clean, rules: [\"drop_where(noise > 0)\", drop_duplicates], warn_above: 10}]"));
    Report report = Runs.run(folder, "clean", experiment).report();
    List<Report.Warning> told =
        report.warnings().stream().filter(each -> each.key().equals("prepare")).toList();
    assertEquals(2, told.size(), report.warnings().toString());
    assertEquals(Severity.WARNING, told.get(0).severity());
    assertTrue(
        told.get(0).message().startsWith("clean: drop_where(noise > 0) left out "),
        told.get(0).message());
    assertEquals(Severity.INFO, told.get(1).severity());
    assertTrue(report.rows() > 0 && report.rows() < 1200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Features", "Train trees on next_bp, fold 2", "Export", "Write"})
  void aKilledProcessLeavesNoHalfOutput(String stage) throws Exception {
    String classes =
        Stream.of(
                HaltingRun.class,
                ExperimentRunner.class,
                FeaturePlan.class,
                ExperimentFile.class,
                HealthCheck.class,
                Table.class,
                ObjectMapper.class,
                JsonFactory.class,
                JsonInclude.class,
                TDistribution.class,
                // A library of slipstream.experiment, which this bundle does not import.
                Class.forName("org.snakeyaml.engine.v2.api.LoadSettings"))
            .map(each -> each.getProtectionDomain().getCodeSource().getLocation())
            .map(location -> Path.of(URI.create(location.toString())).toString())
            .distinct()
            .collect(Collectors.joining(File.pathSeparator));
    Path log = folder.resolve("log");
    Path work = Files.createDirectory(folder.resolve("work"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes,
                HaltingRun.class.getName(),
                work.toString(),
                stage)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(HaltingRun.DEAD, process.waitFor(), () -> read(log));
    assertFalse(Files.exists(work.resolve("out")));

    // The store is whole, and the same run succeeds.
    RunResult again = Runs.run(work, "out", Runs.experiment(Map.of("export", "[plain]")));
    assertEquals(2, again.models().size());
    assertTrue(Files.exists(again.html()));
  }

  @Test
  void predictsFromRawDataWhatItPredictedInTheRun() throws IOException {
    RunResult result = Runs.run(folder, "out", Runs.experiment(Map.of()));
    ModelPackage model = ModelPackage.read(result.models().get(0).archive(), Runs.PLUGINS);
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    try (Table raw = model.readRaw(folder.resolve("any"), scratch, 2, Progress.NONE);
        ModelPackage.RawInputs inputs =
            model.inputsFromRaw(
                raw,
                model.otherFiles(folder, scratch, 1, Progress.NONE),
                scratch,
                1,
                Progress.NONE)) {
      double[] predictions = model.predict(inputs.matrix());
      assertEquals(1200, predictions.length);
      // The example is one of the rows.
      double[] example = model.example().stream().mapToDouble(each -> (Double) each).toArray();
      boolean found = false;
      for (int row = 0; row < 1200 && !found; row++) {
        double[] values = new double[example.length];
        for (int f = 0; f < values.length; f++) {
          values[f] = inputs.matrix().get(row, f);
        }
        found = Arrays.equals(values, example);
      }
      assertTrue(found);
    }
  }

  /** Other data that a step reads are as much a model's origin as its own. */
  @Test
  void whatAStepReadsIsPartOfTheModelsProvenance() throws IOException {
    Map<String, String> joined =
        Map.of(
            "prepare",
            "[{extractor: join, prefix: other_, with: {importer: synthetic, rows: 400}}]",
            "features.other",
            "other_signal",
            "models",
            "{ridge: {trainer: ridge}}");
    RunResult first = Runs.run(folder, "one", Runs.experiment(joined));
    ModelPackage one = ModelPackage.read(first.models().getFirst().archive(), Runs.PLUGINS);
    assertEquals(Set.of("prepare[0].with"), one.provenance().inputs().keySet());
    assertEquals(
        one.provenance().inputs().get("prepare[0].with"),
        one.exportMetadata().get("data_sha256.prepare[0].with"));
    ContentStore store = new ContentStore(folder.resolve("store"));
    String hash = one.provenance().inputs().get("prepare[0].with");
    try (Table kept = Table.open(store.tablePath(hash))) {
      assertEquals(800, kept.rows());
    }

    Map<String, String> changed = new TreeMap<>(joined);
    changed.put(
        "prepare", "[{extractor: join, prefix: other_, with: {importer: synthetic, rows: 401}}]");
    RunResult second = Runs.run(folder, "two", Runs.experiment(changed));
    ModelPackage two = ModelPackage.read(second.models().getFirst().archive(), Runs.PLUGINS);
    assertEquals(one.provenance().dataHash(), two.provenance().dataHash());
    assertNotEquals(one.provenance().inputs(), two.provenance().inputs());
    assertNotEquals(one.provenance().featuresHash(), two.provenance().featuresHash());

    // A prediction from raw data reads them again, and gives what the run had.
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    try (Table raw = one.readRaw(folder.resolve("any"), scratch, 2, Progress.NONE);
        ModelPackage.RawInputs inputs =
            one.inputsFromRaw(
                raw,
                one.otherFiles(folder, scratch, 2, Progress.NONE),
                scratch,
                2,
                Progress.NONE)) {
      FeatureMatrix matrix = inputs.matrix();
      int other = matrix.names().indexOf("other");
      List<Object> example = one.example();
      boolean found = false;
      for (int row = 0; row < matrix.rows() && !found; row++) {
        found = matrix.get(row, other) == (Double) example.get(other);
      }
      assertTrue(found);
    }
    try (Table raw = one.readRaw(folder.resolve("any"), scratch.resolve("2"), 2, Progress.NONE)) {
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () ->
                  one.inputsFromRaw(
                      raw,
                      (key, use) -> {
                        throw SlipstreamException.notFound("no file " + key, "");
                      },
                      scratch.resolve("3"),
                      1,
                      Progress.NONE));
      assertEquals("prepare[0]: no file prepare[0].with", e.getMessage());
    }
  }

  @Test
  void aStepThatLooksAheadIsToldAndItsModelsDoNotPredictFromRawData() throws IOException {
    Files.writeString(
        folder.resolve("actions.csv"),
        """
        ex,instrument,action,value
        2023-11-15T00:00:00Z,inst-0,split,2
        """);
    String step =
        "{extractor: adjust, prices: [price], mode: MODE, accept_look_ahead: true,"
            + " with: {importer: csv, path: actions.csv, time: ex, instrument: instrument}}";
    String message = "this step is not point in time: its rows depend on what came later";
    RunResult forward =
        Runs.run(
            folder,
            "forward",
            Runs.experiment(Map.of("prepare", "[" + step.replace("MODE", "forward") + "]")));
    assertFalse(Runs.messages(forward).contains(message));
    RunResult backward =
        Runs.run(
            folder,
            "backward",
            Runs.experiment(Map.of("prepare", "[" + step.replace("MODE", "backward") + "]")));
    assertTrue(Runs.messages(backward).contains(message), () -> "" + Runs.messages(backward));
    ModelPackage model = ModelPackage.read(backward.models().getFirst().archive(), Runs.PLUGINS);
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    try (Table raw = model.readRaw(folder.resolve("any"), scratch, 2, Progress.NONE)) {
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () ->
                  model.inputsFromRaw(
                      raw,
                      model.otherFiles(folder, scratch, 1, Progress.NONE),
                      scratch,
                      1,
                      Progress.NONE));
      assertEquals(
          "prepare[0]: model 'next_bp-trees' cannot predict from raw data: this step looks ahead."
              + " Predict from a file of the model's inputs, or train with a point-in-time step.",
          e.getMessage());
    }
  }

  @Test
  void mistakesInTheOtherDataOfAStepNameTheirKey() {
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                Runs.run(
                    folder,
                    "out",
                    Runs.experiment(
                        Map.of(
                            "prepare",
                            "[{extractor: join, with: {importer: synthetic, rows: many}}]"))));
    assertEquals(
        "prepare[0].with.rows: 'many' is not a number. Write it as 12, 0.5 or 1e-3.",
        e.getMessage());
    e =
        assertThrows(
            SlipstreamException.class,
            () ->
                Runs.run(
                    folder,
                    "out",
                    Runs.experiment(
                        Map.of(
                            "prepare",
                            "[{extractor: join, with: {importer: csv, path: nowhere.csv, time: t}}]"))));
    assertTrue(e.getMessage().contains("prepare[0].with"), e::getMessage);
    assertTrue(e.getMessage().contains("nowhere.csv"), e::getMessage);
    e =
        assertThrows(
            SlipstreamException.class,
            () ->
                Runs.run(
                    folder,
                    "out",
                    Runs.experiment(
                        Map.of(
                            "prepare",
                            "[{extractor: join, with: {importer: synthetic, rows: 0}}]"))));
    assertEquals(
        "prepare[0].with: the data have no rows. Check the file and the condition that excludes rows.",
        e.getMessage());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<String> names(TargetReport target) {
    return target.models().stream().map(ModelReport::model).toList();
  }

  private static int index(TargetReport target, String metric) {
    for (int m = 0; m < target.metrics().size(); m++) {
      if (target.metrics().get(m).name().equals(metric)) {
        return m;
      }
    }
    throw new AssertionError(metric);
  }

  @Test
  void whatIsEvaluatedMustBeThere() {
    String[][] wrong = {
      {"evaluation.cost_against", "sighal_now", "evaluation.cost_against", "'sighal_now'"},
      {"evaluation.buckets", "{size: nowhere}", "evaluation.buckets.size", "'nowhere'"},
      {"evaluation.timing_risk", "std(", "evaluation.timing_risk", ""},
      {
        "orders",
        "{parent: nobody, side: 1 + price, order_quantity: price, quantity: price, price: price,"
            + " arrival_price: price}",
        "orders.parent",
        "'nobody'"
      }
    };
    for (String[] each : wrong) {
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () -> Runs.run(folder, "out", Runs.experiment(Map.of(each[0], each[1]))));
      assertEquals(each[2], e.place().orElseThrow().key());
      assertTrue(e.problem().contains(each[3]), e.problem());
    }
  }

  /** What is evaluated changes no model, and may look ahead and at columns that no model sees. */
  @Test
  void evaluationChangesNoModel() {
    RunResult plain = Runs.run(folder, "plain", Runs.experiment(Map.of()));
    RunResult told =
        Runs.run(
            folder,
            "told",
            Runs.experiment(
                Map.of(
                    "evaluation.buckets", "{next: \"lead(price, 1)\"}",
                    "evaluation.timing_risk", "100")));
    var before = plain.report().targets().getFirst();
    var after = told.report().targets().getFirst();
    for (int m = 0; m < before.models().size(); m++) {
      assertEquals(before.models().get(m).scores(), after.models().get(m).scores());
      assertEquals(before.models().get(m).importance(), after.models().get(m).importance());
    }
    assertEquals(before.comparisons(), after.comparisons());
    assertTrue(after.breakdowns().stream().anyMatch(each -> each.name().equals("next")));
    assertTrue(
        after.breakdowns().getFirst().buckets().getFirst().models().stream()
            .allMatch(each -> each.z() != null && each.z().rows() == after.scoredRows()));
  }
}
