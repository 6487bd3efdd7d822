package slipstream.ui.internal.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.Contribution;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.ScoreLink;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.explain.ExplainViewModel.Input;
import slipstream.ui.internal.explain.ExplainViewModel.Step;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** The explanation of a prediction without a toolkit. */
final class ExplainViewModelTest {
  private FakeServices fake;
  private ExplainViewModel model;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
    model =
        new ExplainViewModel(
            "run-1.ridge", new Services(fake::channel, () -> false), TaskExecutor.currentThread());
  }

  @AfterEach
  void close() {
    fake.close();
  }

  @Test
  void theExampleIsExplainedFirst() {
    model.load();
    assertEquals("", model.loadErrorProperty().get());
    assertEquals(-1, model.rowNumberProperty().get());
    assertEquals(200, model.totalRowsProperty().get());
    assertEquals(
        List.of("Base value", "a", "c", "b", "Prediction"),
        model.steps().stream().map(Step::label).toList(),
        "the largest first");
    assertEquals(List.of(1.0, 3.0, 4.0, 4.0, 4.0), model.steps().stream().map(Step::to).toList());
    assertEquals("1.0000 bp", model.steps().get(1).value());
    assertEquals("a", model.selectedProperty().get(), "the largest is looked at");
    assertEquals("a", model.dependenceProperty().get().getInput());
    assertEquals("impact, bp", ExplainViewModel.scale(model.answerProperty().get()));
  }

  @Test
  void rowsAreGoneThroughAndStayWithinTheData() {
    model.load();
    model.showRow(198);
    model.step(1);
    assertEquals(199, model.rowNumberProperty().get());
    model.step(1);
    assertEquals(199, model.rowNumberProperty().get());
    model.showRow(500);
    assertFalse(model.problemProperty().get().isEmpty());
    assertEquals(199, model.rowNumberProperty().get(), "what was shown stays");
    model.step(-1000);
    assertEquals(0, model.rowNumberProperty().get());
    assertEquals("", model.problemProperty().get());
  }

  @Test
  void typedValuesAreExplainedUntilTheyAreReset() {
    model.load();
    model.showRow(5);
    assertEquals("", model.set("b", "2.5"));
    assertEquals(1 + 10 - 7.5 + 2, model.answerProperty().get().getExplanations(0).getScore());
    assertEquals(List.of(false, true, false), model.inputs().stream().map(Input::changed).toList());
    assertEquals("", model.set("a", " –"));
    assertTrue(Double.isNaN(model.inputs().get(0).value()));
    assertEquals(List.of(true, true, false), model.inputs().stream().map(Input::changed).toList());
    assertEquals("'x' is not a number", model.set("a", "x"));
    assertEquals("An infinite value is not possible", model.set("a", "1e999"));
    int asked = fake.explanations.asked.size();
    assertEquals("", model.set("b", "2.5"), "the same again asks nothing");
    assertEquals(asked, fake.explanations.asked.size());
    model.reset();
    assertEquals(5, model.rowNumberProperty().get());
    assertTrue(model.inputs().stream().noneMatch(Input::changed));
  }

  @Test
  void withoutDataValuesCanBeTypedAllTheSame() {
    fake.explanations.noData =
        Status.NOT_FOUND.withDescription("the data are not here").asRuntimeException();
    model.load();
    assertEquals(-1, model.totalRowsProperty().get());
    assertTrue(model.dataProblemProperty().get().contains("not here"));
    assertNull(model.dependenceProperty().get());
    assertEquals("", model.set("a", "3"));
    assertEquals(8, model.answerProperty().get().getExplanations(0).getScore());
    model.findInteractions();
    assertNull(model.interactionsProperty().get());
  }

  @Test
  void interactionsAreFoundWhenAskedFor() {
    model.load();
    assertNull(model.interactionsProperty().get());
    model.findInteractions();
    assertEquals(
        "a × b", ExplainViewModel.pair(model.interactionsProperty().get().getInteractions(0)));
    assertFalse(model.searchingProperty().get());
  }

  @Test
  void smallContributionsStandTogetherAndTheBarsStillMeet() {
    Explanation.Builder one = Explanation.newBuilder().setBaseValue(10);
    double score = 10;
    for (int i = 0; i < 40; i++) {
      double adds = i % 2 == 0 ? i : -i;
      score += adds;
      one.addContributions(
          Contribution.newBuilder().setInput("f" + i).setValue(i).setContribution(adds));
    }
    List<Step> steps =
        ExplainViewModel.steps(
            ExplainPredictionsResponse.newBuilder()
                .setLink(ScoreLink.SCORE_LINK_LOG)
                .addExplanations(one.setScore(score))
                .build());
    assertEquals(17, steps.size());
    assertEquals("26 others", steps.get(15).label());
    assertEquals("Score", steps.get(16).label());
    for (int i = 1; i < 16; i++) {
      assertEquals(steps.get(i - 1).to(), steps.get(i).from());
    }
    assertEquals(score, steps.get(15).to());
  }

  @Test
  void aTableForASpreadsheet() {
    model.load();
    String[] lines = model.table('\t').split("\n");
    assertEquals("input\tvalue\tunit\tcontribution\tstandard_error", lines[0]);
    assertEquals("a\t1.0\tbp\t2.0\t0.0", lines[2]);
    assertEquals(7, lines.length);
    assertTrue(lines[6].startsWith("prediction\t4.0\tbp"));
  }
}
