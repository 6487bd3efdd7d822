package slipstream.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.Hashing;
import slipstream.store.internal.MigrationsAccess;

final class WorkspaceStoreTest {
  private static final Instant NOW = Instant.parse("2026-03-29T01:30:00.123456789Z");

  @TempDir private Path workspace;

  private RunRecord create(WorkspaceStore store, String experiment) {
    return store
        .runs()
        .create(experiment, "name: " + experiment, 2, workspace.resolve("runs")::resolve, NOW);
  }

  static ModelRecord model(String name, String run) {
    SequencedMap<String, String> provenance = new LinkedHashMap<>(Map.of("seed", "7"));
    return new ModelRecord(
        0,
        name,
        Hashing.sha256(name),
        "impact",
        run,
        "ridge",
        "impact_bp",
        "bp",
        1234,
        NOW,
        "/somewhere/" + name,
        List.of(
            new ModelRecord.Input("z", "", false, "lag(x, 1)"),
            new ModelRecord.Input("a", "bp", true, "")),
        provenance);
  }

  @Test
  void runsCountByExperimentAndKeepTheirTimesToTheNanosecond() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      assertEquals("impact-1", create(store, "impact").name());
      assertEquals("impact-2", create(store, "impact").name());
      assertEquals("impact-2-1", create(store, "impact-2").name());
      store.runs().start("impact-1", NOW.plusNanos(1));
      SlipstreamException problem =
          SlipstreamException.invalid("bad", new Place("a.slip.yaml", 3, 4, "models.x"), "mend it");
      RunRecord ended =
          store
              .runs()
              .end("impact-1", RunState.FAILED, problem, null, null, List.of(), NOW.plusNanos(2));
      assertEquals(NOW, ended.created());
      assertEquals(NOW.plusNanos(1), ended.started());
      assertEquals(NOW.plusNanos(2), ended.ended());
      assertEquals(problem.getMessage(), ended.problem().getMessage());
      assertEquals(Category.INVALID_INPUT, ended.problem().category());
    }
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      assertEquals("impact-3", create(store, "impact").name());
      assertEquals(RunState.FAILED, store.runs().find("impact-1").orElseThrow().state());
    }
  }

  @Test
  void aNumberWhoseFolderIsThereIsPassedOver() throws IOException {
    Files.createDirectories(workspace.resolve("runs/impact-1"));
    Files.createDirectories(workspace.resolve("runs/impact-2"));
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      assertEquals("impact-3", create(store, "impact").name());
      assertEquals("impact-4", create(store, "impact").name());
    }
  }

  @Test
  void anEndIsFinalAndTakesItsModelsWithIt() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      String name = create(store, "impact").name();
      store.models().register(model("taken", ""));
      // The second model's name is taken: nothing of the end may stay.
      assertThrows(
          RuntimeException.class,
          () ->
              store
                  .runs()
                  .end(
                      name,
                      RunState.SUCCEEDED,
                      null,
                      null,
                      null,
                      List.of(model("m1", name), model("taken", name)),
                      NOW));
      assertEquals(RunState.QUEUED, store.runs().find(name).orElseThrow().state());
      assertTrue(store.models().find("m1").isEmpty());

      store.runs().end(name, RunState.SUCCEEDED, null, null, null, List.of(model("m1", name)), NOW);
      RunRecord again =
          store.runs().end(name, RunState.CANCELLED, null, null, null, List.of(), NOW);
      assertEquals(RunState.SUCCEEDED, again.state());
      assertEquals(List.of("m1"), store.models().namesOfRun(name));
      ModelRecord found = store.models().findByHash(Hashing.sha256("m1")).orElseThrow();
      assertEquals(model("m1", name).inputs(), found.inputs());
      assertEquals(Map.of("seed", "7"), found.provenance());
    }
  }

  @Test
  void pagesCoverEverythingOnceWhileRowsAreAdded() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      IntStream.range(0, 25).forEach(i -> create(store, i % 2 == 0 ? "even" : "odd"));
      List<String> seen = new ArrayList<>();
      long before = 0;
      do {
        Page<RunRecord> page = store.runs().list("even", before, 4);
        assertTrue(page.rows().size() <= 4);
        page.rows().forEach(run -> seen.add(run.name()));
        create(store, "even");
        before = page.last();
      } while (before != 0);
      assertEquals(IntStream.rangeClosed(1, 13).mapToObj(i -> "even-" + (14 - i)).toList(), seen);
    }
  }

  @Test
  void eventsComeBackInOrder() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      RunRecord run = create(store, "impact");
      store.runs().addEvents(run.id(), List.of());
      store
          .runs()
          .addEvents(
              run.id(),
              IntStream.rangeClosed(1, 2500)
                  .mapToObj(
                      i -> new RunEventRecord(i * 2L, ("" + i).getBytes(StandardCharsets.UTF_8)))
                  .toList());
      List<RunEventRecord> first = store.runs().events(run.id(), 0, 1000);
      assertEquals(1000, first.size());
      List<RunEventRecord> rest = store.runs().events(run.id(), first.getLast().sequence(), 9999);
      assertEquals(1500, rest.size());
      assertEquals("2500", new String(rest.getLast().event(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void datasetsRoundTrip() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      DatasetRecord dataset =
          new DatasetRecord(
              0,
              "trades",
              Hashing.sha256("t"),
              10,
              1,
              "time",
              "",
              NOW,
              NOW.plusSeconds(1),
              "x.csv",
              null,
              NOW,
              List.of(new DatasetRecord.Column("price", "FLOAT64", "USD", "last trade")));
      store.datasets().register(dataset);
      store.datasets().setQuality("trades", Hashing.sha256("q"));
      DatasetRecord found = store.datasets().find("trades").orElseThrow();
      assertEquals(dataset.columns(), found.columns());
      assertEquals(NOW, found.firstTime());
      assertEquals(Hashing.sha256("q"), found.qualityHash());
      assertEquals(1, store.datasets().list(0, 10).rows().size());
    }
  }

  @Test
  void oneProcessAtATimeAndTheSecondHearsWhoHoldsIt() throws Exception {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      SlipstreamException here =
          assertThrows(SlipstreamException.class, () -> WorkspaceStore.open(workspace));
      assertEquals(Category.CONFLICT, here.category());
      // The failed attempt must not have loosened the lock, as closing a second descriptor would.
      ChildStore.Result child = ChildStore.run(workspace, "open");
      assertEquals(5, child.exit(), child.output());
      assertTrue(
          child.output().contains("process " + ProcessHandle.current().pid()), child.output());
      assertTrue(store.runs().list("", 0, 1).rows().isEmpty());
    }
    ChildStore.Result child = ChildStore.run(workspace, "open");
    assertEquals(0, child.exit(), child.output());
  }

  @Test
  void aDamagedStoreIsOneLineAndIsLeftAsItIs() throws IOException {
    WorkspaceStore.open(workspace).close();
    Path file = workspace.resolve(".slipstream/store.mv.db");
    byte[] damaged = Files.readAllBytes(file);
    java.util.Arrays.fill(damaged, (byte) 'x');
    Files.write(file, damaged, StandardOpenOption.TRUNCATE_EXISTING);
    SlipstreamException error =
        assertThrows(SlipstreamException.class, () -> WorkspaceStore.open(workspace));
    assertEquals(Category.CORRUPT, error.category());
    assertEquals(1, error.getMessage().lines().count());
    assertEquals(
        Hashing.sha256(damaged), Hashing.sha256(Files.readAllBytes(file)), "it was not touched");
    Files.delete(file);
    WorkspaceStore.open(workspace).close();
  }

  @Test
  void datasetsOfAnOlderStoreAreTheirFirstVersion() throws Exception {
    Files.createDirectories(workspace.resolve(".slipstream"));
    String url = "jdbc:h2:file:" + workspace.resolve(".slipstream/store").toAbsolutePath();
    JdbcDataSource old = new JdbcDataSource();
    old.setURL(url);
    old.setUser("slipstream");
    MigrationsAccess.apply(old, 1);
    String hash = "ab".repeat(32);
    try (Connection connection = old.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO datasets (name, hash, row_count, instruments, time_column, instrument_column,"
              + " first_time, last_time, source, create_time) VALUES ('old', '"
              + hash
              + "', 7, 2, 't', 'i', 1, 9, 'a.csv', 5)");
    }
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      DatasetRecord dataset = store.datasets().find("old").orElseThrow();
      assertEquals(1, dataset.version());
      assertEquals(DatasetRecord.Origin.UNKNOWN, dataset.origin());
      DatasetRecord.Version only = store.datasets().versions(dataset).getFirst();
      assertEquals(hash, only.hash());
      assertEquals(7, only.rows());
      assertEquals("a.csv", only.source());
      assertEquals(List.of(), store.datasets().unusedTables());
    }
  }

  @Test
  void aNewerStoreIsRefused() throws Exception {
    WorkspaceStore.open(workspace).close();
    String url = "jdbc:h2:file:" + workspace.resolve(".slipstream/store").toAbsolutePath();
    try (Connection connection = DriverManager.getConnection(url, "slipstream", "");
        var statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO \"flyway_schema_history\" (\"installed_rank\", \"version\", \"description\","
              + " \"type\", \"script\", \"installed_by\", \"execution_time\", \"success\")"
              + " VALUES (99, '99', 'future', 'SQL', 'V99.sql', 'x', 1, TRUE)");
    }
    SlipstreamException error =
        assertThrows(SlipstreamException.class, () -> WorkspaceStore.open(workspace));
    assertEquals(Category.CORRUPT, error.category());
    assertTrue(error.getMessage().contains("newer"), error.getMessage());
  }

  @Test
  void scratchOfADeadProcessIsRemoved() throws IOException {
    Path scratch = workspace.resolve(".slipstream/content/scratch/import-1");
    Files.createDirectories(scratch);
    Files.writeString(scratch.resolve("column"), "half");
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      assertFalse(Files.exists(scratch));
      assertTrue(Files.isDirectory(store.content().scratch()));
    }
  }

  @Test
  void everyScriptOfTheFolderIsMigrated() throws IOException {
    Path folder = Path.of("src/slipstream/store/migrations");
    try (var files = Files.list(folder)) {
      assertEquals(
          MigrationsAccess.scripts(),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void runsThatWereGoingOnAreInterruptedAtTheNextOpening() throws Exception {
    ChildStore.Result child = ChildStore.run(workspace, "leave");
    assertEquals(0, child.exit(), child.output());
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      assertEquals(List.of("left-1", "left-2"), store.interrupted());
      RunRecord run = store.runs().find("left-2").orElseThrow();
      assertEquals(RunState.INTERRUPTED, run.state());
      assertEquals(Category.UNAVAILABLE, run.problem().category());
      assertNull(store.runs().find("left-1").orElseThrow().started());
    }
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      assertEquals(List.of(), store.interrupted());
    }
  }
}
