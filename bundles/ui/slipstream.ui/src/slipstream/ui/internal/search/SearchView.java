package slipstream.ui.internal.search;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.transformation.SortedList;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.eclipse.e4.core.services.events.IEventBroker;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.ParameterImportance;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.Trial;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.charts.ConvergencePlot;
import slipstream.ui.internal.charts.ParallelPlot;
import slipstream.ui.internal.run.RunMonitor;
import slipstream.ui.internal.run.RunViewModel;
import slipstream.ui.internal.search.SearchViewModel.Axis;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** A search while it happens: the best so far, what was tried, each trial. */
public final class SearchView {
  /** Lines of the parallel coordinates: more do not show, and take longer than a frame. */
  private static final int MOST_LINES = 1500;

  private static final KeyCombination COPY =
      new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private DialogService dialogs;
  @Inject private NotificationService notifications;
  @Inject private Editors editors;
  @Inject private ThemeService themes;
  @Inject private IEventBroker events;
  @Inject private MPart part;

  private SearchViewModel model;
  private ConvergencePlot convergence;
  private ParallelPlot parallel;
  private Timeline clock;
  private List<String> keys = List.of();
  private final TableView<Trial> table = new TableView<>();
  private final Label shown = new Label();
  private final Label best = new Label();
  private final Label summary = new Label();
  private final HBox importance = new HBox(16);

  @PostConstruct
  void create(BorderPane parent) {
    model =
        new SearchViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    convergence = new ConvergencePlot(themes.themeProperty());
    convergence.setId("search-convergence");
    parallel = new ParallelPlot(themes.themeProperty(), new Brushes());
    parallel.setId("search-parallel");
    SplitPane plots = new SplitPane(card("Best so far", best, convergence), parallelCard());
    plots.getStyleClass().add("editor-split");
    plots.setDividerPositions(0.38);
    SplitPane split = new SplitPane(plots, trials());
    split.setOrientation(Orientation.VERTICAL);
    split.getStyleClass().add("editor-split");
    split.setDividerPositions(0.55);
    BorderPane content = new BorderPane(split);
    content.setTop(new VBox(header(), progress()));
    StatePane state = new StatePane(content);
    parent.setCenter(state);
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("This search cannot be shown", error, model::open);
              } else {
                state.showContent();
              }
            });
    model.versionProperty().subscribe(version -> draw());
    model.onEnd(this::ended);
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

  private void ended(Search search) {
    events.post(WorkspaceEvents.CHANGED, search.getName());
    if (search.getState() == RunState.RUN_STATE_SUCCEEDED) {
      notifications.show(
          NotificationService.Kind.SUCCESS,
          search.getName() + " has finished",
          "Show results of the best",
          () -> editors.results(search.getRun()));
    } else if (search.getState() == RunState.RUN_STATE_FAILED) {
      notifications.show(
          NotificationService.Kind.ERROR,
          search.getName() + " failed. " + Failures.line(search.getProblem()));
    }
  }

  private Node header() {
    Label title = new Label(model.name());
    title.getStyleClass().add("page-title");
    Label state = new Label();
    state.setId("search-state");
    state.getStyleClass().add("badge");
    Label elapsed = new Label();
    elapsed.getStyleClass().addAll("muted", "mono");
    elapsed.textProperty().bind(model.elapsedProperty());
    Button stop = new Button("Stop", Icons.of("fth-square", 14));
    stop.setId("search-stop");
    stop.setTooltip(new Tooltip("Finished trials are kept: Resume goes on from them"));
    stop.setOnAction(
        event ->
            model.stop(problem -> notifications.show(NotificationService.Kind.ERROR, problem)));
    stop.disableProperty().bind(model.stoppingProperty());
    Button resume = new Button("Resume…", Icons.of("fth-play", 14));
    resume.setId("search-resume");
    resume.setOnAction(event -> resume());
    Button experiment = new Button("Open experiment", Icons.of("fth-file-text"));
    experiment.getStyleClass().add("flat");
    experiment.setOnAction(
        event -> editors.experiment(model.searchProperty().get().getExperiment()));
    Button results = new Button("Results of the best", Icons.of("fth-bar-chart-2"));
    results.setId("search-results");
    results.getStyleClass().add("accent");
    results.setOnAction(event -> editors.results(model.searchProperty().get().getRun()));
    model
        .searchProperty()
        .subscribe(
            search -> {
              RunState now = search.getState();
              String words = RunMonitor.words(now);
              state.setText(words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1));
              state.setGraphic(Icons.of(RunMonitor.icon(now), 12));
              state.getStyleClass().removeIf(style -> style.startsWith("run-"));
              state.getStyleClass().add(RunMonitor.style(now));
              boolean going = now == RunState.RUN_STATE_RUNNING || now == RunState.RUN_STATE_QUEUED;
              show(stop, going);
              show(resume, model.resumable());
              resume.setText(now == RunState.RUN_STATE_SUCCEEDED ? "Try more…" : "Resume…");
              show(results, now == RunState.RUN_STATE_SUCCEEDED);
            });
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox header = new HBox(12, title, state, elapsed, gap, experiment, stop, resume, results);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private static void show(Node node, boolean visible) {
    node.setVisible(visible);
    node.setManaged(visible);
  }

  private void resume() {
    Search search = model.searchProperty().get();
    boolean more = search.getState() == RunState.RUN_STATE_SUCCEEDED;
    int now = search.getMaxConfigurations();
    dialogs
        .ask(
            more ? "Try more configurations" : "Resume " + model.name(),
            "Configurations in all. No finished trial is repeated.",
            now == 0 ? "" : String.valueOf(more ? 2L * now : now))
        .ifPresent(
            words ->
                model.resume(
                    words,
                    problem -> dialogs.error("'" + model.name() + "' does not go on", problem)));
  }

  private Node progress() {
    Label amount = new Label();
    amount.setId("search-amount");
    amount.getStyleClass().add("stage");
    Label stage = new Label();
    stage.getStyleClass().add("muted");
    stage.textProperty().bind(model.stageProperty());
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox words = new HBox(16, amount, gap, stage);
    ProgressBar bar = new ProgressBar();
    bar.setMaxWidth(Double.MAX_VALUE);
    Label failure = new Label("", Icons.of("fth-alert-circle"));
    failure.getStyleClass().add("failure");
    failure.setWrapText(true);
    summary.setId("search-summary");
    summary.setWrapText(true);
    summary.getStyleClass().add("muted");
    model
        .searchProperty()
        .subscribe(
            search -> {
              amount.setText(model.amount());
              boolean ended = RunViewModel.ended(search.getState());
              bar.setProgress(ended ? Math.max(0, model.fraction()) : model.fraction());
              show(bar, !ended);
              failure.setText(search.hasProblem() ? Failures.line(search.getProblem()) : "");
              show(failure, search.hasProblem());
              boolean told = search.hasSummary();
              summary.setText(told ? SearchViewModel.overfitting(search.getSummary()) : "");
              show(summary, told);
              importance(search);
            });
    importance.setAlignment(Pos.CENTER_LEFT);
    VBox box = new VBox(6, words, bar, failure, summary, importance);
    box.getStyleClass().add("filter-bar");
    return box;
  }

  /** How much of the score's variance goes with each key. */
  private void importance(Search search) {
    importance.getChildren().clear();
    show(importance, search.hasSummary() && search.getSummary().getImportanceCount() > 0);
    Label heading = new Label("Share of the score's variance");
    heading.getStyleClass().add("muted");
    heading.setMinWidth(Region.USE_PREF_SIZE);
    importance.getChildren().add(heading);
    for (ParameterImportance each : search.getSummary().getImportanceList()) {
      Label label =
          new Label(each.getKey() + "  " + Formats.fixed(100 * each.getShare(), 0) + " %");
      importance.getChildren().add(label);
    }
  }

  private static VBox card(String title, Label note, Region plot) {
    Label heading = new Label(title);
    heading.getStyleClass().add("section-title");
    heading.setMinWidth(Region.USE_PREF_SIZE);
    note.getStyleClass().add("muted");
    note.setMinWidth(0);
    HBox head = new HBox(12, heading, note);
    head.setAlignment(Pos.BASELINE_LEFT);
    plot.setMinHeight(120);
    VBox.setVgrow(plot, Priority.ALWAYS);
    VBox card = new VBox(8, head, plot);
    card.getStyleClass().add("page");
    return card;
  }

  private Node parallelCard() {
    VBox card = card("Parameters", shown, parallel);
    Tooltip.install(
        shown, new Tooltip("Drag along an axis to choose a range, click it to take it away"));
    return card;
  }

  // ---- trials ----

  private Node trials() {
    SortedList<Trial> sorted = new SortedList<>(model.chosen());
    sorted.comparatorProperty().bind(table.comparatorProperty());
    table.setItems(sorted);
    table.setId("search-trials");
    table.setFixedCellSize(26);
    table.setPlaceholder(new Label("Each trial appears here when it has finished"));
    table.setTableMenuButtonVisible(true);
    table.setOnKeyPressed(
        event -> {
          if (COPY.match(event)) {
            ClipboardContent content = new ClipboardContent();
            content.putString(model.table());
            Clipboard.getSystemClipboard().setContent(content);
            notifications.show(NotificationService.Kind.SUCCESS, "Copied");
            event.consume();
          }
        });
    return table;
  }

  /** The columns follow what is varied. */
  private void columns(Search search) {
    if (keys.equals(search.getKeysList()) && !table.getColumns().isEmpty()) {
      return;
    }
    keys = List.copyOf(search.getKeysList());
    List<TableColumn<Trial, ?>> columns = new ArrayList<>();
    columns.add(number("Trial", 70, Trial::getNumber, each -> Formats.count(each.getNumber())));
    columns.add(state());
    columns.add(
        number(
            SearchViewModel.objective(search.getObjective()),
            150,
            each -> each.hasProblem() ? Double.NaN : each.getScore(),
            each -> each.hasProblem() ? Formats.NOTHING : model.score(each.getScore())));
    columns.add(
        number(
            "Baseline",
            90,
            each -> each.hasProblem() ? Double.NaN : each.getBaseline(),
            each -> each.hasProblem() ? Formats.NOTHING : model.score(each.getBaseline())));
    for (int k = 0; k < keys.size(); k++) {
      int at = k;
      TableColumn<Trial, Trial> column =
          column(
              keys.get(k),
              130,
              each ->
                  at < each.getValuesCount()
                      ? SearchViewModel.text(each.getValues(at))
                      : Formats.NOTHING,
              true);
      column.setComparator(
          (a, b) -> {
            Object one = SearchViewModel.value(a, at);
            Object other = SearchViewModel.value(b, at);
            return one instanceof Double x && other instanceof Double y
                ? Double.compare(x, y)
                : String.valueOf(one).compareTo(String.valueOf(other));
          });
      columns.add(column);
    }
    columns.add(number("Rung", 60, Trial::getRung, each -> String.valueOf(each.getRung())));
    columns.add(
        number(
            "Rows, %",
            80,
            Trial::getResource,
            each -> Formats.fixed(100 * each.getResource(), each.getResource() < 1 ? 1 : 0)));
    columns.add(
        number("Time, s", 80, Trial::getSeconds, each -> Formats.fixed(each.getSeconds(), 2)));
    table.getColumns().setAll(columns);
  }

  private TableColumn<Trial, Trial> state() {
    TableColumn<Trial, Trial> column =
        column(
            "State",
            110,
            each -> each.hasProblem() ? "Failed" : each.getReused() ? "Known before" : "Scored",
            false);
    column.setCellFactory(
        c ->
            new TableCell<>() {
              @Override
              protected void updateItem(Trial trial, boolean empty) {
                super.updateItem(trial, empty);
                boolean there = !empty && trial != null;
                setText(
                    !there
                        ? null
                        : trial.hasProblem()
                            ? "Failed"
                            : trial.getReused() ? "Known before" : "Scored");
                setTooltip(
                    there && trial.hasProblem()
                        ? new Tooltip(Failures.line(trial.getProblem()))
                        : null);
                getStyleClass().remove("failure");
                if (there && trial.hasProblem()) {
                  getStyleClass().add("failure");
                }
              }
            });
    return column;
  }

  private static TableColumn<Trial, Trial> number(
      String title, double width, ToDoubleFunction<Trial> value, Function<Trial, String> words) {
    TableColumn<Trial, Trial> column = column(title, width, words, true);
    column.setComparator(Comparator.comparingDouble(value));
    return column;
  }

  private static TableColumn<Trial, Trial> column(
      String title, double width, Function<Trial, String> words, boolean number) {
    TableColumn<Trial, Trial> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    column.setPrefWidth(width);
    column.setComparator(Comparator.comparing(words));
    if (number) {
      column.getStyleClass().add("number");
    }
    column.setCellFactory(
        c ->
            new TableCell<>() {
              {
                if (number) {
                  getStyleClass().add("number");
                }
              }

              @Override
              protected void updateItem(Trial trial, boolean empty) {
                super.updateItem(trial, empty);
                setText(empty || trial == null ? null : words.apply(trial));
              }
            });
    return column;
  }

  // ---- drawing ----

  private void draw() {
    Search search = model.searchProperty().get();
    columns(search);
    Trial top = search.hasBest() ? search.getBest() : null;
    convergence.show(
        model.scores(),
        model.bestSoFar(),
        top == null ? Double.NaN : top.getBaseline(),
        SearchViewModel.objective(search.getObjective()));
    best.setText(
        top == null
            ? "No trial has finished yet"
            : model.score(top.getScore())
                + " with trial "
                + Formats.count(top.getNumber())
                + ", baseline "
                + model.score(top.getBaseline()));
    List<Trial> drawn = model.drawn(MOST_LINES);
    List<ParallelPlot.Line> lines = new ArrayList<>();
    for (int i = 0; i < drawn.size(); i++) {
      // By rank: a few hopeless trials do not make all others look alike.
      double strength = drawn.size() == 1 ? 1 : i / (drawn.size() - 1.0);
      lines.add(new ParallelPlot.Line(model.positions(drawn.get(i)), strength));
    }
    parallel.show(model.axes().stream().map(this::axis).toList(), lines);
    int chosen = model.chosen().size();
    int all = model.trials().size();
    shown.setText(
        chosen < all
            ? Formats.count(chosen) + " of " + Formats.count(all) + " trials chosen"
            : lines.size() < all
                ? Formats.count(lines.size())
                    + " of "
                    + Formats.count(all)
                    + " trials drawn, the"
                    + " best strongest"
                : "The best strongest; drag along an axis to choose");
  }

  private ParallelPlot.Axis axis(Axis axis) {
    List<String> labels = new ArrayList<>(axis.categories());
    if (labels.isEmpty()) {
      for (double share : new double[] {0, 0.5, 1}) {
        double value =
            axis.log()
                ? axis.min() * Math.pow(axis.max() / axis.min(), share)
                : axis.min() + share * (axis.max() - axis.min());
        labels.add(
            Formats.quantity(value).replaceFirst("(\\.\\d*?)0+$", "$1").replaceFirst("\\.$", ""));
      }
      if (axis.min() == axis.max()) {
        labels.subList(1, 3).clear();
      }
    }
    return new ParallelPlot.Axis(axis.key(), labels, model.brushOf(axis.key()));
  }

  private final class Brushes implements ParallelPlot.Brushing {
    @Override
    public void brush(int axis, double low, double high) {
      model.brush(model.axes().get(axis).key(), low, high);
    }

    @Override
    public void clear(int axis) {
      model.clear(axis < 0 ? "" : model.axes().get(axis).key());
    }
  }
}
