package slipstream.ui.internal.lab;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javafx.animation.PauseTransition;
import javafx.beans.binding.Bindings;
import javafx.collections.FXCollections;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import javafx.util.StringConverter;
import org.eclipse.e4.ui.di.Focus;
import org.eclipse.e4.ui.di.PersistState;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Correlation;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.ExpressionFunction;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.proto.v1.ExpressionResult;
import slipstream.proto.v1.FunctionArgument;
import slipstream.proto.v1.InstrumentCoverage;
import slipstream.proto.v1.NamedExpression;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.Series;
import slipstream.proto.v1.SeriesKind;
import slipstream.ui.internal.Completion;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.TimeSeriesPlot;
import slipstream.ui.internal.dataset.InstrumentPicker;
import slipstream.ui.internal.dataset.ProfilePane;
import slipstream.ui.internal.experiment.ExperimentView;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** The feature lab: an expression, and at once what it gives, how often, how it goes with a target, and what it costs. */
public final class LabView {
  private static final String EXPRESSION = "expression";
  private static final String TARGET = "target";
  private static final String KIND = "kind";
  private static final Duration QUIET = Duration.millis(120);
  private static final int WORST = 8;

  /** Widths from which there is room for results beside each other, and for help beside them. */
  private static final double SIDE_BY_SIDE_FROM = 680;

  private static final double HELP_FROM = 860;
  private static final double STATISTICS_WIDTH = 340;
  private static final double PLOT_HEIGHT = 120;

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private ThemeService themes;
  @Inject private Editors editors;
  @Inject private DialogService dialogs;
  @Inject private NotificationService notifications;
  @Inject private MPart part;

  private LabViewModel model;
  private ExpressionField expression;
  private ExpressionField target;
  private TimeSeriesPlot plot;
  private ProfilePane profile;
  private final Label problem = new Label();
  private final Label status = new Label();
  private final ProgressBar bar = new ProgressBar(0);
  private final GridPane figures = new GridPane();
  private final VBox coverage = new VBox(2);
  private final VBox documentation = new VBox(6);
  private StatePane results;

  @PostConstruct
  void create(BorderPane parent) {
    String input = part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel());
    model =
        Editors.experimentOf(input)
            .map(
                experiment ->
                    LabViewModel.onExperiment(
                        experiment, () -> unsaved(experiment), services, executor))
            .orElseGet(() -> LabViewModel.onDataset(input, services, executor));
    BorderPane page = new BorderPane();
    StatePane state = new StatePane(page);
    parent.setCenter(state);
    model
        .aboutProperty()
        .subscribe(
            about -> {
              if (about != null && expression == null) {
                if (!saved(TARGET).isEmpty()) {
                  model.targetProperty().set(saved(TARGET));
                }
                build(page);
                state.showContent();
                model.kindProperty().set(SeriesKind.forNumber(Integer.parseInt(saved(KIND, "1"))));
                model.expressionProperty().set(saved(EXPRESSION, ""));
                expression.area().requestFocus();
              }
            });
    model
        .loadErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("The lab cannot open '" + model.title() + "'", error, model::load);
              }
            });
    state.showLoading();
    model.load();
  }

  private Optional<String> unsaved(String experiment) {
    return editors
        .openExperiment(experiment)
        .map(MPart::getObject)
        .filter(ExperimentView.class::isInstance)
        .flatMap(view -> ((ExperimentView) view).text());
  }

  private String saved(String key) {
    return saved(key, "");
  }

  private String saved(String key, String otherwise) {
    return part.getPersistedState().getOrDefault(key, otherwise);
  }

  @PersistState
  void save() {
    part.getPersistedState().put(EXPRESSION, model.expressionProperty().get());
    part.getPersistedState().put(TARGET, model.targetProperty().get());
    part.getPersistedState().put(KIND, String.valueOf(model.kindProperty().get().getNumber()));
  }

  @Focus
  void focus() {
    model.refresh();
    if (expression != null) {
      expression.area().requestFocus();
    }
  }

  @PreDestroy
  void close() {
    model.close();
  }

  // ------------------------------------------------------------------- parts

  private void build(BorderPane page) {
    expression =
        new ExpressionField(
            "lab-expression",
            "An expression over columns and series, such as " + examples()[0],
            model.expressionProperty(),
            this::names,
            model::functions);
    target =
        new ExpressionField(
            "lab-target",
            "What to correlate it with; may look ahead: " + examples()[1],
            model.targetProperty(),
            this::names,
            model::functions);
    for (ExpressionField field : List.of(expression, target)) {
      field.addEventFilter(
          KeyEvent.KEY_PRESSED,
          event -> {
            if (event.isShortcutDown() && event.getCode() == KeyCode.ENTER) {
              event.consume();
              addToOwn();
            }
          });
    }
    PauseTransition quiet = new PauseTransition(QUIET);
    quiet.setOnFinished(event -> model.evaluate());
    model.expressionProperty().subscribe((before, now) -> quiet.playFromStart());
    model.targetProperty().subscribe((before, now) -> quiet.playFromStart());
    model.kindProperty().subscribe((before, now) -> quiet.playFromStart());
    InstrumentPicker instruments = new InstrumentPicker(model.dataset(), services, executor, false);
    instruments
        .chosenProperty()
        .subscribe(
            (before, now) -> {
              model.instrumentProperty().set(now);
              model.evaluate();
            });
    page.setTop(new VBox(header(), inputs(instruments)));
    plot = new TimeSeriesPlot(themes.themeProperty(), LabView::time);
    plot.setId("lab-plot");
    profile = new ProfilePane(themes);
    results = new StatePane(results());
    empty();
    ScrollPane help = new ScrollPane(documentation);
    help.setFitToWidth(true);
    help.getStyleClass().add("edge-to-edge");
    documentation.getStyleClass().add("page");
    SplitPane split = new SplitPane(results, help);
    split.setDividerPositions(0.74);
    // Where there is no room for both, what was asked for comes first.
    split
        .widthProperty()
        .subscribe(
            width -> {
              boolean wide = width.doubleValue() >= HELP_FROM;
              if (wide != split.getItems().contains(help) && width.doubleValue() > 0) {
                split.getItems().setAll(wide ? List.of(results, help) : List.of(results));
                split.setDividerPositions(0.74);
              }
            });
    SplitPane.setResizableWithParent(help, false);
    split.getStyleClass().add("editor-split");
    page.setCenter(split);
    expression.area().caretPositionProperty().addListener((p, o, n) -> document());
    expression.area().textProperty().addListener((p, o, n) -> document());
    model.functions().addListener((javafx.beans.Observable o) -> document());
    document();
    model.resultProperty().subscribe(this::show);
    model.problemProperty().subscribe(this::show);
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                results.showError("It cannot be evaluated", error, model::evaluate);
              }
            });
    model.progressProperty().subscribe(this::show);
    model.runningProperty().subscribe(running -> bar.setVisible(running));
  }

  private static String time(long nanos) {
    return java.time.Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
        .toString()
        .replace('T', ' ')
        .replace("Z", "");
  }

  private Node header() {
    Label title = new Label("Feature lab");
    title.getStyleClass().add("page-title");
    Label about = new Label();
    about.setId("lab-about");
    about.getStyleClass().add("muted");
    about
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                this::about,
                model.aboutProperty(),
                model.preparingProperty(),
                model.staleProperty()));
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox header = new HBox(12, title, about, gap, addButton());
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private String about() {
    if (!model.preparingProperty().get().isEmpty()) {
      return model.preparingProperty().get() + "…";
    }
    if (!model.staleProperty().get().isEmpty()) {
      return model.title() + " as it was before: " + model.staleProperty().get();
    }
    Dataset about = model.aboutProperty().get();
    return model.title()
        + (model.experiment().isEmpty() ? ", " : ", prepared: ")
        + Formats.count(about.getRows())
        + " rows, "
        + Formats.count(about.getInstruments())
        + (about.getInstruments() == 1 ? " instrument" : " instruments");
  }

  /** Adds to the lab's own experiment, or to one of those that are open. */
  private ButtonBase addButton() {
    ButtonBase add;
    if (model.experiment().isEmpty()) {
      MenuButton menu = new MenuButton("Add to experiment");
      menu.setOnShowing(event -> menu.getItems().setAll(openExperiments()));
      // An empty menu does not open.
      menu.getItems().add(new MenuItem(""));
      add = menu;
    } else {
      Button button = new Button("Add to " + model.experiment());
      button.setMnemonicParsing(false);
      button.setOnAction(event -> addToOwn());
      button.setTooltip(new Tooltip("Ctrl+Enter"));
      add = button;
    }
    add.setId("lab-add");
    add.setGraphic(Icons.of("fth-plus", 14));
    add.getStyleClass().add("accent");
    add.setMinWidth(Region.USE_PREF_SIZE);
    add.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () ->
                    model.expressionProperty().get().isBlank()
                        || model.problemProperty().get() != null,
                model.expressionProperty(),
                model.problemProperty()));
    return add;
  }

  private List<MenuItem> openExperiments() {
    List<MenuItem> items = new ArrayList<>();
    for (MPart each : editors.openExperiments()) {
      MenuItem item = new MenuItem(each.getLabel());
      item.setMnemonicParsing(false);
      item.setOnAction(chosen -> add(each));
      items.add(item);
    }
    if (items.isEmpty()) {
      MenuItem none = new MenuItem("Open an experiment first");
      none.setDisable(true);
      items.add(none);
    }
    return items;
  }

  private void addToOwn() {
    if (!model.experiment().isEmpty()) {
      MPart open =
          editors
              .openExperiment(model.experiment())
              .orElseGet(() -> editors.experiment(model.experiment()));
      add(open);
    }
  }

  private void add(MPart experiment) {
    String text = model.expressionProperty().get().strip();
    if (text.isEmpty() || model.problemProperty().get() != null) {
      notifications.show(
          NotificationService.Kind.WARNING, "The expression is not ready: " + problem.getText());
      return;
    }
    SeriesKind kind = model.kindProperty().get();
    Optional<String> name =
        dialogs.ask(
            "Add to " + experiment.getLabel(), "Name of the " + word(kind), suggestedName(text));
    if (name.isEmpty()) {
      return;
    }
    if (!(experiment.getObject() instanceof ExperimentView)) {
      // A tab of an earlier session that was not looked at yet.
      editors.experiment(experiment.getPersistedState().get(Editors.INPUT));
    }
    if (experiment.getObject() instanceof ExperimentView view) {
      view.addSeries(group(kind), name.get(), text);
      notifications.show(
          NotificationService.Kind.SUCCESS,
          "'"
              + name.get()
              + "' was added to "
              + experiment.getLabel()
              + "; it is saved with the experiment");
      model.refresh();
    }
  }

  private static String word(SeriesKind kind) {
    return switch (kind) {
      case SERIES_KIND_GIVEN -> "given";
      case SERIES_KIND_TARGET -> "target";
      default -> "feature";
    };
  }

  /** The experiment's key for series of a kind. */
  private static String group(SeriesKind kind) {
    return switch (kind) {
      case SERIES_KIND_GIVEN -> "given";
      case SERIES_KIND_TARGET -> "targets";
      default -> "features";
    };
  }

  /** What completes: columns, then the experiment's series. */
  private List<Completion.Item> names() {
    List<Completion.Item> items = new ArrayList<>();
    for (NamedExpression each : model.series()) {
      items.add(
          new Completion.Item(
              each.getName(), each.getName(), word(each.getKind()) + ", " + each.getExpression()));
    }
    for (Column column : model.aboutProperty().get().getColumnsList()) {
      items.add(
          new Completion.Item(
              quoted(column.getName()),
              column.getName(),
              column.getUnit().isEmpty() ? "column" : "column, " + column.getUnit()));
    }
    return items;
  }

  private static String quoted(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*") ? name : '`' + name + '`';
  }

  /** An expression and a target over a column that there is: of what is likeliest a price. */
  private String[] examples() {
    List<String> numbers =
        model.aboutProperty().get().getColumnsList().stream()
            .filter(each -> each.getType().startsWith("FLOAT"))
            .map(Column::getName)
            .toList();
    String price =
        Stream.of("close", "price", "mid", "mid_price", "px", "last", "bid", "bid_price")
            .filter(numbers::contains)
            .findFirst()
            .orElse(numbers.isEmpty() ? "x" : quoted(numbers.getFirst()));
    return new String[] {
      "mean(" + price + ", 20) / " + price + " - 1", "1e4 * lead(logret(" + price + ", 5), 5)"
    };
  }

  private void empty() {
    String example = examples()[0];
    results.showEmpty(
        "fth-sliders",
        "Type an expression",
        "Names complete as you type (Ctrl+Space lists all). Values, distribution, coverage, correlation with the"
            + " target and cost appear here at every key"
            + (model.experiment().isEmpty() ? "." : "; Ctrl+Enter adds it to the experiment."),
        "Try " + example,
        () -> {
          model.expressionProperty().set(example);
          expression.area().requestFocus();
        });
  }

  /** The words of the expression joined: {@code mean(price, 20)} gives {@code mean_price_20}. */
  static String suggestedName(String expression) {
    Matcher words = Pattern.compile("[A-Za-z0-9]+").matcher(expression);
    StringBuilder name = new StringBuilder();
    while (words.find() && name.length() < 40) {
      name.append(name.isEmpty() ? "" : "_").append(words.group());
    }
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "x_" + name : name.toString();
  }

  private Node inputs(InstrumentPicker instruments) {
    GridPane grid = new GridPane();
    grid.setHgap(12);
    grid.setVgap(6);
    Label second = new Label("Target");
    second.setTooltip(
        new Tooltip("What the expression is correlated with; it may look ahead, as lead(…) does"));
    second.setMinWidth(Region.USE_PREF_SIZE);
    GridPane.setHgrow(expression, Priority.ALWAYS);
    GridPane.setHgrow(target, Priority.ALWAYS);
    grid.addRow(0, kindChoice(), expression, instruments);
    grid.addRow(1, second, target, model.experiment().isEmpty() ? new Region() : seriesMenu());
    problem.setId("lab-problem");
    problem.getStyleClass().add("filter-error");
    problem.setWrapText(true);
    problem.managedProperty().bind(problem.visibleProperty());
    problem.visibleProperty().bind(problem.textProperty().isNotEmpty());
    grid.add(problem, 1, 2);
    bar.setPrefWidth(120);
    bar.setMaxHeight(6);
    bar.setVisible(false);
    status.setId("lab-status");
    status.getStyleClass().add("muted");
    HBox line = new HBox(8, status, bar);
    line.setAlignment(Pos.CENTER_LEFT);
    line.setMinHeight(18);
    grid.add(line, 1, 3);
    grid.getStyleClass().add("filter-bar");
    return grid;
  }

  /** What the expression is to be; on a dataset it is a feature. */
  private Node kindChoice() {
    if (model.experiment().isEmpty()) {
      Label label = new Label("Expression");
      label.setMinWidth(Region.USE_PREF_SIZE);
      return label;
    }
    ComboBox<SeriesKind> choice =
        new ComboBox<>(
            FXCollections.observableArrayList(
                SeriesKind.SERIES_KIND_FEATURE,
                SeriesKind.SERIES_KIND_GIVEN,
                SeriesKind.SERIES_KIND_TARGET));
    choice.setId("lab-kind");
    choice.setConverter(
        new StringConverter<>() {
          @Override
          public String toString(SeriesKind kind) {
            String word = kind == null ? "" : word(kind);
            return word.isEmpty() ? "" : Character.toUpperCase(word.charAt(0)) + word.substring(1);
          }

          @Override
          public SeriesKind fromString(String text) {
            throw new UnsupportedOperationException();
          }
        });
    choice.valueProperty().bindBidirectional(model.kindProperty());
    choice.setMinWidth(Region.USE_PREF_SIZE);
    choice.setTooltip(
        new Tooltip(
            "A feature sees the past only; a given is chosen with the order and a target is predicted: both may look"
                + " ahead"));
    return choice;
  }

  /** The experiment's series, to look at one or to start from it. */
  private MenuButton seriesMenu() {
    MenuButton menu = new MenuButton("Series");
    menu.setId("lab-series");
    menu.setMaxWidth(Double.MAX_VALUE);
    menu.setTooltip(new Tooltip("Look at a series of " + model.experiment()));
    menu.getItems().add(new MenuItem(""));
    menu.setOnShowing(
        event -> {
          menu.getItems().clear();
          SeriesKind before = null;
          for (NamedExpression each : model.series()) {
            if (before != null && before != each.getKind()) {
              menu.getItems().add(new SeparatorMenuItem());
            }
            before = each.getKind();
            MenuItem item = new MenuItem(each.getName() + "   " + word(each.getKind()));
            item.setMnemonicParsing(false);
            item.setOnAction(
                chosen -> {
                  model.kindProperty().set(each.getKind());
                  model.expressionProperty().set(each.getExpression());
                  expression.area().requestFocus();
                });
            menu.getItems().add(item);
          }
        });
    return menu;
  }

  private Node results() {
    figures.setHgap(24);
    figures.setVgap(2);
    figures.setId("lab-figures");
    Label values = section("Values over time");
    VBox left = new VBox(8, figures, values, plot);
    left.setMinWidth(0);
    left.getStyleClass().add("lab-results");
    VBox.setVgrow(plot, Priority.ALWAYS);
    HBox.setHgrow(left, Priority.ALWAYS);
    plot.setMinHeight(PLOT_HEIGHT);
    Label distribution = section("Distribution");
    Label known = section("Lowest coverage by instrument");
    VBox right = new VBox(8, distribution, profile, known, coverage);
    right.setMinHeight(Region.USE_PREF_SIZE);
    right.getStyleClass().add("lab-results");
    ScrollPane scroll = new ScrollPane();
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    BorderPane page = new BorderPane();
    // The plot fills what the window has and the statistics scroll beside it; where there is no
    // room beside it, all
    // scroll. Nothing is squeezed.
    page.widthProperty()
        .map(width -> width.doubleValue() >= SIDE_BY_SIDE_FROM)
        .orElse(true)
        .subscribe(
            wide -> {
              page.setCenter(null);
              page.setRight(null);
              if (wide) {
                scroll.setContent(right);
                scroll.setPrefWidth(STATISTICS_WIDTH);
                page.setCenter(left);
                page.setRight(scroll);
              } else {
                scroll.setContent(new VBox(left, right));
                scroll.setPrefWidth(Region.USE_COMPUTED_SIZE);
                page.setCenter(scroll);
              }
            });
    return page;
  }

  private static Label section(String text) {
    Label label = new Label(text);
    label.getStyleClass().add("section-title");
    return label;
  }

  // ------------------------------------------------------------------ results

  private void show(Progress progress) {
    if (progress != null && progress.getTotal() > 0) {
      bar.setProgress((double) progress.getDone() / progress.getTotal());
    }
  }

  private void show(ExpressionProblem wrong) {
    expression.mark(wrong != null && wrong.getWhere().isEmpty() ? wrong : null);
    target.mark(wrong != null && wrong.getWhere().equals("target") ? wrong : null);
    problem.setText(
        wrong == null
            ? ""
            : (wrong.getWhere().isEmpty()
                    ? ""
                    : wrong.getWhere().equals("target")
                        ? "Target: "
                        : "Series '" + wrong.getWhere() + "': ")
                + wrong.getMessage()
                + " (column "
                + (wrong.getFrom() + 1)
                + ")"
                + (wrong.getRemedy().isEmpty() ? "" : ". " + wrong.getRemedy()));
  }

  private void show(ExpressionResult result) {
    if (result == null) {
      status.setText("");
      empty();
      return;
    }
    status.setText(
        result.getComplete()
            ? "All "
                + Formats.count(result.getRows())
                + " rows in "
                + Formats.fixed(result.getSeconds(), 2)
                + " s"
            : "A sample: "
                + Formats.count(result.getRows())
                + " rows of "
                + Formats.count(result.getInstruments())
                + (result.getInstruments() == 1 ? " instrument" : " instruments")
                + "; all rows follow");
    figures.getChildren().clear();
    figure(0, "Coverage", share(result.getProfile().getKnown(), result.getProfile().getRows()));
    figure(
        1,
        "Cost, ms per million rows",
        Double.isNaN(result.getNanosPerRow())
            ? Formats.NOTHING
            : Formats.quantity(result.getNanosPerRow()));
    if (result.hasCorrelation()) {
      Correlation correlation = result.getCorrelation();
      figure(2, "Pearson", Formats.fixed3(correlation.getPearson()));
      figure(3, "Spearman", Formats.fixed3(correlation.getSpearman()));
      Label note =
          new Label(
              "With the target on "
                  + Formats.count(correlation.getRows())
                  + " rows"
                  + (correlation.getLooksAhead().isEmpty()
                      ? ". The target does not look ahead: this is no prediction."
                      : "; it looks "
                          + correlation.getLooksAhead()
                          + " ahead. In sample, overlapping rows count as independent.")
                  + (correlation.getSpearmanSampledEvery() > 1
                      ? " Ranks of every " + correlation.getSpearmanSampledEvery() + "th row."
                      : ""));
      note.getStyleClass().add("field-help");
      note.setWrapText(true);
      figures.add(note, 0, 2, 4, 1);
    }
    if (result.getSeries().getSeriesCount() > 0) {
      Series series = result.getSeries().getSeries(0);
      plot.show(
          result.getSeries().getInstrument(),
          "",
          result.getSeries().getHasTime(),
          series.getTimesList().stream().mapToLong(Long::longValue).toArray(),
          series.getValuesList().stream().mapToDouble(Double::doubleValue).toArray(),
          0);
      plot.setWindow(
          new TimeSeriesPlot.Window(
              result.getSeries().getFrom(),
              Math.max(result.getSeries().getTo(), result.getSeries().getFrom() + 1)));
    }
    model.setPixels(plot.pixels());
    profile.show(result.getProfile(), result.getComplete() ? "" : "in the sample");
    coverage.getChildren().clear();
    Label summary =
        new Label(
            Formats.count(result.getInstrumentsFull())
                + " of "
                + Formats.count(result.getInstruments())
                + " instruments have all values, "
                + Formats.count(result.getInstrumentsUnknown())
                + " have none");
    summary.getStyleClass().add("muted");
    summary.setWrapText(true);
    coverage.getChildren().add(summary);
    for (InstrumentCoverage each : result.getCoverageList().stream().limit(WORST).toList()) {
      Label name = new Label(each.getInstrument().isEmpty() ? "All rows" : each.getInstrument());
      Region gap = new Region();
      HBox.setHgrow(gap, Priority.ALWAYS);
      Label value = new Label(share(each.getKnown(), each.getRows()));
      value.getStyleClass().add("mono");
      coverage.getChildren().add(new HBox(8, name, gap, value));
    }
    results.showContent();
  }

  private static String share(long part, long of) {
    if (of == 0) {
      return Formats.NOTHING;
    }
    // What is not all must not read as all.
    double share = Math.floor(1e4 * part / of) / 100;
    return Formats.fixed(share, 2) + "%";
  }

  private void figure(int column, String name, String value) {
    Label label = new Label(name);
    label.getStyleClass().add("muted");
    Label shown = new Label(value);
    shown.getStyleClass().add("figure");
    figures.add(label, column, 0);
    figures.add(shown, column, 1);
  }

  // ------------------------------------------------------------ documentation

  /** Shows the function at the caret, with the argument that is being written. */
  private void document() {
    String text = expression.area().getText();
    int caret = expression.area().getCaretPosition();
    String name = LabViewModel.functionAt(text, caret);
    ExpressionFunction function =
        model.functions().stream()
            .filter(each -> each.getName().equals(name))
            .findFirst()
            .orElse(null);
    documentation.getChildren().clear();
    if (function == null) {
      Label hint =
          new Label(
              "Put the caret into a function to read about it. Ctrl+Space lists columns and functions.");
      hint.getStyleClass().add("muted");
      hint.setWrapText(true);
      documentation.getChildren().add(hint);
      return;
    }
    Label usage = new Label(function.getUsage());
    usage.getStyleClass().addAll("mono", "card-title");
    usage.setWrapText(true);
    documentation.getChildren().add(usage);
    paragraph("", function.getSummary());
    int argument = LabViewModel.argumentAt(text, caret);
    for (int i = 0; i < function.getArgumentsCount(); i++) {
      FunctionArgument each = function.getArguments(i);
      Label line =
          new Label((i == argument ? "▸ " : "") + each.getName() + ": " + each.getAllowed());
      line.setWrapText(true);
      line.getStyleClass().add(i == argument ? "card-title" : "field-help");
      documentation.getChildren().add(line);
    }
    paragraph("Formula", function.getFormula());
    paragraph("Unit", function.getUnit());
    paragraph("Unknown values", function.getNullRule());
    paragraph("Source", function.getSource());
    if (function.getLooksAhead()) {
      paragraph("Looks ahead", "For targets and givens; features may not use it.");
    }
  }

  private void paragraph(String title, String text) {
    if (text.isEmpty()) {
      return;
    }
    if (!title.isEmpty()) {
      Label head = new Label(title);
      head.getStyleClass().add("muted");
      documentation.getChildren().add(head);
    }
    Label body = new Label(text);
    body.setWrapText(true);
    documentation.getChildren().add(body);
  }
}
