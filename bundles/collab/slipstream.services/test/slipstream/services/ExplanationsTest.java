package slipstream.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.proto.v1.CompareScoresRequest;
import slipstream.proto.v1.CompareScoresResponse;
import slipstream.proto.v1.Contribution;
import slipstream.proto.v1.CurveBand;
import slipstream.proto.v1.ExplainPredictionsRequest;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.ExplanationMethod;
import slipstream.proto.v1.ExplanationsServiceGrpc;
import slipstream.proto.v1.ExplanationsServiceGrpc.ExplanationsServiceBlockingStub;
import slipstream.proto.v1.GetCostCurveRequest;
import slipstream.proto.v1.GetInputRangesRequest;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.GetPartialDependenceRequest;
import slipstream.proto.v1.GetRunRequest;
import slipstream.proto.v1.InputRange;
import slipstream.proto.v1.InputRanges;
import slipstream.proto.v1.Interaction;
import slipstream.proto.v1.ListInteractionsRequest;
import slipstream.proto.v1.ListModelRowsRequest;
import slipstream.proto.v1.ListModelRowsResponse;
import slipstream.proto.v1.ListScoresRequest;
import slipstream.proto.v1.ListScoresResponse;
import slipstream.proto.v1.MetricScore;
import slipstream.proto.v1.ModelRow;
import slipstream.proto.v1.ModelScore;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.ParameterDifference;
import slipstream.proto.v1.PartialDependence;
import slipstream.proto.v1.PredictedCurve;
import slipstream.proto.v1.RowSource;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.RunsServiceGrpc.RunsServiceBlockingStub;
import slipstream.proto.v1.ScoreLink;
import slipstream.proto.v1.ScoreOrder;
import slipstream.proto.v1.ScoredModel;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;

/** Explanations and the scores of all runs, with the real pipeline: two runs that differ in a parameter. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExplanationsTest {
  private static final String TREES = "small-1-next_return-trees";
  private static final String RIDGE = "small-1-next_return-ridge";
  private static final String FORMULA = "small-1-next_return-formula";

  @TempDir private static Path workspace;
  private LocalServices services;
  private ExplanationsServiceBlockingStub explanations;
  private RunsServiceBlockingStub runs;

  @BeforeAll
  void runTwice() throws IOException {
    SampleWorkspace.write(workspace, 6000);
    services = LocalServices.open(workspace);
    explanations = ExplanationsServiceGrpc.newBlockingStub(services.channel());
    runs = RunsServiceGrpc.newBlockingStub(services.channel());
    run(
        SampleWorkspace.EXPERIMENT.replace(
            "  ridge: {trainer: ridge}\n",
            "  ridge: {trainer: ridge}\n"
                + "  formula: {trainer: square-root, size: mean_volume, volatility: flow_1}\n"));
    run(SampleWorkspace.EXPERIMENT.replace("depth: 3", "depth: 5"));
  }

  private void run(String text) {
    Run run = runs.startRun(StartRunRequest.newBuilder().setExperimentText(text).build());
    runs.watchRun(WatchRunRequest.newBuilder().setName(run.getName()).build())
        .forEachRemaining(event -> {});
    Run ended = runs.getRun(GetRunRequest.newBuilder().setName(run.getName()).build());
    assertEquals(RunState.RUN_STATE_SUCCEEDED, ended.getState(), ended.toString());
  }

  @AfterAll
  void close() {
    services.close();
  }

  private static SlipstreamException failure(Runnable call) {
    return StatusMapping.toException(assertThrows(StatusRuntimeException.class, call::run));
  }

  private ExplainPredictionsResponse explain(ExplainPredictionsRequest.Builder request) {
    return explanations.explainPredictions(request.build());
  }

  private static ExplainPredictionsRequest.Builder of(String model) {
    return ExplainPredictionsRequest.newBuilder().setModel(model);
  }

  private static void addsUp(Explanation row, double tolerance) {
    double sum = row.getBaseValue();
    for (Contribution each : row.getContributionsList()) {
      sum += each.getContribution();
    }
    assertEquals(sum, row.getScore(), 1e-9);
    assertEquals(row.getPrediction(), row.getScore(), tolerance);
  }

  @Test
  void rowsOfTheTrainingDataAreExplained() {
    ListModelRowsResponse page =
        explanations.listModelRows(
            ListModelRowsRequest.newBuilder()
                .setModel(TREES)
                .setFirstRow(40)
                .setRowCount(3)
                .build());
    assertTrue(page.getTotalRows() > 900, "rows " + page.getTotalRows());
    assertEquals(List.of("ret_1", "flow_1", "mean_volume"), page.getInputsList());
    assertEquals(3, page.getRowsCount());
    for (String model : List.of(TREES, RIDGE, FORMULA)) {
      for (ModelRow row : page.getRowsList()) {
        ExplainPredictionsResponse found = explain(of(model).addRowNumbers(row.getRowNumber()));
        Explanation one = found.getExplanations(0);
        addsUp(one, 1e-4);
        assertEquals("next_return", found.getTarget());
        assertEquals("bp", found.getUnit());
        assertEquals(ScoreLink.SCORE_LINK_IDENTITY, found.getLink());
        assertEquals(row.getTime(), one.getTime());
        assertEquals("TEST", one.getInstrument());
        for (int f = 0; f < 3; f++) {
          assertEquals(row.getValues(f), one.getContributions(f).getValue());
        }
        if (model.equals(TREES)) {
          assertEquals(ExplanationMethod.EXPLANATION_METHOD_TREE_SHAP, one.getMethod());
          assertEquals(row.getPrediction(), one.getPrediction());
        }
        if (model.equals(RIDGE)) {
          assertEquals(ExplanationMethod.EXPLANATION_METHOD_LINEAR, one.getMethod());
        }
        if (model.equals(FORMULA)) {
          assertEquals(ExplanationMethod.EXPLANATION_METHOD_EXACT_SHAPLEY, one.getMethod());
          assertEquals(100, found.getBackgroundRows());
        }
      }
    }
  }

  @Test
  void valuesAndTheExampleAreExplained() {
    ExplainPredictionsResponse example = explain(of(TREES));
    assertEquals(-1, example.getExplanations(0).getRowNumber());
    addsUp(example.getExplanations(0), 1e-4);
    Struct row =
        ModelsServiceGrpc.newBlockingStub(services.channel())
            .getModel(GetModelRequest.newBuilder().setName(TREES).build())
            .getInputExample();
    assertEquals(example.getExplanations(0), explain(of(TREES).addRows(row)).getExplanations(0));
    Struct unknown =
        row.toBuilder()
            .putFields(
                "flow_1",
                Value.newBuilder().setNullValue(com.google.protobuf.NullValue.NULL_VALUE).build())
            .build();
    Explanation found = explain(of(TREES).addRows(unknown)).getExplanations(0);
    assertTrue(Double.isNaN(found.getContributions(1).getValue()));
    addsUp(found, 1e-4);
  }

  @Test
  void filesAndDatasetsGiveRows() throws IOException {
    Path inputs = workspace.resolve("inputs.csv");
    Files.writeString(inputs, "flow_1,mean_volume,ret_1\n1,2,0.001\n,3,\n");
    RowSource file = RowSource.newBuilder().setFile("inputs.csv").build();
    Explanation second = explain(of(TREES).addRowNumbers(1).setSource(file)).getExplanations(0);
    assertTrue(Double.isNaN(second.getContributions(0).getValue()));
    assertEquals(3, second.getContributions(2).getValue());
    // A file that changes is read again.
    Files.writeString(inputs, "flow_1,mean_volume,ret_1\n1,2,0.001\n,33,\n");
    Files.setLastModifiedTime(inputs, java.nio.file.attribute.FileTime.fromMillis(5));
    assertEquals(
        33,
        explain(of(TREES).addRowNumbers(1).setSource(file))
            .getExplanations(0)
            .getContributions(2)
            .getValue());
    RowSource raw = RowSource.newBuilder().setFile("trades.csv").build();
    RowSource dataset = RowSource.newBuilder().setDataset("trades").build();
    Explanation trained = explain(of(RIDGE).addRowNumbers(77)).getExplanations(0);
    assertEquals(trained, explain(of(RIDGE).addRowNumbers(77).setSource(raw)).getExplanations(0));
    assertEquals(
        trained, explain(of(RIDGE).addRowNumbers(77).setSource(dataset)).getExplanations(0));
    // Against rows of a file, for a model that has no training data here.
    assertEquals(2, explain(of(FORMULA).addRowNumbers(0).setSource(file)).getBackgroundRows());
  }

  @Test
  void whatCannotBeExplainedIsRefused() {
    SlipstreamException none = failure(() -> explain(of(TREES).addRowNumbers(1_000_000)));
    assertEquals(Category.INVALID_INPUT, none.category());
    assertTrue(none.getMessage().contains("Rows: 0 to"), none.getMessage());
    assertTrue(
        failure(() -> explain(of(TREES).setOutput("q90"))).getMessage().contains("no output"));
    assertEquals(
        Category.NOT_FOUND,
        failure(
                () ->
                    explain(
                        of(TREES)
                            .addRowNumbers(0)
                            .setSource(RowSource.newBuilder().setDataset("nothing"))))
            .category());
    assertEquals(
        Category.NOT_FOUND,
        failure(
                () ->
                    explain(
                        of(TREES)
                            .addRowNumbers(0)
                            .setSource(RowSource.newBuilder().setFile("nothing.csv"))))
            .category());
    ExplainPredictionsRequest.Builder many = of(TREES);
    for (int i = 0; i < 1001; i++) {
      many.addRowNumbers(i);
    }
    assertEquals(Category.RESOURCE_EXHAUSTED, failure(() -> explain(many)).category());
    assertTrue(
        failure(
                () ->
                    explanations.getPartialDependence(
                        GetPartialDependenceRequest.newBuilder()
                            .setModel(TREES)
                            .setInput("flow")
                            .build()))
            .getMessage()
            .contains("flow_1"));
  }

  /** An archive elsewhere: trees need no data, a formula does and says so. */
  @Test
  void anArchiveInAnotherWorkspace(@TempDir Path other) {
    String trees = workspace.resolve("runs/small-1/models/next_return-trees.slipmodel").toString();
    String formula =
        workspace.resolve("runs/small-1/models/next_return-formula.slipmodel").toString();
    try (LocalServices empty = LocalServices.open(other)) {
      var stub = ExplanationsServiceGrpc.newBlockingStub(empty.channel());
      addsUp(stub.explainPredictions(of(trees).build()).getExplanations(0), 1e-4);
      SlipstreamException e = failure(() -> stub.explainPredictions(of(formula).build()));
      assertEquals(Category.NOT_FOUND, e.category());
      assertTrue(e.getMessage().contains("explained against rows of data"), e.getMessage());
      assertEquals(
          Category.NOT_FOUND,
          failure(() -> stub.explainPredictions(of(trees).addRowNumbers(0).build())).category());
    }
  }

  @Test
  void dependenceAndInteractions() {
    PartialDependence found =
        explanations.getPartialDependence(
            GetPartialDependenceRequest.newBuilder()
                .setModel(RIDGE)
                .setInput("flow_1")
                .setPoints(11)
                .setRows(50)
                .setCurves(4)
                .build());
    assertEquals(11, found.getGridCount());
    assertEquals(50, found.getRows());
    assertEquals(4, found.getCurvesCount());
    // Of a linear model a straight line.
    double slope = (found.getMean(10) - found.getMean(0)) / (found.getGrid(10) - found.getGrid(0));
    for (int i = 0; i < 11; i++) {
      assertEquals(
          found.getMean(0) + slope * (found.getGrid(i) - found.getGrid(0)), found.getMean(i), 1e-9);
    }
    List<Interaction> linear =
        explanations
            .listInteractions(ListInteractionsRequest.newBuilder().setModel(RIDGE).build())
            .getInteractionsList();
    assertEquals(3, linear.size());
    linear.forEach(each -> assertEquals(0, each.getSize()));
    List<Interaction> trees =
        explanations
            .listInteractions(
                ListInteractionsRequest.newBuilder().setModel(TREES).setRows(40).build())
            .getInteractionsList();
    assertTrue(trees.getFirst().getSize() > 0);
  }

  @Test
  void aCostCurveIsThePredictionsAlongAnInput() {
    InputRanges ranges =
        explanations.getInputRanges(GetInputRangesRequest.newBuilder().setModel(RIDGE).build());
    assertEquals(3, ranges.getRangesCount());
    InputRange flow = ranges.getRanges(1);
    assertEquals("flow_1", flow.getInput());
    assertTrue(flow.getMin() <= flow.getLow() && flow.getLow() < flow.getMedian());
    assertTrue(flow.getMedian() < flow.getHigh() && flow.getHigh() <= flow.getMax());
    Struct row =
        Struct.newBuilder()
            .putFields("ret_1", Value.newBuilder().setNumberValue(1e-4).build())
            .putFields("mean_volume", Value.newBuilder().setNumberValue(5).build())
            .build();
    GetCostCurveRequest.Builder request =
        GetCostCurveRequest.newBuilder()
            .setModel(RIDGE)
            .setInput("flow_1")
            .setRow(row)
            .setFrom(flow.getLow())
            .setTo(flow.getHigh())
            .setPoints(21);
    PredictedCurve curve = explanations.getCostCurve(request.build());
    assertEquals(21, curve.getGridCount());
    assertEquals(flow.getHigh(), curve.getGrid(20));
    assertEquals(CurveBand.CURVE_BAND_NONE, curve.getBand());
    assertEquals("bp", curve.getUnit());
    for (int i : new int[] {0, 7, 20}) {
      Struct at =
          row.toBuilder()
              .putFields("flow_1", Value.newBuilder().setNumberValue(curve.getGrid(i)).build())
              .build();
      assertEquals(
          explain(of(RIDGE).addRows(at)).getExplanations(0).getPrediction(), curve.getPredicted(i));
    }
    GetCostCurveRequest.Builder formula =
        request.clone().setModel(FORMULA).setInput("mean_volume").setFrom(1).setTo(10);
    formula.setRow(
        row.toBuilder().putFields("flow_1", Value.newBuilder().setNumberValue(2).build()));
    PredictedCurve logarithmic = explanations.getCostCurve(formula.setLogarithmic(true).build());
    assertEquals(
        logarithmic.getGrid(1) / logarithmic.getGrid(0),
        logarithmic.getGrid(20) / logarithmic.getGrid(19),
        1e-9);
    assertEquals(CurveBand.CURVE_BAND_COEFFICIENTS, logarithmic.getBand());
    assertTrue(logarithmic.getLow(9) <= logarithmic.getPredicted(9));
    assertTrue(
        failure(() -> explanations.getCostCurve(request.clone().setInput("size").build()))
            .getMessage()
            .contains("no input 'size'"));
    assertTrue(
        failure(() -> explanations.getCostCurve(request.clone().clearRow().build()))
            .getMessage()
            .contains("is missing"));
    assertEquals(
        Category.INVALID_INPUT,
        failure(() -> explanations.getCostCurve(request.clone().setFrom(9).setTo(1).build()))
            .category());
  }

  // ---- scores of all runs ----

  private static double skill(ModelScore score) {
    return score.getMetricsList().stream()
        .filter(each -> each.getMetric().getName().equals("skill"))
        .mapToDouble(MetricScore::getScore)
        .findFirst()
        .orElse(Double.NaN);
  }

  @Test
  void scoresOfAllRunsAreListedSortedFilteredAndPaged() {
    ListScoresRequest bySkill =
        ListScoresRequest.newBuilder().setOrder(ScoreOrder.SCORE_ORDER_METRIC).build();
    ListScoresResponse all = runs.listScores(bySkill);
    assertEquals(5, all.getTotal());
    assertEquals(List.of("small"), all.getExperimentsList());
    assertTrue(all.getTrainersList().containsAll(List.of("boosted-trees", "ridge", "square-root")));
    assertTrue(all.getMetricsList().contains("skill"));
    for (int i = 1; i < 5; i++) {
      assertTrue(skill(all.getScores(i - 1)) >= skill(all.getScores(i)));
    }
    assertTrue(all.getScores(0).getMetrics(0).hasInterval());
    List<ModelScore> paged = new ArrayList<>();
    String token = "";
    do {
      ListScoresResponse page =
          runs.listScores(bySkill.toBuilder().setPageSize(2).setPageToken(token).build());
      paged.addAll(page.getScoresList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(all.getScoresList(), paged);
    ListScoresResponse trees =
        runs.listScores(bySkill.toBuilder().setText("TREES").setBaselines(true).build());
    assertEquals(2, trees.getTotal());
    assertEquals(
        7, runs.listScores(ListScoresRequest.newBuilder().setBaselines(true).build()).getTotal());
    assertEquals(
        3, runs.listScores(ListScoresRequest.newBuilder().setRun("small-1").build()).getTotal());
    SlipstreamException foreign =
        failure(
            () ->
                runs.listScores(
                    ListScoresRequest.newBuilder()
                        .setPageToken(
                            runs.listScores(bySkill.toBuilder().setPageSize(2).build())
                                .getNextPageToken())
                        .build()));
    assertEquals(Category.INVALID_INPUT, foreign.category());
  }

  private static ScoredModel scored(String run, String model) {
    return ScoredModel.newBuilder().setRun(run).setTarget("next_return").setModel(model).build();
  }

  @Test
  void aComparisonTellsWhatDiffersAndNothingElse() {
    CompareScoresResponse found =
        runs.compareScores(
            CompareScoresRequest.newBuilder()
                .addModels(scored("small-1", "trees"))
                .addModels(scored("small-2", "trees"))
                .build());
    assertEquals(2, found.getScoresCount());
    assertEquals(
        List.of(
            ParameterDifference.newBuilder()
                .setKey("model.depth")
                .addValues("3")
                .addValues("5")
                .build()),
        found.getDifferencesList());
    CompareScoresResponse others =
        runs.compareScores(
            CompareScoresRequest.newBuilder()
                .addModels(scored("small-1", "trees"))
                .addModels(scored("small-1", "ridge"))
                .addModels(scored("small-1", "baseline"))
                .build());
    assertEquals(
        List.of("boosted-trees", "ridge", "baseline"),
        others.getDifferencesList().stream()
            .filter(each -> each.getKey().equals("model.trainer"))
            .findFirst()
            .orElseThrow()
            .getValuesList());
    assertTrue(
        others.getDifferencesList().stream()
            .noneMatch(each -> each.getKey().startsWith("features.")));
    assertEquals(
        Category.NOT_FOUND,
        failure(
                () ->
                    runs.compareScores(
                        CompareScoresRequest.newBuilder()
                            .addModels(scored("small-1", "trees"))
                            .addModels(scored("small-9", "trees"))
                            .build()))
            .category());
    assertEquals(
        Category.INVALID_INPUT,
        failure(
                () ->
                    runs.compareScores(
                        CompareScoresRequest.newBuilder()
                            .addModels(scored("small-1", "trees"))
                            .build()))
            .category());
  }
}
