package slipstream.training.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.ContentStore;
import slipstream.experiment.ExperimentFile;
import slipstream.training.evaluation.Report.Warning;

/** What tests of runs share: a small experiment and its run below a folder. */
public final class Runs {
  public static final PluginCatalog PLUGINS = PluginCatalog.ofClassPath();

  static final String EXPERIMENT =
      """
      slipstream: 1
      name: synthetic
      description: Next return of a <made-up> market.
      seed: 11
      data: {importer: synthetic, rows: 600, instruments: 2}
      features:
        signal_now: {expression: signal, unit: sd}
        last_ret: ret(price, 1)
        vol_20: std(last_ret, 20)
        noise_now: noise
        gap_now: gap
      targets:
        next_bp: {expression: "1e4 * lead(logret(price, 1), 1)", unit: bp}
      models:
        trees: {trainer: boosted-trees, rounds: 40, depth: 3, early_stopping_rounds: 5, min_rows_per_leaf: 10}
        ridge: {trainer: ridge}
      validation: {folds: 3, holdout: 0.2}
      metrics: [mae, rmse, r2, skill]
      """;

  private Runs() {}

  public static Experiment experiment(Map<String, String> overrides) {
    String text = ExperimentFile.withOverrides(EXPERIMENT, overrides);
    return ExperimentFile.parse(text, "test.slip.yaml").experiment();
  }

  public static RunResult run(Path folder, String name, Experiment experiment) {
    return run(folder, name, experiment, 1, Progress.NONE);
  }

  static RunResult run(
      Path folder, String name, Experiment experiment, int threads, Progress progress) {
    ContentStore store = new ContentStore(folder.resolve("store"));
    RunOptions options = new RunOptions(folder, folder.resolve(name), threads, "1.2.3-test");
    return new ExperimentRunner(PLUGINS, store).run(experiment, options, progress);
  }

  static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> messages(RunResult result) {
    return result.report().warnings().stream().map(Warning::message).toList();
  }
}
