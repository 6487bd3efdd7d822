package slipstream.ui.internal;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import slipstream.proto.v1.*;
import slipstream.proto.v1.Breakdown;
import slipstream.proto.v1.BreakdownBucket;
import slipstream.proto.v1.BucketScore;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Comparison;
import slipstream.proto.v1.CostCurve;
import slipstream.proto.v1.CostCurves;
import slipstream.proto.v1.EvaluateExpressionEvent;
import slipstream.proto.v1.EvaluateExpressionRequest;
import slipstream.proto.v1.ExperimentSeries;
import slipstream.proto.v1.ExpressionFunction;
import slipstream.proto.v1.ExpressionResult;
import slipstream.proto.v1.FeaturesServiceGrpc;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.ListFunctionsRequest;
import slipstream.proto.v1.ListFunctionsResponse;
import slipstream.proto.v1.NamedExpression;
import slipstream.proto.v1.OrderCost;
import slipstream.proto.v1.OrderHorizon;
import slipstream.proto.v1.OrdersReport;
import slipstream.proto.v1.PrepareDatasetEvent;
import slipstream.proto.v1.PrepareDatasetRequest;
import slipstream.proto.v1.PreviewColumn;
import slipstream.proto.v1.PreviewImportRequest;
import slipstream.proto.v1.PreviewImportResponse;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.SeriesKind;

/**
 * The services with canned answers: a run that takes its steps when told to, scores and plots of a plausible size. It
 * stands in for the real ones where a test is about the workbench alone.
 */
public final class FakeServices implements AutoCloseable {
  /** The text of the one example. */
  public static final String EXAMPLE =
      """
      slipstream: 1
      name: btc-trade-impact
      description: Signed price impact of an interval's flow, from BTC trade prints.
      seed: 7

      # Two days of trade prints.
      data:
        importer: csv
        path: data/btc-trades.csv
        time: time

      prepare:
        - {extractor: bars, interval: 30s, price: price, size: size}

      features:
        return_1: logret(close, 1)
        volatility: std(return_1, 20)   # of 30 s returns
        mean_volume: mean(volume, 20)
        imbalance: signed_volume / mean_volume

      targets:
        impact:
          expression: 1e4 * lead(logret(close, 1), 1)
          unit: bp
          description: Price change over the interval, in basis points.

      models:
        trees: {trainer: boosted-trees, rounds: 200, depth: 4}
        ridge: {trainer: ridge}

      validation:
        folds: 4

      export: [onnx]
      """;

  private final Map<String, String> experiments = new LinkedHashMap<>();
  private final Map<String, FakeRun> runs = new ConcurrentHashMap<>();
  private final List<Run> order = new ArrayList<>();

  /** How many pages of rows were asked for. */
  public final java.util.concurrent.atomic.AtomicInteger pagesRead =
      new java.util.concurrent.atomic.AtomicInteger();

  /** Explanations of a linear model. */
  public final FakeExplanations explanations = new FakeExplanations();

  /** A search. */
  public final FakeSearches searches = new FakeSearches();

  /** Scores of many runs. */
  public final FakeScores scores = new FakeScores();

  private final Server server;
  private final ManagedChannel channel;
  private final long stepMillis;

  /** One run. */
  private final class FakeRun {
    private Run run;
    private final List<RunEvent> events = new ArrayList<>();
    private volatile boolean cancelled;

    synchronized void add(RunEvent.Builder event) {
      events.add(event.setSequence(events.size() + 1).setTime(now()).build());
      if (event.hasRun()) {
        run = event.getRun();
      }
      notifyAll();
    }
  }

  /**
   * @param stepMillis pause between two boosting rounds of a run
   */
  public FakeServices(long stepMillis) throws IOException {
    this.stepMillis = stepMillis;
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .addService(new Experiments())
            .addService(new Runs())
            .addService(new Models())
            .addService(new Datasets())
            .addService(new Features())
            .addService(explanations)
            .addService(searches)
            .addService(new SystemInfoService())
            .build()
            .start();
    channel =
        InProcessChannelBuilder.forName(name)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** The way to the services. */
  public Channel channel() {
    return channel;
  }

  /** The experiments as they are saved. */
  public Map<String, String> experiments() {
    return experiments;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private static Timestamp now() {
    Instant now = Instant.now();
    return Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()).build();
  }

  private static RuntimeException failure(Code code, Problem problem) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(problem.getMessage())
            .addDetails(Any.pack(problem))
            .build());
  }

  private static <T> void reply(StreamObserver<T> observer, T value) {
    observer.onNext(value);
    observer.onCompleted();
  }

  private final class Experiments extends ExperimentsServiceGrpc.ExperimentsServiceImplBase {
    private Experiment experiment(String name) {
      String text = experiments.get(name);
      return Experiment.newBuilder()
          .setName(name)
          .setText(text)
          .setDescription(text.replaceAll("(?s).*description: ([^\n]*)\n.*", "$1"))
          .setUpdateTime(now())
          .setEtag(Integer.toHexString(text.hashCode()))
          .build();
    }

    @Override
    public void listExperiments(
        ListExperimentsRequest request, StreamObserver<ListExperimentsResponse> observer) {
      reply(
          observer,
          ListExperimentsResponse.newBuilder()
              .addAllExperiments(experiments.keySet().stream().map(this::experiment).toList())
              .build());
    }

    @Override
    public void getExperiment(GetExperimentRequest request, StreamObserver<Experiment> observer) {
      if (!experiments.containsKey(request.getName())) {
        observer.onError(
            failure(
                Code.NOT_FOUND,
                Problem.newBuilder()
                    .setCategory("NOT_FOUND")
                    .setMessage("there is no experiment '" + request.getName() + "'")
                    .setRemedy("Open one from the Explorer.")
                    .build()));
        return;
      }
      reply(observer, experiment(request.getName()));
    }

    @Override
    public void saveExperiment(SaveExperimentRequest request, StreamObserver<Experiment> observer) {
      experiments.put(request.getName(), request.getText());
      reply(observer, experiment(request.getName()));
    }

    @Override
    public void deleteExperiment(
        DeleteExperimentRequest request, StreamObserver<DeleteExperimentResponse> observer) {
      experiments.remove(request.getName());
      reply(observer, DeleteExperimentResponse.getDefaultInstance());
    }

    @Override
    public void validateExperiment(
        ValidateExperimentRequest request, StreamObserver<ValidateExperimentResponse> observer) {
      ValidateExperimentResponse.Builder response = ValidateExperimentResponse.newBuilder();
      String[] lines = request.getText().split("\n");
      for (int i = 0; i < lines.length; i++) {
        if (lines[i].contains("depth: 99")) {
          response.addProblems(
              Problem.newBuilder()
                  .setCategory("INVALID_INPUT")
                  .setSeverity(Severity.SEVERITY_ERROR)
                  .setMessage("depth is 99")
                  .setRemedy("It must be from 1 to 16.")
                  .setFile(request.getFile())
                  .setLine(i + 1)
                  .setColumn(lines[i].indexOf("depth") + 1)
                  .setKey("models.trees.depth"));
        }
      }
      reply(observer, response.build());
    }

    @Override
    public void listExamples(
        ListExamplesRequest request, StreamObserver<ListExamplesResponse> observer) {
      reply(
          observer,
          ListExamplesResponse.newBuilder()
              .addExamples(
                  Experiment.newBuilder()
                      .setName("btc-trade-impact")
                      .setText(EXAMPLE)
                      .setDescription(
                          "Signed price impact of an interval's flow, from BTC trade prints."))
              .build());
    }

    @Override
    public void getExperimentSchema(
        GetExperimentSchemaRequest request, StreamObserver<GetExperimentSchemaResponse> observer) {
      reply(
          observer,
          GetExperimentSchemaResponse.newBuilder()
              .setJson(
                  """
                  {"properties": {"validation": {"properties": {
                    "folds": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 4,
                      "description": "Number of blocks that are scored."},
                    "window": {"enum": ["expanding", "rolling"], "default": "expanding",
                      "description": "Whether training starts at the first row."},
                    "embargo": {"type": "string", "default": "0s",
                      "description": "Rows this close before a scored block are not trained on."}
                  }}}}
                  """)
              .build());
    }
  }

  private final class Runs extends RunsServiceGrpc.RunsServiceImplBase {
    @Override
    public void listScores(ListScoresRequest request, StreamObserver<ListScoresResponse> observer) {
      reply(observer, scores.list(request));
    }

    @Override
    public void compareScores(
        CompareScoresRequest request, StreamObserver<CompareScoresResponse> observer) {
      reply(observer, scores.compare(request));
    }

    @Override
    public synchronized void startRun(StartRunRequest request, StreamObserver<Run> observer) {
      FakeRun fake = new FakeRun();
      Run run =
          Run.newBuilder()
              .setName(request.getExperiment() + "-" + (runs.size() + 1))
              .setExperiment(request.getExperiment())
              .setState(RunState.RUN_STATE_RUNNING)
              .setCreateTime(now())
              .setStartTime(now())
              .build();
      fake.add(RunEvent.newBuilder().setRun(run));
      runs.put(run.getName(), fake);
      order.addFirst(run);
      Thread.ofVirtual().start(() -> work(fake));
      reply(observer, run);
    }

    private void work(FakeRun fake) {
      try {
        long rows = 250_000;
        for (long done = 0; done <= rows; done += rows / 10) {
          fake.add(progress("Import", done, rows, "rows", 310_000));
          Thread.sleep(stepMillis);
        }
        fake.add(
            RunEvent.newBuilder()
                .setMessage(
                    RunMessage.newBuilder()
                        .setSeverity(Severity.SEVERITY_INFO)
                        .setText("Imported 250,000 rows of 1 instrument")));
        SplittableRandom random = new SplittableRandom(3);
        for (int fold = 1; fold <= 4; fold++) {
          fake.add(curve("impact/baseline/fold " + fold, 1, 4.31, 4.40 + 0.02 * fold));
          for (int round = 1; round <= 60; round++) {
            if (fake.cancelled) {
              end(fake, RunState.RUN_STATE_CANCELLED);
              return;
            }
            double training = 3.1 + 1.2 * Math.exp(-round / 18.0) + 0.004 * random.nextDouble();
            double validation = 3.62 + 0.8 * Math.exp(-round / 14.0) + 0.0012 * round + 0.02 * fold;
            fake.add(curve("impact/trees/fold " + fold, round, training, validation));
            fake.add(progress("Train trees, fold " + fold + "/4", round, 60, "rounds", 42));
            Thread.sleep(stepMillis);
          }
        }
        fake.add(
            RunEvent.newBuilder()
                .setMessage(
                    RunMessage.newBuilder()
                        .setSeverity(Severity.SEVERITY_WARNING)
                        .setText("12 rows without a target were left out")));
        end(fake, RunState.RUN_STATE_SUCCEEDED);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void end(FakeRun fake, RunState state) {
      fake.add(
          RunEvent.newBuilder().setRun(fake.run.toBuilder().setState(state).setEndTime(now())));
    }

    private RunEvent.Builder progress(
        String stage, long done, long total, String unit, double rate) {
      return RunEvent.newBuilder()
          .setProgress(
              Progress.newBuilder()
                  .setStage(stage)
                  .setDone(done)
                  .setTotal(total)
                  .setUnit(unit)
                  .setRate(rate)
                  .setSecondsLeft((total - done) / rate));
    }

    private RunEvent.Builder curve(String series, int step, double training, double validation) {
      return RunEvent.newBuilder()
          .setLearningCurvePoint(
              LearningCurvePoint.newBuilder()
                  .setSeries(series)
                  .setStep(step)
                  .setMetric("RMSE, bp")
                  .setTraining(training)
                  .setValidation(validation));
    }

    private FakeRun find(String name) {
      FakeRun found = runs.get(name);
      if (found == null) {
        throw failure(
            Code.NOT_FOUND,
            Problem.newBuilder()
                .setCategory("NOT_FOUND")
                .setMessage("there is no run '" + name + "'")
                .build());
      }
      return found;
    }

    @Override
    public void watchRun(WatchRunRequest request, StreamObserver<RunEvent> observer) {
      FakeRun fake;
      try {
        fake = find(request.getName());
      } catch (RuntimeException e) {
        observer.onError(e);
        return;
      }
      int next = 0;
      while (true) {
        RunEvent event;
        synchronized (fake) {
          while (next >= fake.events.size()) {
            try {
              fake.wait();
            } catch (InterruptedException e) {
              return;
            }
          }
          event = fake.events.get(next++);
        }
        observer.onNext(event);
        if (event.hasRun() && event.getRun().getState() != RunState.RUN_STATE_RUNNING) {
          observer.onCompleted();
          return;
        }
      }
    }

    @Override
    public void cancelRun(CancelRunRequest request, StreamObserver<Run> observer) {
      FakeRun fake = find(request.getName());
      fake.cancelled = true;
      reply(observer, fake.run);
    }

    @Override
    public void getRun(GetRunRequest request, StreamObserver<Run> observer) {
      reply(observer, find(request.getName()).run);
    }

    @Override
    public void listRuns(ListRunsRequest request, StreamObserver<ListRunsResponse> observer) {
      reply(
          observer,
          ListRunsResponse.newBuilder()
              .addAllRuns(order.stream().map(run -> runs.get(run.getName()).run).toList())
              .build());
    }

    @Override
    public void getRunReport(GetRunReportRequest request, StreamObserver<RunReport> observer) {
      Run run = find(request.getName()).run;
      if (run.getState() != RunState.RUN_STATE_SUCCEEDED) {
        observer.onError(
            failure(
                Code.FAILED_PRECONDITION,
                Problem.newBuilder()
                    .setCategory("CONFLICT")
                    .setMessage("'" + run.getName() + "' has no results")
                    .setRemedy("Run the experiment to its end.")
                    .build()));
        return;
      }
      reply(observer, report(run));
    }

    @Override
    public void getRunReportHtml(
        GetRunReportHtmlRequest request, StreamObserver<GetRunReportHtmlResponse> observer) {
      reply(
          observer,
          GetRunReportHtmlResponse.newBuilder()
              .setHtml("<!doctype html><title>report</title>")
              .build());
    }
  }

  private static RunReport report(Run run) {
    TargetReport.Builder target =
        TargetReport.newBuilder()
            .setTarget("impact")
            .setUnit("bp")
            .setDescription("Price change over the interval, in basis points.")
            .setScoredRows(18_432)
            .addMetrics(metric("rmse", "RMSE", "bp", false))
            .addMetrics(metric("mae", "MAE", "bp", false))
            .addMetrics(metric("r2", "R²", "", true))
            .addMetrics(metric("skill", "Skill", "", true));
    for (int fold = 1; fold <= 4; fold++) {
      target.addFolds(
          Fold.newBuilder().setNumber(fold).setTrainingRows(4000L * fold).setScoredRows(4608));
    }
    target.addModels(model("baseline", "mean", 4.42, 3.05, -0.001, 0, 0, 1));
    target.addModels(model("trees", "boosted-trees", 3.71, 2.61, 0.295, 0.161, 1.84, 2));
    target.addModels(model("ridge", "ridge", 3.98, 2.79, 0.188, 0.099, 0.07, 3));
    target.addBreakdowns(breakdown("size", "fraction of ADV", Breakdown.Kind.KIND_NUMBERS));
    target.addBreakdowns(breakdown("period", "s", Breakdown.Kind.KIND_PERIODS));
    CostCurves.Builder curves =
        target.getCostCurvesBuilder().setFeature("size").setUnit("fraction").setLogarithmic(true);
    for (int i = 0; i < 40; i++) {
      curves.addGrid(1e-4 * Math.pow(1000, i / 39.0));
    }
    for (String name : List.of("baseline", "trees", "ridge")) {
      CostCurve.Builder curve = curves.addCurvesBuilder().setModel(name);
      for (double size : curves.getGridList()) {
        double cost = name.equals("baseline") ? 4 : 30 * Math.sqrt(size);
        double band = name.equals("trees") ? 1 + cost / 3 : Double.NaN;
        curve.addPredicted(cost).addLow(cost - band).addHigh(cost + band);
      }
    }
    target.addComparisons(comparison("trees", "baseline", 0.71, 0.0002));
    target.addComparisons(comparison("ridge", "baseline", 0.44, 0.004));
    target.addComparisons(comparison("trees", "ridge", 0.27, 0.21));
    OrdersReport.Builder orders =
        OrdersReport.newBuilder().setOrders(1204).setFills(14_448).setFilledShare(0.94);
    for (String name : List.of("delay", "execution", "opportunity", "explicit", "total")) {
      orders.addShortfall(cost(name, 1.5 * name.length()));
    }
    for (String name : List.of("arrival", "vwap", "twap", "close")) {
      orders.addSlippage(cost(name, name.length()));
    }
    for (String horizon : List.of("1m", "5m", "15m", "60m")) {
      orders.addMarkouts(horizon(horizon, 0.5));
      orders.addReversions(horizon(horizon, 0.9));
    }
    return RunReport.newBuilder()
        .setOrders(orders)
        .setRun(run.getName())
        .setExperiment(run.getExperiment())
        .setRows(23_040)
        .setInstruments(1)
        .setDataHash("9f2c41d7be0a55e1c1f3a8")
        .addTargets(target)
        .build();
  }

  private static Breakdown breakdown(String name, String unit, Breakdown.Kind kind) {
    Breakdown.Builder breakdown =
        Breakdown.newBuilder().setName(name).setUnit(unit).setKind(kind).setExpression("");
    for (int b = 0; b < 10; b++) {
      BreakdownBucket.Builder bucket =
          breakdown
              .addBucketsBuilder()
              .setLabel("2024-0" + Math.min(9, b + 1) + "-01")
              .setLow(0.0002 * Math.pow(2, b))
              .setHigh(0.0004 * Math.pow(2, b))
              .setRows(1843)
              .setMeanRealised(1 + b)
              .setStandardError(0.3 + 0.05 * b);
      for (String model : List.of("baseline", "trees", "ridge")) {
        double predicted = model.equals("baseline") ? 5 : 1.1 + 0.96 * b - model.length() / 20.0;
        bucket.addModels(
            BucketScore.newBuilder()
                .setModel(model)
                .setMeanPredicted(predicted)
                .setMeanResidual(1 + b - predicted)
                .setResidualError(0.4)
                .setRmse(3.7)
                .setSkill(0.2)
                .setSkillError(0.03));
      }
    }
    return breakdown.build();
  }

  private static Comparison comparison(String model, String other, double by, double p) {
    return Comparison.newBuilder()
        .setModel(model)
        .setOther(other)
        .setAdvantage(by)
        .setStandardError(by / 3)
        .setPValue(p)
        .build();
  }

  private static OrderCost cost(String name, double mean) {
    return OrderCost.newBuilder()
        .setName(name)
        .setOrders(1204)
        .setMean(mean)
        .setStandardError(mean / 10)
        .setEqualMean(mean * 0.8)
        .setEqualError(mean / 12)
        .setAmount(1e4 * mean)
        .build();
  }

  private static OrderHorizon horizon(String name, double slope) {
    return OrderHorizon.newBuilder()
        .setHorizon(name)
        .setCount(1204)
        .setMean(-slope * Math.sqrt(Integer.parseInt(name.replace("m", ""))))
        .setStandardError(0.4)
        .build();
  }

  private static MetricDescription metric(String name, String title, String unit, boolean higher) {
    return MetricDescription.newBuilder()
        .setName(name)
        .setTitle(title)
        .setUnit(unit)
        .setHigherIsBetter(higher)
        .setSummary(title + " over all scored rows.")
        .build();
  }

  private static ModelReport model(
      String name,
      String trainer,
      double rmse,
      double mae,
      double r2,
      double skill,
      double seconds,
      long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ModelReport.Builder model =
        ModelReport.newBuilder()
            .setModel(name)
            .setTrainer(trainer)
            .setBaseline(name.equals("baseline"))
            .addScores(rmse)
            .addScores(mae)
            .addScores(r2)
            .addScores(skill)
            .setTrainingSeconds(seconds)
            .setArchive(name.equals("baseline") ? "" : "btc-trade-impact-1." + name);
    for (int fold = 1; fold <= 4; fold++) {
      model.addFoldScores(
          FoldScores.newBuilder()
              .setFold(fold)
              .addScores(rmse + 0.4 * (random.nextDouble() - 0.5)));
    }
    if (name.equals("baseline")) {
      model.addCalibration(
          CalibrationBucket.newBuilder()
              .setRows(18_432)
              .setMeanPredicted(0.02)
              .setMeanRealised(0.05)
              .setStandardError(0.03));
    } else {
      for (int i = 0; i < 12; i++) {
        double predicted = -6 + i * 1.09;
        model.addCalibration(
            CalibrationBucket.newBuilder()
                .setRows(1536)
                .setMeanPredicted(predicted)
                .setMeanRealised(predicted * 0.93 + 0.5 * (random.nextDouble() - 0.5))
                .setStandardError(0.16 + 0.02 * Math.abs(i - 5.5)));
      }
      String[] features = {
        "imbalance", "return_1", "volatility", "mean_volume", "spread_5", "flow_10"
      };
      double rest = 1;
      for (int i = 0; i < features.length; i++) {
        double share = i == features.length - 1 ? rest : rest * (0.35 + 0.2 * random.nextDouble());
        rest -= share;
        model.addImportance(FeatureImportance.newBuilder().setFeature(features[i]).setShare(share));
      }
    }
    Histogram.Builder residuals = Histogram.newBuilder();
    for (int i = 0; i <= 40; i++) {
      residuals.addEdges(-12 + i * 0.6);
      if (i < 40) {
        double x = -11.7 + i * 0.6;
        residuals.addCounts(Math.round(2400 * Math.exp(-x * x / (2 * rmse * rmse) * 1.3)));
      }
    }
    model.setResiduals(residuals);
    if (trainer.equals("boosted-trees")) {
      for (int round = 1; round <= 60; round++) {
        model.addLearningCurve(
            LearningCurvePoint.newBuilder()
                .setSeries("impact/trees/fold 4")
                .setStep(round)
                .setMetric("RMSE, bp")
                .setTraining(3.1 + 1.2 * Math.exp(-round / 18.0))
                .setValidation(3.7 + 0.8 * Math.exp(-round / 14.0) + 0.0012 * round));
      }
    }
    return model.build();
  }

  private final class Models extends ModelsServiceGrpc.ModelsServiceImplBase {
    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
      ListModelsResponse.Builder response = ListModelsResponse.newBuilder();
      for (Run run : order) {
        if (runs.get(run.getName()).run.getState() == RunState.RUN_STATE_SUCCEEDED) {
          response.addModels(model(run.getName() + ".trees"));
          response.addModels(model(run.getName() + ".ridge"));
        }
      }
      reply(observer, response.build());
    }

    private Model model(String name) {
      return Model.newBuilder()
          .setName(name)
          .setHash("9f2c41d7be0a55e1c1f3a89f2c41d7be0a55e1c1f3a8")
          .setExperiment("btc-trade-impact")
          .setRun(name.substring(0, name.lastIndexOf('.')))
          .setTrainer(name.endsWith("trees") ? "boosted-trees" : "ridge")
          .setTarget("impact")
          .setUnit("bp")
          .setTrainingRows(23_040)
          .setCreateTime(now())
          .setFile("runs/" + name + ".slipmodel")
          .addInputs(
              ModelInput.newBuilder()
                  .setName("imbalance")
                  .setExpression("signed_volume / mean_volume"))
          .addInputs(
              ModelInput.newBuilder().setName("volatility").setExpression("std(return_1, 20)"))
          .putProvenance("seed", "7")
          .putProvenance("code", "0.1.0")
          .build();
    }

    @Override
    public void getModel(GetModelRequest request, StreamObserver<Model> observer) {
      reply(observer, model(request.getName()));
    }

    @Override
    public void exportModel(ExportModelRequest request, StreamObserver<ExportResult> observer) {
      reply(
          observer,
          ExportResult.newBuilder()
              .setFormat(request.getFormat())
              .setFile(request.getModel() + ".onnx")
              .setRuntime("ONNX Runtime 1.29.0")
              .setRows(18_432)
              .setBoundaryRows(2_946)
              .setMaxUlps(1)
              .build());
    }
  }

  /** What preparations were asked for, the last one last. */
  public List<PrepareDatasetRequest> prepared() {
    return prepared;
  }

  /** What was evaluated, the last one last. */
  public List<EvaluateExpressionRequest> evaluated() {
    return evaluated;
  }

  private final List<PrepareDatasetRequest> prepared = new CopyOnWriteArrayList<>();
  private final List<EvaluateExpressionRequest> evaluated = new CopyOnWriteArrayList<>();

  private final class Features extends FeaturesServiceGrpc.FeaturesServiceImplBase {
    @Override
    public void listFunctions(
        ListFunctionsRequest request, StreamObserver<ListFunctionsResponse> observer) {
      reply(
          observer,
          ListFunctionsResponse.newBuilder()
              .addFunctions(ExpressionFunction.newBuilder().setName("mean"))
              .build());
    }

    /** One feature named after the text's length, and a target. */
    @Override
    public void prepareDataset(
        PrepareDatasetRequest request, StreamObserver<PrepareDatasetEvent> observer) {
      if (request.getText().endsWith("[")) {
        observer.onError(
            io.grpc.Status.INVALID_ARGUMENT.withDescription("it is not YAML").asException());
        return;
      }
      prepared.add(request);
      observer.onNext(
          PrepareDatasetEvent.newBuilder()
              .setSeries(
                  ExperimentSeries.newBuilder()
                      .addSeries(
                          NamedExpression.newBuilder()
                              .setName("f" + request.getText().length())
                              .setExpression("mean(x, 3)")
                              .setKind(SeriesKind.SERIES_KIND_FEATURE))
                      .addSeries(
                          NamedExpression.newBuilder()
                              .setName("cost")
                              .setExpression("lead(x, 1)")
                              .setKind(SeriesKind.SERIES_KIND_TARGET)))
              .build());
      if (!request.getSeriesOnly()) {
        observer.onNext(
            PrepareDatasetEvent.newBuilder()
                .setDataset(
                    Dataset.newBuilder()
                        .setName(request.getExperiment() + "-prepared")
                        .setRows(10)
                        .addColumns(Column.newBuilder().setName("x").setType("FLOAT64")))
                .build());
      }
      observer.onCompleted();
    }

    @Override
    public void evaluateExpression(
        EvaluateExpressionRequest request, StreamObserver<EvaluateExpressionEvent> observer) {
      evaluated.add(request);
      reply(
          observer,
          EvaluateExpressionEvent.newBuilder()
              .setResult(ExpressionResult.newBuilder().setComplete(true).setRows(10))
              .build());
    }
  }

  /** What previews and imports were asked for, the last one last. */
  public List<Struct> importParameters() {
    return importParameters;
  }

  private final List<Struct> importParameters = new CopyOnWriteArrayList<>();

  private final class Datasets extends DatasetsServiceGrpc.DatasetsServiceImplBase {
    /** Rows whose first cell is their number; of the view "odd" every second one. */
    @Override
    public void readRows(ReadRowsRequest request, StreamObserver<ReadRowsResponse> observer) {
      pagesRead.incrementAndGet();
      ReadRowsResponse.Builder response = ReadRowsResponse.newBuilder();
      for (int i = 0; i < request.getRowCount(); i++) {
        long row = request.getFirstRow() + i;
        long number = request.getView().equals("odd") ? 2 * row + 1 : row;
        response.addRowNumbers(number);
        response.addRows(
            com.google.protobuf.ListValue.newBuilder()
                .addValues(com.google.protobuf.Value.newBuilder().setNumberValue(number)));
      }
      reply(observer, response.build());
    }

    /** Knows one condition, and what is wrong with every other one. */
    @Override
    public void openView(OpenViewRequest request, StreamObserver<OpenViewEvent> observer) {
      if (!request.getWhere().equals("row % 2 = 1")) {
        observer.onError(
            StatusProto.toStatusRuntimeException(
                Status.newBuilder()
                    .setCode(Code.INVALID_ARGUMENT_VALUE)
                    .setMessage("wrong")
                    .addDetails(
                        Any.pack(
                            Problem.newBuilder()
                                .setMessage("there is no column 'pric'")
                                .setRemedy("Did you mean 'price'?")
                                .setKey("where")
                                .setLine(1)
                                .setColumn(5)
                                .build()))
                    .build()));
        return;
      }
      reply(
          observer,
          OpenViewEvent.newBuilder()
              .setView(RowView.newBuilder().setId("odd").setRows(14_000_000).setSeconds(0.5))
              .build());
    }

    /** A file of ts, sym and px; the time must not be the price. */
    @Override
    public void previewImport(
        PreviewImportRequest request, StreamObserver<PreviewImportResponse> observer) {
      importParameters.add(request.getParameters());
      Map<String, Value> given = request.getParameters().getFieldsMap();
      if (given.containsKey("time") && given.get("time").getStringValue().equals("px")) {
        observer.onError(
            io.grpc.Status.INVALID_ARGUMENT.withDescription("px is no time").asException());
        return;
      }
      PreviewImportResponse.Builder response =
          PreviewImportResponse.newBuilder()
              .setImporter("csv")
              .addFiles("a.csv")
              .setRows(2)
              .setTotalRows(-1)
              .setTimeColumn("ts");
      if (request.getSuggest()) {
        ListValue instrument =
            ListValue.newBuilder().addValues(Value.newBuilder().setStringValue("sym")).build();
        response
            .setSuggestedParameters(
                Struct.newBuilder()
                    .putFields("time", Value.newBuilder().setStringValue("ts").build())
                    .putFields("time_of_day", Value.newBuilder().setStringValue("ms").build())
                    .putFields("time_unit", Value.newBuilder().setStringValue("ms").build())
                    .putFields("where", Value.newBuilder().setStringValue("px > 0").build())
                    .putFields("instrument", Value.newBuilder().setListValue(instrument).build()))
            .addSuggestions("time is 'ts'")
            .setQuestion("Which time zone?");
      }
      if (given.containsKey("time_of_day")) {
        response.addColumns(
            PreviewColumn.newBuilder()
                .setSource("ts + ms")
                .setSourceType("DATE + BIGINT")
                .setKept(true)
                .setColumn(Column.newBuilder().setName("time").setType("TIMESTAMP")));
      }
      Struct changes = given.getOrDefault("columns", Value.getDefaultInstance()).getStructValue();
      for (String name : List.of("ts", "sym", "px")) {
        String change =
            changes.getFieldsMap().getOrDefault(name, Value.getDefaultInstance()).getStringValue();
        response.addColumns(
            PreviewColumn.newBuilder()
                .setSource(name)
                .setSourceType("VARCHAR")
                .setKept(!change.equals("-"))
                .setColumn(
                    Column.newBuilder()
                        .setName(name)
                        .setType(
                            name.equals("ts")
                                ? "TIMESTAMP"
                                : name.equals("px") ? "FLOAT64" : "STRING"))
                .setNulls(1)
                .setValues(
                    ListValue.newBuilder()
                        .addValues(Value.newBuilder().setStringValue(name + " 1"))
                        .addValues(Value.newBuilder().setNullValueValue(0))));
      }
      reply(observer, response.build());
    }

    @Override
    public void importDataset(
        ImportDatasetRequest request, StreamObserver<ImportDatasetEvent> observer) {
      importParameters.add(request.getParameters());
      observer.onNext(
          ImportDatasetEvent.newBuilder()
              .setProgress(
                  Progress.newBuilder()
                      .setStage("Import a.csv")
                      .setDone(1)
                      .setTotal(4)
                      .setUnit("rows"))
              .build());
      reply(
          observer,
          ImportDatasetEvent.newBuilder()
              .setDataset(Dataset.newBuilder().setName(request.getName()).setRows(4))
              .build());
    }

    @Override
    public void listDatasets(
        ListDatasetsRequest request, StreamObserver<ListDatasetsResponse> observer) {
      ListDatasetsResponse.Builder response = ListDatasetsResponse.newBuilder();
      if (!order.isEmpty()) {
        response.addDatasets(
            Dataset.newBuilder()
                .setName("btc-trades")
                .setRows(250_000)
                .setInstruments(1)
                .setSource("data/btc-trades.csv"));
      }
      reply(observer, response.build());
    }

    @Override
    public void checkHealth(CheckHealthRequest request, StreamObserver<CheckHealthEvent> observer) {
      observer.onNext(
          CheckHealthEvent.newBuilder()
              .setProgress(Progress.newBuilder().setStage("Check health").setDone(1).setTotal(2))
              .build());
      String name = request.getSources(0).getDataset();
      CheckHealthEvent.Builder last = CheckHealthEvent.newBuilder();
      if (name.equals("btc-trades")) {
        last.setReport(health(name));
      } else {
        last.setProblem(
            Problem.newBuilder()
                .setMessage("there is no dataset '" + name + "'")
                .setRemedy("List the datasets to see their names."));
      }
      observer.onNext(last.build());
      observer.onCompleted();
    }
  }

  private static HealthReport health(String name) {
    HealthReport.Builder report =
        HealthReport.newBuilder().setSource(name).setRows(10_000).setInstruments(2);
    String[] kinds = {"zero_price", "missing_day", "locked_quote", "nulls"};
    for (int i = 0; i < kinds.length; i++) {
      report.addFindings(
          HealthFinding.newBuilder()
              .setKind(kinds[i])
              .setTitle(kinds[i])
              .setSeverityValue(Math.max(1, 3 - i))
              .setCount(84 - i)
              .setOf(10_000));
    }
    return report
        .addWorstInstruments(
            HealthInstrument.newBuilder()
                .setName("A")
                .addCounts(HealthCount.newBuilder().setName("zero_price").setCount(25)))
        .setTimeline(
            HealthTimeline.newBuilder()
                .addLines(
                    HealthLine.newBuilder()
                        .setKind("zero_price")
                        .addAllCounts(List.of(1L, 80L, 3L))))
        .build();
  }

  private static final class SystemInfoService extends SystemServiceGrpc.SystemServiceImplBase {
    @Override
    public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<SystemInfo> observer) {
      reply(
          observer,
          SystemInfo.newBuilder()
              .setVersion("0.1.0")
              .addChecks(
                  SystemCheck.newBuilder()
                      .setName("cores")
                      .setValue("2")
                      .setSeverity(Severity.SEVERITY_INFO))
              .build());
    }

    @Override
    public void listPlugins(
        ListPluginsRequest request, StreamObserver<ListPluginsResponse> observer) {
      reply(
          observer,
          ListPluginsResponse.newBuilder()
              .addPlugins(
                  plugin(PluginKind.PLUGIN_KIND_IMPORTER, "csv", "Reads comma-separated text.")
                      .addParameters(
                          parameter(
                                  "path",
                                  ParameterType.PARAMETER_TYPE_TEXT,
                                  "",
                                  "File or pattern to read.")
                              .setRequired(true))
                      .addParameters(
                          parameter(
                              "time",
                              ParameterType.PARAMETER_TYPE_TEXT,
                              "time",
                              "Column that holds the time."))
                      .addParameters(
                          parameter(
                              "header",
                              ParameterType.PARAMETER_TYPE_BOOLEAN,
                              "true",
                              "Whether the first line names the columns.")))
              .addPlugins(
                  plugin(PluginKind.PLUGIN_KIND_IMPORTER, "parquet", "Reads Parquet files."))
              .addPlugins(
                  plugin(
                          PluginKind.PLUGIN_KIND_FEATURE_EXTRACTOR,
                          "bars",
                          "Makes bars of fixed length from trades.")
                      .addParameters(
                          parameter(
                              "interval",
                              ParameterType.PARAMETER_TYPE_DURATION,
                              "1m",
                              "Length of a bar."))
                      .addParameters(
                          parameter(
                              "price",
                              ParameterType.PARAMETER_TYPE_TEXT,
                              "price",
                              "Column of the trade price."))
                      .addParameters(
                          parameter(
                              "size",
                              ParameterType.PARAMETER_TYPE_TEXT,
                              "size",
                              "Column of the traded quantity.")))
              .addPlugins(
                  plugin(
                          PluginKind.PLUGIN_KIND_TRAINER,
                          "boosted-trees",
                          "Gradient-boosted trees on integer histograms.")
                      .addParameters(
                          parameter(
                                  "rounds",
                                  ParameterType.PARAMETER_TYPE_INTEGER,
                                  "300",
                                  "Boosting rounds.")
                              .setMin(1)
                              .setMax(10_000))
                      .addParameters(
                          parameter(
                                  "depth",
                                  ParameterType.PARAMETER_TYPE_INTEGER,
                                  "6",
                                  "Levels of a tree.")
                              .setMin(1)
                              .setMax(16))
                      .addParameters(
                          parameter(
                                  "learning_rate",
                                  ParameterType.PARAMETER_TYPE_NUMBER,
                                  "0.1",
                                  "Share of each tree that is added.")
                              .setMin(0)
                              .setMax(1))
                      .addParameters(
                          parameter(
                                  "loss",
                                  ParameterType.PARAMETER_TYPE_CHOICE,
                                  "squared",
                                  "What is minimised.")
                              .addChoices("squared")
                              .addChoices("absolute")))
              .addPlugins(
                  plugin(
                          PluginKind.PLUGIN_KIND_TRAINER,
                          "ridge",
                          "Linear regression with an L2 penalty.")
                      .addParameters(
                          parameter(
                                  "penalty",
                                  ParameterType.PARAMETER_TYPE_NUMBER,
                                  "1",
                                  "Strength of the penalty.")
                              .setMin(0)
                              .setMax(1e9)))
              .addPlugins(plugin(PluginKind.PLUGIN_KIND_METRIC, "rmse", "Root mean squared error."))
              .addPlugins(
                  plugin(PluginKind.PLUGIN_KIND_EXPORTER, "onnx", "ONNX, checked by ONNX Runtime."))
              .build());
    }

    private static Plugin.Builder plugin(PluginKind kind, String name, String summary) {
      return Plugin.newBuilder().setKind(kind).setName(name).setSummary(summary);
    }

    private static Parameter.Builder parameter(
        String name, ParameterType type, String byDefault, String help) {
      return Parameter.newBuilder()
          .setName(name)
          .setType(type)
          .setDefaultValue(byDefault)
          .setMin(Double.NEGATIVE_INFINITY)
          .setMax(Double.POSITIVE_INFINITY)
          .setHelp(help);
    }
  }
}
