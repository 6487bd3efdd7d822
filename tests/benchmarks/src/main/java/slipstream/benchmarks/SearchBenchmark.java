package slipstream.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import slipstream.core.experiment.Search.Method;
import slipstream.core.experiment.Search.Objective;
import slipstream.core.experiment.Search.Settings;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.store.SearchRecord;
import slipstream.store.TrialRecord;
import slipstream.store.WorkspaceStore;
import slipstream.training.search.Axis;
import slipstream.training.search.GroupCommit;
import slipstream.training.search.LocalTrials;
import slipstream.training.search.SearchEngine;
import slipstream.training.search.Space;
import slipstream.training.search.TrialJournal;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

/** What a search itself costs a trial: the objective is a sum of six numbers. */
final class SearchBenchmark {
  private static final double BOUND_MILLIS = 1;

  private static final Space SPACE =
      new Space(
          List.of(
              "models.m.a", "models.m.b", "models.m.c", "models.m.d", "models.m.e", "models.m.f"),
          List.of(
              new Axis.Interval(1e-4, 1, true, false),
              new Axis.Interval(0, 1, false, false),
              new Axis.Interval(1, 1000, true, true),
              new Axis.Steps(1, 1, 16, true),
              new Axis.Steps(0, 0.1, 11, false),
              new Axis.Choice(List.of("level", "leaf", "other"))));

  private SearchBenchmark() {}

  static List<Figure> run(int trials, int threads, int turns, Consumer<String> log)
      throws IOException {
    List<Figure> figures = new ArrayList<>();
    figures.add(figure("ASHA, scheduling", Method.ASHA, trials, threads, turns, false, log));
    figures.add(figure("ASHA, trials on disk", Method.ASHA, trials, threads, turns, true, log));
    // Each of its proposals looks at all trials before.
    int fewer = trials / 10;
    figures.add(figure("TPE, scheduling", Method.TPE, fewer, threads, turns, false, log));
    return figures;
  }

  private static Figure figure(
      String what,
      Method method,
      int trials,
      int threads,
      int turns,
      boolean stored,
      Consumer<String> log)
      throws IOException {
    double[] millis = new double[turns];
    for (int turn = 0; turn < turns; turn++) {
      millis[turn] = stored ? stored(method, trials, threads) : once(method, trials, threads);
      log.accept(String.format(Locale.ROOT, "%s: %.4f ms a trial", what, millis[turn]));
    }
    return new Figure(
        what + String.format(Locale.ROOT, ", %,d configurations", trials),
        null,
        "ms",
        Median.of(millis),
        Double.NaN,
        BOUND_MILLIS,
        Double.NaN,
        Double.NaN,
        trials,
        threads);
  }

  private static double once(Method method, int trials, int threads) {
    return search(method, trials, threads, TrialJournal.NONE);
  }

  private static double stored(Method method, int trials, int threads) throws IOException {
    Path folder = Files.createTempDirectory("slipstream-bench-");
    try (WorkspaceStore store = WorkspaceStore.open(folder)) {
      SearchRecord record =
          store.searches().create("bench", "", "", folder, threads, new byte[500], Instant.now());
      try (GroupCommit journal = new GroupCommit(new Stored(store, record.id()))) {
        return search(method, trials, threads, journal);
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  /** As the services record trials: looked up by key, written with a snapshot of the search. */
  private record Stored(WorkspaceStore store, long search) implements TrialJournal {
    private static String key(TrialSpec spec) {
      return Hashing.sha256(spec.values() + " " + spec.resource());
    }

    @Override
    public Optional<Entry> find(TrialSpec spec) {
      return store
          .searches()
          .scored(key(spec))
          .map(
              each ->
                  new Entry(spec, new TrialResult.Scored(0, 0, List.of(), List.of(), 0, 1), true));
    }

    @Override
    public void record(List<Entry> ended) {
      List<TrialRecord> records = new ArrayList<>();
      for (Entry each : ended) {
        byte[] bytes =
            (each.spec().values() + " " + each.result()).getBytes(StandardCharsets.UTF_8);
        records.add(new TrialRecord(each.spec().number() + 1, key(each.spec()), true, bytes));
      }
      store.searches().addTrials(search, records, Duration.ZERO, new byte[500]);
    }
  }

  /** Milliseconds a trial, promotions counted as trials of their own. */
  private static double search(Method method, int trials, int threads, TrialJournal journal) {
    Settings settings =
        new Settings(method, trials, Duration.ZERO, 0, threads, 1, Duration.ofHours(1), 3, 0.1, 1);
    SearchEngine.Task task =
        new SearchEngine.Task(
            "experiment", new Objective("rmse", "y", "m"), false, SPACE, settings, Duration.ZERO);
    try (LocalTrials executor = new LocalTrials((spec, progress) -> score(spec), 1)) {
      long start = System.nanoTime();
      SearchEngine.Outcome outcome =
          SearchEngine.run(task, executor, journal, new SearchEngine.Listener() {}, Progress.NONE);
      return (System.nanoTime() - start) / 1e6 / outcome.trials().size();
    }
  }

  private static TrialResult.Scored score(TrialSpec spec) {
    double sum = 1 - spec.resource();
    for (Object each : spec.values().values()) {
      sum += each instanceof Number number ? number.doubleValue() : ((String) each).length();
    }
    return new TrialResult.Scored(sum, 0, List.of(sum), List.of(0.0), 0, 1);
  }
}
