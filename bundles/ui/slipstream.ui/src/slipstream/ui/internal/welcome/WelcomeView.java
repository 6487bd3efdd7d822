package slipstream.ui.internal.welcome;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.eclipse.e4.core.services.events.IEventBroker;
import slipstream.proto.v1.Experiment;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;

/** The first thing a person sees: one button that leads to a result within minutes. */
public final class WelcomeView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private Editors editors;
  @Inject private IEventBroker events;

  private WelcomeViewModel model;
  private final VBox cards = new VBox(8);
  private final Button open = new Button("Open the example", Icons.of("fth-play-circle"));

  @PostConstruct
  void create(BorderPane parent) {
    model = new WelcomeViewModel(services, executor);
    Label title = new Label("Slipstream");
    title.getStyleClass().add("welcome-title");
    Label lead =
        new Label(
            "Build execution-cost models from your own trades: spread, slippage, impact, volume."
                + " The example predicts the price impact of an interval's flow from real trade"
                + " prints that ship with the product.");
    lead.setWrapText(true);
    lead.getStyleClass().add("welcome-lead");
    open.setId("open-example");
    open.getStyleClass().addAll("accent", "large");
    open.setDefaultButton(false);
    open.setDisable(true);
    open.setOnAction(event -> open(model.examples().getFirst()));

    Label steps = new Label("From data to a served model");
    steps.getStyleClass().add("section-title");
    HBox flow =
        new HBox(
            12,
            step("fth-database", "Import", "CSV or Parquet, with a health report"),
            step("fth-sliders", "Describe", "Features, targets and models in one file"),
            step("fth-activity", "Run", "Walk-forward by time, always beside a baseline"),
            step("fth-upload-cloud", "Use", "Export to ONNX, predict, serve over HTTP"));

    Label more = new Label("Examples");
    more.getStyleClass().add("section-title");
    VBox page = new VBox(16, title, lead, open, gap(8), steps, flow, gap(8), more, cards);
    page.getStyleClass().add("welcome");
    page.setMaxWidth(820);
    StackPane centre = new StackPane(page);
    StackPane.setAlignment(page, Pos.TOP_CENTER);
    ScrollPane scroll = new ScrollPane(centre);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    StatePane state = new StatePane(scroll);
    parent.setCenter(state);

    model.examples().addListener((ListChangeListener<Experiment>) change -> showExamples());
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("The examples cannot be listed", error, this::reload);
              } else {
                state.showContent();
              }
            });
    model
        .openingProperty()
        .subscribe(opening -> open.setDisable(opening || model.examples().isEmpty()));
    reload();
  }

  private void reload() {
    model.load();
  }

  private void open(Experiment example) {
    model.open(
        example,
        name -> {
          events.post(WorkspaceEvents.CHANGED, name);
          editors.experiment(name);
        });
  }

  private void showExamples() {
    open.setDisable(model.examples().isEmpty());
    cards.getChildren().clear();
    for (Experiment example : model.examples()) {
      Label name = new Label(example.getName());
      name.getStyleClass().add("card-title");
      Label text = new Label(example.getDescription().strip());
      text.setWrapText(true);
      text.getStyleClass().add("muted");
      VBox words = new VBox(4, name, text);
      HBox.setHgrow(words, Priority.ALWAYS);
      Button button = new Button("Open");
      button.setOnAction(event -> open(example));
      HBox card = new HBox(12, Icons.of("fth-file-text", 18), words, button);
      card.setAlignment(Pos.CENTER_LEFT);
      card.getStyleClass().add("card");
      cards.getChildren().add(card);
    }
  }

  private static VBox step(String icon, String title, String text) {
    Label heading = new Label(title);
    heading.getStyleClass().add("card-title");
    Label body = new Label(text);
    body.setWrapText(true);
    body.getStyleClass().add("muted");
    body.setMinHeight(Region.USE_PREF_SIZE);
    VBox box = new VBox(6, Icons.of(icon, 18), heading, body);
    box.getStyleClass().add("card");
    HBox.setHgrow(box, Priority.ALWAYS);
    box.setMaxWidth(Double.MAX_VALUE);
    box.setPrefWidth(180);
    return box;
  }

  private static Region gap(double height) {
    Region gap = new Region();
    gap.setMinHeight(height);
    return gap;
  }
}
