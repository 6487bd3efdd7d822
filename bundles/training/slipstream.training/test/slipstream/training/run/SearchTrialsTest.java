package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Search;
import slipstream.core.progress.Progress;
import slipstream.core.store.ContentStore;
import slipstream.experiment.ExperimentFile;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

class SearchTrialsTest {
  private static final String SPACE =
      """
      search:
        space:
          models.trees.depth: {min: 1, max: 5}
          models.ridge.l2: {min: 0.01, max: 10}
          features.vol_20: {values: ["std(last_ret, 20)", "std(last_ret, 50)"]}
        objective: {metric: rmse, model: trees}
        max_concurrent: 2
      """;

  @TempDir private Path folder;

  /** The stages that were told, of all trials. */
  private static final class Stages implements Progress {
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final List<String> told = new ArrayList<>();

    @Override
    public synchronized void stage(String stage, long done, long total, String unit) {
      if (seen.add(stage)) {
        told.add(stage);
      }
    }
  }

  private static Experiment experiment(Map<String, String> overrides) {
    String text = ExperimentFile.withOverrides(Runs.EXPERIMENT + SPACE, overrides);
    return ExperimentFile.parse(text, "").experiment();
  }

  private SearchTrials open(Experiment experiment, int threads, Progress progress) {
    return new ExperimentRunner(Runs.PLUGINS, new ContentStore(folder.resolve("store")))
        .trials(experiment, folder, threads, "1.2.3-test", progress);
  }

  private static TrialSpec spec(Experiment experiment, double share, Object... keysAndValues) {
    SequencedMap<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return new TrialSpec(
        0, 0, 0, "", experiment.search().objective(experiment), values, share, Duration.ZERO);
  }

  private static TrialResult.Scored scored(SearchTrials trials, TrialSpec spec) {
    return trials.run(spec, Progress.NONE);
  }

  @Test
  void aTrialScoresAsTheRunOfItsConfigurationDoes() {
    Experiment experiment = experiment(Map.of());
    TrialSpec spec =
        spec(experiment, 1, "models.trees.depth", 2L, "features.vol_20", "std(last_ret, 50)");
    RunResult run =
        Runs.run(folder, "run", Search.apply(experiment, new LinkedHashMap<>(spec.values())));
    ModelReport trees = run.report().targets().getFirst().models().get(1);
    try (SearchTrials trials = open(experiment, 2, Progress.NONE)) {
      TrialResult.Scored scored = scored(trials, spec);
      assertEquals(trees.scores().get(1), scored.objective());
      assertEquals(
          run.report().targets().getFirst().models().getFirst().scores().get(1), scored.baseline());
      assertEquals(trees.foldScores().stream().map(each -> each.get(1)).toList(), scored.folds());
      assertEquals(16, scored.blocks().size());
      assertEquals(1, scored.threads(), "2 threads for 2 trials at a time");
    }
  }

  @Test
  void trialsAtATimeGiveWhatEachGivesAlone() {
    Experiment experiment = experiment(Map.of());
    List<TrialSpec> specs = new ArrayList<>();
    for (long depth = 1; depth <= 4; depth++) {
      for (String vol : new String[] {"std(last_ret, 20)", "std(last_ret, 50)", "noise"}) {
        specs.add(spec(experiment, 0.5, "models.trees.depth", depth, "features.vol_20", vol));
      }
    }
    try (SearchTrials trials = open(experiment, 1, Progress.NONE)) {
      List<Double> alone = specs.stream().map(each -> scored(trials, each).objective()).toList();
      List<Double> together =
          specs.parallelStream().map(each -> scored(trials, each).objective()).toList();
      assertEquals(alone, together);
      assertTrue(alone.stream().distinct().count() > 6, "they differ: " + alone);
    }
  }

  @Test
  void dataAreReadOnceAndFeaturesComputedOnceAChoice() throws IOException {
    Experiment experiment = experiment(Map.of());
    Stages stages = new Stages();
    try (SearchTrials trials = open(experiment, 1, stages)) {
      Stages first = new Stages();
      trials.run(spec(experiment, 1, "models.trees.depth", 2L), first);
      assertTrue(first.told.contains("Features"), first.told.toString());
      Stages second = new Stages();
      trials.run(spec(experiment, 1, "models.trees.depth", 3L), second);
      assertFalse(second.told.contains("Features"), second.told.toString());
      assertTrue(
          second.told.stream().allMatch(each -> each.startsWith("Train ")), "" + second.told);
      assertTrue(
          second.told.stream().noneMatch(each -> each.contains("all rows")),
          "nothing is fitted to be kept");
    }
    try (Stream<Path> left = Files.list(folder.resolve("store/scratch"))) {
      assertEquals(List.of(), left.toList(), "nothing is left");
    }
  }

  @Test
  void aShareOfTheRowsIsLearnedAndAllAreScored() {
    Experiment experiment = experiment(Map.of());
    try (SearchTrials trials = open(experiment, 1, Progress.NONE)) {
      TrialResult.Scored all = scored(trials, spec(experiment, 1, "models.trees.depth", 2L));
      TrialResult.Scored tenth = scored(trials, spec(experiment, 0.1, "models.trees.depth", 2L));
      assertEquals(all.baseline(), tenth.baseline(), "the same rows are scored");
      assertTrue(all.objective() < tenth.objective(), "a tenth of the rows teaches less");
    }
  }

  @Test
  void keysTellWhatDecidesTheScoreAndNothingElse() {
    Experiment experiment = experiment(Map.of());
    try (SearchTrials trials = open(experiment, 1, Progress.NONE)) {
      String key = trials.key(spec(experiment, 1, "models.trees.depth", 2L));
      assertEquals(key, trials.key(spec(experiment, 1, "models.trees.depth", 2L)));
      assertNotEquals(key, trials.key(spec(experiment, 1, "models.trees.depth", 3L)));
      assertNotEquals(key, trials.key(spec(experiment, 0.5, "models.trees.depth", 2L)));
      assertEquals(
          key,
          trials.key(spec(experiment, 1, "models.trees.depth", 2L, "models.ridge.l2", 5.0)),
          "another model's parameter");
      key(Map.of("name", "other", "metrics", "[rmse, mae]", "data.path", "elsewhere"), true, key);
      key(Map.of("models.trees.depth", "5", "search.trials", "7"), true, key);
      key(Map.of("models.trees.rounds", "39"), false, key);
      key(Map.of("seed", "12"), false, key);
      key(Map.of("data.noise", "2"), false, key);
      key(Map.of("validation.folds", "4"), false, key);
      key(Map.of("targets.next_bp", "1e4 * lead(logret(price, 1), 2)"), false, key);
      key(Map.of("search.objective.metric", "mae"), false, key);
    }
  }

  private void key(Map<String, String> overrides, boolean same, String key) {
    Experiment changed = experiment(overrides);
    try (SearchTrials trials = open(changed, 1, Progress.NONE)) {
      boolean equal = key.equals(trials.key(spec(changed, 1, "models.trees.depth", 2L)));
      assertEquals(same, equal, overrides.toString());
    }
  }

  @Test
  void whatIsWrongIsToldBeforeTheFirstTrial() throws IOException {
    assertEquals(
        "data.rows",
        assertThrows(
                SlipstreamException.class,
                () -> open(experiment(Map.of("data.rows", "many")), 1, Progress.NONE))
            .place()
            .orElseThrow()
            .key());
    assertThrows(
        SlipstreamException.class,
        () -> open(experiment(Map.of("data.rows", "0")), 1, Progress.NONE));
    Path scratch = folder.resolve("store/scratch");
    if (Files.exists(scratch)) {
      try (Stream<Path> left = Files.list(scratch)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void aCancelledTrialEnds() {
    Experiment experiment = experiment(Map.of());
    Progress cancelled =
        new Progress() {
          @Override
          public boolean cancelled() {
            return true;
          }
        };
    try (SearchTrials trials = open(experiment, 1, Progress.NONE)) {
      assertEquals(
          SlipstreamException.Category.CANCELLED,
          assertThrows(
                  SlipstreamException.class,
                  () -> trials.run(spec(experiment, 1, "models.trees.depth", 2L), cancelled))
              .category());
      // What it had begun, others can use.
      assertTrue(
          IntStream.of(1, 2)
              .allMatch(
                  each ->
                      Double.isFinite(
                          scored(trials, spec(experiment, 1, "models.trees.depth", 2L))
                              .objective())));
    }
  }
}
