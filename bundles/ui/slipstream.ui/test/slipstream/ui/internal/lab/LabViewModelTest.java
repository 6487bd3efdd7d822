package slipstream.ui.internal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.EvaluateExpressionRequest;
import slipstream.proto.v1.NamedExpression;
import slipstream.proto.v1.SeriesKind;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** The feature lab without a toolkit. */
final class LabViewModelTest {
  private static final String TEXT =
      """
      data: {importer: csv, path: a.csv}
      prepare:
        - {extractor: bars, interval: 30s}
      features:
        a: x
      """;

  private FakeServices fake;
  private String text = TEXT;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
  }

  @AfterEach
  void close() throws Exception {
    fake.close();
  }

  private LabViewModel experiment() {
    LabViewModel model =
        LabViewModel.onExperiment(
            "e",
            () -> Optional.ofNullable(text),
            new Services(fake::channel, () -> false),
            TaskExecutor.currentThread());
    model.load();
    return model;
  }

  private EvaluateExpressionRequest asked() {
    return fake.evaluated().getLast();
  }

  @Test
  void anExperimentsDataAndSeriesAreThoseOfItsUnsavedText() {
    LabViewModel model = experiment();
    assertEquals(TEXT, fake.prepared().getLast().getText());
    assertEquals("e-prepared", model.dataset());
    assertEquals("cost", model.targetProperty().get(), "its first target is looked at");
    assertEquals("", model.preparingProperty().get());
    model.expressionProperty().set("mean(x, 2)");
    model.evaluate();
    assertEquals("e-prepared", asked().getDataset());
    assertEquals(
        List.of("f" + TEXT.length(), "cost"),
        asked().getDefinitionsList().stream().map(NamedExpression::getName).toList());
    assertTrue(model.resultProperty().get().getComplete());
  }

  @Test
  void editsOfSeriesLeaveTheDataAndEditsOfTheDataPrepareThemAgain() {
    LabViewModel model = experiment();
    model.refresh();
    assertEquals(1, fake.prepared().size(), "nothing changed");
    text = TEXT + "  b: 2 * x\n";
    model.refresh();
    assertTrue(fake.prepared().getLast().getSeriesOnly());
    assertEquals("f" + text.length(), model.series().getFirst().getName());
    text = text.replace("30s", "60s");
    model.refresh();
    assertEquals(3, fake.prepared().size());
    assertEquals(false, fake.prepared().getLast().getSeriesOnly());
    text = null;
    model.refresh();
    assertEquals(3, fake.prepared().size(), "the editor was closed");
  }

  @Test
  void aTextThatIsBrokenMeanwhileLeavesTheLabAsItWas() {
    LabViewModel model = experiment();
    text = "data: [";
    model.refresh();
    assertTrue(model.staleProperty().get().contains("not YAML"), model.staleProperty().get());
    assertEquals("", model.loadErrorProperty().get());
    assertEquals("e-prepared", model.dataset());
    text = TEXT + "#";
    model.refresh();
    assertEquals("", model.staleProperty().get());
  }

  @Test
  void whatTheExpressionIsToBeIsAsked() {
    LabViewModel model = experiment();
    model.expressionProperty().set("lead(x, 1)");
    model.kindProperty().set(SeriesKind.SERIES_KIND_GIVEN);
    model.evaluate();
    assertEquals(SeriesKind.SERIES_KIND_GIVEN, asked().getKind());
    model.expressionProperty().set(" ");
    int before = fake.evaluated().size();
    model.evaluate();
    assertEquals(before, fake.evaluated().size());
    assertNull(model.resultProperty().get());
  }

  @Test
  void thePartsOfATextThatSayWhatTheDataAre() {
    String data = LabViewModel.dataParts(TEXT);
    assertTrue(data.contains("a.csv") && data.contains("30s"), data);
    assertTrue(!data.contains("features"), data);
    assertEquals(data, LabViewModel.dataParts(TEXT.replace("a: x", "data: y")));
    assertEquals(data, LabViewModel.dataParts("name: e\n" + TEXT + "models:\n  m: {}\n"));
    String rows = "prepare:\n- a\n\n- b\ntargets:\n  t: x\n";
    assertNotEquals(
        LabViewModel.dataParts(rows), LabViewModel.dataParts(rows.replace("- b", "- c")));
  }
}
