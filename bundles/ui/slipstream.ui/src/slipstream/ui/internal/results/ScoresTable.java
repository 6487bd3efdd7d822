package slipstream.ui.internal.results;

import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.shape.Rectangle;
import slipstream.proto.v1.MetricDescription;
import slipstream.proto.v1.TargetReport;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.Palette;
import slipstream.ui.internal.results.ResultsViewModel.Row;
import slipstream.ui.workbench.ThemeService;

/** The models' scores beside the baseline's. */
final class ScoresTable extends TableView<Row> {
  private final ThemeService themes;
  private TargetReport target;

  ScoresTable(ResultsViewModel model, ThemeService themes) {
    super(model.rows());
    this.themes = themes;
    setId("scores-table");
    setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_SUBSEQUENT_COLUMNS);
    setFixedCellSize(32);
    getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            row -> {
              if (row != null) {
                model.selectedProperty().set(row);
              }
            });
    model
        .selectedProperty()
        .subscribe(
            row -> {
              if (row != null && row != getSelectionModel().getSelectedItem()) {
                getSelectionModel().select(row);
              }
            });
    KeyCombination copy = new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);
    setOnKeyPressed(
        event -> {
          if (copy.match(event)) {
            copy();
            event.consume();
          }
        });
  }

  /** Paints swatches and sparklines in the theme's colours; called when the theme changes. */
  void repaint() {
    refresh();
  }

  /** Builds the columns of a target. */
  void show(TargetReport shown) {
    target = shown;
    getColumns().clear();
    if (shown == null) {
      return;
    }
    TableColumn<Row, Row> model = new TableColumn<>("Model");
    model.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    model.setCellFactory(column -> new ModelCell());
    model.setMinWidth(180);
    model.setSortable(false);
    getColumns().add(model);
    for (int m = 0; m < shown.getMetricsCount(); m++) {
      getColumns().add(metric(shown.getMetrics(m), m));
    }
    TableColumn<Row, Row> gain = numeric("vs baseline, %");
    gain.setCellFactory(column -> new GainCell());
    gain.setMinWidth(150);
    getColumns().add(gain);
    TableColumn<Row, Row> folds =
        new TableColumn<>(
            shown.getMetricsCount() == 0 ? "By fold" : shown.getMetrics(0).getTitle() + " by fold");
    folds.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    folds.setCellFactory(column -> new FoldsCell());
    folds.setMinWidth(120);
    folds.setSortable(false);
    getColumns().add(folds);
    TableColumn<Row, Row> time = numeric("Training, s");
    time.setCellFactory(
        column ->
            new NumberCell() {
              @Override
              String text(Row row) {
                return row.model().getTrainingSeconds() > 0
                    ? Formats.fixed(row.model().getTrainingSeconds(), 2)
                    : Formats.NOTHING;
              }
            });
    getColumns().add(time);
    setPrefHeight(31 + 32.0 * Math.max(1, shown.getModelsCount()) + 2);
    setMinHeight(getPrefHeight());
    setMaxHeight(getPrefHeight());
  }

  private static TableColumn<Row, Row> numeric(String title) {
    TableColumn<Row, Row> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    column.getStyleClass().add("number");
    column.setMinWidth(90);
    column.setSortable(false);
    return column;
  }

  private TableColumn<Row, Row> metric(MetricDescription metric, int index) {
    TableColumn<Row, Row> column = numeric("");
    Label heading = new Label(ResultsViewModel.heading(metric));
    heading.setTooltip(
        new Tooltip(
            metric.getSummary()
                + (metric.getHigherIsBetter() ? "\nHigher is better." : "\nLower is better.")));
    column.setGraphic(heading);
    column.setCellFactory(
        c ->
            new NumberCell() {
              @Override
              String text(Row row) {
                return index < row.scores().size()
                    ? ResultsViewModel.score(metric, row.scores().get(index))
                    : Formats.NOTHING;
              }

              @Override
              boolean strong(Row row) {
                return row.best().get(index);
              }
            });
    return column;
  }

  private void copy() {
    StringBuilder text = new StringBuilder("model");
    target.getMetricsList().forEach(m -> text.append('\t').append(ResultsViewModel.heading(m)));
    for (Row row : getItems()) {
      text.append('\n').append(row.model().getModel());
      row.scores().forEach(score -> text.append('\t').append(score));
    }
    ClipboardContent content = new ClipboardContent();
    content.putString(text.toString());
    Clipboard.getSystemClipboard().setContent(content);
  }

  private final class ModelCell extends TableCell<Row, Row> {
    @Override
    protected void updateItem(Row row, boolean empty) {
      super.updateItem(row, empty);
      if (empty || row == null) {
        setGraphic(null);
        return;
      }
      Rectangle swatch = new Rectangle(10, 10, Palette.of(themes.theme()).model(row.colourIndex()));
      swatch.setArcWidth(3);
      swatch.setArcHeight(3);
      Label name = new Label(row.model().getModel());
      Label trainer = new Label(row.model().getTrainer());
      trainer.getStyleClass().add("muted");
      HBox box = new HBox(8, swatch, name, trainer);
      box.setAlignment(Pos.CENTER_LEFT);
      setGraphic(box);
    }
  }

  private abstract static class NumberCell extends TableCell<Row, Row> {
    NumberCell() {
      getStyleClass().add("number");
    }

    abstract String text(Row row);

    boolean strong(Row row) {
      return false;
    }

    @Override
    protected void updateItem(Row row, boolean empty) {
      super.updateItem(row, empty);
      setText(empty || row == null ? null : text(row));
      getStyleClass().remove("best");
      if (!empty && row != null && strong(row)) {
        getStyleClass().add("best");
      }
    }
  }

  /** The gain as a bar from the middle: right and green is better than the baseline. */
  private final class GainCell extends TableCell<Row, Row> {
    GainCell() {
      getStyleClass().add("number");
    }

    @Override
    protected void updateItem(Row row, boolean empty) {
      super.updateItem(row, empty);
      setText(null);
      setGraphic(null);
      if (empty || row == null) {
        return;
      }
      if (Double.isNaN(row.gain())) {
        setText(Formats.NOTHING);
        return;
      }
      double most =
          getItems().stream()
              .mapToDouble(r -> Double.isNaN(r.gain()) ? 0 : Math.abs(r.gain()))
              .max()
              .orElse(1);
      double half = 32;
      double length = most == 0 ? 0 : Math.max(1, half * Math.abs(row.gain()) / most);
      Region bar = new Region();
      bar.getStyleClass().add(row.gain() >= 0 ? "gain" : "loss");
      bar.setMinSize(length, 8);
      bar.setMaxSize(length, 8);
      Region middle = new Region();
      middle.getStyleClass().add("gain-axis");
      middle.setMinSize(1, 16);
      middle.setMaxSize(1, 16);
      StackPane track = new StackPane(middle, bar);
      track.setMinWidth(2 * half);
      track.setMaxWidth(2 * half);
      bar.setTranslateX(row.gain() >= 0 ? length / 2 : -length / 2);
      Label text = new Label((row.gain() > 0 ? "+" : "") + Formats.fixed(100 * row.gain(), 1));
      text.setMinWidth(48);
      text.setAlignment(Pos.CENTER_RIGHT);
      HBox box = new HBox(8, track, text);
      box.setAlignment(Pos.CENTER_RIGHT);
      setGraphic(box);
    }

    private java.util.List<Row> getItems() {
      return ScoresTable.this.getItems();
    }
  }

  private final class FoldsCell extends TableCell<Row, Row> {
    @Override
    protected void updateItem(Row row, boolean empty) {
      super.updateItem(row, empty);
      setGraphic(null);
      setTooltip(null);
      if (empty || row == null || row.folds().isEmpty() || target.getMetricsCount() == 0) {
        return;
      }
      setGraphic(
          new Sparkline(row.folds(), Palette.of(themes.theme()).model(row.colourIndex()), 104, 24));
      StringBuilder tip = new StringBuilder(ResultsViewModel.heading(target.getMetrics(0)));
      for (int i = 0; i < row.folds().size(); i++) {
        tip.append("\nfold ")
            .append(i + 1)
            .append("  ")
            .append(ResultsViewModel.score(target.getMetrics(0), row.folds().get(i)));
      }
      setTooltip(new Tooltip(tip.toString()));
    }
  }
}
