package slipstream.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.store.ModelScores.Filter;
import slipstream.store.ModelScores.Order;
import slipstream.store.internal.MigrationsAccess;

final class ModelScoresTest {
  private static final Filter ALL = new Filter("", "", "", "", "", true);
  private static final Instant NOW = Instant.parse("2026-03-29T01:30:00Z");

  @TempDir private Path workspace;

  private String run(WorkspaceStore store, String experiment, int second) {
    RunRecord run =
        store
            .runs()
            .create(experiment, "", 1, workspace.resolve("runs")::resolve, NOW.plusSeconds(second));
    store.runs().start(run.name(), NOW);
    store.runs().end(run.name(), RunState.SUCCEEDED, null, "ab".repeat(32), null, List.of(), NOW);
    return run.name();
  }

  private static ModelScoreRecord score(
      String target, String model, String trainer, double seconds, Object... losses) {
    SequencedMap<String, Double> map = new LinkedHashMap<>();
    for (int i = 0; i < losses.length; i += 2) {
      map.put((String) losses[i], (Double) losses[i + 1]);
    }
    return new ModelScoreRecord(
        target,
        model,
        trainer,
        model.equals("baseline"),
        seconds,
        map,
        (target + "/" + model).getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> list(
      WorkspaceStore store, Filter filter, Order order, String metric, boolean reverse) {
    return store.scores().list(filter, order, metric, reverse, 0, 100).stream()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .toList();
  }

  private void fill(WorkspaceStore store) {
    String first = run(store, "impact", 0);
    String second = run(store, "spread", 1);
    assertEquals(List.of(first, second), List.copyOf(store.scores().missing().keySet()));
    store
        .scores()
        .add(
            first,
            List.of(
                score("impact", "baseline", "mean", 0, "skill", 0.0, "mae", 3.0),
                score("impact", "trees", "boosted-trees", 9, "skill", -0.4, "mae", 2.0),
                score("impact", "Ridge_1", "ridge", 1, "skill", Double.NaN, "mae", 2.5)));
    store
        .scores()
        .add(second, List.of(score("half_spread", "trees", "boosted-trees", 5, "skill", -0.1)));
  }

  @Test
  void listsByAnyOrder() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      fill(store);
      assertTrue(store.scores().missing().isEmpty());
      assertEquals(
          List.of("half_spread/trees", "impact/baseline", "impact/trees", "impact/Ridge_1"),
          list(store, ALL, Order.TIME, "", false));
      assertEquals(
          List.of("impact/trees", "half_spread/trees", "impact/baseline", "impact/Ridge_1"),
          list(store, ALL, Order.METRIC, "skill", false));
      assertEquals(
          List.of("impact/baseline", "half_spread/trees", "impact/trees", "impact/Ridge_1"),
          list(store, ALL, Order.METRIC, "skill", true),
          "an unknown score is last either way");
      assertEquals(
          List.of("impact/trees", "impact/Ridge_1", "impact/baseline", "half_spread/trees"),
          list(store, ALL, Order.METRIC, "mae", false));
      assertEquals(
          List.of("impact/trees", "half_spread/trees", "impact/Ridge_1", "impact/baseline"),
          list(store, ALL, Order.TRAINING_TIME, "", true));
      assertEquals(
          "impact/Ridge_1", list(store, ALL, Order.MODEL, "", false).getFirst(), "by name");
      for (Order order : Order.values()) {
        for (boolean reverse : new boolean[] {false, true}) {
          assertEquals(4, list(store, ALL, order, "skill", reverse).size(), order.name());
        }
      }
    }
  }

  @Test
  void filtersAndPages() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      fill(store);
      assertEquals(
          List.of("impact/trees", "impact/Ridge_1"),
          list(store, new Filter("impact", "", "", "", "", false), Order.TIME, "", false));
      assertEquals(
          List.of("impact/Ridge_1"),
          list(store, new Filter("", "", "", "", "RIDGE_", true), Order.TIME, "", false));
      assertEquals(
          List.of(), list(store, new Filter("", "", "", "", "%", true), Order.TIME, "", false));
      assertEquals(
          List.of("half_spread/trees"),
          list(
              store,
              new Filter("", "half_spread", "boosted-trees", "spread-1", "", true),
              Order.TIME,
              "",
              false));
      assertEquals(
          List.of("impact/baseline", "impact/trees"),
          store.scores().list(ALL, Order.TIME, "", false, 1, 2).stream()
              .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
              .toList());
      assertEquals(4, store.scores().count(ALL));
      ModelScores.Words words = store.scores().words(ALL);
      assertEquals(List.of("impact", "spread"), words.experiments());
      assertEquals(List.of("half_spread", "impact"), words.targets());
      assertEquals(List.of("boosted-trees", "mean", "ridge"), words.trainers());
      assertEquals(List.of("mae", "skill"), words.metrics());
    }
  }

  @Test
  void theScoresOfARunAreTakenOnce() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      fill(store);
      store.scores().add("impact-1", List.of(score("impact", "again", "ridge", 1)));
      assertEquals(4, store.scores().count(ALL));
      assertEquals(1, store.scores().find("impact-1", "impact", "trees").size());
      assertEquals(0, store.scores().find("impact-1", "impact", "none").size());
    }
  }

  /** Runs of a store from before there was a list are listed. */
  @Test
  void runsOfAnOlderStoreAreStillToBeTaken() throws Exception {
    Files.createDirectories(workspace.resolve(".slipstream"));
    JdbcDataSource old = new JdbcDataSource();
    old.setURL("jdbc:h2:file:" + workspace.resolve(".slipstream/store").toAbsolutePath());
    old.setUser("slipstream");
    MigrationsAccess.apply(old, 3);
    String hash = "cd".repeat(32);
    try (Connection connection = old.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO runs (name, experiment, number, state, create_time, experiment_text, threads,"
              + " directory, report_hash) VALUES ('old-1', 'old', 1, 'SUCCEEDED', 5, '', 1, 'x', '"
              + hash
              + "')");
      statement.execute(
          "INSERT INTO runs (name, experiment, number, state, create_time, experiment_text, threads,"
              + " directory) VALUES ('old-2', 'old', 2, 'FAILED', 5, '', 1, 'x')");
    }
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      assertEquals(Map.of("old-1", hash), store.scores().missing());
    }
  }
}
