package slipstream.services.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Search.Method;
import slipstream.core.experiment.Search.Settings;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.experiment.ExperimentFile;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.Search;
import slipstream.services.StatusMapping;
import slipstream.store.RunRecord;
import slipstream.store.RunState;
import slipstream.store.SearchRecord;
import slipstream.training.search.GroupCommit;
import slipstream.training.search.LocalTrials;
import slipstream.training.search.SearchEngine;
import slipstream.training.search.Space;
import slipstream.training.search.TrialExecutor;
import slipstream.training.search.TrialJournal;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

/**
 * Executes searches, one after another. They go on when whoever started them goes away; closing cancels them, after which
 * they can be resumed.
 */
final class SearchManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SearchManager.class);
  private static final long POLL_MILLIS = 100;

  /** What of a search may grow while it goes on. */
  private static final List<String> BUDGET =
      List.of("search.trials", "search.time", "search.cpu_hours");

  private final Context context;
  private final RunManager runs;
  private final Map<String, ActiveSearch> active = new ConcurrentHashMap<>();
  private final ExecutorService executor;
  private volatile boolean closed;

  SearchManager(Context context, RunManager runs) {
    this.context = context;
    this.runs = runs;
    this.executor =
        Executors.newFixedThreadPool(
            1, Thread.ofPlatform().name("slipstream-search").daemon(true).factory());
  }

  /** Queues a search. */
  Search start(Asked asked, PluginCatalog plugins) {
    checkOpen();
    Experiment experiment = asked.parsed().experiment();
    if (experiment.search() == null) {
      throw SlipstreamException.invalid(
          "the experiment does not say what to search",
          new Place(asked.file(), 0, 0, "search"),
          "Add a section 'search' with a space, such as {models.trees.depth: {min: 2, max: 8}}.");
    }
    SearchRecord record =
        context
            .store()
            .searches()
            .create(
                experiment.name(),
                asked.parsed().text(),
                asked.file(),
                asked.dataDirectory(),
                asked.threads(),
                SearchProtos.begin(experiment, plugins).toByteArray(),
                Instant.now());
    return queue(record);
  }

  /**
   * Queues a search that has ended before its time, or is given a larger budget.
   *
   * @param record of the search
   * @param budget changes of the search's budget by dotted key
   */
  Search resume(SearchRecord record, Map<String, String> budget) {
    checkOpen();
    if (!record.state().ended()) {
      throw new SlipstreamException(
          Category.CONFLICT,
          "search " + record.name() + " has not ended",
          null,
          "Watch it, or cancel it first.");
    }
    if (!budget.isEmpty()) {
      return queue(enlarged(record, budget));
    }
    return queue(
        context
            .store()
            .searches()
            .resume(record.name())
            .orElseThrow(
                () ->
                    SlipstreamException.invalid(
                        "search " + record.name() + " has tried all it wanted to",
                        Place.key("overrides"),
                        "Give it a larger budget, such as search.trials.")));
  }

  private SearchRecord enlarged(SearchRecord record, Map<String, String> budget) {
    for (String key : budget.keySet()) {
      if (!BUDGET.contains(key)) {
        throw SlipstreamException.invalid(
            "a search that goes on cannot change '" + key + "'",
            Place.key("overrides." + key),
            "Change one of " + String.join(", ", BUDGET) + ", or start a new search.");
      }
    }
    PluginCatalog plugins = context.plugins();
    Pipeline.Parsed before =
        context.pipeline().parse(record.experimentText(), record.file(), Map.of(), plugins);
    Pipeline.Parsed after =
        context.pipeline().parse(record.experimentText(), record.file(), budget, plugins);
    if (!after.problems().isEmpty()) {
      throw after.problems().getFirst();
    }
    check(before.experiment().search().settings(), after.experiment().search().settings());
    Search snapshot =
        SearchProtos.snapshot(record).toBuilder()
            .setMaxConfigurations(
                SearchProtos.begin(after.experiment(), plugins).getMaxConfigurations())
            .build();
    return context
        .store()
        .searches()
        .enlarge(record.name(), after.text(), snapshot.toByteArray())
        .orElseThrow(
            () ->
                new SlipstreamException(
                    Category.CONFLICT,
                    "search " + record.name() + " goes on already",
                    null,
                    "Watch it, or cancel it first."));
  }

  /** Budgets may only grow; 0 is no limit. */
  private static void check(Settings before, Settings after) {
    boolean fewer = after.configurations() < before.configurations();
    if (fewer) {
      throw smaller("search.trials");
    }
    if (after.configurations() > before.configurations()
        && (after.method() == Method.LATIN_HYPERCUBE || after.method() == Method.ASHA)) {
      throw SlipstreamException.invalid(
          "a search by "
              + ParameterForm.values(after).get("method")
              + " cannot be given more trials: which it tries depends on how many there are",
          Place.key("search.trials"),
          "Start a new search: trials that are equal are not repeated.");
    }
    if (!after.time().isZero()
        && (before.time().isZero() || after.time().compareTo(before.time()) < 0)) {
      throw smaller("search.time");
    }
    if (after.cpuHours() > 0 && (before.cpuHours() == 0 || after.cpuHours() < before.cpuHours())) {
      throw smaller("search.cpu_hours");
    }
  }

  private static SlipstreamException smaller(String key) {
    return SlipstreamException.invalid(
        "the budget of a search that goes on can only grow",
        Place.key(key),
        "Give more than before, or start a new search.");
  }

  private void checkOpen() {
    if (closed) {
      throw new SlipstreamException(
          Category.UNAVAILABLE, "the workspace is being closed", "Open it again.");
    }
  }

  private Search queue(SearchRecord record) {
    ActiveSearch search = new ActiveSearch(record);
    active.put(record.name(), search);
    Search queued = search.search();
    executor.execute(() -> execute(search));
    return queued;
  }

  Optional<ActiveSearch> active(String name) {
    return Optional.ofNullable(active.get(name));
  }

  /** Asks a search to stop; one that waits ends at once. */
  void cancel(String name) {
    ActiveSearch search = active.get(name);
    if (search == null) {
      return;
    }
    search.cancel();
    if (search.claim()) {
      end(search, RunState.CANCELLED, cancelled());
    }
  }

  private static SlipstreamException cancelled() {
    return new SlipstreamException(
        Category.CANCELLED, "the search was cancelled", "Resume it: its finished trials are kept.");
  }

  private void execute(ActiveSearch search) {
    if (!search.claim()) {
      return;
    }
    try {
      search.record(context.store().searches().start(search.record().name(), Instant.now()));
      search.checkCancelled();
      search(search);
      end(search, RunState.SUCCEEDED, null);
    } catch (Throwable e) {
      SlipstreamException problem = StatusMapping.toUserError(e);
      if (search.cancelled()) {
        problem = cancelled();
      }
      end(
          search,
          problem.category() == Category.CANCELLED ? RunState.CANCELLED : RunState.FAILED,
          problem);
    }
  }

  private void search(ActiveSearch search) {
    SearchRecord record = search.record();
    PluginCatalog plugins = context.plugins();
    Pipeline.Parsed parsed =
        context.pipeline().parse(record.experimentText(), record.file(), Map.of(), plugins);
    if (!parsed.problems().isEmpty()) {
      throw parsed.problems().getFirst();
    }
    Path data = Path.of(record.dataDirectory());
    SearchEngine.Outcome outcome = trials(search, parsed, data, plugins);
    search.snapshot(
        search.snapshot().toBuilder().setSummary(SearchProtos.summary(outcome.trials())).build());
    TrialJournal.Entry best = outcome.best().orElseThrow(() -> allFailed(outcome));
    run(search, parsed, best, data, plugins);
  }

  private SearchEngine.Outcome trials(
      ActiveSearch search, Pipeline.Parsed parsed, Path data, PluginCatalog plugins) {
    Experiment experiment = parsed.experiment();
    SearchEngine.Task task =
        new SearchEngine.Task(
            ExperimentFile.write(experiment),
            experiment.search().objective(experiment),
            search.snapshot().getObjective().getHigherIsBetter(),
            Space.of(experiment, plugins),
            experiment.search().settings(),
            search.elapsed());
    try (Pipeline.Trials trials =
            context
                .pipeline()
                .trials(
                    parsed,
                    data,
                    search.record().threads(),
                    plugins,
                    context.store().content(),
                    context.store().tables(),
                    search);
        TrialExecutor local = new LocalTrials(trials::run, trials.threadsEach());
        GroupCommit journal =
            new GroupCommit(new StoredTrials(context.store().searches(), search, trials::key))) {
      return SearchEngine.run(
          task,
          local,
          journal,
          new SearchEngine.Listener() {
            @Override
            public void started(TrialSpec spec) {
              search.started();
            }
          },
          onlyCancelled(search));
    }
  }

  /** For trials, of which several report their stages at once: the search's own numbers say how far it is. */
  private static Progress onlyCancelled(ActiveSearch search) {
    return new Progress() {
      @Override
      public boolean cancelled() {
        return search.cancelled();
      }
    };
  }

  private static SlipstreamException allFailed(SearchEngine.Outcome outcome) {
    if (outcome.trials().isEmpty()) {
      return new SlipstreamException(
          Category.RESOURCE_EXHAUSTED,
          "the budget ended before the first trial",
          Place.key("search"),
          "Give the search more time.");
    }
    TrialResult.Failed first = (TrialResult.Failed) outcome.trials().getFirst().result();
    return new SlipstreamException(
        first.category(),
        Text.format(
            "all %,d trials failed; the first: %s", outcome.trials().size(), first.problem()),
        first.key().isEmpty() ? null : Place.key(first.key()),
        first.remedy());
  }

  /** Runs the best configuration in full, unless that was done before the search was ended. */
  private void run(
      ActiveSearch search,
      Pipeline.Parsed parsed,
      TrialJournal.Entry best,
      Path data,
      PluginCatalog plugins) {
    Pipeline.Parsed winner =
        context
            .pipeline()
            .parse(
                context.pipeline().configured(parsed, best.spec().values()),
                search.record().file(),
                Map.of(),
                plugins);
    if (!winner.problems().isEmpty()) {
      throw winner.problems().getFirst();
    }
    String name = search.record().run();
    // A search that was given a larger budget may have found a better one since.
    boolean done =
        context
            .store()
            .runs()
            .find(name)
            .filter(each -> each.state() == RunState.SUCCEEDED)
            .filter(each -> each.experimentText().equals(winner.text()))
            .isPresent();
    if (!done) {
      search.checkCancelled();
      Run run =
          runs.start(winner, search.record().name(), data, search.record().threads(), plugins);
      name = run.getName();
    }
    search.record(
        context
            .store()
            .searches()
            .setRun(search.record().name(), search.snapshot().toByteArray(), name));
    await(search, name);
  }

  private void await(ActiveSearch search, String name) {
    while (true) {
      RunRecord run = context.store().runs().find(name).orElseThrow();
      if (run.state().ended()) {
        if (run.state() != RunState.SUCCEEDED) {
          throw run.problem();
        }
        return;
      }
      if (search.cancelled()) {
        runs.cancel(name);
      }
      runs.active(name)
          .map(ActiveRun::latest)
          .filter(each -> !each.getStage().isEmpty())
          .ifPresent(
              each ->
                  search.stage(
                      "Best configuration: " + each.getStage(),
                      each.getDone(),
                      each.getTotal(),
                      each.getUnit()));
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw cancelled();
      }
    }
  }

  private void end(ActiveSearch search, RunState state, SlipstreamException problem) {
    String name = search.record().name();
    SearchRecord ended;
    try {
      ended = context.store().searches().end(name, state, problem, Instant.now());
    } catch (Throwable e) {
      // The store cannot say it (no disk space, for one), but whoever watches must hear it.
      LOG.warn("The end of search {} could not be recorded", name, e);
      SearchRecord last = search.record();
      ended =
          new SearchRecord(
              last.id(),
              last.name(),
              last.experiment(),
              last.number(),
              state == RunState.CANCELLED ? state : RunState.FAILED,
              last.created(),
              last.started(),
              Instant.now(),
              last.experimentText(),
              last.file(),
              last.dataDirectory(),
              last.threads(),
              last.elapsed(),
              last.snapshot(),
              last.run(),
              problem == null ? StatusMapping.toUserError(e) : problem);
    }
    search.end(ended);
    active.remove(name, search);
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(active.keySet()).forEach(this::cancel);
    executor.shutdown();
    try {
      if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("Searches did not stop: {}", active.keySet());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
