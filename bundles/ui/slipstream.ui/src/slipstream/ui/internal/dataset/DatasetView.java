package slipstream.ui.internal.dataset;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.util.function.Function;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.TableView;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Dataset;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** A dataset: its health, and its first rows. */
public final class DatasetView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private ThemeService themes;
  @Inject private MPart part;

  private HealthViewModel health;

  @PostConstruct
  void create(BorderPane parent) {
    String name = part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel());
    DatasetViewModel model = new DatasetViewModel(name, services, executor);
    health = new HealthViewModel(name, services, executor);
    BorderPane rows = new BorderPane();
    Tab healthTab = new Tab("Health", new HealthPane(health, themes));
    Tab rowsTab = new Tab("First rows", rows);
    TabPane tabs = new TabPane(healthTab, rowsTab);
    tabs.setId("dataset-tabs");
    tabs.setTabClosingPolicy(TabPane.TabClosingPolicy.UNAVAILABLE);
    BorderPane page = new BorderPane(tabs);
    StatePane state = new StatePane(page);
    parent.setCenter(state);
    model
        .contentProperty()
        .subscribe(
            content -> {
              if (content != null) {
                page.setTop(header(content.dataset()));
                rows.setCenter(rows(content));
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
    health.check();
  }

  /** A check that nobody waits for any more need not go on. */
  @PreDestroy
  void close() {
    if (health != null) {
      health.cancel();
    }
  }

  private static HBox header(Dataset dataset) {
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
    return header;
  }

  private static TableView<ListValue> rows(DatasetViewModel.Content content) {
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
                  ? Cells.number(heading, value)
                  : Cells.text(heading, column.getType().equals("TIMESTAMP") ? 220 : 120, value));
    }
    return rows;
  }

  private static String cell(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> Formats.quantity(value.getNumberValue());
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> Formats.NOTHING;
    };
  }
}
