package slipstream.ui.internal.dataset;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import slipstream.proto.v1.HealthColumn;
import slipstream.proto.v1.HealthCount;
import slipstream.proto.v1.HealthExample;
import slipstream.proto.v1.HealthFinding;
import slipstream.proto.v1.HealthInstrument;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.Severity;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.CountsPlot;
import slipstream.ui.internal.charts.CoveragePlot;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.ThemeService;

/** What is odd about a dataset: findings, the one that is looked at, and tables and plots of all. */
final class HealthPane extends BorderPane {
  private static final int NAMED = 8;

  private final HealthViewModel model;
  private final Label tally = new Label();
  private final TableView<HealthFinding> findings = new TableView<>();
  private final VBox detail = new VBox(8);
  private final CountsPlot overTime;
  private final CountsPlot moves;
  private final CoveragePlot coverage;
  private final TableView<HealthInstrument> instruments = new TableView<>();
  private final TableView<HealthColumn> columns = new TableView<>();
  private final Tab instrumentsTab = new Tab("Instruments", instruments);
  private final Tab coverageTab;
  private final Tab movesTab;

  HealthPane(HealthViewModel model, ThemeService themes) {
    this.model = model;
    overTime = new CountsPlot(themes.themeProperty());
    overTime.setMinHeight(150);
    overTime.setPrefHeight(180);
    moves = new CountsPlot(themes.themeProperty());
    coverage = new CoveragePlot(themes.themeProperty());
    findings.setId("health-findings");
    findings.getStyleClass().add("striped");
    findings.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
    TableColumn<HealthFinding, Severity> severity = new TableColumn<>("");
    severity.setCellValueFactory(
        row -> new javafx.beans.property.ReadOnlyObjectWrapper<>(row.getValue().getSeverity()));
    severity.setCellFactory(column -> new SeverityCell());
    severity.setMinWidth(36);
    severity.setMaxWidth(36);
    TableColumn<HealthFinding, String> title = Cells.text("Finding", 260, HealthFinding::getTitle);
    TableColumn<HealthFinding, String> count =
        Cells.number("Count", f -> Formats.count(f.getCount()));
    TableColumn<HealthFinding, String> share = Cells.number("Share, %", HealthViewModel::share);
    TableColumn<HealthFinding, String> unit = Cells.text("Of", 110, HealthFinding::getUnit);
    findings.getColumns().addAll(List.of(severity, title, count, unit, share));
    findings
        .getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            finding -> {
              if (finding != null) {
                model.selectedProperty().set(finding);
              }
            });
    detail.getStyleClass().add("page");
    ScrollPane scroll = new ScrollPane(detail);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    SplitPane above = new SplitPane(findings, scroll);
    above.setDividerPositions(0.5);

    ScrollPane map = new ScrollPane(coverage);
    map.setFitToWidth(true);
    map.getStyleClass().add("edge-to-edge");
    coverageTab = new Tab("Missing days", map);
    movesTab = new Tab("Price moves", moves);
    instruments.setId("health-instruments");
    columns.setId("health-columns");
    columns();
    TabPane tables =
        new TabPane(new Tab("Columns", columns), instrumentsTab, coverageTab, movesTab);
    tables.setId("health-tables");
    tables.setTabClosingPolicy(TabPane.TabClosingPolicy.UNAVAILABLE);
    SplitPane split = new SplitPane(above, tables);
    split.setOrientation(Orientation.VERTICAL);
    split.setDividerPositions(0.58);

    BorderPane content = new BorderPane(split);
    content.setTop(header());
    StatePane state = new StatePane(content);
    setCenter(state);
    model
        .reportProperty()
        .subscribe(
            report -> {
              if (report != null) {
                show(report);
                state.showContent();
              }
            });
    model.selectedProperty().subscribe(this::show);
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty() && model.reportProperty().get() == null) {
                state.showError(
                    "The health of '" + model.name() + "' is not known", error, model::check);
              }
            });
    model
        .checkingProperty()
        .subscribe(
            checking -> {
              if (model.reportProperty().get() == null && model.errorProperty().get().isEmpty()) {
                if (checking) {
                  state.showContent();
                } else {
                  state.showEmpty(
                      "fth-activity",
                      "Not checked",
                      "The check was cancelled.",
                      "Check health",
                      model::check);
                }
              }
            });
  }

  private HBox header() {
    tally.setId("health-tally");
    tally.getStyleClass().add("section-title");
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    ProgressBar bar = new ProgressBar();
    bar.progressProperty().bind(model.fractionProperty());
    Button cancel = new Button("Cancel");
    cancel.setId("health-cancel");
    cancel.setOnAction(event -> model.cancel());
    for (Node each : List.of(bar, cancel)) {
      each.visibleProperty().bind(model.checkingProperty());
      each.managedProperty().bind(model.checkingProperty());
    }
    HBox header = new HBox(12, tally, gap, bar, cancel);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  // ------------------------------------------------------------------------ content

  private void show(HealthReport report) {
    tally.setText(HealthViewModel.tally(report));
    findings.setPlaceholder(new Label("Nothing odd was found", Icons.of("fth-check", 16)));
    findings.getItems().setAll(report.getFindingsList());
    findings.getSelectionModel().selectFirst();
    columns.getItems().setAll(report.getColumnsList());
    instruments(report);
    coverageTab.setDisable(report.getCoverage().getInstrumentsCount() == 0);
    coverage.show(
        report.getCoverage().getInstrumentsList(),
        report.getCoverage().getStartsList().stream()
            .map(start -> HealthViewModel.time(Formats.instant(start)))
            .toList(),
        report.getCoverage().getSharesList());
    List<Double> edges = report.getMoves().getEdgesList();
    movesTab.setDisable(
        report.getMoves().getCountsList().stream().mapToLong(each -> each).sum() == 0);
    moves.show(
        java.util.stream.IntStream.range(0, edges.size())
            .mapToObj(
                i ->
                    i + 1 < edges.size()
                        ? Formats.fixed(edges.get(i), 0) + "–" + Formats.fixed(edges.get(i + 1), 0)
                        : "> " + Formats.fixed(edges.get(i), 0))
            .toList(),
        report.getMoves().getCountsList(),
        "Moves, log scale",
        "Robust z: a move over its instrument's typical move",
        true);
  }

  private void show(HealthFinding finding) {
    detail.getChildren().clear();
    if (finding == null) {
      return;
    }
    detail.setId("health-detail");
    Label title = new Label(finding.getTitle());
    title.getStyleClass().add("section-title");
    title.setWrapText(true);
    detail.getChildren().add(title);
    detail.getChildren().add(wrapped(finding.getMeaning(), ""));
    detail.getChildren().add(wrapped(finding.getRemedy(), "muted"));
    if (!finding.getDetail().isEmpty()) {
      detail.getChildren().add(wrapped(finding.getDetail(), "muted"));
    }
    if (finding.getColumnsCount() > 0) {
      detail
          .getChildren()
          .add(
              wrapped(
                  "Columns: " + names(finding.getColumnsList(), finding.getColumnsCount()), ""));
    }
    if (finding.getInstrumentsCount() > 0) {
      detail
          .getChildren()
          .add(
              wrapped(
                  "Instruments: "
                      + names(finding.getInstrumentsList(), finding.getInstrumentCount()),
                  ""));
    }
    for (HealthExample example : finding.getExamplesList()) {
      Label line = wrapped(HealthViewModel.example(example), "health-example");
      detail.getChildren().add(line);
    }
    HealthReport report = model.reportProperty().get();
    List<Long> line = report == null ? List.of() : HealthViewModel.line(report, finding);
    if (!line.isEmpty()) {
      overTime.show(
          report.getTimeline().getStartsList().stream()
              .map(start -> HealthViewModel.time(Formats.instant(start)))
              .map(text -> text.length() > 16 ? text.substring(0, 16) : text)
              .toList(),
          line,
          finding.getUnit().substring(0, 1).toUpperCase(java.util.Locale.ROOT)
              + finding.getUnit().substring(1),
          "Time, UTC",
          false);
      detail.getChildren().add(overTime);
    }
  }

  private static String names(List<HealthCount> counts, long all) {
    String named =
        counts.stream()
            .limit(NAMED)
            .map(each -> each.getName() + " " + Formats.count(each.getCount()))
            .collect(Collectors.joining(", "));
    return all > NAMED ? named + " and " + Formats.count(all - NAMED) + " more" : named;
  }

  private static Label wrapped(String text, String style) {
    Label label = new Label(text);
    label.setWrapText(true);
    if (!style.isEmpty()) {
      label.getStyleClass().add(style);
    }
    return label;
  }

  // ------------------------------------------------------------------------- tables

  private void instruments(HealthReport report) {
    instrumentsTab.setDisable(report.getWorstInstrumentsCount() == 0);
    instrumentsTab.setText(
        report.getInstruments() > report.getWorstInstrumentsCount()
                && report.getWorstInstrumentsCount() > 0
            ? "Instruments (worst " + Formats.count(report.getWorstInstrumentsCount()) + ")"
            : "Instruments");
    instruments.getColumns().clear();
    instruments.getColumns().add(Cells.text("Instrument", 160, HealthInstrument::getName));
    instruments.getColumns().add(Cells.number("Rows", i -> Formats.count(i.getRows())));
    if (report.hasFirstTime()) {
      instruments.getColumns().add(Cells.text("First (UTC)", 150, i -> time(i.getFirstTime())));
      instruments.getColumns().add(Cells.text("Last (UTC)", 150, i -> time(i.getLastTime())));
      instruments.getColumns().add(Cells.number("Days", i -> Formats.count(i.getDays())));
    }
    for (HealthFinding finding : report.getFindingsList()) {
      String kind = finding.getKind();
      if (report.getWorstInstrumentsList().stream()
          .anyMatch(each -> HealthViewModel.count(each, kind) > 0)) {
        String heading = kind.replace('_', ' ');
        instruments
            .getColumns()
            .add(
                Cells.number(
                    heading.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                        + heading.substring(1),
                    each -> {
                      long count = HealthViewModel.count(each, kind);
                      return count == 0 ? Formats.NOTHING : Formats.count(count);
                    }));
      }
    }
    instruments.getItems().setAll(report.getWorstInstrumentsList());
  }

  private static String time(com.google.protobuf.Timestamp time) {
    String text = HealthViewModel.time(Formats.instant(time));
    return text.length() > 19 ? text.substring(0, 19) : text;
  }

  private void columns() {
    Function<HealthColumn, String> role = column -> column.getRole().replace('_', ' ');
    columns.getColumns().add(Cells.text("Column", 150, HealthColumn::getName));
    columns.getColumns().add(Cells.text("Taken for", 100, role));
    columns.getColumns().add(Cells.number("Null", c -> Formats.count(c.getNulls())));
    columns.getColumns().add(Cells.number("NaN", c -> Formats.count(c.getNans())));
    columns.getColumns().add(Cells.number("Infinite", c -> Formats.count(c.getInfinities())));
    columns.getColumns().add(Cells.number("Zero", c -> Formats.count(c.getZeros())));
    columns.getColumns().add(Cells.number("Negative", c -> Formats.count(c.getNegatives())));
    columns
        .getColumns()
        .add(
            Cells.number(
                "Distinct",
                c -> c.getDistinct() < 0 ? Formats.NOTHING : Formats.count(c.getDistinct())));
    columns.getColumns().add(Cells.number("Min", c -> quantity(c, c.getMin())));
    columns.getColumns().add(Cells.number("Median", c -> quantity(c, c.getMedian())));
    columns.getColumns().add(Cells.number("Mean", c -> quantity(c, c.getMean())));
    columns.getColumns().add(Cells.number("Max", c -> quantity(c, c.getMax())));
    columns.getColumns().add(Cells.number("Std", c -> quantity(c, c.getStd())));
  }

  /** Statistics of times are dates; their spread means nothing. */
  private static String quantity(HealthColumn column, double value) {
    if (!column.getType().equals("TIMESTAMP")) {
      return Formats.quantity(value);
    }
    return Double.isNaN(value) || value == column.getStd()
        ? Formats.NOTHING
        : HealthViewModel.time(java.time.Instant.EPOCH.plusNanos((long) value)).substring(0, 10);
  }

  /** A severity as an icon that says its name. */
  private static final class SeverityCell extends TableCell<HealthFinding, Severity> {
    @Override
    protected void updateItem(Severity severity, boolean empty) {
      super.updateItem(severity, empty);
      if (empty || severity == null) {
        setGraphic(null);
        return;
      }
      Node icon =
          Icons.of(
              switch (severity) {
                case SEVERITY_ERROR -> "fth-alert-circle";
                case SEVERITY_WARNING -> "fth-alert-triangle";
                default -> "fth-info";
              },
              14);
      icon.getStyleClass()
          .add(
              switch (severity) {
                case SEVERITY_ERROR -> "severity-error";
                case SEVERITY_WARNING -> "severity-warning";
                default -> "severity-info";
              });
      setGraphic(icon);
      setAccessibleText(HealthViewModel.word(severity));
    }
  }
}
