package slipstream.ui.internal.run;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.StringExpression;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.RunState;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.LearningCurvePlot;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** A run while it happens: what it does, how long it will take, how the models learn. */
public final class RunView {
  /** Of a curve: more do not show on a screen. */
  private static final int MOST_POINTS = 1000;

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private NotificationService notifications;
  @Inject private Editors editors;
  @Inject private ThemeService themes;
  @Inject private MPart part;

  private RunViewModel model;
  private LearningCurvePlot plot;
  private Timeline clock;

  @PostConstruct
  void create(BorderPane parent) {
    model =
        new RunViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    plot = new LearningCurvePlot(themes.themeProperty());
    VBox.setVgrow(plot, Priority.ALWAYS);

    Label heading = new Label("Learning curve");
    heading.getStyleClass().add("section-title");
    Label which = new Label();
    which.getStyleClass().add("muted");
    HBox plotHead = new HBox(8, heading, which);
    plotHead.setAlignment(Pos.BASELINE_LEFT);
    VBox plotCard = new VBox(8, plotHead, plot);
    plotCard.getStyleClass().add("card");
    VBox.setVgrow(plotCard, Priority.ALWAYS);

    ListView<RunViewModel.Message> log = new ListView<>(model.messages());
    log.setId("run-messages");
    log.setPlaceholder(new Label("What the run has to say appears here"));
    log.setCellFactory(view -> new MessageCell());
    log.setPrefHeight(132);
    log.setMinHeight(80);
    Label logTitle = new Label("Messages");
    logTitle.getStyleClass().add("section-title");
    VBox logCard = new VBox(8, logTitle, log);
    logCard.getStyleClass().add("card");

    VBox page = new VBox(12, progress(), plotCard, logCard);
    page.getStyleClass().add("page");
    BorderPane content = new BorderPane(page);
    content.setTop(header());
    StatePane state = new StatePane(content);
    parent.setCenter(state);

    model
        .curveVersionProperty()
        .subscribe(
            version -> {
              drawCurves();
              which.setText(model.currentCurve());
            });
    model
        .connectionErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("This run cannot be shown", error, model::open);
              } else {
                state.showContent();
              }
            });
    clock = new Timeline(new KeyFrame(Duration.seconds(1), event -> model.tick(Instant.now())));
    clock.setCycleCount(Timeline.INDEFINITE);
    clock.play();
    model.open();
  }

  @PreDestroy
  void close() {
    clock.stop();
    model.close();
  }

  private Node header() {
    Label title = new Label(model.name());
    title.getStyleClass().add("page-title");
    Label state = new Label();
    state.setId("run-state");
    state.getStyleClass().add("badge");
    Label elapsed = new Label();
    elapsed.getStyleClass().addAll("muted", "mono");
    elapsed.textProperty().bind(model.elapsedProperty());

    Button cancel = new Button("Cancel", Icons.of("fth-square", 14));
    cancel.setId("cancel-run");
    cancel.setOnAction(
        event ->
            model.cancel(problem -> notifications.show(NotificationService.Kind.ERROR, problem)));
    Button results = new Button("Show results", Icons.of("fth-bar-chart-2"));
    results.setId("show-results");
    results.getStyleClass().add("accent");
    results.setOnAction(event -> editors.results(model.name()));
    Button experiment = new Button("Open experiment", Icons.of("fth-file-text"));
    experiment.getStyleClass().add("flat");
    experiment.setOnAction(event -> editors.experiment(model.experimentProperty().get()));
    experiment.disableProperty().bind(model.experimentProperty().isEmpty());

    model
        .stateProperty()
        .subscribe(
            now -> {
              state.setText(sentence(RunMonitor.words(now)));
              state.setGraphic(Icons.of(RunMonitor.icon(now), 12));
              state.getStyleClass().removeIf(style -> style.startsWith("run-"));
              state.getStyleClass().add(RunMonitor.style(now));
              boolean going = now == RunState.RUN_STATE_RUNNING || now == RunState.RUN_STATE_QUEUED;
              show(cancel, going);
              show(results, now == RunState.RUN_STATE_SUCCEEDED);
            });
    model
        .cancellingProperty()
        .subscribe(
            now -> {
              cancel.setDisable(now);
              cancel.setText(now ? "Cancelling" : "Cancel");
            });
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox header = new HBox(12, title, state, elapsed, gap, experiment, cancel, results);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private Node progress() {
    Label stage = new Label();
    stage.getStyleClass().add("stage");
    stage.textProperty().bind(model.stageProperty());
    Label amount = number(model.amountProperty());
    Label rate = number(model.rateProperty());
    Label left = number(model.timeLeftProperty());
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox words = new HBox(16, stage, gap, amount, rate, left);
    words.setAlignment(Pos.BASELINE_LEFT);
    ProgressBar bar = new ProgressBar();
    bar.setId("run-progress");
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.progressProperty()
        .bind(
            Bindings.createDoubleBinding(
                () ->
                    RunViewModel.ended(model.stateProperty().get())
                        ? model.stateProperty().get() == RunState.RUN_STATE_SUCCEEDED
                            ? 1
                            : Math.max(0, model.fractionProperty().get())
                        : model.fractionProperty().get(),
                model.stateProperty(),
                model.fractionProperty()));
    var icon = Icons.of("fth-alert-circle");
    icon.getStyleClass().add("severity-error");
    Label failure = new Label("", icon);
    failure.setId("run-failure");
    failure.setWrapText(true);
    failure.textProperty().bind(model.failureProperty());
    failure.visibleProperty().bind(model.failureProperty().isNotEmpty());
    failure.managedProperty().bind(failure.visibleProperty());
    failure.getStyleClass().add("failure");
    VBox box = new VBox(8, words, bar, failure);
    box.getStyleClass().add("card");
    return box;
  }

  private static Label number(StringExpression text) {
    Label label = new Label();
    label.getStyleClass().addAll("mono", "muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    label.textProperty().bind(text);
    return label;
  }

  private static void show(Node node, boolean shown) {
    node.setVisible(shown);
    node.setManaged(shown);
  }

  private void drawCurves() {
    String current = model.currentCurve();
    String fit = current.contains("/") ? current.substring(0, current.lastIndexOf('/')) : current;
    List<LearningCurvePlot.Series> series = new ArrayList<>();
    for (RunViewModel.Curve curve : model.curves()) {
      if (curve.model().equals("baseline") || !curve.name().startsWith(fit)) {
        continue;
      }
      int last = curve.points().size() - 1;
      // The last point and every n-th before it: drawing takes no longer for a long fit.
      int every = last / MOST_POINTS + 1;
      int size = last / every + 1;
      double[] steps = new double[size];
      double[] training = new double[size];
      double[] validation = new double[size];
      for (int i = 0; i < size; i++) {
        double[] point = curve.points().get(last - (size - 1 - i) * every);
        steps[i] = point[0];
        training[i] = point[1];
        validation[i] = point[2];
      }
      boolean faint = !curve.name().equals(current);
      series.add(
          new LearningCurvePlot.Series(curve.model(), 0, faint, steps, training, validation));
    }
    plot.show(series, model.lossNameProperty().get(), model.baselineOf(current));
  }

  private static String sentence(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static final class MessageCell extends ListCell<RunViewModel.Message> {
    @Override
    protected void updateItem(RunViewModel.Message message, boolean empty) {
      super.updateItem(message, empty);
      if (empty || message == null) {
        setGraphic(null);
        setText(null);
        setTooltip(null);
        return;
      }
      String icon =
          switch (message.severity()) {
            case SEVERITY_WARNING -> "fth-alert-triangle";
            case SEVERITY_ERROR -> "fth-alert-circle";
            default -> "fth-info";
          };
      var graphic = Icons.of(icon, 12);
      graphic
          .getStyleClass()
          .add(
              switch (message.severity()) {
                case SEVERITY_WARNING -> "severity-warning";
                case SEVERITY_ERROR -> "severity-error";
                default -> "severity-info";
              });
      setGraphic(graphic);
      setText(message.text());
      setTooltip(new Tooltip(Formats.absolute(message.time()) + "\n" + message.text()));
    }
  }
}
