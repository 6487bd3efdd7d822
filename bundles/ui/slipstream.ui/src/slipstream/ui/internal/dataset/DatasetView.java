package slipstream.ui.internal.dataset;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.HealthColumn;
import slipstream.proto.v1.HealthFinding;
import slipstream.proto.v1.Severity;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;

/** Columns, health and first rows of a dataset. */
public final class DatasetView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private MPart part;

  @PostConstruct
  void create(BorderPane parent) {
    DatasetViewModel model =
        new DatasetViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    BorderPane page = new BorderPane();
    StatePane state = new StatePane(page);
    parent.setCenter(state);
    model
        .contentProperty()
        .subscribe(
            content -> {
              if (content != null) {
                show(page, content);
                state.showContent();
              }
            });
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("'" + model.name() + "' cannot be shown", error, model::load);
              }
            });
    state.showLoading();
    model.load();
  }

  private static void show(BorderPane page, DatasetViewModel.Content content) {
    Dataset dataset = content.dataset();
    Label title = new Label(dataset.getName());
    title.getStyleClass().add("page-title");
    Label facts =
        new Label(
            Formats.count(dataset.getRows())
                + " rows, "
                + Formats.count(dataset.getInstruments())
                + (dataset.getInstruments() == 1 ? " instrument" : " instruments")
                + (dataset.hasFirstTime()
                    ? ", "
                        + Formats.absolute(Formats.instant(dataset.getFirstTime()))
                        + " to "
                        + Formats.absolute(Formats.instant(dataset.getLastTime()))
                    : ""));
    facts.getStyleClass().add("muted");
    HBox header = new HBox(12, title, facts);
    header.setAlignment(Pos.BASELINE_LEFT);
    header.getStyleClass().add("page-header");

    VBox findings = new VBox(4);
    for (HealthFinding finding : content.health().getFindingsList()) {
      var icon =
          Icons.of(
              finding.getSeverity() == Severity.SEVERITY_ERROR
                  ? "fth-alert-circle"
                  : finding.getSeverity() == Severity.SEVERITY_WARNING
                      ? "fth-alert-triangle"
                      : "fth-info",
              14);
      icon.getStyleClass()
          .add(
              finding.getSeverity() == Severity.SEVERITY_ERROR
                  ? "severity-error"
                  : finding.getSeverity() == Severity.SEVERITY_WARNING
                      ? "severity-warning"
                      : "severity-info");
      Label label =
          new Label(
              finding.getTitle()
                  + ": "
                  + Formats.count(finding.getCount())
                  + " "
                  + finding.getUnit()
                  + (finding.getExamplesCount() == 0
                      ? ""
                      : ", such as "
                          + finding.getExamples(0).getInstrument()
                          + " "
                          + finding.getExamples(0).getValues()),
              icon);
      label.setWrapText(true);
      findings.getChildren().add(label);
    }
    if (findings.getChildren().isEmpty()) {
      findings.getChildren().add(new Label("Nothing odd was found", Icons.of("fth-check", 14)));
    }
    findings.getStyleClass().add("findings");

    TableView<HealthColumn> columns = new TableView<>();
    columns.getItems().setAll(content.health().getColumnsList());
    columns.getColumns().add(text("Column", 140, HealthColumn::getName));
    columns.getColumns().add(number("Null", q -> Formats.count(q.getNulls())));
    columns.getColumns().add(number("NaN", q -> Formats.count(q.getNans())));
    columns.getColumns().add(number("Zero", q -> Formats.count(q.getZeros())));
    columns.getColumns().add(number("Negative", q -> Formats.count(q.getNegatives())));
    columns
        .getColumns()
        .add(
            number(
                "Distinct",
                q -> q.getDistinct() < 0 ? Formats.NOTHING : Formats.count(q.getDistinct())));
    columns.getColumns().add(number("Min", q -> Formats.quantity(q.getMin())));
    columns.getColumns().add(number("Median", q -> Formats.quantity(q.getMedian())));
    columns.getColumns().add(number("Mean", q -> Formats.quantity(q.getMean())));
    columns.getColumns().add(number("Max", q -> Formats.quantity(q.getMax())));
    columns.getColumns().add(number("Std", q -> Formats.quantity(q.getStd())));

    TableView<ListValue> rows = new TableView<>();
    rows.getItems().setAll(content.rows());
    for (int i = 0; i < content.columns().size(); i++) {
      int index = i;
      Column column = content.columns().get(i);
      String heading =
          column.getUnit().isEmpty()
              ? column.getName()
              : column.getName() + ", " + column.getUnit();
      boolean numeric = !column.getType().equals("STRING") && !column.getType().equals("TIMESTAMP");
      Function<ListValue, String> value =
          row -> index < row.getValuesCount() ? cell(row.getValues(index)) : "";
      rows.getColumns()
          .add(
              numeric
                  ? number(heading, value)
                  : text(heading, column.getType().equals("TIMESTAMP") ? 220 : 120, value));
    }
    Label health = new Label("Health");
    health.getStyleClass().add("section-title");
    Label first = new Label("First rows");
    first.getStyleClass().add("section-title");
    VBox above = new VBox(8, health, findings, columns);
    VBox.setVgrow(columns, Priority.ALWAYS);
    above.getStyleClass().add("page");
    VBox below = new VBox(8, first, rows);
    VBox.setVgrow(rows, Priority.ALWAYS);
    below.getStyleClass().add("page");
    SplitPane split = new SplitPane(above, below);
    split.setOrientation(Orientation.VERTICAL);
    split.setDividerPositions(0.5);
    page.setTop(header);
    page.setCenter(split);
  }

  private static String cell(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> Formats.quantity(value.getNumberValue());
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> Formats.NOTHING;
    };
  }

  private static <T> TableColumn<T, String> text(
      String title, double width, Function<T, String> value) {
    TableColumn<T, String> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyStringWrapper(value.apply(row.getValue())));
    column.setPrefWidth(width);
    return column;
  }

  private static <T> TableColumn<T, String> number(String title, Function<T, String> value) {
    TableColumn<T, String> column = text(title, 96, value);
    column.getStyleClass().add("number");
    column.setCellFactory(
        c ->
            new javafx.scene.control.TableCell<>() {
              {
                getStyleClass().add("number");
              }

              @Override
              protected void updateItem(String item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty ? null : item);
              }
            });
    return column;
  }
}
