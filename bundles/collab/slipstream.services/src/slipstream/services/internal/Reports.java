package slipstream.services.internal;

import com.google.protobuf.Timestamp;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.proto.v1.Breakdown;
import slipstream.proto.v1.BreakdownBucket;
import slipstream.proto.v1.BucketCoverage;
import slipstream.proto.v1.BucketScore;
import slipstream.proto.v1.CalibrationBucket;
import slipstream.proto.v1.Coefficient;
import slipstream.proto.v1.Comparison;
import slipstream.proto.v1.CostCurve;
import slipstream.proto.v1.CostCurves;
import slipstream.proto.v1.Drift;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.FeatureImportance;
import slipstream.proto.v1.Fold;
import slipstream.proto.v1.FoldScores;
import slipstream.proto.v1.Histogram;
import slipstream.proto.v1.LearningCurvePoint;
import slipstream.proto.v1.MetricDescription;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.OrderBreakdown;
import slipstream.proto.v1.OrderBucket;
import slipstream.proto.v1.OrderCost;
import slipstream.proto.v1.OrderHorizon;
import slipstream.proto.v1.OrdersReport;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.QuantileScore;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.ScoreInterval;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.TargetReport;
import slipstream.proto.v1.ZScore;
import slipstream.training.evaluation.Report;
import slipstream.training.run.ExperimentRunner;
import slipstream.training.run.RunResult;

/** The pipeline's reports as messages. */
final class Reports {
  private Reports() {}

  static Severity toProto(Progress.Severity severity) {
    return switch (severity) {
      case INFO -> Severity.SEVERITY_INFO;
      case WARNING -> Severity.SEVERITY_WARNING;
      case ERROR -> Severity.SEVERITY_ERROR;
    };
  }

  /**
   * @param result a complete run
   */
  static RunReport toProto(RunResult result) {
    Report report = result.report();
    RunReport.Builder run =
        RunReport.newBuilder()
            .setExperiment(report.experiment())
            .setRows(report.rows())
            .setInstruments(report.instruments())
            .setDataHash(report.dataHash());
    for (Report.TargetReport target : report.targets()) {
      run.addTargets(target(target, result));
    }
    for (Report.Warning warning : report.warnings()) {
      run.addWarnings(
          Problem.newBuilder()
              .setCategory(Category.INVALID_INPUT.name())
              .setSeverity(toProto(warning.severity()))
              .setMessage(warning.message())
              .setRemedy(warning.remedy())
              .setKey(warning.key()));
    }
    if (report.orders() != null) {
      run.setOrders(orders(report.orders()));
    }
    return run.build();
  }

  private static OrdersReport orders(slipstream.training.evaluation.OrdersReport report) {
    OrdersReport.Builder orders =
        OrdersReport.newBuilder()
            .setOrders(report.orders())
            .setFills(report.fills())
            .setNotional(report.notional())
            .setFilledShare(report.filledShare());
    report
        .leftOut()
        .forEach(
            each -> orders.addLeftOutBuilder().setReason(each.reason()).setOrders(each.orders()));
    report.shortfall().forEach(each -> orders.addShortfall(cost(each)));
    report.slippage().forEach(each -> orders.addSlippage(cost(each)));
    report.markouts().forEach(each -> orders.addMarkouts(horizon(each)));
    report.reversions().forEach(each -> orders.addReversions(horizon(each)));
    report
        .breakdowns()
        .forEach(
            each -> {
              OrderBreakdown.Builder breakdown =
                  orders
                      .addBreakdownsBuilder()
                      .setName(each.name())
                      .setExpression(each.expression())
                      .setUnit(each.unit())
                      .setKind(kind(each.kind()))
                      .setZone(each.zone());
              each.buckets()
                  .forEach(
                      bucket -> {
                        OrderBucket.Builder made =
                            breakdown
                                .addBucketsBuilder()
                                .setLabel(bucket.label())
                                .setLow(bucket.low())
                                .setHigh(bucket.high())
                                .setOrders(bucket.orders())
                                .setNotional(bucket.notional());
                        bucket.costs().forEach(cost -> made.addCosts(cost(cost)));
                      });
            });
    return orders.build();
  }

  private static Breakdown.Kind kind(Report.BreakdownKind kind) {
    return Breakdown.Kind.valueOf("KIND_" + kind.name());
  }

  private static OrderCost cost(slipstream.training.evaluation.OrdersReport.Cost report) {
    return OrderCost.newBuilder()
        .setName(report.name())
        .setOrders(report.orders())
        .setMean(report.mean())
        .setStandardError(report.standardError())
        .setEqualMean(report.equalMean())
        .setEqualError(report.equalError())
        .setAmount(report.amount())
        .build();
  }

  private static OrderHorizon horizon(slipstream.training.evaluation.OrdersReport.Horizon report) {
    return OrderHorizon.newBuilder()
        .setHorizon(report.horizon())
        .setCount(report.count())
        .setMean(report.mean())
        .setStandardError(report.standardError())
        .build();
  }

  private static TargetReport target(Report.TargetReport report, RunResult result) {
    TargetReport.Builder target =
        TargetReport.newBuilder()
            .setTarget(report.target())
            .setUnit(report.unit())
            .setDescription(report.description())
            .setScoredRows(report.scoredRows());
    for (Report.MetricDescription metric : report.metrics()) {
      target.addMetrics(
          MetricDescription.newBuilder()
              .setName(metric.name())
              .setTitle(metric.title())
              .setUnit(metric.unit())
              .setHigherIsBetter(metric.higherIsBetter())
              .setSummary(metric.summary()));
    }
    for (Report.FoldReport fold : report.folds()) {
      target.addFolds(fold(fold));
    }
    for (Report.ModelReport model : report.models()) {
      target.addModels(model(model, report, result));
    }
    for (Report.Comparison each : report.comparisons()) {
      target.addComparisons(
          Comparison.newBuilder()
              .setModel(each.model())
              .setOther(each.other())
              .setAdvantage(each.advantage())
              .setStandardError(each.standardError())
              .setPValue(each.pValue()));
    }
    for (Report.Breakdown each : report.breakdowns()) {
      target.addBreakdowns(breakdown(each));
    }
    for (Report.Drift each : report.drifts()) {
      target.addDrifts(
          Drift.newBuilder()
              .setModel(each.model())
              .setChange(each.change())
              .setStandardError(each.standardError())
              .setPValue(each.pValue()));
    }
    if (report.costCurves() != null) {
      target.setCostCurves(costCurves(report.costCurves()));
    }
    return target.build();
  }

  private static CostCurves costCurves(slipstream.training.evaluation.CostCurves report) {
    CostCurves.Builder curves =
        CostCurves.newBuilder()
            .setFeature(report.feature())
            .setUnit(report.unit())
            .setLogarithmic(report.logarithmic())
            .addAllGrid(report.grid());
    report
        .held()
        .forEach(each -> curves.addHeldBuilder().setFeature(each.feature()).setValue(each.value()));
    report
        .curves()
        .forEach(
            each ->
                curves
                    .addCurvesBuilder()
                    .setModel(each.model())
                    .addAllPredicted(each.predicted())
                    .addAllLow(each.low())
                    .addAllHigh(each.high())
                    .setBand(CostCurve.Band.valueOf("BAND_" + each.band().name()))
                    .setLevel(each.level()));
    return curves.build();
  }

  private static Breakdown breakdown(Report.Breakdown report) {
    Breakdown.Builder breakdown =
        Breakdown.newBuilder()
            .setName(report.name())
            .setExpression(report.expression())
            .setUnit(report.unit())
            .setKind(kind(report.kind()))
            .setZone(report.zone());
    for (Report.BreakdownBucket each : report.buckets()) {
      BreakdownBucket.Builder bucket =
          breakdown
              .addBucketsBuilder()
              .setLabel(each.label())
              .setLow(each.low())
              .setHigh(each.high())
              .setRows(each.rows())
              .setMeanRealised(each.meanRealised())
              .setStandardError(each.standardError());
      each.models().forEach(score -> bucket.addModels(bucketScore(score)));
    }
    return breakdown.build();
  }

  private static BucketScore bucketScore(Report.BucketScore report) {
    BucketScore.Builder score =
        BucketScore.newBuilder()
            .setModel(report.model())
            .setMeanPredicted(report.meanPredicted())
            .setMeanResidual(report.meanResidual())
            .setResidualError(report.residualError())
            .setRmse(report.rmse())
            .setSkill(report.skill())
            .setSkillError(report.skillError());
    if (report.z() != null) {
      score.setZ(
          ZScore.newBuilder()
              .setRows(report.z().rows())
              .setMean(report.z().mean())
              .setStandardError(report.z().standardError())
              .setDeviation(report.z().deviation())
              .setBeyondTwo(report.z().beyondTwo())
              .setBeyondTwoError(report.z().beyondTwoError()));
    }
    for (Report.BucketCoverage each : report.quantiles()) {
      score.addQuantiles(
          BucketCoverage.newBuilder()
              .setName(each.name())
              .setQuantile(each.quantile())
              .setCovered(each.covered())
              .setStandardError(each.standardError()));
    }
    return score.build();
  }

  private static Fold fold(Report.FoldReport report) {
    Fold.Builder fold =
        Fold.newBuilder()
            .setNumber(report.number())
            .setTrainingRows(report.trainingRows())
            .setScoredRows(report.scoredRows());
    if (report.hasTime()) {
      fold.setTrainingStart(time(report.trainingStart()))
          .setTrainingEnd(time(report.trainingEnd()))
          .setScoredStart(time(report.scoredStart()))
          .setScoredEnd(time(report.scoredEnd()));
    }
    return fold.build();
  }

  private static Timestamp time(long nanos) {
    return Protos.timestamp(Protos.instant(nanos));
  }

  private static ModelReport model(
      Report.ModelReport report, Report.TargetReport target, RunResult result) {
    ModelReport.Builder model =
        ModelReport.newBuilder()
            .setModel(report.model())
            .setTrainer(report.trainer())
            .setBaseline(report.baseline())
            .addAllScores(report.scores())
            .setTrainingSeconds(result.record().seconds(target.target(), report.model()));
    for (Report.Interval each : report.intervals()) {
      model.addScoreIntervals(
          ScoreInterval.newBuilder()
              .setStandardError(each.standardError())
              .setLow(each.low())
              .setHigh(each.high()));
    }
    for (int i = 0; i < report.foldScores().size(); i++) {
      model.addFoldScores(
          FoldScores.newBuilder()
              .setFold(i < target.folds().size() ? target.folds().get(i).number() : i + 1)
              .addAllScores(report.foldScores().get(i)));
    }
    for (Report.Bucket bucket : report.calibration()) {
      model.addCalibration(
          CalibrationBucket.newBuilder()
              .setRows(bucket.rows())
              .setMeanPredicted(bucket.meanPredicted())
              .setMeanRealised(bucket.meanRealised())
              .setStandardError(bucket.standardError()));
    }
    for (Report.Importance importance : report.importance()) {
      model.addImportance(
          FeatureImportance.newBuilder()
              .setFeature(importance.feature())
              .setShare(importance.share()));
    }
    report
        .coefficients()
        .forEach(
            each ->
                model.addCoefficients(
                    Coefficient.newBuilder()
                        .setName(each.name())
                        .setUnit(each.unit())
                        .setEstimate(each.estimate())
                        .setStandardError(each.standardError())
                        .setLow(each.low())
                        .setHigh(each.high())
                        .setTruth(each.truth())));
    report
        .quantiles()
        .forEach(
            each ->
                model.addQuantiles(
                    QuantileScore.newBuilder()
                        .setName(each.name())
                        .setQuantile(each.quantile())
                        .setCovered(each.covered())
                        .setStandardError(each.standardError())
                        .setPinballLoss(each.pinballLoss())));
    if (report.residuals() != null) {
      model.setResiduals(
          Histogram.newBuilder()
              .addAllEdges(report.residuals().edges())
              .addAllCounts(report.residuals().counts()));
    }
    for (Report.CurvePoint point : report.learningCurve()) {
      model.addLearningCurve(
          LearningCurvePoint.newBuilder()
              .setSeries(point.series())
              .setStep(point.step())
              .setMetric(
                  target.unit().isEmpty() ? point.metric() : point.metric() + ", " + target.unit())
              .setTraining(point.training())
              .setValidation(point.validation()));
    }
    for (Report.Export export : report.exports()) {
      model.addExports(
          ExportResult.newBuilder()
              .setFormat(export.format())
              .setFile(
                  result
                      .directory()
                      .resolve(ExperimentRunner.EXPORTS)
                      .resolve(export.file())
                      .toString())
              .setRuntime(export.runtime())
              .setRows(export.rows())
              .setBoundaryRows(export.boundaryRows())
              .setMaxUlps(export.maxUlps())
              .addAllNotes(export.notes()));
    }
    return model.build();
  }
}
