package slipstream.ui.internal.results;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.Histogram;
import slipstream.proto.v1.LearningCurvePoint;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.TargetReport;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.CalibrationPlot;
import slipstream.ui.internal.charts.ImportancePlot;
import slipstream.ui.internal.charts.LearningCurvePlot;
import slipstream.ui.internal.charts.ResidualsPlot;
import slipstream.ui.internal.model.ServeDialog;
import slipstream.ui.internal.results.ResultsViewModel.Row;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** Scores and plots of a finished run, all out of sample. */
public final class ResultsView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private NotificationService notifications;
  @Inject private DialogService dialogs;
  @Inject private Editors editors;
  @Inject private ThemeService themes;
  @Inject private MPart part;

  private ResultsViewModel model;
  private Subscription themed;
  private CalibrationPlot calibration;
  private ImportancePlot importance;
  private ResidualsPlot residuals;
  private LearningCurvePlot learning;
  private ScoresTable table;
  private EvaluationPane evaluation;
  private final HBox targets = new HBox();
  private final VBox warnings = new VBox(4);
  private final VBox notes = new VBox(4);
  private final FlowPane facts = new FlowPane(24, 8);
  private final Label targetText = new Label();
  private final VBox exportBox = new VBox(2);

  @PostConstruct
  void create(BorderPane parent) {
    model =
        new ResultsViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    calibration = new CalibrationPlot(themes.themeProperty());
    importance = new ImportancePlot(themes.themeProperty());
    residuals = new ResidualsPlot(themes.themeProperty());
    learning = new LearningCurvePlot(themes.themeProperty());
    table = new ScoresTable(model, themes);
    evaluation = new EvaluationPane(themes.themeProperty());

    targets.setId("targets");
    targetText.getStyleClass().add("muted");
    targetText.setWrapText(true);
    Label scoresTitle = new Label("Out-of-sample scores");
    scoresTitle.getStyleClass().add("section-title");
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox scoresHead = new HBox(12, scoresTitle, gap, targets);
    scoresHead.setAlignment(Pos.CENTER_LEFT);
    VBox scores = new VBox(8, scoresHead, targetText, table);
    scores.getStyleClass().add("card");

    GridPane plots = new GridPane(12, 12);
    ColumnConstraints half = new ColumnConstraints();
    half.setPercentWidth(50);
    plots.getColumnConstraints().addAll(half, half);
    plots.add(
        card(
            "Predicted against realised",
            "Mean by bucket of the prediction, ± 2 standard errors",
            calibration),
        0,
        0);
    plots.add(card("Feature importance", "", importance), 1, 0);
    plots.add(card("Residuals", "", residuals), 0, 1);
    plots.add(card("Learning curve", "Last fit", learning), 1, 1);

    warnings.getStyleClass().add("warnings");
    notes.getStyleClass().add("card");
    exportBox.getStyleClass().add("export-result");
    exportBox.setVisible(false);
    exportBox.setManaged(false);
    VBox page = new VBox(12, facts, warnings, exportBox, scores, plots, evaluation, notes);
    page.getStyleClass().add("page");
    ScrollPane scroll = new ScrollPane(page);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    BorderPane content = new BorderPane(scroll);
    content.setTop(header());
    StatePane state = new StatePane(content);
    parent.setCenter(state);

    themed = themes.themeProperty().subscribe((old, now) -> table.repaint());
    model.reportProperty().subscribe(this::showReport);
    model.targetProperty().subscribe(this::showTarget);
    model.selectedProperty().subscribe(row -> showModel());
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError(
                    "The results of '" + model.runName() + "' cannot be shown", error, model::load);
              }
            });
    model
        .loadingProperty()
        .subscribe(
            loading -> {
              if (loading) {
                state.showLoading();
              } else if (model.errorProperty().get().isEmpty()) {
                state.showContent();
              }
            });
    model.load();
  }

  @PreDestroy
  void close() {
    themed.unsubscribe();
  }

  private Node header() {
    Label title = new Label(model.runName());
    title.getStyleClass().add("page-title");
    Button export = new Button("Export ONNX", Icons.of("fth-upload"));
    export.setId("export-onnx");
    export.getStyleClass().add("accent");
    export.disableProperty().bind(model.exportingProperty());
    export.setOnAction(
        event ->
            model.export(
                "onnx", this::exported, problem -> dialogs.error("The export failed", problem)));
    Button serve = new Button("Serve…", Icons.of("fth-radio"));
    serve.setId("serve-model");
    serve.setOnAction(
        event -> {
          Row row = model.selectedProperty().get();
          if (row != null && !row.model().getArchive().isEmpty()) {
            ServeDialog.show(dialogs, row.model().getArchive());
          }
        });
    Button compare = new Button("Compare", Icons.of("fth-award"));
    compare.getStyleClass().add("flat");
    compare.setTooltip(new Tooltip("Leaderboard: the models of all runs  (Ctrl+L)"));
    compare.setOnAction(event -> editors.leaderboard());
    Button explain = new Button("Explain", Icons.of("fth-align-left"));
    explain.setId("explain-model");
    explain.setTooltip(new Tooltip("What each input adds to a prediction of the selected model"));
    explain.setOnAction(
        event -> {
          Row row = model.selectedProperty().get();
          if (row != null && !row.model().getArchive().isEmpty()) {
            editors.explain(row.model().getArchive());
          }
        });
    Button html = new Button("Save report…", Icons.of("fth-file"));
    html.getStyleClass().add("flat");
    html.setTooltip(new Tooltip("One self-contained HTML page"));
    html.setOnAction(event -> saveReport());
    Button experiment = new Button("Open experiment", Icons.of("fth-file-text"));
    experiment.getStyleClass().add("flat");
    experiment.setOnAction(
        event -> {
          RunReport report = model.reportProperty().get();
          if (report != null) {
            editors.experiment(report.getExperiment());
          }
        });
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox header = new HBox(8, title, gap, experiment, html, compare, explain, serve, export);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private static VBox card(String title, String subtitle, Region plot) {
    Label heading = new Label(title);
    heading.getStyleClass().add("section-title");
    HBox head = new HBox(8, heading);
    head.setAlignment(Pos.BASELINE_LEFT);
    if (!subtitle.isEmpty()) {
      Label text = new Label(subtitle);
      text.getStyleClass().add("muted");
      head.getChildren().add(text);
    }
    plot.setMinHeight(240);
    VBox.setVgrow(plot, Priority.ALWAYS);
    VBox card = new VBox(8, head, plot);
    card.getStyleClass().add("card");
    return card;
  }

  private void saveReport() {
    dialogs
        .chooseTarget("Save report", null, model.runName() + ".html")
        .ifPresent(
            file ->
                model.html(
                    html -> write(file, html),
                    problem -> dialogs.error("The report was not saved", problem)));
  }

  private void write(Path file, String html) {
    BackgroundTask.of(
            () -> {
              Path folder = file.toAbsolutePath().getParent();
              Path temporary = Files.createTempFile(folder, file.getFileName().toString(), ".tmp");
              try {
                Files.writeString(temporary, html);
                return Files.move(
                    temporary, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
              } catch (IOException e) {
                Files.deleteIfExists(temporary);
                throw e;
              }
            })
        .onSuccess(saved -> notifications.show(NotificationService.Kind.SUCCESS, "Saved " + saved))
        .onFailure(
            failure ->
                dialogs.error("The report was not saved", String.valueOf(failure.getMessage())))
        .executeWith(executor);
  }

  private void exported(ExportResult result) {
    var icon = Icons.of("fth-check-circle");
    icon.getStyleClass().add("severity-success");
    Label title = new Label("Exported to " + result.getFile(), icon);
    Label proof =
        new Label(
            "Checked with "
                + result.getRuntime()
                + ": "
                + Formats.count(result.getRows())
                + " rows and "
                + Formats.count(result.getBoundaryRows())
                + " threshold-boundary rows, largest difference "
                + result.getMaxUlps()
                + " ulp");
    proof.getStyleClass().add("muted");
    exportBox.getChildren().setAll(title, proof);
    result.getNotesList().forEach(note -> exportBox.getChildren().add(new Label(note)));
    exportBox.setVisible(true);
    exportBox.setManaged(true);
    notifications.show(NotificationService.Kind.SUCCESS, "ONNX file written and verified");
  }

  private void showReport(RunReport report) {
    if (report == null) {
      return;
    }
    facts
        .getChildren()
        .setAll(
            fact("Experiment", report.getExperiment()),
            fact("Rows", Formats.count(report.getRows())),
            fact("Instruments", Formats.count(report.getInstruments())),
            fact(
                "Data",
                report.getDataHash().isEmpty()
                    ? Formats.NOTHING
                    : report
                        .getDataHash()
                        .substring(0, Math.min(12, report.getDataHash().length()))));
    warnings.getChildren().clear();
    notes.getChildren().clear();
    for (Problem problem : report.getWarningsList()) {
      boolean grave = problem.getSeverity() != Severity.SEVERITY_INFO;
      var icon = Icons.of(grave ? "fth-alert-triangle" : "fth-info", 14);
      icon.getStyleClass().add(grave ? "severity-warning" : "severity-info");
      Label label = new Label(Failures.line(problem), icon);
      label.setWrapText(true);
      (grave ? warnings : notes).getChildren().add(label);
    }
    for (VBox box : List.of(warnings, notes)) {
      box.setVisible(!box.getChildren().isEmpty());
      box.setManaged(box.isVisible());
    }
    ToggleGroup group = new ToggleGroup();
    targets.getChildren().clear();
    int count = report.getTargetsCount();
    for (int i = 0; i < count && count > 1; i++) {
      TargetReport target = report.getTargets(i);
      ToggleButton button = new ToggleButton(target.getTarget());
      button
          .getStyleClass()
          .addAll(i == 0 ? "left-pill" : i == count - 1 ? "right-pill" : "center-pill", "small");
      button.setMnemonicParsing(false);
      button.setToggleGroup(group);
      button.setSelected(i == 0);
      button.setOnAction(
          event -> {
            button.setSelected(true);
            model.targetProperty().set(target);
          });
      targets.getChildren().add(button);
    }
  }

  private static Node fact(String name, String value) {
    Label left = new Label(name);
    left.getStyleClass().add("muted");
    Label right = new Label(value);
    HBox box = new HBox(8, left, right);
    box.setAlignment(Pos.BASELINE_LEFT);
    return box;
  }

  private void showTarget(TargetReport target) {
    table.show(target);
    if (target == null) {
      return;
    }
    String unit = target.getUnit().isEmpty() ? "" : ", " + target.getUnit();
    targetText.setText(
        target.getTarget()
            + unit
            + (target.getDescription().isEmpty() ? "" : ": " + target.getDescription().strip())
            + "  ("
            + Formats.count(target.getScoredRows())
            + " rows scored over "
            + target.getFoldsCount()
            + " folds)");
    RunReport report = model.reportProperty().get();
    evaluation.show(
        target,
        report != null && report.hasOrders() ? Optional.of(report.getOrders()) : Optional.empty());
    showModel();
  }

  private void showModel() {
    TargetReport target = model.targetProperty().get();
    Row row = model.selectedProperty().get();
    if (target == null || row == null) {
      return;
    }
    String quantity =
        target.getTarget() + (target.getUnit().isEmpty() ? "" : ", " + target.getUnit());
    List<CalibrationPlot.Series> series = new ArrayList<>();
    for (Row each : model.rows()) {
      if (each == row || each.model().getBaseline()) {
        series.add(
            new CalibrationPlot.Series(
                each.model().getModel(),
                each.colourIndex(),
                each.model().getCalibrationList().stream()
                    .map(
                        b ->
                            new CalibrationPlot.Bucket(
                                b.getMeanPredicted(),
                                b.getMeanRealised(),
                                b.getStandardError(),
                                b.getRows()))
                    .toList()));
      }
    }
    calibration.show(series, quantity);
    importance.show(
        row.model().getImportanceList().stream()
            .map(i -> new ImportancePlot.Bar(i.getFeature(), i.getShare()))
            .sorted((a, b) -> Double.compare(b.share(), a.share()))
            .toList(),
        row.colourIndex());
    Histogram histogram = row.model().getResiduals();
    residuals.show(
        row.model().getModel(),
        histogram.getEdgesList().stream().mapToDouble(Double::doubleValue).toArray(),
        histogram.getCountsList().stream().mapToLong(Long::longValue).toArray(),
        target.getUnit(),
        row.colourIndex());
    showLearning(target, row);
  }

  private void showLearning(TargetReport target, Row row) {
    List<LearningCurvePoint> all = row.model().getLearningCurveList();
    String fit = all.isEmpty() ? "" : all.getLast().getSeries();
    List<LearningCurvePoint> points = all.stream().filter(p -> p.getSeries().equals(fit)).toList();
    String metric = points.isEmpty() ? "Loss" : points.getFirst().getMetric();
    double[] steps = points.stream().mapToDouble(LearningCurvePoint::getStep).toArray();
    double[] training = points.stream().mapToDouble(LearningCurvePoint::getTraining).toArray();
    double[] validation = points.stream().mapToDouble(LearningCurvePoint::getValidation).toArray();
    learning.show(
        points.isEmpty()
            ? List.of()
            : List.of(
                new LearningCurvePlot.Series(
                    row.model().getModel(), row.colourIndex(), false, steps, training, validation)),
        metric,
        baselineLoss(target, fit, metric));
  }

  /** The baseline's loss on the rows of a fit; NaN when the report does not tell. */
  private static double baselineLoss(TargetReport target, String fit, String loss) {
    String fold = fit.substring(fit.lastIndexOf('/') + 1);
    return target.getModelsList().stream()
        .filter(ModelReport::getBaseline)
        .flatMap(model -> model.getLearningCurveList().stream())
        .filter(p -> p.getSeries().endsWith("/" + fold) && p.getMetric().equals(loss))
        .mapToDouble(p -> Double.isNaN(p.getValidation()) ? p.getTraining() : p.getValidation())
        .findFirst()
        .orElse(Double.NaN);
  }
}
