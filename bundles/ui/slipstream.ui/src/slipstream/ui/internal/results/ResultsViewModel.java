package slipstream.ui.internal.results;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.ExportModelRequest;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.FoldScores;
import slipstream.proto.v1.GetRunReportHtmlRequest;
import slipstream.proto.v1.GetRunReportRequest;
import slipstream.proto.v1.GetRunRequest;
import slipstream.proto.v1.MetricDescription;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.TargetReport;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** The results of a finished run, one target and one model at a time. */
public final class ResultsViewModel {
  /**
   * One row of the scores table.
   *
   * @param colourIndex the model's place, the baseline being -1
   * @param scores in the order of the target's metrics
   * @param best per metric, whether no model did better
   * @param gain relative improvement of the headline metric over the baseline, positive is better; NaN where undefined
   * @param folds the headline metric by fold
   */
  public record Row(
      ModelReport model,
      int colourIndex,
      List<Double> scores,
      List<Boolean> best,
      double gain,
      List<Double> folds) {}

  private final String runName;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<RunReport> report = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<Run> run = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper loading = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper exporting = new ReadOnlyBooleanWrapper();
  private final ObjectProperty<TargetReport> target = new SimpleObjectProperty<>();
  private final ObjectProperty<Row> selected = new SimpleObjectProperty<>();
  private final ObservableList<Row> rows = FXCollections.observableArrayList();

  public ResultsViewModel(String runName, Services services, TaskExecutor executor) {
    this.runName = runName;
    this.services = services;
    this.executor = executor;
    target.subscribe(this::readTarget);
  }

  public String runName() {
    return runName;
  }

  public ReadOnlyObjectProperty<RunReport> reportProperty() {
    return report.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<Run> runProperty() {
    return run.getReadOnlyProperty();
  }

  /** Why there are no results; empty when there are. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty loadingProperty() {
    return loading.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty exportingProperty() {
    return exporting.getReadOnlyProperty();
  }

  /** The target shown. */
  public ObjectProperty<TargetReport> targetProperty() {
    return target;
  }

  /** The scores of the target's models, the baseline first. */
  public ObservableList<Row> rows() {
    return rows;
  }

  /** The model whose plots are shown. */
  public ObjectProperty<Row> selectedProperty() {
    return selected;
  }

  /** Fetches the report. */
  public void load() {
    error.set("");
    loading.set(true);
    BackgroundTask.of(
            () -> services.runs().getRun(GetRunRequest.newBuilder().setName(runName).build()))
        .onSuccess(run::set)
        .onFailure(failure -> {})
        .executeWith(executor);
    BackgroundTask.of(
            () ->
                services
                    .runs()
                    .getRunReport(GetRunReportRequest.newBuilder().setName(runName).build()))
        .onSuccess(
            fetched -> {
              report.set(fetched);
              target.set(fetched.getTargetsCount() > 0 ? fetched.getTargets(0) : null);
            })
        .onFailure(failure -> error.set(Failures.line(failure)))
        .onFinished(() -> loading.set(false))
        .executeWith(executor);
  }

  private void readTarget(TargetReport shown) {
    if (shown == null) {
      rows.clear();
      return;
    }
    ModelReport baseline =
        shown.getModelsList().stream().filter(ModelReport::getBaseline).findFirst().orElse(null);
    List<Row> read = new ArrayList<>();
    int colour = 0;
    for (ModelReport model : shown.getModelsList()) {
      List<Boolean> best = new ArrayList<>();
      for (int m = 0; m < shown.getMetricsCount(); m++) {
        best.add(isBest(shown, model, m));
      }
      read.add(
          new Row(
              model,
              model.getBaseline() ? -1 : colour++,
              model.getScoresList(),
              best,
              gain(shown, baseline, model),
              model.getFoldScoresList().stream().map(ResultsViewModel::headline).toList()));
    }
    rows.setAll(read);
    selected.set(
        read.stream()
            .filter(row -> !row.model().getBaseline())
            .max((a, b) -> Double.compare(rank(shown, a), rank(shown, b)))
            .orElse(read.isEmpty() ? null : read.getFirst()));
  }

  private static double headline(FoldScores fold) {
    return fold.getScoresCount() == 0 ? Double.NaN : fold.getScores(0);
  }

  private static double rank(TargetReport shown, Row row) {
    if (row.scores().isEmpty() || Double.isNaN(row.scores().getFirst())) {
      return Double.NEGATIVE_INFINITY;
    }
    return shown.getMetrics(0).getHigherIsBetter()
        ? row.scores().getFirst()
        : -row.scores().getFirst();
  }

  private static boolean isBest(TargetReport shown, ModelReport model, int metric) {
    if (metric >= model.getScoresCount() || Double.isNaN(model.getScores(metric))) {
      return false;
    }
    boolean higher = shown.getMetrics(metric).getHigherIsBetter();
    for (ModelReport other : shown.getModelsList()) {
      if (metric < other.getScoresCount()) {
        double theirs = other.getScores(metric);
        double ours = model.getScores(metric);
        if (higher ? theirs > ours : theirs < ours) {
          return false;
        }
      }
    }
    return true;
  }

  private static double gain(TargetReport shown, ModelReport baseline, ModelReport model) {
    if (baseline == null
        || model.getBaseline()
        || model.getScoresCount() == 0
        || baseline.getScoresCount() == 0
        || baseline.getScores(0) == 0) {
      return Double.NaN;
    }
    double change = (model.getScores(0) - baseline.getScores(0)) / Math.abs(baseline.getScores(0));
    return shown.getMetrics(0).getHigherIsBetter() ? change : -change;
  }

  /** A metric's heading with its unit. */
  public static String heading(MetricDescription metric) {
    String title = metric.getTitle().isEmpty() ? metric.getName() : metric.getTitle();
    return metric.getUnit().isEmpty() ? title : title + ", " + metric.getUnit();
  }

  /** A score as text. */
  public static String score(MetricDescription metric, double value) {
    return Formats.metric(metric.getName(), metric.getUnit(), value);
  }

  /** Exports the selected model and verifies the export. */
  public void export(String format, Consumer<ExportResult> done, Consumer<String> failed) {
    Row row = selected.get();
    if (row == null || row.model().getArchive().isEmpty() || exporting.get()) {
      return;
    }
    exporting.set(true);
    BackgroundTask.of(
            () ->
                services
                    .models()
                    .exportModel(
                        ExportModelRequest.newBuilder()
                            .setModel(row.model().getArchive())
                            .setFormat(format)
                            .build()))
        .title(
            "Exporting "
                + row.model().getModel()
                + " to "
                + format.toUpperCase(java.util.Locale.ROOT))
        .onSuccess(done)
        .onFailure(failure -> failed.accept(Failures.line(failure)))
        .onFinished(() -> exporting.set(false))
        .executeWith(executor);
  }

  /** Fetches the report as an HTML page. */
  public void html(Consumer<String> done, Consumer<String> failed) {
    BackgroundTask.of(
            () ->
                services
                    .runs()
                    .getRunReportHtml(GetRunReportHtmlRequest.newBuilder().setName(runName).build())
                    .getHtml())
        .title("Writing the report of " + runName)
        .onSuccess(done)
        .onFailure(failure -> failed.accept(Failures.line(failure)))
        .executeWith(executor);
  }
}
