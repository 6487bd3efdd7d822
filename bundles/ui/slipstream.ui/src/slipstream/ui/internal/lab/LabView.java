package slipstream.ui.internal.lab;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.animation.PauseTransition;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.eclipse.e4.ui.di.Focus;
import org.eclipse.e4.ui.di.PersistState;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.Correlation;
import slipstream.proto.v1.ExpressionFunction;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.proto.v1.ExpressionResult;
import slipstream.proto.v1.FunctionArgument;
import slipstream.proto.v1.InstrumentCoverage;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.Series;
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
  private static final Duration QUIET = Duration.millis(120);
  private static final int WORST = 8;

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
    model =
        new LabViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    BorderPane page = new BorderPane();
    StatePane state = new StatePane(page);
    parent.setCenter(state);
    model
        .aboutProperty()
        .subscribe(
            about -> {
              if (about != null) {
                build(page);
                state.showContent();
                model.expressionProperty().set(saved(EXPRESSION));
                model.targetProperty().set(saved(TARGET));
              }
            });
    model
        .loadErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError(
                    "The lab cannot open '" + model.dataset() + "'", error, model::load);
              }
            });
    state.showLoading();
    model.load();
  }

  private String saved(String key) {
    return part.getPersistedState().getOrDefault(key, "");
  }

  @PersistState
  void save() {
    part.getPersistedState().put(EXPRESSION, model.expressionProperty().get());
    part.getPersistedState().put(TARGET, model.targetProperty().get());
  }

  @Focus
  void focus() {
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
            model.expressionProperty(),
            () -> model.aboutProperty().get().getColumnsList(),
            model::functions);
    target =
        new ExpressionField(
            "lab-target",
            model.targetProperty(),
            () -> model.aboutProperty().get().getColumnsList(),
            model::functions);
    PauseTransition quiet = new PauseTransition(QUIET);
    quiet.setOnFinished(event -> model.evaluate());
    model.expressionProperty().subscribe((before, now) -> quiet.playFromStart());
    model.targetProperty().subscribe((before, now) -> quiet.playFromStart());
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
    plot.setMinHeight(180);
    profile = new ProfilePane(themes);
    results = new StatePane(results());
    results.showEmpty(
        "fth-sliders",
        "Type an expression",
        "Columns and functions complete as you type. Values, distribution, coverage, correlation and cost appear here.",
        null,
        () -> {});
    ScrollPane help = new ScrollPane(documentation);
    help.setFitToWidth(true);
    help.getStyleClass().add("edge-to-edge");
    documentation.getStyleClass().add("page");
    SplitPane split = new SplitPane(results, help);
    split.setDividerPositions(0.74);
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
    Label about =
        new Label(
            model.dataset()
                + ", "
                + Formats.count(model.aboutProperty().get().getRows())
                + " rows, "
                + Formats.count(model.aboutProperty().get().getInstruments())
                + " instruments");
    about.getStyleClass().add("muted");
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    MenuButton add = new MenuButton("Add to experiment", Icons.of("fth-plus", 14));
    add.setId("lab-add");
    add.getStyleClass().add("accent");
    add.setOnShowing(
        event -> {
          add.getItems().clear();
          for (MPart each : editors.openExperiments()) {
            MenuItem item = new MenuItem(each.getLabel());
            item.setMnemonicParsing(false);
            item.setOnAction(chosen -> add(each));
            add.getItems().add(item);
          }
          if (add.getItems().isEmpty()) {
            MenuItem none = new MenuItem("Open an experiment first");
            none.setDisable(true);
            add.getItems().add(none);
          }
        });
    add.getItems().add(new MenuItem(""));
    HBox header = new HBox(12, title, about, gap, add);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private void add(MPart experiment) {
    String text = model.expressionProperty().get().strip();
    if (text.isEmpty() || model.problemProperty().get() != null) {
      notifications.show(
          NotificationService.Kind.WARNING, "The expression is not ready: " + problem.getText());
      return;
    }
    Optional<String> name =
        dialogs.ask("Add to " + experiment.getLabel(), "Name of the feature", suggestedName(text));
    if (name.isPresent() && experiment.getObject() instanceof ExperimentView view) {
      view.addFeature(name.get(), text);
      editors.experiment(experiment.getPersistedState().get(Editors.INPUT));
      notifications.show(
          NotificationService.Kind.SUCCESS,
          "Feature " + name.get() + " was added; it is saved with the experiment");
    }
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
    Label first = new Label("Expression");
    Label second = new Label("Target");
    second.setTooltip(
        new javafx.scene.control.Tooltip(
            "What the expression is correlated with; it may look ahead, as lead(…) does"));
    for (Label each : List.of(first, second)) {
      each.setMinWidth(76);
    }
    GridPane.setHgrow(expression, Priority.ALWAYS);
    GridPane.setHgrow(target, Priority.ALWAYS);
    grid.addRow(0, first, expression, instruments);
    grid.addRow(1, second, target);
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

  private Node results() {
    figures.setHgap(24);
    figures.setVgap(2);
    figures.setId("lab-figures");
    Label values = section("Values over time");
    VBox left = new VBox(8, figures, values, plot);
    VBox.setVgrow(plot, Priority.ALWAYS);
    Label distribution = section("Distribution");
    Label known = section("Lowest coverage by instrument");
    VBox right = new VBox(8, distribution, profile, known, coverage);
    right.setMinWidth(300);
    right.setPrefWidth(320);
    left.setMinWidth(320);
    HBox.setHgrow(left, Priority.ALWAYS);
    HBox both = new HBox(24, left, right);
    both.getStyleClass().add("lab-results");
    ScrollPane scroll = new ScrollPane(both);
    scroll.setFitToWidth(true);
    scroll.setFitToHeight(true);
    scroll.getStyleClass().add("edge-to-edge");
    return scroll;
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
            : (wrong.getWhere().equals("target") ? "Target: " : "")
                + wrong.getMessage()
                + " (column "
                + (wrong.getFrom() + 1)
                + ")"
                + (wrong.getRemedy().isEmpty() ? "" : ". " + wrong.getRemedy()));
  }

  private void show(ExpressionResult result) {
    if (result == null) {
      status.setText("");
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
