package slipstream.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.Hashing;
import slipstream.proto.v1.Breakdown;
import slipstream.proto.v1.CacheServiceGrpc;
import slipstream.proto.v1.CachedFeature;
import slipstream.proto.v1.CheckHealthEvent;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.DeleteExperimentRequest;
import slipstream.proto.v1.Experiment;
import slipstream.proto.v1.ExperimentsServiceGrpc;
import slipstream.proto.v1.GetDatasetHealthRequest;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.GetExperimentRequest;
import slipstream.proto.v1.GetExperimentSchemaRequest;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.GetRunReportHtmlRequest;
import slipstream.proto.v1.GetRunReportRequest;
import slipstream.proto.v1.GetRunRequest;
import slipstream.proto.v1.GetSystemInfoRequest;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthSource;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.ImportModelRequest;
import slipstream.proto.v1.ListCacheRequest;
import slipstream.proto.v1.ListCacheResponse;
import slipstream.proto.v1.ListDatasetsRequest;
import slipstream.proto.v1.ListExperimentsRequest;
import slipstream.proto.v1.ListModelsRequest;
import slipstream.proto.v1.ListPluginsRequest;
import slipstream.proto.v1.ListRunsRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.Plugin;
import slipstream.proto.v1.PredictFileEvent;
import slipstream.proto.v1.PredictFileRequest;
import slipstream.proto.v1.PredictRequest;
import slipstream.proto.v1.PredictResponse;
import slipstream.proto.v1.PredictionsServiceGrpc;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.PruneCacheRequest;
import slipstream.proto.v1.PruneCacheResponse;
import slipstream.proto.v1.ReadRowsRequest;
import slipstream.proto.v1.ReadRowsResponse;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.SaveExperimentRequest;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.SystemServiceGrpc;
import slipstream.proto.v1.ValidateExperimentRequest;
import slipstream.proto.v1.WatchRunRequest;

/** Every service with the real pipeline. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LocalServicesTest {
  @TempDir private static Path workspace;
  private LocalServices services;
  private Channel channel;
  private Run run;
  private List<RunEvent> events;

  @BeforeAll
  void runOnce() throws IOException {
    SampleWorkspace.write(workspace, 6000);
    services = LocalServices.open(workspace);
    channel = services.channel();
    run = runs().startRun(StartRunRequest.newBuilder().setExperiment("small").build());
    events = watch(run.getName());
    run = events.getLast().getRun();
    assertEquals(RunState.RUN_STATE_SUCCEEDED, run.getState(), run.toString());
  }

  @AfterAll
  void close() {
    services.close();
  }

  private RunsServiceGrpc.RunsServiceBlockingStub runs() {
    return RunsServiceGrpc.newBlockingStub(channel);
  }

  private ModelsServiceGrpc.ModelsServiceBlockingStub models() {
    return ModelsServiceGrpc.newBlockingStub(channel);
  }

  private ExperimentsServiceGrpc.ExperimentsServiceBlockingStub experiments() {
    return ExperimentsServiceGrpc.newBlockingStub(channel);
  }

  private DatasetsServiceGrpc.DatasetsServiceBlockingStub datasets() {
    return DatasetsServiceGrpc.newBlockingStub(channel);
  }

  private PredictionsServiceGrpc.PredictionsServiceBlockingStub predictions() {
    return PredictionsServiceGrpc.newBlockingStub(channel);
  }

  private List<RunEvent> watch(String name) {
    List<RunEvent> seen = new ArrayList<>();
    runs().watchRun(WatchRunRequest.newBuilder().setName(name).build()).forEachRemaining(seen::add);
    return seen;
  }

  private static SlipstreamException failure(Runnable call) {
    return StatusMapping.toException(assertThrows(StatusRuntimeException.class, call::run));
  }

  // -------------------------------------------------------------------- runs

  @Test
  void aRunTellsWhatHappensInOrderAndTheSameAgainLater() {
    assertEquals("small-1", run.getName());
    List<RunState> states =
        events.stream().filter(RunEvent::hasRun).map(e -> e.getRun().getState()).toList();
    assertEquals(
        List.of(
            RunState.RUN_STATE_QUEUED, RunState.RUN_STATE_RUNNING, RunState.RUN_STATE_SUCCEEDED),
        states);
    for (int i = 1; i < events.size(); i++) {
      assertTrue(events.get(i - 1).getSequence() < events.get(i).getSequence());
    }
    assertTrue(events.stream().anyMatch(RunEvent::hasProgress));
    List<RunEvent> later = watch(run.getName());
    assertEquals(points(events), points(later), "all points of the learning curves are kept");
    assertFalse(points(later).isEmpty());
    assertEquals(run, later.getLast().getRun());
  }

  private static List<Object> points(List<RunEvent> events) {
    return events.stream()
        .filter(RunEvent::hasLearningCurvePoint)
        .map(each -> (Object) each.getLearningCurvePoint())
        .toList();
  }

  @Test
  void theReportNamesItsModels() {
    RunReport report =
        runs().getRunReport(GetRunReportRequest.newBuilder().setName(run.getName()).build());
    assertEquals(run.getName(), report.getRun());
    List<ModelReport> reports = report.getTargets(0).getModelsList();
    Breakdown all = report.getTargets(0).getBreakdowns(0);
    assertEquals(Breakdown.Kind.KIND_ALL, all.getKind());
    assertEquals(report.getTargets(0).getScoredRows(), all.getBuckets(0).getRows());
    assertEquals(reports.size(), all.getBuckets(0).getModelsCount());
    assertEquals(reports.size(), report.getTargets(0).getCostCurves().getCurvesCount());
    assertTrue(reports.getFirst().getBaseline());
    assertEquals("", reports.getFirst().getArchive());
    assertEquals(
        List.of("small-1-next_return-trees", "small-1-next_return-ridge"),
        reports.stream().skip(1).map(ModelReport::getArchive).toList());
    assertEquals(
        run.getModelsList(), reports.stream().skip(1).map(ModelReport::getArchive).toList());
    assertTrue(
        runs()
            .getRunReportHtml(GetRunReportHtmlRequest.newBuilder().setName(run.getName()).build())
            .getHtml()
            .contains("next_return"));
    assertTrue(Files.exists(Path.of(run.getDirectory(), "report.html")));
  }

  @Test
  void problemsOfARunNameFileLineAndKey() {
    String text = SampleWorkspace.EXPERIMENT.replace("mean(volume, 10)", "mean(volum, 10)");
    Run failed =
        runs()
            .startRun(
                StartRunRequest.newBuilder()
                    .setExperimentText(text)
                    .setFile("bad.slip.yaml")
                    .build());
    Run ended = watch(failed.getName()).getLast().getRun();
    assertEquals(RunState.RUN_STATE_FAILED, ended.getState());
    Problem problem = ended.getProblem();
    assertEquals("bad.slip.yaml", problem.getFile());
    assertEquals(11, problem.getLine(), problem.toString());
    assertEquals("features.mean_volume", problem.getKey());
    assertFalse(Files.exists(Path.of(ended.getDirectory())), "a failed run leaves no half results");
    assertEquals(ended, runs().getRun(GetRunRequest.newBuilder().setName(ended.getName()).build()));
    assertEquals(
        Category.NOT_FOUND,
        failure(
                () ->
                    runs()
                        .getRunReport(
                            GetRunReportRequest.newBuilder().setName(ended.getName()).build()))
            .category());

    SlipstreamException refused =
        failure(
            () ->
                runs()
                    .startRun(
                        StartRunRequest.newBuilder()
                            .setExperimentText(SampleWorkspace.EXPERIMENT)
                            .putOverrides("models.trees.depth", "-3")
                            .build()));
    assertEquals(Category.INVALID_INPUT, refused.category());
    assertEquals("models.trees.depth", refused.place().orElseThrow().key());
  }

  @Test
  void threadsDoNotChangeAByte() {
    Run other =
        runs().startRun(StartRunRequest.newBuilder().setExperiment("small").setThreads(1).build());
    Run ended = watch(other.getName()).getLast().getRun();
    assertEquals(1, ended.getThreads());
    for (int i = 0; i < 2; i++) {
      Model first =
          models().getModel(GetModelRequest.newBuilder().setName(run.getModels(i)).build());
      Model second =
          models().getModel(GetModelRequest.newBuilder().setName(ended.getModels(i)).build());
      assertEquals(first.getHash(), second.getHash());
      assertNotEquals(first.getName(), second.getName());
    }
  }

  @Test
  void listsGoPageByPage() {
    List<String> all = new ArrayList<>();
    String token = "";
    do {
      var page =
          models()
              .listModels(
                  ListModelsRequest.newBuilder()
                      .setRun(run.getName())
                      .setPageSize(1)
                      .setPageToken(token)
                      .build());
      page.getModelsList().forEach(model -> all.add(model.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(Set.copyOf(run.getModelsList()), Set.copyOf(all));
    assertEquals(2, all.size());
    assertEquals(
        Category.INVALID_INPUT,
        failure(
                () ->
                    runs().listRuns(ListRunsRequest.newBuilder().setPageToken("nonsense").build()))
            .category());
    assertEquals(
        Category.INVALID_INPUT,
        failure(() -> runs().listRuns(ListRunsRequest.newBuilder().setPageSize(-1).build()))
            .category());
  }

  @Test
  void unknownNamesAreNotFound() {
    assertEquals(
        Category.NOT_FOUND,
        failure(() -> runs().getRun(GetRunRequest.newBuilder().setName("no-1").build()))
            .category());
    assertEquals(Category.NOT_FOUND, failure(() -> watch("no-1")).category());
    assertEquals(
        Category.NOT_FOUND,
        failure(() -> models().getModel(GetModelRequest.newBuilder().setName("no").build()))
            .category());
    assertEquals(
        Category.NOT_FOUND,
        failure(() -> datasets().getDataset(GetDatasetRequest.newBuilder().setName("no").build()))
            .category());
  }

  // ------------------------------------------------------------- experiments

  @Test
  void experimentsAreSavedWithoutLosingAnothersChange() throws IOException {
    Experiment first =
        experiments()
            .saveExperiment(
                SaveExperimentRequest.newBuilder().setName("mine").setText("name: mine\n").build());
    Experiment second =
        experiments()
            .saveExperiment(
                SaveExperimentRequest.newBuilder()
                    .setName("mine")
                    .setText("name: mine # 2\n")
                    .setEtag(first.getEtag())
                    .build());
    assertEquals(Hashing.sha256("name: mine # 2\n"), second.getEtag());
    SlipstreamException conflict =
        failure(
            () ->
                experiments()
                    .saveExperiment(
                        SaveExperimentRequest.newBuilder()
                            .setName("mine")
                            .setText("lost")
                            .setEtag(first.getEtag())
                            .build()));
    assertEquals(Category.CONFLICT, conflict.category());
    assertEquals("name: mine # 2\n", Files.readString(workspace.resolve("mine.slip.yaml")));
    assertTrue(
        experiments()
            .listExperiments(ListExperimentsRequest.getDefaultInstance())
            .getExperimentsList()
            .stream()
            .anyMatch(
                each ->
                    each.getName().equals("small") && each.getDescription().equals("A small one")));
    experiments().deleteExperiment(DeleteExperimentRequest.newBuilder().setName("mine").build());
    assertEquals(
        Category.NOT_FOUND,
        failure(
                () ->
                    experiments()
                        .getExperiment(GetExperimentRequest.newBuilder().setName("mine").build()))
            .category());
    for (String bad : List.of("../evil", "a/b", "", ".hidden", "a..b", "x".repeat(300))) {
      assertEquals(
          Category.INVALID_INPUT,
          failure(
                  () ->
                      experiments()
                          .saveExperiment(
                              SaveExperimentRequest.newBuilder().setName(bad).setText("x").build()))
              .category(),
          bad);
    }
  }

  @Test
  void validationReportsAllProblemsWithTheirLines() {
    String bad =
        SampleWorkspace.EXPERIMENT
            .replace("depth: 3", "depth: -3")
            .replace("logret(close, 1)\n  flow_1", "nonsense(close, 1)\n  flow_1");
    List<Problem> problems =
        experiments()
            .validateExperiment(
                ValidateExperimentRequest.newBuilder().setText(bad).setFile("x.slip.yaml").build())
            .getProblemsList();
    assertEquals(
        Set.of("features.ret_1", "models.trees.depth"),
        problems.stream().map(Problem::getKey).collect(Collectors.toSet()));
    assertTrue(problems.stream().allMatch(each -> each.getLine() > 0), problems.toString());
    assertTrue(
        experiments()
            .validateExperiment(
                ValidateExperimentRequest.newBuilder().setText(SampleWorkspace.EXPERIMENT).build())
            .getProblemsList()
            .isEmpty());
    assertTrue(
        experiments()
            .getExperimentSchema(GetExperimentSchemaRequest.getDefaultInstance())
            .getJson()
            .contains("boosted-trees"));
  }

  // ---------------------------------------------------------------- datasets

  private static Struct parameters() {
    return Struct.newBuilder()
        .putFields("path", text("trades.csv"))
        .putFields("time", text("time"))
        .putFields("time_unit", text("s"))
        .putFields("instrument_value", text("TEST"))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private Dataset importDataset(String name) {
    Iterator<ImportDatasetEvent> imported =
        datasets()
            .importDataset(
                ImportDatasetRequest.newBuilder()
                    .setName(name)
                    .setImporter("csv")
                    .setParameters(parameters())
                    .build());
    ImportDatasetEvent last = null;
    while (imported.hasNext()) {
      last = imported.next();
    }
    return last.getDataset();
  }

  @Test
  void healthIsCheckedOfDatasetsAndFilesAndOneFailureIsNotAll() throws IOException {
    Dataset dataset = importDataset("checked");
    Path file = workspace.resolve("quotes.csv");
    Files.writeString(file, "date,symbol,bid,ask\n2024-01-02,A,11,10\n2024-01-03,A,0,12\n");
    List<CheckHealthEvent> events = new ArrayList<>();
    datasets()
        .checkHealth(
            CheckHealthRequest.newBuilder()
                .addSources(HealthSource.newBuilder().setDataset(dataset.getName()))
                .addSources(HealthSource.newBuilder().setDataset("nobody"))
                .addSources(HealthSource.newBuilder().setFile(file.toString()))
                .setHtml(true)
                .build())
        .forEachRemaining(events::add);
    events.removeIf(CheckHealthEvent::hasProgress);
    assertEquals(4, events.size(), events.toString());
    assertEquals(6000, events.get(0).getReport().getRows());
    assertEquals("there is no dataset 'nobody'", events.get(1).getProblem().getMessage());
    HealthReport quotes = events.get(2).getReport();
    assertEquals("date", quotes.getTimeColumn());
    assertEquals(
        List.of("zero_price", "crossed_quote", "one_sided_quote"),
        quotes.getFindingsList().stream().map(each -> each.getKind()).toList());
    assertTrue(events.get(3).getHtml().contains("quotes.csv"));
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> {
              try {
                datasets()
                    .checkHealth(
                        CheckHealthRequest.newBuilder()
                            .addSources(HealthSource.newBuilder().setDataset("checked"))
                            .putRoles("price", "prize")
                            .build())
                    .forEachRemaining(event -> {});
              } catch (StatusRuntimeException status) {
                throw StatusMapping.toException(status);
              }
            });
    assertTrue(e.getMessage().contains("Did you mean 'price'?"), e.getMessage());
  }

  @Test
  void datasetsAreImportedDescribedAndRead() throws IOException {
    Dataset dataset = importDataset("mine");
    assertEquals(6000, dataset.getRows());
    assertEquals("time", dataset.getTimeColumn());
    assertEquals(1_700_000_000L, dataset.getFirstTime().getSeconds());
    assertEquals(1_700_000_000L + 5999 * 5, dataset.getLastTime().getSeconds());
    HealthReport health =
        datasets()
            .getDatasetHealth(
                GetDatasetHealthRequest.newBuilder().setName(dataset.getName()).build());
    assertEquals(6000, health.getRows());
    assertEquals("mine", health.getSource());
    assertEquals(
        "price",
        health.getColumnsList().stream()
            .filter(c -> c.getName().equals("price"))
            .findFirst()
            .orElseThrow()
            .getRole());
    ReadRowsResponse rows =
        datasets()
            .readRows(
                ReadRowsRequest.newBuilder()
                    .setName(dataset.getHash())
                    .setFirstRow(5998)
                    .setRowCount(10)
                    .build());
    assertEquals(2, rows.getRowsCount());
    assertEquals(dataset.getColumnsCount(), rows.getRows(0).getValuesCount());
    assertTrue(rows.toString().contains("2023-11-15T06:33:10Z"), rows.toString());
    assertEquals(dataset, importDataset("mine"), "the same data again is the same dataset");

    Files.writeString(workspace.resolve("other.csv"), "time,price,size\n1,2,3\n");
    Struct other = parameters().toBuilder().putFields("path", text("other.csv")).build();
    SlipstreamException taken =
        failure(
            () ->
                datasets()
                    .importDataset(
                        ImportDatasetRequest.newBuilder()
                            .setName("mine")
                            .setImporter("csv")
                            .setParameters(other)
                            .build())
                    .forEachRemaining(each -> {}));
    assertEquals(Category.CONFLICT, taken.category());
    SlipstreamException missing =
        failure(
            () ->
                datasets()
                    .importDataset(
                        ImportDatasetRequest.newBuilder()
                            .setImporter("csv")
                            .setParameters(
                                parameters().toBuilder().putFields("path", text("no.csv")).build())
                            .build())
                    .forEachRemaining(each -> {}));
    assertEquals(Category.NOT_FOUND, missing.category());
    assertTrue(
        datasets().listDatasets(ListDatasetsRequest.getDefaultInstance()).getDatasetsCount() >= 1);
    try (var left = Files.list(workspace.resolve(".slipstream/content/scratch"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void samplesAreFoundByTheirName() {
    System.setProperty("slipstream.samples", workspace.toString());
    try {
      Struct sample = parameters().toBuilder().putFields("path", text("sample:trades.csv")).build();
      Iterator<ImportDatasetEvent> imported =
          datasets()
              .importDataset(
                  ImportDatasetRequest.newBuilder()
                      .setImporter("csv")
                      .setParameters(sample)
                      .build());
      assertTrue(imported.hasNext());
      imported.forEachRemaining(each -> {});
      for (String bad : List.of("sample:none.csv", "sample:../../etc/passwd", "sample:")) {
        Struct wrong = parameters().toBuilder().putFields("path", text(bad)).build();
        assertEquals(
            Category.NOT_FOUND,
            failure(
                    () ->
                        datasets()
                            .importDataset(
                                ImportDatasetRequest.newBuilder()
                                    .setImporter("csv")
                                    .setParameters(wrong)
                                    .build())
                            .forEachRemaining(each -> {}))
                .category(),
            bad);
      }
    } finally {
      System.clearProperty("slipstream.samples");
    }
  }

  // ------------------------------------------------------------- predictions

  private static Struct row(Object... pairs) {
    Struct.Builder row = Struct.newBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      row.putFields(
          (String) pairs[i],
          switch (pairs[i + 1]) {
            case Number number -> Value.newBuilder().setNumberValue(number.doubleValue()).build();
            case Boolean truth -> Value.newBuilder().setBoolValue(truth).build();
            case String text -> text(text);
            default ->
                Value.newBuilder().setNullValue(com.google.protobuf.NullValue.NULL_VALUE).build();
          });
    }
    return row.build();
  }

  private static final Object NULL = new Object();

  @Test
  void predictsRowsTheSameByNameAndByFile() {
    Model model = models().getModel(GetModelRequest.newBuilder().setName(run.getModels(0)).build());
    assertEquals("bp", model.getUnit());
    assertEquals(
        List.of("ret_1", "flow_1", "mean_volume"),
        model.getInputsList().stream().map(each -> each.getName()).toList());
    PredictRequest request =
        PredictRequest.newBuilder()
            .setModel(model.getName())
            .addRows(model.getInputExample())
            .addRows(row("mean_volume", 7, "ret_1", 1e-4, "flow_1", NULL))
            .build();
    PredictResponse byName = predictions().predict(request);
    assertEquals(2, byName.getPredictionsCount());
    assertTrue(byName.getPredictionsList().stream().allMatch(Double::isFinite));
    PredictResponse byFile =
        predictions().predict(request.toBuilder().setModel(model.getFile()).build());
    assertEquals(byName.getPredictionsList(), byFile.getPredictionsList());
    assertEquals("next_return-trees", byFile.getModel());
    assertEquals(model.getHash(), byFile.getModelHash());
  }

  @Test
  void aModelOfTheWorkspaceMayBeGoneOnFrom() {
    Run started =
        runs()
            .startRun(
                StartRunRequest.newBuilder()
                    .setExperiment("small")
                    .putOverrides("models.trees.start_from", run.getModels(0))
                    .putOverrides("models.trees.rounds", "25")
                    .build());
    Run ended = watch(started.getName()).getLast().getRun();
    assertEquals(RunState.RUN_STATE_SUCCEEDED, ended.getState(), ended.toString());
    Model parent =
        models().getModel(GetModelRequest.newBuilder().setName(run.getModels(0)).build());
    Model child =
        models().getModel(GetModelRequest.newBuilder().setName(ended.getModels(0)).build());
    assertEquals(
        parent.getHash(),
        child.getProvenanceMap().get("data_hash.models.trees.start_from"),
        child.getProvenanceMap()::toString);
  }

  @Test
  void severalQuantilesComeBesideTheHeadline() throws IOException {
    Run started =
        runs()
            .startRun(
                StartRunRequest.newBuilder()
                    .setExperiment("small")
                    .putOverrides("models.trees.objective", "quantile")
                    .putOverrides("models.trees.quantiles", "[0.1, 0.5, 0.9]")
                    .build());
    Run ended = watch(started.getName()).getLast().getRun();
    assertEquals(RunState.RUN_STATE_SUCCEEDED, ended.getState(), ended.toString());
    RunReport report =
        runs().getRunReport(GetRunReportRequest.newBuilder().setName(ended.getName()).build());
    ModelReport trees = report.getTargets(0).getModels(1);
    assertEquals(3, trees.getQuantilesCount());
    assertEquals("q90", trees.getQuantiles(2).getName());
    assertEquals(0.9, trees.getQuantiles(2).getCovered(), 0.1);
    assertEquals(0, report.getTargets(0).getModels(2).getQuantilesCount());
    assertTrue(
        Files.readString(Path.of(ended.getDirectory(), "report.html"))
            .contains("Quantiles of trees"));

    Path inputs =
        Files.writeString(
            workspace.resolve("quantile-inputs.csv"),
            "mean_volume,ret_1,flow_1\n7,0.0001,3\n8,,2\n");
    PredictResponse response =
        predictions()
            .predict(
                PredictRequest.newBuilder()
                    .setModel(ended.getModels(0))
                    .addRows(row("mean_volume", 7, "ret_1", 0.0001, "flow_1", 3))
                    .build());
    assertEquals(3, response.getOutputsCount());
    assertEquals(0.9, response.getOutputs(2).getQuantile());
    assertEquals(response.getPredictionsList(), response.getOutputs(1).getPredictionsList());
    predictions()
        .predictFile(
            PredictFileRequest.newBuilder()
                .setModel(ended.getModels(0))
                .setInput(inputs.toString())
                .setOutput("quantiles.csv")
                .build())
        .forEachRemaining(each -> {});
    List<String> lines = Files.readAllLines(workspace.resolve("quantiles.csv"));
    assertEquals(
        "mean_volume,ret_1,flow_1,next_return,next_return_q10,next_return_q50,next_return_q90",
        lines.getFirst().replace("\"", ""));
    String[] cells = lines.get(1).split(",");
    assertEquals(cells[3], cells[5]);
    for (int k = 0; k < 3; k++) {
      assertEquals(response.getOutputs(k).getPredictions(0), Double.parseDouble(cells[4 + k]));
    }
  }

  @Test
  void badRowsAreRefusedWithTheirPlace() {
    Object[][] cases = {
      {row("ret_1", 1, "flow_1", 1), "rows[0].mean_volume", "missing"},
      {row("ret_1", 1, "flow_1", 1, "mean_volume", 1, "extra", 1), "rows[0].extra", "no input"},
      {row("ret_1", "high", "flow_1", 1, "mean_volume", 1), "rows[0].ret_1", "not a number"},
      {row("ret_1", true, "flow_1", 1, "mean_volume", 1), "rows[0].ret_1", "not a number"},
      {
        row("ret_1", Double.POSITIVE_INFINITY, "flow_1", 1, "mean_volume", 1),
        "rows[0].ret_1",
        "infinite"
      },
    };
    for (Object[] each : cases) {
      SlipstreamException error =
          failure(
              () ->
                  predictions()
                      .predict(
                          PredictRequest.newBuilder()
                              .setModel(run.getModels(0))
                              .addRows((Struct) each[0])
                              .build()));
      assertEquals(Category.INVALID_INPUT, error.category());
      assertEquals(each[1], error.place().orElseThrow().key());
      assertTrue(error.getMessage().contains((String) each[2]), error.getMessage());
    }
    PredictRequest.Builder many = PredictRequest.newBuilder().setModel(run.getModels(0));
    for (int i = 0; i <= 100_000; i++) {
      many.addRows(Struct.getDefaultInstance());
    }
    assertEquals(
        Category.RESOURCE_EXHAUSTED, failure(() -> predictions().predict(many.build())).category());
  }

  @Test
  void predictsAFileOfRawDataAndOneOfInputsAlike() throws IOException {
    List<PredictFileEvent> raw = new ArrayList<>();
    predictions()
        .predictFile(
            PredictFileRequest.newBuilder()
                .setModel(run.getModels(1))
                .setInput(workspace.resolve("trades.csv").toString())
                .build())
        .forEachRemaining(raw::add);
    long rows = raw.getLast().getResult().getRows();
    assertTrue(rows > 500, "a row a bar: " + rows);
    String csv =
        raw.stream()
            .filter(PredictFileEvent::hasCsv)
            .map(PredictFileEvent::getCsv)
            .collect(Collectors.joining());
    assertEquals(rows + 1, csv.lines().count());
    assertTrue(csv.lines().findFirst().orElseThrow().endsWith("next_return"));

    Path inputs =
        Files.writeString(
            workspace.resolve("inputs.csv"), "mean_volume,ret_1,flow_1\n7,0.0001,3\n8,,2\n");
    List<PredictFileEvent> direct = new ArrayList<>();
    predictions()
        .predictFile(
            PredictFileRequest.newBuilder()
                .setModel(run.getModels(0))
                .setInput(inputs.toString())
                .setOutput("out.csv")
                .build())
        .forEachRemaining(direct::add);
    assertEquals(2, direct.getLast().getResult().getRows());
    List<String> lines = Files.readAllLines(workspace.resolve("out.csv"));
    assertEquals("mean_volume,ret_1,flow_1,next_return", lines.getFirst().replace("\"", ""));
    double expected =
        predictions()
            .predict(
                PredictRequest.newBuilder()
                    .setModel(run.getModels(0))
                    .addRows(row("mean_volume", 7, "ret_1", 0.0001, "flow_1", 3))
                    .build())
            .getPredictions(0);
    assertEquals(expected, Double.parseDouble(lines.get(1).split(",")[3]));
  }

  @Test
  void archivesAreImportedOnceAndDamagedOnesRefused() throws IOException {
    Model model = models().getModel(GetModelRequest.newBuilder().setName(run.getModels(1)).build());
    Path elsewhere = workspace.resolve("elsewhere");
    Files.createDirectories(elsewhere);
    Path copy = elsewhere.resolve("Copied Model.slipmodel");
    byte[] bytes = Files.readAllBytes(Path.of(model.getFile()));
    Files.write(copy, bytes);
    assertEquals(
        model.getHash(),
        models()
            .importModel(ImportModelRequest.newBuilder().setFile(copy.toString()).build())
            .getHash());
    for (int flip : new int[] {10, bytes.length / 2, bytes.length - 80}) {
      byte[] damaged = bytes.clone();
      damaged[flip] ^= 4;
      Files.write(copy, damaged);
      SlipstreamException error =
          failure(
              () ->
                  models()
                      .importModel(
                          ImportModelRequest.newBuilder().setFile(copy.toString()).build()));
      assertEquals(Category.CORRUPT, error.category());
      assertTrue(error.getMessage().contains("Copied Model.slipmodel"), error.getMessage());
    }
    // The file is read again when it changed: a predict by path must not use what was there.
    SlipstreamException stale =
        failure(
            () ->
                predictions()
                    .predict(PredictRequest.newBuilder().setModel(copy.toString()).build()));
    assertEquals(Category.CORRUPT, stale.category());
  }

  // ------------------------------------------------------------------ system

  @Test
  void featuresOfRunsAreListedAndPruned() {
    var cache = CacheServiceGrpc.newBlockingStub(channel);
    ListCacheResponse listed = cache.listCache(ListCacheRequest.getDefaultInstance());
    assertTrue(listed.getFeaturesCount() > 0);
    assertTrue(listed.getFolder().endsWith("features"), listed::getFolder);
    assertEquals(
        listed.getBytes(),
        listed.getFeaturesList().stream().mapToLong(CachedFeature::getBytes).sum());
    assertTrue(listed.getQuota() > 0);
    for (CachedFeature each : listed.getFeaturesList()) {
      assertFalse(each.getExpression().isBlank());
      assertTrue(each.getUsed().getSeconds() > 0);
    }
    PruneCacheResponse pruned = cache.pruneCache(PruneCacheRequest.getDefaultInstance());
    assertEquals(listed.getFeaturesCount(), pruned.getRemoved());
    assertEquals(listed.getBytes(), pruned.getBytes());
    assertEquals(0, cache.listCache(ListCacheRequest.getDefaultInstance()).getFeaturesCount());
    StatusRuntimeException e =
        assertThrows(
            StatusRuntimeException.class,
            () -> cache.pruneCache(PruneCacheRequest.newBuilder().setKeepBytes(-1).build()));
    assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
  }

  @Test
  void theSystemDescribesItselfAndItsPlugins() {
    var info =
        SystemServiceGrpc.newBlockingStub(channel)
            .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
    Set<String> names =
        info.getChecksList().stream().map(each -> each.getName()).collect(Collectors.toSet());
    assertTrue(
        names.containsAll(
            Set.of(
                "jdk", "cores", "memory", "disk", "gpu", "display", "workspace", "h2", "duckdb")),
        names.toString());
    assertTrue(info.getChecksList().stream().noneMatch(each -> each.getValue().isBlank()));
    var plugins =
        SystemServiceGrpc.newBlockingStub(channel)
            .listPlugins(ListPluginsRequest.getDefaultInstance());
    Set<String> known =
        plugins.getPluginsList().stream().map(Plugin::getName).collect(Collectors.toSet());
    assertTrue(
        known.containsAll(
            Set.of("csv", "parquet", "bars", "logret", "boosted-trees", "ridge", "mae")),
        known.toString());
    assertEquals(List.of(), plugins.getProblemsList());
  }

  @Test
  void openedTwiceItIsTheSameAndTheFirstCloseEndsNothing() {
    LocalServices again = LocalServices.open(workspace);
    assertEquals(channel, again.channel());
    again.close();
    again.close();
    assertEquals(
        run.getName(),
        runs().getRun(GetRunRequest.newBuilder().setName(run.getName()).build()).getName());
  }
}
