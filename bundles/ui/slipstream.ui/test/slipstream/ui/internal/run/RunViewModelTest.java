package slipstream.ui.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.StartRunRequest;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** A run's view model: progress, curves, cancel; a view may come and go. The test's own thread is the UI thread. */
final class RunViewModelTest {
  private final LinkedBlockingQueue<Runnable> ui = new LinkedBlockingQueue<>();
  private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private final TaskExecutor executor =
      new TaskExecutor(
          background,
          ui::add,
          (task, failure) -> {
            throw new AssertionError(failure);
          },
          (task, running) -> {});
  private FakeServices fake;
  private Services services;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(1);
    services = new Services(fake::channel, () -> false);
  }

  @AfterEach
  void close() {
    fake.close();
    background.shutdownNow();
  }

  private String start() {
    return services
        .runs()
        .startRun(StartRunRequest.newBuilder().setExperiment("small").build())
        .getName();
  }

  private void pump(java.util.function.BooleanSupplier until) throws InterruptedException {
    while (!until.getAsBoolean()) {
      Runnable next = ui.poll(60, TimeUnit.SECONDS);
      assertTrue(next != null, "nothing happens any more");
      next.run();
    }
  }

  @Test
  void showsProgressCurvesAndTheEnd() throws Exception {
    RunViewModel model = new RunViewModel(start(), services, executor);
    List<Run> ends = new ArrayList<>();
    List<String> stages = new ArrayList<>();
    List<String> left = new ArrayList<>();
    model.onEnd(ends::add);
    model
        .stageProperty()
        .subscribe(
            text -> {
              stages.add(text);
            });
    model
        .timeLeftProperty()
        .subscribe(
            text -> {
              left.add(text);
            });
    model.open();
    pump(() -> model.stateProperty().get() == RunState.RUN_STATE_SUCCEEDED);
    assertEquals(1, ends.size());
    assertTrue(stages.contains("Train trees, fold 4/4"), stages.toString());
    assertTrue(left.stream().anyMatch(text -> text.endsWith(" left")), left.toString());
    assertEquals("impact/trees/fold 4", model.currentCurve());
    assertEquals(60, model.curves().getLast().points().size());
    assertEquals("RMSE, bp", model.lossNameProperty().get());
    assertEquals(4.48, model.baselineOf("impact/trees/fold 4"), 1e-9);
    assertEquals(2, model.messages().size());
    assertEquals("", model.timeLeftProperty().get(), "nothing is left of an ended run");
  }

  @Test
  void aViewOpenedLateShowsEverything() throws Exception {
    String name = start();
    RunViewModel first = new RunViewModel(name, services, executor);
    first.open();
    pump(() -> first.curves().size() >= 3);
    first.close();
    RunViewModel second = new RunViewModel(name, services, executor);
    second.open();
    pump(() -> RunViewModel.ended(second.stateProperty().get()));
    assertEquals(RunState.RUN_STATE_SUCCEEDED, second.stateProperty().get(), "it went on");
    assertEquals(8, second.curves().size(), "4 folds of trees and baseline");
    assertEquals(60, second.curves().getLast().points().size());
  }

  @Test
  void cancelEndsTheRun() throws Exception {
    RunViewModel model = new RunViewModel(start(), services, executor);
    model.open();
    pump(() -> model.stateProperty().get() == RunState.RUN_STATE_RUNNING);
    model.cancel(
        problem -> {
          throw new AssertionError(problem);
        });
    assertTrue(model.cancellingProperty().get());
    pump(() -> RunViewModel.ended(model.stateProperty().get()));
    assertEquals(RunState.RUN_STATE_CANCELLED, model.stateProperty().get());
    assertFalse(model.cancellingProperty().get());
  }

  @Test
  void aRunThatIsNotThereSaysSo() throws Exception {
    RunViewModel model = new RunViewModel("gone-7", services, executor);
    model.open();
    pump(() -> !model.connectionErrorProperty().get().isEmpty());
    assertEquals("There is no run 'gone-7'", model.connectionErrorProperty().get());
  }
}
