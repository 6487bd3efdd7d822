package slipstream.ui.internal.leaderboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.ModelScore;
import slipstream.proto.v1.ScoreOrder;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.leaderboard.LeaderboardViewModel.Line;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** The leaderboard without a toolkit. */
final class LeaderboardViewModelTest {
  private FakeServices fake;
  private LeaderboardViewModel model;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
    model =
        new LeaderboardViewModel(
            new Services(fake::channel, () -> false), TaskExecutor.currentThread());
  }

  @AfterEach
  void close() {
    fake.close();
  }

  @Test
  void theBestSkillIsFirstAndPagesFollow() {
    model.refresh();
    assertEquals(450, model.totalProperty().get());
    assertEquals(200, model.scores().size());
    model.more();
    assertEquals(400, model.scores().size());
    model.more();
    model.more();
    assertEquals(450, model.scores().size(), "after the last page there is none");
    for (int i = 1; i < 450; i++) {
      assertTrue(
          LeaderboardViewModel.skill(model.scores().get(i - 1))
              >= LeaderboardViewModel.skill(model.scores().get(i)));
    }
    assertEquals(List.of("All", "e0", "e1"), model.experiments());
    assertEquals(List.of("mae"), model.metrics());
    assertEquals("", model.unit("mae"), "two targets have two units");
    assertEquals("0.439 to 0.459", LeaderboardViewModel.interval(model.scores().getFirst()));
  }

  @Test
  void theServicesFilterAndSort() {
    model.refresh();
    model.filter("e1", LeaderboardViewModel.ALL, null, "", false);
    assertEquals(225, model.totalProperty().get());
    assertEquals("bp", model.unit("mae"));
    assertFalse(model.everything());
    model.sort(ScoreOrder.SCORE_ORDER_METRIC, "skill", true);
    assertEquals(0.001, LeaderboardViewModel.skill(model.scores().getFirst()));
    model.filter(null, null, null, " nothing ", false);
    assertEquals(0, model.totalProperty().get());
    assertEquals("nothing", model.queryProperty().get().text());
    int asked = fake.scores.asked.size();
    model.filter(null, null, null, "nothing", false);
    assertEquals(asked, fake.scores.asked.size(), "the same again asks nothing");
  }

  @Test
  void twoAreComparedAndOneIsNot() {
    model.refresh();
    List<ModelScore> two = model.scores().subList(0, 2);
    model.compare(two);
    List<Line> lines = List.copyOf(model.lines());
    assertEquals(List.of("Skill", "MAE", "model.depth"), lines.stream().map(Line::name).toList());
    assertEquals(0, lines.get(0).best());
    assertEquals(-1, lines.get(1).best(), "errors on two targets have no order");
    assertEquals(List.of("449", "448"), lines.get(2).values());
    assertTrue(model.comparisonTable().startsWith("key\tm449 · t1 · e1-449\tm448 · t0 · e0-448\n"));
    model.compare(List.of(two.getFirst()));
    assertNull(model.comparisonProperty().get());
    assertTrue(model.lines().isEmpty());
    model.compare(model.scores().subList(0, 21));
    assertTrue(model.comparisonErrorProperty().get().contains("20"));
  }

  @Test
  void aTableForASpreadsheet() {
    model.refresh();
    String[] lines = model.table(model.scores().subList(0, 3)).split("\n");
    assertEquals(4, lines.length);
    assertEquals(
        "model\ttarget\tunit\ttrainer\trun\texperiment\tskill\tskill_low\tskill_high\tmae"
            + "\ttraining_seconds\tscored_rows\tstarted",
        lines[0]);
    assertTrue(
        lines[1].startsWith("m449\tt1\tbp\tridge\te1-449\te1\t0.449\t0.439\t0.459\t"), lines[1]);
  }
}
