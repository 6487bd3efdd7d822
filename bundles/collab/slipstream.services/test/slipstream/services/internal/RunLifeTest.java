package slipstream.services.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.ContentStore;
import slipstream.proto.v1.CancelRunRequest;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.GetRunRequest;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;

/** Runs from start to end, with work that does what a test tells it. */
final class RunLifeTest {
  private static final long LIMIT = 60;

  /** What a run does; its text names the one to do. */
  private interface Work {
    void run(Progress progress, Path output) throws Exception;
  }

  /** A pipeline whose experiments are named pieces of work. */
  private static final class Scripted implements Pipeline {
    private final Map<String, Work> works = new java.util.concurrent.ConcurrentHashMap<>();

    @Override
    public Parsed parse(
        String text, String file, Map<String, String> overrides, PluginCatalog plugins) {
      PluginUse none = new PluginUse("none", Map.of());
      Experiment experiment =
          new Experiment(
              text,
              "",
              1,
              none,
              List.of(),
              new java.util.LinkedHashMap<>(),
              new java.util.LinkedHashMap<>(),
              new java.util.LinkedHashMap<>(),
              new java.util.LinkedHashMap<>(),
              none,
              new Validation(1, Validation.Window.EXPANDING, java.time.Duration.ZERO, 0),
              List.of(),
              List.of());
      return new Parsed(experiment, text, List.of(), error -> error);
    }

    @Override
    public slipstream.core.table.Table prepare(
        Parsed parsed,
        Path dataDirectory,
        int threads,
        PluginCatalog plugins,
        ContentStore content,
        slipstream.core.spi.Importer.Datasets datasets,
        Progress progress) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Trials trials(
        Parsed parsed,
        Path dataDirectory,
        int threads,
        PluginCatalog plugins,
        ContentStore content,
        Importer.Datasets datasets,
        Progress progress) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String configured(Parsed parsed, SequencedMap<String, Object> values) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Outcome run(
        Parsed parsed,
        String search,
        Path data,
        Path output,
        int threads,
        PluginCatalog plugins,
        ContentStore content,
        Importer.Datasets datasets,
        java.util.function.UnaryOperator<String> models,
        Progress progress) {
      try {
        Files.createDirectories(output);
        works.get(parsed.text()).run(progress, output);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return new Outcome(
          RunReport.getDefaultInstance(),
          "<html>",
          "",
          HealthReport.getDefaultInstance(),
          List.of());
    }

    @Override
    public String schema(PluginCatalog plugins) {
      throw new UnsupportedOperationException();
    }

    @Override
    public HealthChecks healthChecks(CheckHealthRequest settings) {
      throw new UnsupportedOperationException();
    }

    @Override
    public LoadedModel load(
        byte[] bytes, String name, PluginCatalog plugins, ContentStore content) {
      throw new UnsupportedOperationException();
    }
  }

  @TempDir private Path workspace;
  private final Scripted pipeline = new Scripted();
  private Host host;

  @BeforeEach
  void open() {
    host = Host.start(workspace, () -> PluginCatalog.load(List.of()), pipeline);
  }

  @AfterEach
  void close() {
    host.close();
  }

  private RunsServiceGrpc.RunsServiceBlockingStub runs() {
    return RunsServiceGrpc.newBlockingStub(host.channel())
        .withDeadlineAfter(LIMIT, TimeUnit.SECONDS);
  }

  private Run start(String name, Work work) {
    pipeline.works.put(name, work);
    return runs().startRun(StartRunRequest.newBuilder().setExperimentText(name).build());
  }

  private Run get(String name) {
    return runs().getRun(GetRunRequest.newBuilder().setName(name).build());
  }

  private List<RunEvent> watch(String name) {
    List<RunEvent> events = new ArrayList<>();
    runs()
        .watchRun(WatchRunRequest.newBuilder().setName(name).build())
        .forEachRemaining(events::add);
    return events;
  }

  private RunState end(String name) {
    return watch(name).getLast().getRun().getState();
  }

  private static void untilCancelled(Progress progress) throws InterruptedException {
    while (true) {
      progress.checkCancelled();
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  @Test
  void cancelEndsARunAndRemovesWhatItHadBegun() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Run run =
        start(
            "long",
            (progress, output) -> {
              Files.writeString(output.resolve("half"), "half");
              begun.countDown();
              untilCancelled(progress);
            });
    assertTrue(begun.await(LIMIT, TimeUnit.SECONDS));
    assertEquals(RunState.RUN_STATE_RUNNING, get(run.getName()).getState());
    runs().cancelRun(CancelRunRequest.newBuilder().setName(run.getName()).build());
    assertEquals(RunState.RUN_STATE_CANCELLED, end(run.getName()));
    assertFalse(Files.exists(Path.of(run.getDirectory())));
    Run again = runs().cancelRun(CancelRunRequest.newBuilder().setName(run.getName()).build());
    assertEquals(RunState.RUN_STATE_CANCELLED, again.getState());
    assertEquals("CANCELLED", again.getProblem().getCategory());
  }

  @Test
  void aWaitingRunIsCancelledAtOnceAndNeverStarts() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Run first = start("first", (progress, output) -> release.await());
    CompletableFuture<Boolean> ran = new CompletableFuture<>();
    Run second = start("second", (progress, output) -> ran.complete(true));
    assertEquals(RunState.RUN_STATE_QUEUED, get(second.getName()).getState());
    runs().cancelRun(CancelRunRequest.newBuilder().setName(second.getName()).build());
    assertEquals(RunState.RUN_STATE_CANCELLED, end(second.getName()));
    release.countDown();
    assertEquals(RunState.RUN_STATE_SUCCEEDED, end(first.getName()));
    Run third = start("third", (progress, output) -> {});
    assertEquals(RunState.RUN_STATE_SUCCEEDED, end(third.getName()));
    assertFalse(ran.isDone());
  }

  @Test
  void aDefectIsOneLineWithAnIdAndNoStack() {
    Run run =
        start(
            "defect",
            (progress, output) -> {
              throw new IndexOutOfBoundsException("Index 7 out of bounds for length 3");
            });
    Run ended = watch(run.getName()).getLast().getRun();
    assertEquals(RunState.RUN_STATE_FAILED, ended.getState());
    assertEquals("INTERNAL", ended.getProblem().getCategory());
    assertFalse(
        ended.getProblem().getMessage().contains("Index 7"), ended.getProblem().getMessage());
    assertEquals(1, ended.getProblem().getMessage().lines().count());
  }

  @Test
  void aStageNeverComesBackAfterTheNextOneBegan() {
    Run run =
        start(
            "stages",
            (progress, output) -> {
              for (String stage : List.of("Import", "Train", "Export")) {
                for (int i = 0; i <= 3; i++) {
                  progress.stage(stage, i, 3, "rows");
                }
              }
              // Longer than held-back progress is held back.
              TimeUnit.MILLISECONDS.sleep(300);
            });
    List<String> inOrder =
        watch(run.getName()).stream()
            .filter(RunEvent::hasProgress)
            .map(event -> event.getProgress().getStage())
            .toList();
    List<String> stages = inOrder.stream().distinct().toList();
    assertEquals(List.of("Import", "Train", "Export"), stages);
    assertEquals(
        inOrder.stream().sorted(java.util.Comparator.comparingInt(stages::indexOf)).toList(),
        inOrder);
  }

  @Test
  void allPointsArriveAndProgressIsThinned() {
    int points = 5000;
    Run run =
        start(
            "talkative",
            (progress, output) -> {
              for (int i = 1; i <= points; i++) {
                progress.learningCurve("target/trees/fold 1", i, "rmse", 1.0 / i, 2.0 / i);
                for (int j = 0; j < 200; j++) {
                  progress.stage("Train", i * 200L + j, points * 200L + 200, "rounds");
                }
              }
              progress.message(Progress.Severity.WARNING, "mind this");
            });
    long begin = System.nanoTime();
    List<RunEvent> events = watch(run.getName());
    double seconds = (System.nanoTime() - begin) * 1e-9;
    List<Integer> steps =
        events.stream()
            .filter(RunEvent::hasLearningCurvePoint)
            .map(each -> each.getLearningCurvePoint().getStep())
            .toList();
    assertEquals(IntStream.rangeClosed(1, points).boxed().toList(), steps);
    long progress = events.stream().filter(RunEvent::hasProgress).count();
    assertTrue(progress >= 1 && progress <= 10 * seconds + 5, progress + " in " + seconds + " s");
    assertTrue(events.stream().anyMatch(each -> each.getMessage().getText().equals("mind this")));
    List<RunEvent> later = watch(run.getName());
    assertEquals(points, later.stream().filter(RunEvent::hasLearningCurvePoint).count());
  }

  @Test
  void watchersThatComeGoAndDawdleAllSeeTheEnd() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    int points = 3000;
    Run run =
        start(
            "watched",
            (progress, output) -> {
              for (int i = 1; i <= points / 2; i++) {
                progress.learningCurve("a", i, "rmse", 1, 1);
              }
              release.await();
              for (int i = points / 2 + 1; i <= points; i++) {
                progress.learningCurve("a", i, "rmse", 1, 1);
                progress.stage("Train", i, points, "rounds");
              }
            });
    WatchRunRequest request = WatchRunRequest.newBuilder().setName(run.getName()).build();
    Pulling slow = new Pulling();
    Pulling leaving = new Pulling();
    RunsServiceGrpc.newStub(host.channel()).watchRun(request, slow);
    RunsServiceGrpc.newStub(host.channel()).watchRun(request, leaving);
    leaving.next();
    leaving.call.cancel("gone", null);
    CompletableFuture<List<RunEvent>> live =
        CompletableFuture.supplyAsync(() -> watch(run.getName()));
    slow.next();
    release.countDown();
    List<RunEvent> all = live.get(LIMIT, TimeUnit.SECONDS);
    assertEquals(points, all.stream().filter(RunEvent::hasLearningCurvePoint).count());
    // The run has ended while the slow one has taken one event; it still gets every point, and the
    // end.
    int seen = 0;
    RunEvent last = null;
    for (RunEvent event = slow.next(); event != null; event = slow.next()) {
      seen += event.hasLearningCurvePoint() ? 1 : 0;
      last = event;
    }
    assertEquals(points, seen);
    assertEquals(RunState.RUN_STATE_SUCCEEDED, last.getRun().getState());
  }

  /** Takes one event at a time, when asked. */
  private static final class Pulling implements ClientResponseObserver<WatchRunRequest, RunEvent> {
    private static final RunEvent END = RunEvent.newBuilder().setSequence(-1).build();
    private final BlockingQueue<RunEvent> queue = new LinkedBlockingQueue<>();
    private volatile ClientCallStreamObserver<WatchRunRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRunRequest> started) {
      call = started;
      started.disableAutoRequestWithInitial(0);
    }

    RunEvent next() throws InterruptedException {
      call.request(1);
      RunEvent event = queue.poll(LIMIT, TimeUnit.SECONDS);
      return event == END ? null : event;
    }

    @Override
    public void onNext(RunEvent event) {
      queue.add(event);
    }

    @Override
    public void onError(Throwable error) {
      queue.add(END);
    }

    @Override
    public void onCompleted() {
      queue.add(END);
    }
  }

  @Test
  void closingTheWorkspaceCancelsWhatRunsAndSaysSo() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Run run =
        start(
            "long",
            (progress, output) -> {
              begun.countDown();
              untilCancelled(progress);
            });
    Run waiting = start("waiting", (progress, output) -> {});
    assertTrue(begun.await(LIMIT, TimeUnit.SECONDS));
    host.close();
    host = Host.start(workspace, () -> PluginCatalog.load(List.of()), pipeline);
    assertEquals(RunState.RUN_STATE_CANCELLED, get(run.getName()).getState());
    assertEquals(RunState.RUN_STATE_CANCELLED, get(waiting.getName()).getState());
    assertEquals(RunState.RUN_STATE_CANCELLED, end(run.getName()));
  }

  @Test
  void aRunGoesOnWhenItsStarterIsGone() {
    Run run = start("alone", (progress, output) -> TimeUnit.MILLISECONDS.sleep(50));
    io.grpc.Context.CancellableContext caller = io.grpc.Context.current().withCancellation();
    caller.run(
        () -> runs().watchRun(WatchRunRequest.newBuilder().setName(run.getName()).build()).next());
    caller.cancel(new SlipstreamException(SlipstreamException.Category.CANCELLED, "gone", ""));
    assertEquals(RunState.RUN_STATE_SUCCEEDED, end(run.getName()));
  }
}
