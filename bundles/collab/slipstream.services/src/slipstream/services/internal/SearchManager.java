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
   * Queues a search that has ended before its time.
   *
   * @param record of the search
   */
  Search resume(SearchRecord record) {
    checkOpen();
    return queue(
        context
            .store()
            .searches()
            .resume(record.name())
            .orElseThrow(
                () ->
                    record.state() == RunState.SUCCEEDED
                        ? SlipstreamException.invalid(
                            "search " + record.name() + " has tried all it wanted to",
                            "Start a new one with a larger budget: equal trials are not repeated.")
                        : new SlipstreamException(
                            Category.CONFLICT,
                            "search " + record.name() + " has not ended",
                            null,
                            "Watch it, or cancel it first.")));
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
    String name = search.record().run();
    boolean done =
        context.store().runs().find(name).map(RunRecord::state).orElse(RunState.FAILED)
            == RunState.SUCCEEDED;
    if (!done) {
      search.checkCancelled();
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
