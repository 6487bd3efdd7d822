package slipstream.ui.internal.dataset;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.eclipse.e4.ui.di.Focus;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.Dataset;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** A dataset: its rows with filter, order and statistics, plots, and its health. */
public final class DatasetView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private ThemeService themes;
  @Inject private Editors editors;
  @Inject private MPart part;
  private RowsViewModel rows;
  private RowsPane rowsPane;
  private PlotsViewModel plots;
  private HealthViewModel health;

  @PostConstruct
  void create(BorderPane parent) {
    String name = part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel());
    DatasetViewModel model = new DatasetViewModel(name, services, executor);
    health = new HealthViewModel(name, services, executor);
    BorderPane page = new BorderPane();
    StatePane state = new StatePane(page);
    parent.setCenter(state);
    model
        .datasetProperty()
        .subscribe(
            dataset -> {
              if (dataset != null) {
                page.setTop(header(dataset));
                page.setCenter(tabs(dataset));
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

  @Focus
  void focus() {
    if (rowsPane != null) {
      rowsPane.focus();
    }
  }

  /** What nobody waits for any more need not go on. */
  @PreDestroy
  void close() {
    if (health != null) {
      health.cancel();
    }
    close(rows, plots);
  }

  private TabPane tabs(Dataset dataset) {
    close(rows, plots);
    rows = new RowsViewModel(dataset, services, executor);
    plots = new PlotsViewModel(dataset, services, executor);
    rowsPane =
        new RowsPane(
            rows, new InstrumentPicker(dataset.getName(), services, executor, true), themes);
    PlotsPane plotsPane =
        new PlotsPane(
            plots, new InstrumentPicker(dataset.getName(), services, executor, false), themes);
    Tab plotsTab = new Tab("Plots", plotsPane);
    TabPane tabs =
        new TabPane(
            new Tab("Rows", rowsPane), plotsTab, new Tab("Health", new HealthPane(health, themes)));
    tabs.setId("dataset-tabs");
    tabs.setTabClosingPolicy(TabPane.TabClosingPolicy.UNAVAILABLE);
    tabs.getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            tab -> {
              if (tab == plotsTab) {
                plotsPane.start();
              }
            });
    return tabs;
  }

  private static void close(RowsViewModel rows, PlotsViewModel plots) {
    if (rows != null) {
      rows.close();
      plots.close();
    }
  }

  private Node header(Dataset dataset) {
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
                        + CellText.time(Formats.instant(dataset.getFirstTime()))
                        + " to "
                        + CellText.time(Formats.instant(dataset.getLastTime()))
                        + " UTC"
                    : ""));
    facts.getStyleClass().add("muted");
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    Button lab = new Button("Try a feature", Icons.of("fth-sliders", 14));
    lab.setId("dataset-lab");
    lab.getStyleClass().add("accent");
    lab.setOnAction(event -> editors.lab(dataset.getName()));
    HBox header = new HBox(12, title, facts, gap, lab);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }
}
