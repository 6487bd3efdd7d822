package slipstream.services.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Table;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.TargetReport;
import slipstream.services.StatusMapping;
import slipstream.store.ModelRecord;
import slipstream.store.RunRecord;
import slipstream.store.RunState;

/**
 * Executes runs, one after another: a run uses all the cores it may. They go on when whoever started them goes away;
 * closing cancels them.
 */
final class RunManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunManager.class);
  private static final long PUMP_MILLIS = 100;
  private static final int SAVE_EVERY = 5;

  private final Context context;
  private final Map<String, ActiveRun> active = new ConcurrentHashMap<>();
  private final ExecutorService executor;
  private final Thread pump;
  private volatile boolean closed;

  RunManager(Context context) {
    this.context = context;
    this.executor =
        Executors.newFixedThreadPool(
            1, Thread.ofPlatform().name("slipstream-run").daemon(true).factory());
    context.store().interrupted().forEach(this::removeInterrupted);
    this.pump = Thread.ofVirtual().name("slipstream-run-events").start(this::pump);
  }

  /**
   * Queues a run.
   *
   * @param search whose best configuration it is; empty for none
   */
  Run start(
      Pipeline.Parsed parsed,
      String search,
      Path dataDirectory,
      int threads,
      PluginCatalog plugins) {
    if (closed) {
      throw new SlipstreamException(
          Category.UNAVAILABLE, "the workspace is being closed", "Open it again.");
    }
    Path folder = context.workspace().resolve("runs");
    RunRecord record =
        context
            .store()
            .runs()
            .create(
                parsed.experiment().name(), parsed.text(), threads, folder::resolve, Instant.now());
    ActiveRun run = new ActiveRun(record);
    active.put(record.name(), run);
    Run queued = run(record);
    run.state(queued);
    executor.execute(() -> execute(run, parsed, search, dataDirectory, threads, plugins));
    return queued;
  }

  Optional<ActiveRun> active(String name) {
    return Optional.ofNullable(active.get(name));
  }

  /** Asks a run to stop; one that waits ends at once. */
  void cancel(String name) {
    ActiveRun run = active.get(name);
    if (run == null) {
      return;
    }
    run.cancel();
    // Never interrupts a run that has begun: an interrupt would close files under whoever reads
    // them.
    if (run.claim()) {
      end(run, RunState.CANCELLED, cancelled(), null, null, List.of());
    }
  }

  private static SlipstreamException cancelled() {
    return new SlipstreamException(
        Category.CANCELLED, "the run was cancelled", "What was there before is unchanged.");
  }

  private void execute(
      ActiveRun run,
      Pipeline.Parsed parsed,
      String search,
      Path data,
      int threads,
      PluginCatalog plugins) {
    if (!run.claim()) {
      return;
    }
    Path directory = Path.of(run.record().directory());
    try {
      run.state(run(context.store().runs().start(run.record().name(), Instant.now())));
      run.checkCancelled();
      Files.createDirectories(directory.getParent());
      Pipeline.Outcome outcome =
          context
              .pipeline()
              .run(
                  parsed,
                  search,
                  data,
                  directory,
                  threads,
                  plugins,
                  context.store().content(),
                  context.store().tables(),
                  name -> context.models().get(name).hash(),
                  run);
      List<ModelRecord> models = new ArrayList<>();
      RunReport report = adopt(run.record(), outcome, models);
      registerDataset(parsed, outcome, data);
      String reportHash = context.store().content().put(report.toByteArray());
      String htmlHash =
          context
              .store()
              .content()
              .put(outcome.html().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      end(run, RunState.SUCCEEDED, null, reportHash, htmlHash, models);
    } catch (Throwable e) {
      SlipstreamException problem =
          e instanceof IOException io
              ? AtomicFiles.explain("write the run's results", directory, io)
              : StatusMapping.toUserError(e);
      if (run.cancelled() && problem.category() != Category.CANCELLED) {
        problem = cancelled();
      }
      // First, so that whoever sees the end does not find half of the results.
      removeUnfinished(directory);
      end(
          run,
          problem.category() == Category.CANCELLED ? RunState.CANCELLED : RunState.FAILED,
          problem,
          null,
          null,
          List.of());
    }
  }

  private void removeInterrupted(String name) {
    context
        .store()
        .runs()
        .find(name)
        .map(run -> Path.of(run.directory()))
        .filter(folder -> folder.startsWith(context.workspace()))
        .ifPresent(RunManager::removeUnfinished);
  }

  /** A failed or cancelled run leaves its record, not half of its results. */
  private static void removeUnfinished(Path directory) {
    try {
      AtomicFiles.deleteRecursively(directory);
    } catch (IOException e) {
      LOG.warn("The unfinished results in {} could not be removed", directory, e);
    }
  }

  /** Takes the archives into the workspace and names them in the report. */
  private RunReport adopt(RunRecord run, Pipeline.Outcome outcome, List<ModelRecord> models)
      throws IOException {
    Instant now = Instant.now();
    RunReport.Builder report =
        outcome.report().toBuilder().setRun(run.name()).setExperiment(run.experiment());
    for (Pipeline.Made made : outcome.models()) {
      String name = run.name() + "-" + made.target() + "-" + made.model();
      byte[] archive = Files.readAllBytes(made.archive());
      String hash = context.store().content().put(archive);
      models.add(
          ModelsServiceImpl.record(
              name,
              hash,
              run.name(),
              made.archive(),
              context.models().load(hash, archive, made.archive().toString()),
              now));
      for (TargetReport.Builder target : report.getTargetsBuilderList()) {
        if (target.getTarget().equals(made.target())) {
          for (ModelReport.Builder model : target.getModelsBuilderList()) {
            if (model.getModel().equals(made.model())) {
              model.setArchive(name);
            }
          }
        }
      }
    }
    return report.build();
  }

  private void registerDataset(Pipeline.Parsed parsed, Pipeline.Outcome outcome, Path base) {
    String hash = outcome.dataHash();
    if (hash.isEmpty()
        || context.store().datasets().findByHash(hash).isPresent()
        || context.store().datasets().isVersion(hash)) {
      return;
    }
    Path folder = context.store().content().tablePath(hash);
    if (!Files.exists(folder)) {
      return;
    }
    Object path = parsed.experiment().data().parameters().get("path");
    String source = path == null ? parsed.experiment().name() : String.valueOf(path);
    try (Table table = Table.open(folder)) {
      String name =
          DatasetsServiceImpl.register(
                  context.store(),
                  Names.fromFile(source.replaceFirst("^sample:", ""), parsed.experiment().name()),
                  source,
                  Protos.origin(
                      parsed.experiment().data().plugin(),
                      parsed.experiment().data().parameters(),
                      base),
                  table)
              .name();
      context
          .store()
          .datasets()
          .setQuality(name, context.store().content().put(outcome.health().toByteArray()));
    }
  }

  private void end(
      ActiveRun run,
      RunState state,
      SlipstreamException problem,
      String report,
      String html,
      List<ModelRecord> models) {
    String name = run.record().name();
    Run ended;
    try {
      run.flush(true);
      save(run);
      ended =
          run(
              context
                  .store()
                  .runs()
                  .end(name, state, problem, report, html, models, Instant.now()));
    } catch (Throwable e) {
      // The store cannot say it (no disk space, for one), but whoever watches must hear it.
      SlipstreamException second = StatusMapping.toUserError(e);
      ended =
          run(run.record()).toBuilder()
              .setState(
                  state == RunState.CANCELLED ? Runs.proto(state) : Runs.proto(RunState.FAILED))
              .setEndTime(Protos.timestamp(Instant.now()))
              .setProblem(StatusMapping.toProblem(problem == null ? second : problem))
              .build();
    }
    run.end(ended);
    active.remove(name);
  }

  private Run run(RunRecord record) {
    return Runs.toProto(context.store(), record, active.get(record.name()));
  }

  private void save(ActiveRun run) {
    context.store().runs().addEvents(run.record().id(), run.takeUnsaved());
  }

  private void pump() {
    for (int tick = 1; !closed; tick++) {
      try {
        TimeUnit.MILLISECONDS.sleep(PUMP_MILLIS);
        for (ActiveRun run : active.values()) {
          run.flush(false);
          if (tick % SAVE_EVERY == 0) {
            save(run);
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("Events of a run could not be recorded", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(active.keySet()).forEach(this::cancel);
    executor.shutdown();
    try {
      // A run answers a cancellation within moments; one that does not is found INTERRUPTED at the
      // next opening.
      if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("Runs did not stop: {}", active.keySet());
      }
      pump.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
