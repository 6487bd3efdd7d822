package slipstream.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.ContentStore;
import slipstream.core.store.Lineage;
import slipstream.core.table.Table;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.DeleteDatasetRequest;
import slipstream.proto.v1.DeleteDatasetResponse;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.ListDatasetVersionsRequest;
import slipstream.proto.v1.ListDatasetsRequest;
import slipstream.proto.v1.PreviewImportRequest;
import slipstream.proto.v1.PreviewImportResponse;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;

/** Datasets from import to deletion. */
class DatasetsTest {
  @TempDir private Path workspace;
  private LocalServices services;
  private final List<ImportDatasetEvent> events = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    services = LocalServices.open(workspace);
  }

  @AfterEach
  void close() {
    services.close();
  }

  private DatasetsServiceGrpc.DatasetsServiceBlockingStub datasets() {
    return DatasetsServiceGrpc.newBlockingStub(services.channel());
  }

  private ContentStore content() {
    return new ContentStore(workspace.resolve(".slipstream/content"));
  }

  private static Struct parameters(Object... pairs) {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      Value.Builder value = Value.newBuilder();
      if (pairs[i + 1] instanceof List<?> list) {
        ListValue.Builder values = ListValue.newBuilder();
        list.forEach(each -> values.addValues(Value.newBuilder().setStringValue((String) each)));
        value.setListValue(values);
      } else {
        value.setStringValue((String) pairs[i + 1]);
      }
      struct.putFields((String) pairs[i], value.build());
    }
    return struct.build();
  }

  private Dataset run(ImportDatasetRequest.Builder request) {
    events.clear();
    Iterator<ImportDatasetEvent> imported = datasets().importDataset(request.build());
    imported.forEachRemaining(events::add);
    return events.getLast().getDataset();
  }

  private SlipstreamException fails(ImportDatasetRequest.Builder request) {
    return StatusMapping.toException(
        assertThrows(StatusRuntimeException.class, () -> run(request)));
  }

  private boolean said(String words) {
    return events.stream().anyMatch(each -> each.getMessage().getText().contains(words));
  }

  /** Days of two instruments, a minute apart. */
  private void day(String file, int from, int to) throws IOException {
    StringBuilder text = new StringBuilder("time,sym,px\n");
    for (int day = from; day < to; day++) {
      for (int minute = 0; minute < 60; minute++) {
        for (String instrument : List.of("A", "B")) {
          text.append(
              String.format(
                  Locale.ROOT,
                  "2024-01-%02dT10:%02d:00Z,%s,%d%n",
                  day,
                  minute,
                  instrument,
                  100 + (day * 60 + minute) % 17));
        }
      }
    }
    Files.writeString(workspace.resolve(file), text);
  }

  private ImportDatasetRequest.Builder prices() {
    return ImportDatasetRequest.newBuilder()
        .setName("prices")
        .setParameters(parameters("path", "d1.csv", "time", "time", "instrument", "sym"));
  }

  private static ImportDatasetRequest.Builder append(String file) {
    return ImportDatasetRequest.newBuilder()
        .setAppendTo("prices")
        .setParameters(file.isEmpty() ? parameters() : parameters("path", file));
  }

  private void nothingIsLeft() throws IOException {
    Path scratch = workspace.resolve(".slipstream/content/scratch");
    if (Files.exists(scratch)) {
      try (var left = Files.list(scratch)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  private List<String> tables() throws IOException {
    try (var all = Files.walk(workspace.resolve(".slipstream/content/tables"), 2)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.length() == 64)
          .sorted()
          .toList();
    }
  }

  @Test
  void newDaysAreAppendedAndEarlierVersionsStay() throws Exception {
    day("d1.csv", 1, 4);
    day("d2.csv", 4, 5);
    day("all.csv", 1, 6);
    Dataset first = run(prices());
    assertEquals(360, first.getRows());
    assertEquals(1, first.getVersion());
    assertEquals("csv", first.getImporter(), "told by the file");

    Dataset second = run(append("d2.csv"));
    assertEquals(2, second.getVersion());
    assertEquals(480, second.getRows());
    assertTrue(said("120 rows are new"), events.toString());
    Lineage lineage = content().lineage(second.getHash()).orElseThrow();
    assertEquals(first.getHash(), lineage.previous());
    assertEquals(new Lineage.Extension("A", 180, 240), lineage.partitions().getFirst());
    assertEquals(List.of(second.getHash()), tables(), "only the newest table is kept");

    // A file that repeats the past adds its last day.
    Dataset third = run(append("all.csv"));
    assertEquals(600, third.getRows());
    assertEquals(third, datasets().getDataset(name("prices")));
    run(append("all.csv"));
    assertTrue(said("nothing to append"), events.toString());
    assertEquals(List.of(third.getHash()), tables());

    var versions =
        datasets()
            .listDatasetVersions(ListDatasetVersionsRequest.newBuilder().setName("prices").build());
    assertEquals(
        List.of(3, 2, 1),
        versions.getVersionsList().stream().map(each -> each.getVersion()).toList());
    assertEquals("d2.csv", versions.getVersions(1).getSource());
    assertEquals(360, versions.getVersions(2).getRows());

    // The same data at once are the same table, to the byte; and so is an earlier version.
    Dataset atOnce =
        run(
            prices()
                .setName("at-once")
                .setParameters(parameters("path", "all.csv", "time", "time", "instrument", "sym")));
    assertEquals(third.getHash(), atOnce.getHash());
    runExperiment("version: 1", 360);
    runExperiment("version: 2", 480);
    runExperiment("", 600);
    nothingIsLeft();
  }

  private static GetDatasetRequest name(String name) {
    return GetDatasetRequest.newBuilder().setName(name).build();
  }

  /** Runs an experiment on the dataset, whose data must have so many rows; gives what it told. */
  private List<String> runExperiment(String version, long rows) {
    return runExperiment(version, "", rows);
  }

  /**
   * @param prepare the experiment's steps, or an empty text
   */
  private List<String> runExperiment(String version, String prepare, long rows) {
    String text =
        SampleWorkspace.EXPERIMENT
            .replaceFirst(
                "data: .*",
                "data: {importer: dataset, name: prices"
                    + (version.isEmpty() ? "" : ", " + version)
                    + "}")
            .replaceFirst("(?s)prepare:.*?features:", prepare + "features:")
            .replaceFirst("(?s)ret_1.*?targets:", "ret_1: logret(px, 1)\ntargets:")
            .replace("ret_1: logret(px, 1)", "  ret_1: logret(px, 1)")
            .replace("features:\n    ret_1", "features:\n  ret_1")
            .replace("logret(close, 1)", "logret(px, 1)");
    Run run =
        RunsServiceGrpc.newBlockingStub(services.channel())
            .startRun(StartRunRequest.newBuilder().setExperimentText(text).build());
    Run last = run;
    List<String> told = new ArrayList<>();
    Iterator<RunEvent> all =
        RunsServiceGrpc.newBlockingStub(services.channel())
            .watchRun(WatchRunRequest.newBuilder().setName(run.getName()).build());
    while (all.hasNext()) {
      RunEvent event = all.next();
      last = event.hasRun() ? event.getRun() : last;
      if (event.hasMessage()) {
        told.add(event.getMessage().getText());
      }
    }
    assertEquals("", last.getProblem().getMessage(), text);
    assertEquals(
        rows,
        RunsServiceGrpc.newBlockingStub(services.channel())
            .getRunReport(
                slipstream.proto.v1.GetRunReportRequest.newBuilder().setName(run.getName()).build())
            .getRows());
    return told;
  }

  @Test
  void onlyNewRowsAreComputedAfterAnAppend() throws Exception {
    day("d1.csv", 1, 4);
    day("d2.csv", 4, 5);
    run(prices());
    runExperiment("", 360);
    run(append("d2.csv"));
    List<String> told = runExperiment("", 480);
    // The target looks a row ahead: of either instrument, the last row of before is computed again.
    assertTrue(
        told.contains("features: 122 rows computed, 358 reused, in 2 of 2 series"), told::toString);
    told = runExperiment("", 480);
    assertTrue(told.contains("2 of 2 series were computed before"), told::toString);
  }

  @Test
  void onlyNewRowsAreComputedOfWhatStepsMadeOfThem() throws Exception {
    day("d1.csv", 1, 4);
    day("d2.csv", 4, 5);
    day("d3.csv", 5, 6);
    run(prices());
    // Which rows go is known from the rows before them.
    String clean = "prepare:\n  - {extractor: clean, rules: ['drop_where(px == 101)']}\n";
    runExperiment("", clean, 338);
    run(append("d2.csv"));
    List<String> told = runExperiment("", clean, 452);
    // The target looks a row ahead.
    assertTrue(
        told.contains("features: 116 rows computed, 336 reused, in 2 of 2 series"), told::toString);
    run(append("d3.csv"));
    // Another step: nothing is known of what it made before.
    told = runExperiment("", clean.replace("101", "102"), 564);
    assertTrue(told.stream().noneMatch(each -> each.contains("reused")), told::toString);
    told = runExperiment("", clean, 564);
    assertTrue(
        told.contains("features: 114 rows computed, 450 reused, in 2 of 2 series"), told::toString);
  }

  @Test
  void whatOverlapsOrDiffersIsRefusedAndChangesNothing() throws IOException {
    day("d1.csv", 1, 4);
    Dataset before = run(prices());
    Files.writeString(workspace.resolve("late.csv"), "time,sym,px\n2024-01-02T10:00:30Z,A,1\n");
    SlipstreamException e = fails(append("late.csv"));
    assertEquals(Category.CONFLICT, e.category());
    assertTrue(
        e.getMessage().startsWith("late.csv: a row of A at 2024-01-02T10:00:30Z is not in"),
        e.getMessage());
    Files.writeString(workspace.resolve("other.csv"), "time,sym,price\n2024-02-02T10:00:30Z,A,1\n");
    e = fails(append("other.csv"));
    assertTrue(e.getMessage().contains("column 'px'"), e.getMessage());
    e = fails(append("d1.csv").setAppendTo("nothing"));
    assertEquals(Category.NOT_FOUND, e.category());
    e = fails(append("d1.csv").setName("x"));
    assertEquals(Category.INVALID_INPUT, e.category());
    assertEquals(before, datasets().getDataset(name("prices")));
    assertEquals(List.of(before.getHash()), tables());
    nothingIsLeft();
  }

  @Test
  void aFileThatDidNotChangeIsNotReadAgain() throws Exception {
    day("d1.csv", 1, 4);
    TimeUnit.MILLISECONDS.sleep(2_100);
    Dataset first = run(prices());
    assertTrue(said("imported 360 rows"));
    assertEquals(first, run(prices()));
    assertTrue(said("that table is used"), events.toString());
    assertFalse(said("imported 360 rows"));
  }

  @Test
  void datasetsThatExperimentsReadAreNotDeletedUnlessForced() throws IOException {
    day("d1.csv", 1, 4);
    day("d2.csv", 4, 5);
    run(prices());
    Dataset dataset = run(append("d2.csv"));
    Files.writeString(
        workspace.resolve("mine.slip.yaml"),
        """
        slipstream: 1
        name: mine
        data: {importer: dataset, name: prices}
        features: {r: "logret(px, 1)"}
        targets: {t: "lead(r, 1)"}
        models: {m: {trainer: ridge}}
        """);
    Files.writeString(workspace.resolve("broken.slip.yaml"), "data: [");
    DeleteDatasetRequest.Builder request = DeleteDatasetRequest.newBuilder().setName("prices");
    SlipstreamException e =
        StatusMapping.toException(
            assertThrows(
                StatusRuntimeException.class, () -> datasets().deleteDataset(request.build())));
    assertEquals(Category.CONFLICT, e.category());
    assertTrue(e.getMessage().contains("is read by mine.slip.yaml"), e.getMessage());
    assertEquals(List.of(dataset.getHash()), tables());

    DeleteDatasetResponse gone = datasets().deleteDataset(request.setForce(true).build());
    assertEquals(List.of("mine.slip.yaml"), gone.getExperimentsList());
    assertTrue(gone.getFreedBytes() > 480 * 16, gone.toString());
    assertEquals(List.of(), tables());
    assertTrue(content().lineage(dataset.getHash()).isEmpty());
    assertEquals(
        0, datasets().listDatasets(ListDatasetsRequest.getDefaultInstance()).getDatasetsCount());
    e =
        StatusMapping.toException(
            assertThrows(
                StatusRuntimeException.class, () -> datasets().deleteDataset(request.build())));
    assertEquals(Category.NOT_FOUND, e.category());
  }

  @Test
  void aTableThatAnotherDatasetHasStays() throws IOException {
    day("d1.csv", 1, 4);
    day("d2.csv", 4, 5);
    Dataset prices = run(prices());
    run(prices().setName("copy"));
    run(append("d2.csv"));
    assertEquals(2, tables().size());
    datasets().deleteDataset(DeleteDatasetRequest.newBuilder().setName("prices").build());
    assertEquals(List.of(prices.getHash()), tables());
    try (Table table = Table.open(content().tablePath(prices.getHash()))) {
      assertEquals(360, table.rows());
    }
  }

  @Test
  void tablesThatWereToBeRemovedAreRemovedAtTheNextOpening() throws Exception {
    day("d1.csv", 1, 4);
    Dataset dataset = run(prices());
    services.close();
    // As if the process had died between forgetting the dataset and removing its table.
    try (slipstream.store.WorkspaceStore store = slipstream.store.WorkspaceStore.open(workspace)) {
      store.datasets().delete(store.datasets().find("prices").orElseThrow());
      assertEquals(List.of(dataset.getHash()), tables());
    }
    services = LocalServices.open(workspace);
    assertEquals(List.of(), tables());
  }

  @Test
  void previewsSuggestTimeAndInstrument() throws IOException {
    day("d_X.csv", 1, 4);
    PreviewImportResponse preview =
        datasets()
            .previewImport(
                PreviewImportRequest.newBuilder()
                    .setParameters(parameters("path", "d_*.csv"))
                    .setRowCount(5)
                    .setSuggest(true)
                    .build());
    assertEquals("csv", preview.getImporter());
    assertEquals(List.of("d_X.csv"), preview.getFilesList());
    assertEquals(
        parameters("time", "time", "instrument", List.of("sym")), preview.getSuggestedParameters());
    assertEquals("", preview.getQuestion(), "the times name their offset");
    assertEquals(5, preview.getColumns(0).getValues().getValuesCount());
    assertEquals(
        "2024-01-01T10:00:00Z", preview.getColumns(0).getValues().getValues(0).getStringValue());
    SlipstreamException e =
        StatusMapping.toException(
            assertThrows(
                StatusRuntimeException.class,
                () ->
                    datasets()
                        .previewImport(
                            PreviewImportRequest.newBuilder()
                                .setParameters(parameters("path", "d_X.csv", "time", "when"))
                                .build())));
    assertEquals(Category.NOT_FOUND, e.category());
    nothingIsLeft();
  }

  private PreviewImportResponse suggest(Object... parameters) {
    return datasets()
        .previewImport(
            PreviewImportRequest.newBuilder()
                .setParameters(parameters(parameters))
                .setSuggest(true)
                .build());
  }

  @Test
  void aTimeOfDayBesideADateIsSuggestedAndTheZoneAsked() throws IOException {
    StringBuilder text = new StringBuilder("date,time_ms,ticker,px\n");
    for (int i = 0; i < 1_000; i++) {
      text.append("2013-10-07,").append(34_200_000 + i * 1_000).append(",IBM,").append(i);
      text.append('\n');
    }
    Files.writeString(workspace.resolve("trades.csv"), text);
    PreviewImportResponse preview = suggest("path", "trades.csv");
    assertEquals(
        parameters(
            "time", "date",
            "time_of_day", "time_ms",
            "time_unit", "ms",
            "instrument", List.of("ticker")),
        preview.getSuggestedParameters());
    assertTrue(preview.getQuestion().contains("from 09:30:00 to 09:46:39"), preview.getQuestion());
    Struct all =
        preview.getSuggestedParameters().toBuilder()
            .putAllFields(parameters("path", "trades.csv").getFieldsMap())
            .build();
    Dataset dataset = run(ImportDatasetRequest.newBuilder().setParameters(all));
    assertEquals("time", dataset.getTimeColumn());
    assertEquals(1_381_138_200L, dataset.getFirstTime().getSeconds());
    assertEquals("", suggest("path", "trades.csv", "time_zone", "America/New_York").getQuestion());
  }

  @Test
  void whatIsGivenIsNotSuggestedAndAQueryIsJudgedByNames() throws IOException {
    Files.writeString(
        workspace.resolve("t.csv"),
        "ts,sym,other,x\n2024-01-01T10:00:00Z,A,2024-01-01T11:00:00Z,1\n");
    Struct suggested = suggest("path", "t.csv", "time", "other").getSuggestedParameters();
    assertEquals(parameters("instrument", List.of("sym")), suggested);
    suggested =
        suggest("path", "t.csv", "sql", "SELECT ts AS time, sym AS ticker, x FROM input")
            .getSuggestedParameters();
    assertEquals(parameters("time", "time", "instrument", List.of("ticker")), suggested);
    nothingIsLeft();
  }

  @Test
  void aPatternNamesTheDatasetAfterItself() throws IOException {
    Files.createDirectories(workspace.resolve("daily"));
    day("daily/A.csv", 1, 2);
    day("p_A.csv", 1, 3);
    assertEquals(
        "daily",
        run(ImportDatasetRequest.newBuilder().setParameters(parameters("path", "daily/*.csv")))
            .getName());
    assertEquals(
        "p",
        run(ImportDatasetRequest.newBuilder()
                .setParameters(parameters("path", "p_{instrument}.csv")))
            .getName());
  }
}
