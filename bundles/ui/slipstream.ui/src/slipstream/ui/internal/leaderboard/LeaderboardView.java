package slipstream.ui.internal.leaderboard;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javafx.animation.PauseTransition;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollBar;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.eclipse.e4.core.di.annotations.Optional;
import org.eclipse.e4.ui.di.Focus;
import org.eclipse.e4.ui.di.UIEventTopic;
import slipstream.proto.v1.MetricScore;
import slipstream.proto.v1.ModelScore;
import slipstream.proto.v1.ScoreOrder;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.leaderboard.LeaderboardViewModel.Line;
import slipstream.ui.internal.leaderboard.LeaderboardViewModel.Query;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;

/** The models of all runs in a table; those that are selected are compared below it. */
public final class LeaderboardView {
  private static final Duration QUIET = Duration.millis(200);
  private static final KeyCombination COPY =
      new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);
  private static final KeyCombination FIND =
      new KeyCodeCombination(KeyCode.F, KeyCombination.SHORTCUT_DOWN);
  private static final double BAR = 96;

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private Editors editors;
  @Inject private NotificationService notifications;

  private LeaderboardViewModel model;
  private final TableView<ModelScore> table = new TableView<>();
  private final TableView<Line> comparison = new TableView<>();
  private final SplitPane split = new SplitPane();
  private final TextField text = new TextField();
  private final Label differences = new Label();
  private Node comparisonPane;

  /** While the columns are put in: what they are sorted by is known. */
  private boolean rebuilding;

  /** What a column's header sorts by. */
  private record Sorting(ScoreOrder order, String metric) {}

  @PostConstruct
  void create(BorderPane parent) {
    model = new LeaderboardViewModel(services, executor);
    table();
    comparisonPane = comparisonPane();
    split.setOrientation(Orientation.VERTICAL);
    split.getStyleClass().add("editor-split");
    StatePane rows = new StatePane(table);
    split.getItems().setAll(rows);
    BorderPane content = new BorderPane(split);
    content.setTop(new VBox(header(), filters()));
    parent.setCenter(content);
    Runnable show =
        () -> {
          if (!model.errorProperty().get().isEmpty()) {
            rows.showError(
                "The scores cannot be listed", model.errorProperty().get(), model::refresh);
          } else if (model.totalProperty().get() == 0 && model.everything()) {
            rows.showEmpty(
                "fth-award",
                "No scores yet",
                "Each run lists its models here with their scores out of sample. Select two or"
                    + " more to see what differs.",
                null,
                null);
          } else if (model.totalProperty().get() == 0) {
            rows.showEmpty(
                "fth-filter",
                "No model fits the filter",
                "None of the listed runs has one.",
                "Clear filter",
                this::clear);
          } else if (model.totalProperty().get() > 0) {
            rows.showContent();
          } else {
            rows.showLoading();
          }
        };
    model.totalProperty().subscribe(show);
    model.errorProperty().subscribe(show);
    model.queryProperty().subscribe(show);
    model.metrics().addListener((ListChangeListener<String>) change -> columns());
    model.scores().addListener((ListChangeListener<ModelScore>) change -> units());
    columns();
    // The filter takes Ctrl+F wherever the focus is in this page.
    content.setOnKeyPressed(
        event -> {
          if (FIND.match(event)) {
            text.requestFocus();
            text.selectAll();
            event.consume();
          }
        });
    model.refresh();
  }

  @Focus
  void focus() {
    table.requestFocus();
  }

  @Inject
  @Optional
  void workspaceChanged(@UIEventTopic(WorkspaceEvents.CHANGED) Object what) {
    if (model != null) {
      model.refresh();
    }
  }

  // ---- header and filters ----

  private Node header() {
    Label title = new Label("Leaderboard");
    title.getStyleClass().add("page-title");
    Label count = new Label();
    count.setId("leaderboard-count");
    count.getStyleClass().addAll("muted", "mono");
    count
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    model.totalProperty().get() < 0
                        ? ""
                        : Formats.count(model.totalProperty().get())
                            + (model.totalProperty().get() == 1 ? " model" : " models"),
                model.totalProperty()));
    Button run = new Button("Open run", Icons.of("fth-bar-chart-2"));
    run.setId("leaderboard-open-run");
    run.getStyleClass().add("accent");
    run.setTooltip(new Tooltip("Results of the selected model's run  (Enter)"));
    run.setOnAction(event -> openRun());
    Button open = new Button("Open model", Icons.of("fth-box"));
    open.setId("leaderboard-open-model");
    open.setOnAction(event -> openModel());
    Button explain = new Button("Explain", Icons.of("fth-align-left"));
    explain.setOnAction(
        event -> {
          ModelScore one = table.getSelectionModel().getSelectedItem();
          if (one != null && !one.getArchive().isEmpty()) {
            editors.explain(one.getArchive());
          }
        });
    var selected = table.getSelectionModel().selectedItemProperty();
    run.disableProperty().bind(selected.isNull());
    var archived = selected.map(each -> !each.getArchive().isEmpty()).orElse(false);
    for (Button each : List.of(open, explain)) {
      each.disableProperty()
          .bind(Bindings.createBooleanBinding(() -> !archived.getValue(), archived));
    }
    Button copy = new Button("Copy", Icons.of("fth-copy", 14));
    copy.getStyleClass().add("flat");
    copy.setTooltip(new Tooltip("The selected rows, or all that are listed  (Ctrl+C)"));
    copy.setOnAction(event -> copy());
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox header = new HBox(12, title, count, gap, copy, explain, open, run);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private Node filters() {
    text.setId("leaderboard-filter");
    text.setPromptText("Run, target, model or trainer  (Ctrl+F)");
    HBox.setHgrow(text, Priority.ALWAYS);
    ComboBox<String> experiment = choice("leaderboard-experiment", model.experiments());
    ComboBox<String> target = choice("leaderboard-target", model.targets());
    ComboBox<String> trainer = choice("leaderboard-trainer", model.trainers());
    CheckBox baselines = new CheckBox("Baselines");
    baselines.setId("leaderboard-baselines");
    Runnable ask =
        () ->
            model.filter(
                experiment.getValue(),
                target.getValue(),
                trainer.getValue(),
                text.getText(),
                baselines.isSelected());
    PauseTransition quiet = new PauseTransition(QUIET);
    quiet.setOnFinished(event -> ask.run());
    text.textProperty().addListener((property, old, now) -> quiet.playFromStart());
    text.setOnAction(event -> ask.run());
    text.setOnKeyPressed(
        event -> {
          if (event.getCode() == KeyCode.ESCAPE) {
            text.clear();
            event.consume();
          } else if (event.getCode() == KeyCode.DOWN) {
            table.requestFocus();
            table.getSelectionModel().selectFirst();
            event.consume();
          }
        });
    for (ComboBox<String> each : List.of(experiment, target, trainer)) {
      each.setOnAction(event -> ask.run());
    }
    baselines.setOnAction(event -> ask.run());
    HBox bar =
        new HBox(
            8,
            text,
            muted("Experiment"),
            experiment,
            muted("Target"),
            target,
            muted("Trainer"),
            trainer,
            baselines);
    bar.setAlignment(Pos.CENTER_LEFT);
    bar.getStyleClass().add("filter-bar");
    clear =
        () -> {
          List.of(experiment, target, trainer)
              .forEach(each -> each.setValue(LeaderboardViewModel.ALL));
          text.clear();
          ask.run();
        };
    return bar;
  }

  private Runnable clear = () -> {};

  private void clear() {
    clear.run();
  }

  private static ComboBox<String> choice(String id, ObservableList<String> words) {
    ComboBox<String> box = new ComboBox<>(words);
    box.setId(id);
    box.setValue(LeaderboardViewModel.ALL);
    box.setPrefWidth(150);
    return box;
  }

  private static Label muted(String words) {
    Label label = new Label(words);
    label.getStyleClass().add("muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  // ---- table ----

  private void table() {
    table.setItems(model.scores());
    table.setId("leaderboard-table");
    table.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
    table.setFixedCellSize(30);
    table.setPlaceholder(new Label());
    table.setTableMenuButtonVisible(true);
    table.setRowFactory(
        view -> {
          TableRow<ModelScore> row = new TableRow<>();
          row.setOnMouseClicked(
              event -> {
                if (event.getClickCount() == 2 && !row.isEmpty()) {
                  openRun();
                }
              });
          return row;
        });
    table.setOnKeyPressed(
        event -> {
          if (event.getCode() == KeyCode.ENTER) {
            openRun();
            event.consume();
          } else if (COPY.match(event)) {
            copy();
            event.consume();
          }
        });
    table
        .getSelectionModel()
        .getSelectedItems()
        .addListener(
            (ListChangeListener<ModelScore>)
                change ->
                    model.compare(
                        List.copyOf(
                            table.getSelectionModel().getSelectedItems().stream()
                                .filter(java.util.Objects::nonNull)
                                .toList())));
    // The services sort: what is in the table is only what was fetched so far.
    table.setSortPolicy(
        view -> {
          // Without an arrow, as while columns are put in, the order stays.
          if (!rebuilding
              && !view.getSortOrder().isEmpty()
              && view.getSortOrder().getFirst().getUserData() instanceof Sorting sorting) {
            model.sort(
                sorting.order(),
                sorting.metric(),
                view.getSortOrder().getFirst().getSortType() == TableColumn.SortType.DESCENDING);
          }
          return true;
        });
    table
        .skinProperty()
        .subscribe(
            skin -> {
              if (skin != null) {
                table.lookupAll(".scroll-bar").stream()
                    .map(ScrollBar.class::cast)
                    .filter(bar -> bar.getOrientation() == Orientation.VERTICAL)
                    .forEach(
                        bar ->
                            bar.valueProperty()
                                .addListener(
                                    (property, old, now) -> {
                                      if (now.doubleValue() > 0.9 * bar.getMax()) {
                                        model.more();
                                      }
                                    }));
              }
            });
  }

  /** Columns anew: the metrics are those that the listed scores have. */
  private void columns() {
    List<TableColumn<ModelScore, ?>> columns = new ArrayList<>();
    columns.add(words("Model", 130, ScoreOrder.SCORE_ORDER_MODEL, ModelScore::getModel));
    columns.add(words("Trainer", 110, ScoreOrder.SCORE_ORDER_TRAINER, ModelScore::getTrainer));
    columns.add(words("Target", 120, ScoreOrder.SCORE_ORDER_TARGET, ModelScore::getTarget));
    columns.add(skill());
    TableColumn<ModelScore, ModelScore> interval =
        column("95% interval", 120, LeaderboardViewModel::interval, true);
    interval.setSortable(false);
    columns.add(interval);
    for (String metric : model.metrics()) {
      TableColumn<ModelScore, ModelScore> column =
          column(
              "",
              90,
              score ->
                  LeaderboardViewModel.metric(score, metric)
                      .map(each -> text(metric, each))
                      .orElse(Formats.NOTHING),
              true);
      column.setUserData(new Sorting(ScoreOrder.SCORE_ORDER_METRIC, metric));
      column.setId("leaderboard-metric-" + metric);
      columns.add(column);
    }
    columns.add(words("Run", 170, ScoreOrder.SCORE_ORDER_RUN, ModelScore::getRun));
    TableColumn<ModelScore, ModelScore> started =
        column(
            "Started",
            100,
            score -> Formats.relative(Formats.instant(score.getCreateTime()), Instant.now()),
            false);
    started.setUserData(new Sorting(ScoreOrder.SCORE_ORDER_UNSPECIFIED, ""));
    columns.add(started);
    TableColumn<ModelScore, ModelScore> seconds =
        column(
            "Training, s",
            90,
            score ->
                score.getTrainingSeconds() > 0
                    ? Formats.fixed(score.getTrainingSeconds(), 2)
                    : Formats.NOTHING,
            true);
    seconds.setUserData(new Sorting(ScoreOrder.SCORE_ORDER_TRAINING_TIME, ""));
    columns.add(seconds);
    Query now = model.queryProperty().get();
    rebuilding = true;
    table.getSortOrder().clear();
    table.getColumns().setAll(columns);
    // The arrow stands where the services sort.
    for (TableColumn<ModelScore, ?> column : columns) {
      if (column.getUserData() instanceof Sorting sorting
          && sorting.order() == now.order()
          && (now.order() != ScoreOrder.SCORE_ORDER_METRIC
              || sorting.metric().equals(now.metric()))) {
        column.setSortType(
            now.reverse() ? TableColumn.SortType.DESCENDING : TableColumn.SortType.ASCENDING);
        table.getSortOrder().setAll(List.of(column));
      }
    }
    rebuilding = false;
    units();
  }

  private String text(String metric, MetricScore score) {
    String value = Formats.metric(metric, score.getMetric().getUnit(), score.getScore());
    boolean inHeader = score.getMetric().getUnit().isEmpty() || !model.unit(metric).isEmpty();
    return inHeader || Double.isNaN(score.getScore())
        ? value
        : value + " " + score.getMetric().getUnit();
  }

  /** The unit of a metric stands in the header where all listed scores share it. */
  private void units() {
    for (TableColumn<ModelScore, ?> column : table.getColumns()) {
      if (column.getUserData() instanceof Sorting sorting
          && column.getId() != null
          && column.getId().startsWith("leaderboard-metric-")) {
        String unit = model.unit(sorting.metric());
        String title = model.title(sorting.metric());
        column.setText(unit.isEmpty() ? title : title + ", " + unit);
      }
    }
  }

  private TableColumn<ModelScore, ModelScore> words(
      String title, double width, ScoreOrder order, Function<ModelScore, String> words) {
    TableColumn<ModelScore, ModelScore> column = column(title, width, words, false);
    column.setUserData(new Sorting(order, ""));
    return column;
  }

  private static TableColumn<ModelScore, ModelScore> column(
      String title, double width, Function<ModelScore, String> words, boolean number) {
    TableColumn<ModelScore, ModelScore> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    column.setPrefWidth(width);
    if (number) {
      column.getStyleClass().add("number");
    }
    column.setCellFactory(
        c ->
            new TableCell<>() {
              private final Tooltip tip = new Tooltip();

              {
                if (number) {
                  getStyleClass().add("number");
                }
              }

              @Override
              protected void updateItem(ModelScore score, boolean empty) {
                super.updateItem(score, empty);
                boolean shown = !empty && score != null;
                setText(shown ? words.apply(score) : null);
                if (shown) {
                  tip.setText(
                      score.getRun()
                          + "\n"
                          + Formats.absolute(Formats.instant(score.getCreateTime()))
                          + "\n"
                          + Formats.count(score.getScoredRows())
                          + " rows scored");
                }
                setTooltip(shown ? tip : null);
              }
            });
    return column;
  }

  private TableColumn<ModelScore, ModelScore> skill() {
    TableColumn<ModelScore, ModelScore> column = new TableColumn<>("Skill");
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    column.setPrefWidth(BAR + 80);
    column.getStyleClass().add("number");
    column.setUserData(new Sorting(ScoreOrder.SCORE_ORDER_METRIC, "skill"));
    column.setCellFactory(c -> new SkillCell());
    return column;
  }

  /** Skill as a bar from the baseline's zero, with its interval: right and green is better than the baseline. */
  private final class SkillCell extends TableCell<ModelScore, ModelScore> {
    private final Region bar = new Region();
    private final Region axis = new Region();
    private final Region whisker = new Region();
    private final Pane track = new Pane(axis, bar, whisker);
    private final Label number = new Label();
    private final HBox box = new HBox(8, track, number);

    SkillCell() {
      getStyleClass().add("number");
      axis.getStyleClass().add("gain-axis");
      whisker.getStyleClass().add("score-interval");
      for (Node each : track.getChildren()) {
        each.setManaged(false);
      }
      track.setMinSize(BAR, 16);
      track.setMaxSize(BAR, 16);
      number.setMinWidth(48);
      number.setAlignment(Pos.CENTER_RIGHT);
      box.setAlignment(Pos.CENTER_RIGHT);
    }

    @Override
    protected void updateItem(ModelScore score, boolean empty) {
      super.updateItem(score, empty);
      setText(null);
      setGraphic(null);
      if (empty || score == null) {
        return;
      }
      double skill = LeaderboardViewModel.skill(score);
      if (Double.isNaN(skill)) {
        setText(Formats.NOTHING);
        return;
      }
      double[] range = range();
      double zero = at(0, range);
      double end = at(skill, range);
      axis.resizeRelocate(zero, 0, 1, 16);
      bar.getStyleClass().setAll(skill >= 0 ? "gain" : "loss");
      bar.resizeRelocate(Math.min(zero, end), 4, Math.max(1, Math.abs(end - zero)), 8);
      MetricScore metric = LeaderboardViewModel.metric(score, "skill").orElseThrow();
      boolean known = metric.hasInterval() && !Double.isNaN(metric.getInterval().getLow());
      whisker.setVisible(known);
      if (known) {
        double low = at(metric.getInterval().getLow(), range);
        double high = at(metric.getInterval().getHigh(), range);
        whisker.resizeRelocate(low, 7, Math.max(1, high - low), 2);
      }
      number.setText(Formats.fixed(skill, 3));
      setGraphic(box);
    }

    /** Of the skills that are listed; one that is far below zero does not squeeze all others. */
    private double[] range() {
      double least = 0;
      double most = 0.05;
      for (ModelScore each : table.getItems()) {
        double skill = LeaderboardViewModel.skill(each);
        if (Double.isFinite(skill)) {
          least = Math.min(least, skill);
          most = Math.max(most, skill);
          most =
              Math.max(
                  most,
                  LeaderboardViewModel.metric(each, "skill")
                      .map(metric -> metric.getInterval().getHigh())
                      .filter(Double::isFinite)
                      .orElse(0.0));
        }
      }
      return new double[] {Math.max(least, -most), most};
    }

    private double at(double skill, double[] range) {
      return BAR * Math.clamp((skill - range[0]) / (range[1] - range[0]), 0, 1);
    }
  }

  private void openRun() {
    ModelScore one = table.getSelectionModel().getSelectedItem();
    if (one != null) {
      editors.results(one.getRun());
    }
  }

  private void openModel() {
    ModelScore one = table.getSelectionModel().getSelectedItem();
    if (one != null && !one.getArchive().isEmpty()) {
      editors.model(one.getArchive());
    }
  }

  private void copy() {
    List<ModelScore> chosen = List.copyOf(table.getSelectionModel().getSelectedItems());
    clip(model.table(chosen.size() > 1 ? chosen : List.copyOf(model.scores())));
  }

  private void clip(String words) {
    ClipboardContent content = new ClipboardContent();
    content.putString(words);
    Clipboard.getSystemClipboard().setContent(content);
    notifications.show(NotificationService.Kind.SUCCESS, "Copied");
  }

  // ---- comparison ----

  private Node comparisonPane() {
    comparison.setItems(model.lines());
    comparison.setId("leaderboard-comparison");
    comparison.setFixedCellSize(28);
    comparison.setPlaceholder(new Label());
    comparison.setOnKeyPressed(
        event -> {
          if (COPY.match(event)) {
            clip(model.comparisonTable());
            event.consume();
          }
        });
    Label heading = new Label("Compared");
    heading.getStyleClass().add("section-title");
    differences.getStyleClass().add("muted");
    differences.setId("leaderboard-differences");
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    Button copy = new Button("Copy", Icons.of("fth-copy", 14));
    copy.getStyleClass().addAll("flat", "small");
    copy.setOnAction(event -> clip(model.comparisonTable()));
    HBox head = new HBox(12, heading, differences, gap, copy);
    head.setAlignment(Pos.CENTER_LEFT);
    VBox.setVgrow(comparison, Priority.ALWAYS);
    VBox box = new VBox(8, head, comparison);
    box.getStyleClass().add("page");
    model.comparisonProperty().subscribe(found -> showComparison());
    model
        .comparisonErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                notifications.show(NotificationService.Kind.ERROR, error);
              }
            });
    return box;
  }

  private void showComparison() {
    var found = model.comparisonProperty().get();
    if (found == null) {
      split.getItems().remove(comparisonPane);
      return;
    }
    List<TableColumn<Line, Line>> columns = new ArrayList<>();
    columns.add(line("", 220, Line::name, -1));
    for (int i = 0; i < found.getScoresCount(); i++) {
      int at = i;
      columns.add(
          line(
              model.labels().get(i),
              300,
              each -> at < each.values().size() ? each.values().get(at) : "",
              at));
    }
    comparison.getColumns().setAll(columns);
    int count = found.getDifferencesCount();
    differences.setText(
        found.getScoresCount()
            + " models; "
            + (count == 0
                ? "nothing differs in their experiments"
                : count + (count == 1 ? " parameter differs" : " parameters differ")));
    if (!split.getItems().contains(comparisonPane)) {
      split.getItems().add(comparisonPane);
      split.setDividerPositions(0.55);
    }
  }

  private static TableColumn<Line, Line> line(
      String title, double width, Function<Line, String> words, int index) {
    TableColumn<Line, Line> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    column.setPrefWidth(width);
    column.setSortable(false);
    column.setCellFactory(
        c ->
            new TableCell<>() {
              @Override
              protected void updateItem(Line line, boolean empty) {
                super.updateItem(line, empty);
                getStyleClass().removeAll("best-score", "muted");
                boolean shown = !empty && line != null;
                String text = shown ? words.apply(line).replace('\n', ' ') : null;
                setText(shown && text.isEmpty() ? Formats.NOTHING : text);
                setTooltip(shown && text.length() > 30 ? new Tooltip(text) : null);
                if (shown && index >= 0 && line.best() == index) {
                  getStyleClass().add("best-score");
                } else if (shown && index < 0) {
                  getStyleClass().add("muted");
                }
              }
            });
    return column;
  }
}
