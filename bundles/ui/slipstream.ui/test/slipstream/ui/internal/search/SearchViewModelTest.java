package slipstream.ui.internal.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.Trial;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.search.SearchViewModel.Axis;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** A search without a toolkit. */
final class SearchViewModelTest {
  private static final String RATE = "models.trees.learning_rate";
  private static final String GROWTH = "models.trees.growth";

  private FakeServices fake;
  private SearchViewModel model;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
    model =
        new SearchViewModel(
            "impact-search-1",
            new Services(fake::channel, () -> false),
            TaskExecutor.currentThread());
  }

  @AfterEach
  void close() {
    fake.close();
  }

  @Test
  void theBestSoFarFallsInStepsAndFailuresDoNotCount() {
    model.open();
    assertEquals(40, model.trials().size());
    assertEquals("40 of 40 configurations, 4 failed", model.amount());
    assertEquals(
        "RMSE of impact, bp",
        SearchViewModel.objective(model.searchProperty().get().getObjective()));
    double[][] line = model.bestSoFar();
    assertEquals(1, line[0][0]);
    assertEquals(19, line[1][0]);
    assertEquals(40, line[0][line[0].length - 1]);
    assertEquals(0, line[1][line[1].length - 1]);
    for (int i = 1; i < line[1].length; i++) {
      assertTrue(line[1][i] <= line[1][i - 1]);
      assertTrue(line[0][i] >= line[0][i - 1]);
    }
    assertTrue(Double.isNaN(model.scores()[8]));
    assertEquals("1 min 15 s", model.elapsedProperty().get());
    assertTrue(
        SearchViewModel.overfitting(model.searchProperty().get().getSummary())
            .startsWith("Probability of backtest overfitting 0.25"));
  }

  @Test
  void axesHaveTheScaleOfTheirValues() {
    model.open();
    List<Axis> axes = model.axes();
    assertEquals(
        List.of(RATE, GROWTH, "RMSE of impact, bp"), axes.stream().map(Axis::key).toList());
    assertTrue(axes.get(0).log(), "from 0.8 to 0.0001");
    assertEquals(List.of("odd", "even"), axes.get(1).categories());
    assertFalse(axes.get(2).log(), "0 has no logarithm");
    double[] first = model.positions(model.trials().getFirst());
    assertArrayEquals(new double[] {1, 0, 0.95}, first, 1e-12);
    double[] best = model.positions(model.trials().get(19));
    assertEquals(1, best[1]);
    assertEquals(0, best[2]);
    assertTrue(Double.isNaN(model.positions(model.trials().get(8))[2]), "it failed");
  }

  @Test
  void brushesChooseTogether() {
    model.open();
    model.brush(GROWTH, 0.9, 1);
    assertEquals(20, model.chosen().size());
    model.brush(RATE, 1, 0.5);
    assertEquals(10, model.chosen().size(), "either way round");
    assertArrayEquals(new double[] {0.5, 1}, model.brushOf(RATE));
    assertTrue(model.chosen().stream().allMatch(each -> each.getNumber() % 2 == 0));
    model.clear(GROWTH);
    assertEquals(20, model.chosen().size());
    model.clear("");
    assertEquals(40, model.chosen().size());
  }

  @Test
  void ofTenThousandTrialsTheBestAreDrawnLast() {
    fake.searches.count = 10_000;
    model.open();
    assertEquals(10_000, model.trials().size());
    List<Trial> drawn = model.drawn(1500);
    assertEquals(1500, drawn.size());
    assertEquals(0, drawn.getLast().getScore());
    for (int i = 1; i < drawn.size(); i++) {
      assertTrue(drawn.get(i).getScore() <= drawn.get(i - 1).getScore());
    }
    assertEquals(1500, drawn.stream().map(Trial::getNumber).distinct().count());
  }

  @Test
  void itGoesOnWithMoreOrAsItWas() {
    model.open();
    assertTrue(model.resumable());
    List<String> problems = new ArrayList<>();
    model.resume("80", problems::add);
    model.resume(" 40 ", problems::add);
    model.resume("", problems::add);
    assertEquals(
        List.of("80", "", ""),
        fake.searches.resumed.stream()
            .map(each -> each.getOverridesMap().getOrDefault("search.trials", ""))
            .toList());
    assertEquals(40, model.trials().size(), "its trials are not shown twice");
    assertTrue(problems.isEmpty(), problems.toString());
    model.resume("0", problems::add);
    assertTrue(problems.getFirst().contains("can only grow"));
  }

  @Test
  void itIsStoppedOnce() {
    fake.searches.state = RunState.RUN_STATE_RUNNING;
    model.open();
    assertFalse(model.resumable());
    model.stop(problem -> {});
    model.stop(problem -> {});
    assertEquals(List.of("impact-search-1"), fake.searches.stopped);
    assertTrue(model.stoppingProperty().get());
  }

  @Test
  void aTableForASpreadsheet() {
    model.open();
    model.brush(RATE, 0.99, 1);
    String[] lines = model.table().split("\n");
    assertEquals(
        "trial\tconfiguration\trung\tresource\tscore\tbaseline\t"
            + RATE
            + "\t"
            + GROWTH
            + "\tseconds\tproblem",
        lines[0]);
    assertEquals(2, lines.length);
    assertTrue(lines[1].startsWith("1\t1\t0\t1.0\t19.0\t40.0\t0.79"), lines[1]);
  }
}
