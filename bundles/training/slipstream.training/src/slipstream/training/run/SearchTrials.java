package slipstream.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.device.DeviceChoice;
import slipstream.core.experiment.Evaluation;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Search;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.core.table.Table;
import slipstream.experiment.Ensembles;
import slipstream.experiment.ExperimentFile;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

/**
 * The trials of a search: data are imported and prepared once, and features computed once for each choice of them. A
 * trial's scores are a function of data, experiment and code version; threads and other trials do not change a bit.
 * Thread-safe.
 *
 * <p>{@link ExperimentRunner#trials} opens it.
 */
public final class SearchTrials implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SearchTrials.class);

  /** Features of this many choices are kept while nobody uses them. */
  private static final int KEPT = 2;

  private final ExperimentRunner runner;
  private final Experiment experiment;
  private final RunOptions options;
  private final int threadsEach;
  private final Path work;
  private final Table raw;
  private final Table prepared;
  private final String inputs;
  private final Map<String, Shared> features = new HashMap<>();
  private int folders;
  private boolean closed;

  /** Features of one choice, for as long as trials use them. */
  private final class Shared {
    private final Experiment trial;
    private final Path folder;
    private ExperimentRunner.TrainingRows rows;
    private int users;
    private long used;

    Shared(Experiment trial, Path folder) {
      this.trial = trial;
      this.folder = folder;
    }

    /** Whoever comes first computes them; the others wait. */
    synchronized ExperimentRunner.TrainingRows rows(Progress progress) {
      if (rows == null) {
        rows = runner.new Run(trial, options, progress).trainingRows(prepared, folder);
      }
      return rows;
    }

    private void remove() {
      if (rows != null) {
        rows.close();
      }
      SearchTrials.remove(folder);
    }
  }

  /**
   * @param experiment without its search
   * @param work a folder of its own, removed in the end
   * @param inputs hashes of all data and versions of all plug-ins
   */
  private SearchTrials(
      ExperimentRunner runner,
      Experiment experiment,
      RunOptions options,
      int threadsEach,
      Path work,
      Table raw,
      Table prepared,
      String inputs) {
    this.runner = runner;
    this.experiment = experiment;
    this.options = options;
    this.threadsEach = threadsEach;
    this.work = work;
    this.raw = raw;
    this.prepared = prepared;
    this.inputs = inputs;
  }

  static SearchTrials open(
      ExperimentRunner runner,
      Experiment searched,
      Path dataDirectory,
      Path scratch,
      int threads,
      String codeVersion,
      Progress progress) {
    // Trials are scored and not evaluated further.
    Experiment experiment = Search.apply(searched, new LinkedHashMap<>()).unevaluated();
    int threadsEach = Math.max(1, threads / searched.search().settings().maxConcurrent());
    Path work = scratch.resolve(AtomicFiles.PREFIX + UUID.randomUUID());
    RunOptions options = new RunOptions(dataDirectory, work, threads, codeVersion);
    Table raw = null;
    Table prepared = null;
    try {
      Files.createDirectory(work);
      ExperimentRunner.Run run = runner.new Run(experiment, options, progress);
      run.check();
      progress.message(Progress.Severity.INFO, "device: " + run.takeDevice());
      raw = run.importTable(work);
      progress.checkCancelled();
      prepared = run.prepare(raw, work);
      String inputs =
          String.join(
              "\n",
              codeVersion,
              raw.hash(),
              run.otherHashes().toString(),
              run.pluginVersions(
                      decisive(experiment, searched.search().objective(searched), runner.plugins()))
                  .toString());
      return new SearchTrials(
          runner, experiment, options, threadsEach, work, raw, prepared, inputs);
    } catch (IOException e) {
      throw AtomicFiles.explain("prepare the data in", work, e);
    } catch (Throwable e) {
      close(prepared);
      close(raw);
      remove(work);
      throw e;
    }
  }

  /** Threads that a trial uses. */
  public int threadsEach() {
    return threadsEach;
  }

  /**
   * SHA-256 of all that decides a trial's result: data, code, plug-ins, resource, and of the experiment what the objective
   * depends on.
   */
  public String key(TrialSpec spec) {
    Experiment trial = Search.apply(experiment, spec.values());
    return Hashing.sha256(
        String.join(
            "\n",
            inputs,
            // Its content counts too, wherever the archive lies.
            runner.new Run(trial, options, Progress.NONE).startHash(spec.objective().model()),
            spec.objective().target(),
            Double.toString(spec.resource()),
            ExperimentFile.write(decisive(trial, spec.objective()))));
  }

  /** What of an experiment decides a model's scores, beside its data. */
  private Experiment decisive(Experiment trial, Search.Objective objective) {
    return decisive(trial, objective, runner.plugins());
  }

  private static Experiment decisive(
      Experiment trial, Search.Objective objective, PluginCatalog plugins) {
    SequencedMap<String, PluginUse> model = new LinkedHashMap<>();
    model.put(objective.model(), trial.models().get(objective.model()));
    for (String member : Ensembles.members(trial, objective.model(), plugins)) {
      model.put(member, trial.models().get(member));
    }
    return new Experiment(
        "",
        "",
        trial.seed(),
        // Their content is what counts, wherever they lie.
        new PluginUse("", Map.of()),
        trial.prepare(),
        trial.features(),
        trial.given(),
        trial.targets(),
        trial.weight(),
        trial.cluster(),
        model,
        trial.baseline(),
        trial.validation(),
        Evaluation.DEFAULT,
        null,
        List.of(objective.metric()),
        List.of(),
        null,
        DeviceChoice.AUTO);
  }

  /** Trains and scores a configuration. */
  public TrialResult.Scored run(TrialSpec spec, Progress progress) {
    long start = System.nanoTime();
    Experiment trial = Search.apply(experiment, spec.values());
    Shared shared = acquire(trial);
    try {
      TargetTraining.Score score =
          runner.new Run(trial, options, progress)
              .score(
                  shared.rows(progress), prepared, spec.objective(), spec.resource(), threadsEach);
      return new TrialResult.Scored(
          score.pooled(),
          score.baseline(),
          score.folds(),
          score.blockGains(),
          (System.nanoTime() - start) / 1e9,
          threadsEach);
    } finally {
      release(shared);
    }
  }

  private synchronized Shared acquire(Experiment trial) {
    if (closed) {
      throw new IllegalStateException("the trials are closed");
    }
    Shared shared =
        features.computeIfAbsent(
            trial.features().toString(),
            key -> new Shared(trial, work.resolve("features-" + folders++)));
    shared.users++;
    return shared;
  }

  private synchronized void release(Shared shared) {
    shared.users--;
    shared.used = System.nanoTime();
    if (closed) {
      if (shared.users == 0) {
        shared.remove();
        closeWhenUnused();
      }
      return;
    }
    while (features.values().stream().filter(each -> each.users == 0).count() > KEPT) {
      Shared oldest = null;
      for (Shared each : features.values()) {
        // Differences, since nanoTime may overflow.
        if (each.users == 0 && (oldest == null || each.used - oldest.used < 0)) {
          oldest = each;
        }
      }
      features.values().remove(oldest);
      oldest.remove();
    }
  }

  /** Gives back what no trial uses; a trial that was left behind keeps what it uses until it ends. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      features.values().stream().filter(each -> each.users == 0).forEach(Shared::remove);
      closeWhenUnused();
    }
  }

  private void closeWhenUnused() {
    if (features.values().stream().allMatch(each -> each.users == 0)) {
      close(prepared);
      close(raw);
      remove(work);
    }
  }

  private static void close(Table table) {
    if (table != null) {
      table.close();
    }
  }

  private static void remove(Path folder) {
    try {
      AtomicFiles.deleteRecursively(folder);
    } catch (IOException e) {
      // It lies in the scratch folder, which is emptied when the workspace is next opened.
      LOG.warn("{} could not be removed: {}", folder, e.getMessage());
    }
  }
}
