package slipstream.ui.internal.model;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;

/** What a model needs, where it came from, and what can be done with it. */
public final class ModelView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private DialogService dialogs;
  @Inject private NotificationService notifications;
  @Inject private Editors editors;
  @Inject private MPart part;

  private ModelViewModel model;

  @PostConstruct
  void create(BorderPane parent) {
    model =
        new ModelViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    VBox page = new VBox(12);
    page.getStyleClass().add("page");
    ScrollPane scroll = new ScrollPane(page);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    BorderPane content = new BorderPane(scroll);
    content.setTop(header());
    StatePane state = new StatePane(content);
    parent.setCenter(state);
    model
        .modelProperty()
        .subscribe(
            loaded -> {
              if (loaded != null) {
                page.getChildren().setAll(facts(loaded), inputs(loaded), provenance(loaded));
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

  private HBox header() {
    Label title = new Label(model.name());
    title.getStyleClass().add("page-title");
    Button export = new Button("Export ONNX", Icons.of("fth-upload"));
    export.disableProperty().bind(model.exportingProperty());
    export.setOnAction(
        event ->
            model.export(
                "onnx",
                result ->
                    notifications.show(
                        NotificationService.Kind.SUCCESS,
                        "Exported to "
                            + result.getFile()
                            + " and checked on "
                            + Formats.count(result.getRows() + result.getBoundaryRows())
                            + " rows"),
                problem -> dialogs.error("The export failed", problem)));
    Button serve = new Button("Serve…", Icons.of("fth-radio"));
    serve.setOnAction(event -> ServeDialog.show(dialogs, model.name()));
    Button results = new Button("Show results", Icons.of("fth-bar-chart-2"));
    results.getStyleClass().add("flat");
    results.setOnAction(
        event -> {
          Model loaded = model.modelProperty().get();
          if (loaded != null && !loaded.getRun().isEmpty()) {
            editors.results(loaded.getRun());
          }
        });
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    Button explain = new Button("Explain", Icons.of("fth-align-left"));
    explain.setId("explain-model");
    explain.getStyleClass().add("accent");
    explain.setOnAction(event -> editors.explain(model.name()));
    Button curve = new Button("Cost curve", Icons.of("fth-trending-up"));
    curve.setId("model-curve");
    curve.setOnAction(event -> editors.curve(model.name()));
    HBox header = new HBox(8, title, gap, results, serve, export, curve, explain);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private static VBox facts(Model loaded) {
    Map<String, String> facts = new java.util.LinkedHashMap<>();
    facts.put(
        "Predicts",
        loaded.getTarget() + (loaded.getUnit().isEmpty() ? "" : ", " + loaded.getUnit()));
    facts.put("Trainer", loaded.getTrainer());
    facts.put("Experiment", loaded.getExperiment());
    facts.put("Run", loaded.getRun());
    facts.put("Training rows", Formats.count(loaded.getTrainingRows()));
    if (loaded.hasCreateTime()) {
      facts.put("Made", Formats.absolute(Formats.instant(loaded.getCreateTime())));
    }
    facts.put("Archive", loaded.getFile());
    facts.put("SHA-256", loaded.getHash());
    return card("Model", grid(facts));
  }

  private static VBox provenance(Model loaded) {
    return card("Provenance", grid(new TreeMap<>(loaded.getProvenanceMap())));
  }

  private static GridPane grid(Map<String, String> facts) {
    GridPane grid = new GridPane(16, 6);
    int row = 0;
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      Label name = new Label(fact.getKey());
      name.getStyleClass().add("muted");
      name.setMinWidth(Region.USE_PREF_SIZE);
      Label value = new Label(fact.getValue());
      value.setWrapText(true);
      if (fact.getValue().matches("[0-9a-f]{16,}")) {
        value.getStyleClass().add("mono");
      }
      grid.addRow(row++, name, value);
    }
    return grid;
  }

  private static VBox inputs(Model loaded) {
    TableView<ModelInput> table = new TableView<>();
    table.getItems().setAll(loaded.getInputsList());
    table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_LAST_COLUMN);
    table.getColumns().add(column("Input", 160, ModelInput::getName));
    table.getColumns().add(column("Unit", 80, ModelInput::getUnit));
    table.getColumns().add(column("Chosen by", 110, i -> i.getGiven() ? "caller" : "data"));
    table.getColumns().add(column("Expression", 300, ModelInput::getExpression));
    table.setPrefHeight(34 + 28.0 * Math.max(1, loaded.getInputsCount()) + 2);
    return card("Inputs, in order", table);
  }

  private static TableColumn<ModelInput, String> column(
      String title, double width, java.util.function.Function<ModelInput, String> value) {
    TableColumn<ModelInput, String> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyStringWrapper(value.apply(row.getValue())));
    column.setMinWidth(width / 2);
    column.setPrefWidth(width);
    return column;
  }

  private static VBox card(String title, Region content) {
    Label heading = new Label(title);
    heading.getStyleClass().add("section-title");
    VBox card = new VBox(8, heading, content);
    card.getStyleClass().add("card");
    return card;
  }
}
