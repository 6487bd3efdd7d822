package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.progress.Progress;
import slipstream.core.store.ContentStore;
import slipstream.experiment.ExperimentFile;
import slipstream.training.evaluation.Report.FoldReport;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.evaluation.Report.TargetReport;

/**
 * The shipped examples on the real files beside the repository, with fewer and smaller trees to
 * save time.
 */
class SharedDataTest {
  private static final Map<String, String> SMALL =
      Map.of("models.trees.rounds", "15", "models.trees.depth", "4");

  @TempDir Path folder;

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    assumeTrue(at != null, "skipped: this is not run in a checkout");
    return at;
  }

  private static Path data() {
    String given = System.getProperty("slipstream.test.data");
    Path data = given != null ? Path.of(given) : root().resolveSibling("shared/data");
    assumeTrue(Files.isDirectory(data), "skipped: there is no folder " + data);
    return data;
  }

  private RunResult run(String example, String output, int threads) {
    Path data = data();
    String text =
        ExperimentFile.readText(root().resolve("examples").resolve(example + ".slip.yaml"));
    var experiment =
        ExperimentFile.parse(ExperimentFile.withOverrides(text, SMALL), example).experiment();
    RunOptions options = new RunOptions(data, folder.resolve(output), threads, "test");
    return new ExperimentRunner(Runs.PLUGINS, new ContentStore(folder.resolve("store")))
        .run(experiment, options, Progress.NONE);
  }

  @Test
  void nextDaysVolumeIsToldByRecentVolume() throws IOException {
    RunResult one = run("sp500-next-day-volume", "one", 1);
    TargetReport target = one.report().targets().getFirst();
    assertEquals(619_040, one.report().rows());
    assertEquals(505, one.report().instruments());
    assertEquals(505, target.droppedRows());
    for (FoldReport fold : target.folds()) {
      // A day's rows are never on both sides, and the day before reaches into the block by its
      // target.
      assertTrue(fold.trainingEnd() < fold.scoredStart());
      assertTrue(fold.purgedRows() > 400 && fold.purgedRows() <= 505, "" + fold.purgedRows());
    }
    beatsTheBaselineInEveryFold(target, 0.3);

    RunResult two = run("sp500-next-day-volume", "two", 2);
    for (int m = 0; m < one.models().size(); m++) {
      assertArrayEquals(
          Files.readAllBytes(one.models().get(m).archive()),
          Files.readAllBytes(two.models().get(m).archive()));
    }
  }

  @Test
  void spreadsAreToldByQuotesAndTradesBefore() {
    RunResult result = run("us-equity-spread", "out", 2);
    assertEquals(3, result.report().instruments());
    beatsTheBaselineInEveryFold(result.report().targets().getFirst(), 0.3);
  }

  @Test
  void spreadsOfTheNextMinuteAreToldByBarsOfTradesWithTheirQuotes() {
    RunResult result = run("us-equity-minute-spread", "out", 2);
    // 390 minutes of five days of three names; a minute without a trade has no bar.
    assertEquals(3, result.report().instruments());
    assertTrue(result.report().rows() > 5_800 && result.report().rows() <= 5_850);
    beatsTheBaselineInEveryFold(result.report().targets().getFirst(), 0.3);
  }

  private static void beatsTheBaselineInEveryFold(TargetReport target, double least) {
    int skill = target.metrics().stream().map(each -> each.name()).toList().indexOf("skill");
    for (ModelReport model : target.models()) {
      if (!model.baseline()) {
        assertTrue(model.scores().get(skill) > least, model.model() + " " + model.scores());
        model.foldScores().forEach(fold -> assertTrue(fold.get(skill) > 0, model.model()));
      }
    }
  }
}
