package slipstream.ui.internal.curve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.GetCostCurveRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.curve.CurveViewModel.Range;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** Cost curves without a toolkit. */
final class CurveViewModelTest {
  private FakeServices fake;
  private CurveViewModel model;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
    Services services = new Services(fake::channel, () -> false);
    String run =
        services
            .runs()
            .startRun(StartRunRequest.newBuilder().setExperiment("small").build())
            .getName();
    services
        .runs()
        .watchRun(WatchRunRequest.newBuilder().setName(run).build())
        .forEachRemaining(event -> {});
    model = new CurveViewModel(run + ".trees", services, TaskExecutor.currentThread());
  }

  @AfterEach
  void close() {
    fake.close();
  }

  private GetCostCurveRequest last() {
    return fake.explanations.curves.getLast();
  }

  @Test
  void theMeasureOfSizeIsVariedAtTheMediansOfTheRest() {
    model.load();
    assertEquals("", model.loadErrorProperty().get());
    assertEquals("imbalance", model.variedProperty().get());
    assertEquals(0.1, last().getFrom());
    assertEquals(10, last().getTo());
    assertEquals(2, last().getRow().getFieldsOrThrow("volatility").getNumberValue());
    assertEquals(20, model.curve(model.name()).getPredicted(2));
    assertEquals("band: 80 % of single orders", CurveViewModel.band(model.curve(model.name())));
    assertTrue(model.noteProperty().get().contains("500 training rows"));
    model.set("volatility", 3);
    assertEquals(30, model.curve(model.name()).getPredicted(2));
    int asked = fake.explanations.curves.size();
    model.set("volatility", 3);
    assertEquals(asked, fake.explanations.curves.size(), "the same again asks nothing");
    model.reset();
    assertEquals(20, model.curve(model.name()).getPredicted(2));
  }

  @Test
  void anotherInputAndAScale() {
    model.load();
    assertTrue(model.logarithmPossible());
    model.logarithmic(true);
    assertTrue(last().getLogarithmic());
    model.vary("volatility");
    assertEquals("volatility", last().getInput());
    assertFalse(last().getLogarithmic(), "it is below 0 somewhere");
    model.logarithmic(true);
    assertFalse(model.logarithmicProperty().get());
  }

  @Test
  void anotherModelIsLaidOverItAndTakenAway() {
    model.load();
    String ridge = model.name().replace("trees", "ridge");
    assertEquals(List.of(ridge), model.others());
    model.overlay(ridge);
    assertEquals(
        List.of(model.name(), ridge), model.models().stream().map(Model::getName).toList());
    assertTrue(model.others().isEmpty());
    model.set("volatility", 4);
    assertEquals(40, model.curve(ridge).getPredicted(2), "a slider moves all curves");
    String[] lines = model.table().split("\n");
    assertEquals(4, lines.length);
    assertEquals(7, lines[0].split("\t").length);
    model.remove(ridge);
    model.remove(model.name());
    assertEquals(List.of(model.name()), model.models().stream().map(Model::getName).toList());
    assertEquals(List.of(ridge), model.others());
  }

  @Test
  void withoutDataRangesAreAroundTheExample() {
    fake.explanations.noData =
        Status.NOT_FOUND.withDescription("the data are not here").asRuntimeException();
    model.load();
    assertTrue(
        model.noteProperty().get().contains("archive's example"), model.noteProperty().get());
    assertTrue(model.noteProperty().get().contains("not here"));
  }

  @Test
  void whatCallersChooseIsSizeBeforeAllElse() {
    Model asked =
        Model.newBuilder()
            .addInputs(ModelInput.newBuilder().setName("size_lag"))
            .addInputs(ModelInput.newBuilder().setName("flow").setGiven(true))
            .addInputs(ModelInput.newBuilder().setName("participation").setGiven(true))
            .build();
    Range flow = new Range("flow", "", 0, 1, 2);
    Range lag = new Range("size_lag", "", 0, 1, 2);
    Range constant = new Range("participation", "", 1, 1, 1);
    Range participation = new Range("participation", "", 0, 1, 2);
    assertEquals("participation", CurveViewModel.size(asked, List.of(lag, flow, participation)));
    assertEquals("flow", CurveViewModel.size(asked, List.of(lag, flow, constant)));
    assertEquals("size_lag", CurveViewModel.size(asked, List.of(lag, constant)));
  }
}
