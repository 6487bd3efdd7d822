package slipstream.ui.internal.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** The results without a toolkit. */
final class ResultsViewModelTest {
  private FakeServices fake;
  private Services services;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
    services = new Services(fake::channel, () -> false);
  }

  @AfterEach
  void close() {
    fake.close();
  }

  private ResultsViewModel finished() {
    String run =
        services
            .runs()
            .startRun(StartRunRequest.newBuilder().setExperiment("small").build())
            .getName();
    services
        .runs()
        .watchRun(WatchRunRequest.newBuilder().setName(run).build())
        .forEachRemaining(event -> {});
    ResultsViewModel model = new ResultsViewModel(run, services, TaskExecutor.currentThread());
    model.load();
    return model;
  }

  @Test
  void scoresStandBesideTheBaseline() {
    ResultsViewModel model = finished();
    assertEquals(
        List.of("baseline", "trees", "ridge"),
        model.rows().stream().map(row -> row.model().getModel()).toList());
    ResultsViewModel.Row baseline = model.rows().get(0);
    ResultsViewModel.Row trees = model.rows().get(1);
    assertEquals(-1, baseline.colourIndex());
    assertTrue(Double.isNaN(baseline.gain()));
    assertEquals((4.42 - 3.71) / 4.42, trees.gain(), 1e-12, "a lower RMSE is a gain");
    assertEquals(List.of(true, true, true, true), trees.best());
    assertEquals(4, trees.folds().size());
    assertEquals(trees, model.selectedProperty().get(), "the best model's plots come first");
    var metrics = model.targetProperty().get().getMetricsList();
    assertEquals("RMSE, bp", ResultsViewModel.heading(metrics.get(0)));
    assertEquals("3.71", ResultsViewModel.score(metrics.get(0), trees.scores().get(0)));
    assertEquals("0.295", ResultsViewModel.score(metrics.get(2), trees.scores().get(2)));
  }

  @Test
  void exportTellsItsVerification() {
    ResultsViewModel model = finished();
    List<ExportResult> exports = new ArrayList<>();
    model.export(
        "onnx",
        exports::add,
        problem -> {
          throw new AssertionError(problem);
        });
    assertEquals(1, exports.getFirst().getMaxUlps());
    assertFalse(model.exportingProperty().get());
  }

  @Test
  void aRunThatFailedHasNoResultsAndSaysWhatToDo() {
    ResultsViewModel model = new ResultsViewModel("gone-1", services, TaskExecutor.currentThread());
    model.load();
    assertFalse(model.errorProperty().get().isEmpty());
    assertNull(model.reportProperty().get());
    assertTrue(model.rows().isEmpty());
  }
}
