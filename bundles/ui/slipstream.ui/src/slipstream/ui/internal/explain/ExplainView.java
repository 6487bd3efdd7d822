package slipstream.ui.internal.explain;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.core.store.AtomicFiles;
import slipstream.proto.v1.DependenceCurve;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.Interaction;
import slipstream.proto.v1.ListInteractionsResponse;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.PartialDependence;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.CurvesPlot;
import slipstream.ui.internal.charts.WaterfallPlot;
import slipstream.ui.internal.explain.ExplainViewModel.Input;
import slipstream.ui.internal.explain.ExplainViewModel.Source;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** Why a model predicts what it predicts: a row's inputs, what each adds, and how the prediction depends on it. */
public final class ExplainView {
  private static final int MOST_PAIRS = 10;

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private DialogService dialogs;
  @Inject private NotificationService notifications;
  @Inject private Editors editors;
  @Inject private ThemeService themes;
  @Inject private MPart part;

  private ExplainViewModel model;
  private WaterfallPlot waterfall;
  private CurvesPlot dependence;
  private final Label figure = new Label();
  private final Label about = new Label();
  private final Label method = new Label();
  private final Label dependenceNote = new Label();
  private final GridPane pairs = new GridPane(16, 4);

  @PostConstruct
  void create(BorderPane parent) {
    model =
        new ExplainViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    waterfall = new WaterfallPlot(themes.themeProperty(), model::select);
    waterfall.setId("waterfall");
    dependence = new CurvesPlot(themes.themeProperty());
    dependence.setMinHeight(240);
    SplitPane split = new SplitPane(inputs(), explanation());
    split.getStyleClass().add("editor-split");
    split.setDividerPositions(0.32);
    BorderPane content = new BorderPane(split);
    content.setTop(new VBox(header(), rowBar(), problems()));
    StatePane state = new StatePane(content);
    parent.setCenter(state);
    model
        .loadErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError(
                    "Predictions of '" + model.name() + "' cannot be explained",
                    error,
                    model::load);
              }
            });
    model
        .modelProperty()
        .subscribe(
            loaded -> {
              if (loaded != null) {
                state.showContent();
              }
            });
    model.answerProperty().subscribe(this::show);
    model.selectedProperty().subscribe(waterfall::choose);
    model.selectedProperty().subscribe(input -> showDependence());
    model.dependenceProperty().subscribe(found -> showDependence());
    model.interactionsProperty().subscribe(this::showPairs);
    state.showLoading();
    model.load();
  }

  @PreDestroy
  void close() {
    model.close();
  }

  private Node header() {
    Label title = new Label(model.name());
    title.getStyleClass().add("page-title");
    title.setMinWidth(0);
    Button copy = new Button("Copy", Icons.of("fth-copy", 14));
    copy.setId("explain-copy");
    copy.getStyleClass().add("flat");
    copy.setTooltip(new Tooltip("Inputs, values and contributions, for a spreadsheet"));
    copy.setOnAction(event -> copy());
    Button save = new Button("Save…", Icons.of("fth-file", 14));
    save.getStyleClass().add("flat");
    save.setTooltip(new Tooltip("The same as a CSV file"));
    save.setOnAction(event -> save());
    Button open = new Button("Open model", Icons.of("fth-box", 14));
    open.getStyleClass().add("flat");
    open.setOnAction(event -> editors.model(model.name()));
    for (Button each : List.of(copy, save)) {
      each.disableProperty().bind(model.answerProperty().isNull());
    }
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox header = new HBox(8, title, gap, open, save, copy);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  /** Which row: the source, its number, the ones beside it. */
  private Node rowBar() {
    ComboBox<Source> source = new ComboBox<>(model.sources());
    source.setId("explain-source");
    source.setPrefWidth(200);
    model.sourceProperty().subscribe(source::setValue);
    source.setOnAction(event -> model.show(source.getValue()));
    TextField number = new TextField();
    number.setId("explain-row");
    number.setPrefColumnCount(9);
    number.getStyleClass().add("number");
    number.setPromptText("example");
    model
        .rowNumberProperty()
        .subscribe(now -> number.setText(now.longValue() < 0 ? "" : String.valueOf(now)));
    number.setOnAction(event -> go(number));
    Label total = new Label();
    total.getStyleClass().addAll("muted", "mono");
    total
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    model.totalRowsProperty().get() < 0
                        ? ""
                        : "of " + Formats.count(model.totalRowsProperty().get()),
                model.totalRowsProperty()));
    Button before = new Button("", Icons.of("fth-chevron-left", 14));
    before.setTooltip(new Tooltip("Row before"));
    before.setOnAction(event -> model.step(-1));
    Button after = new Button("", Icons.of("fth-chevron-right", 14));
    after.setId("explain-next");
    after.setTooltip(new Tooltip("Next row"));
    after.setOnAction(event -> model.step(1));
    for (Node each : List.of(number, before, after)) {
      each.disableProperty().bind(model.totalRowsProperty().lessThan(1));
    }
    ComboBox<String> output = new ComboBox<>(model.outputs());
    output.setId("explain-output");
    model.outputProperty().subscribe(output::setValue);
    output.setOnAction(event -> model.showOutput(output.getValue()));
    Label outputLabel = muted("Output");
    for (Node each : List.of(output, outputLabel)) {
      each.visibleProperty().bind(Bindings.size(model.outputs()).greaterThan(1));
      each.managedProperty().bind(each.visibleProperty());
    }
    about.getStyleClass().add("muted");
    about.setMinWidth(0);
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox bar =
        new HBox(
            8,
            muted("Rows of"),
            source,
            muted("Row"),
            before,
            number,
            after,
            total,
            gap,
            about,
            outputLabel,
            output);
    bar.setAlignment(Pos.CENTER_LEFT);
    bar.getStyleClass().add("filter-bar");
    return bar;
  }

  private static Label muted(String text) {
    Label label = new Label(text);
    label.getStyleClass().add("muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  private void go(TextField field) {
    String word = field.getText().strip().replace(",", "");
    try {
      model.showRow(Long.parseLong(word));
    } catch (NumberFormatException e) {
      notifications.show(
          NotificationService.Kind.ERROR,
          "'" + word + "' is not a row's number. Rows count from 0.");
    }
  }

  private Node problems() {
    Label problem = new Label("", Icons.of("fth-alert-circle", 14));
    problem.setId("explain-problem");
    problem.setWrapText(true);
    problem.getStyleClass().add("filter-error");
    problem.textProperty().bind(model.problemProperty());
    problem.visibleProperty().bind(model.problemProperty().isNotEmpty());
    problem.managedProperty().bind(problem.visibleProperty());
    return problem;
  }

  // ---- the row ----

  private Node inputs() {
    TableView<Input> table = new TableView<>(model.inputs());
    table.setId("explain-inputs");
    table.setEditable(true);
    table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
    table.setFixedCellSize(28);
    table.setPlaceholder(new Label("The model needs no inputs"));
    TableColumn<Input, Input> name = column("Input", 150);
    name.setCellFactory(
        column ->
            new TableCell<>() {
              @Override
              protected void updateItem(Input input, boolean empty) {
                super.updateItem(input, empty);
                boolean shown = !empty && input != null;
                setText(shown ? input.name() : null);
                setGraphic(null);
                setTooltip(
                    shown
                        ? new Tooltip(
                            input.given() ? "Chosen by whoever asks" : "Computed from the data")
                        : null);
              }
            });
    TableColumn<Input, Input> value = column("Value", 110);
    value.getStyleClass().add("number");
    value.setEditable(true);
    value.setCellFactory(column -> new ValueCell());
    TableColumn<Input, Input> unit = column("Unit", 80);
    unit.setCellFactory(
        column ->
            new TableCell<>() {
              @Override
              protected void updateItem(Input input, boolean empty) {
                super.updateItem(input, empty);
                setText(empty || input == null ? null : input.unit());
              }
            });
    table.getColumns().add(name);
    table.getColumns().add(value);
    table.getColumns().add(unit);
    table
        .getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            input -> {
              if (input != null) {
                model.select(input.name());
              }
            });
    table.setOnKeyPressed(
        event -> {
          int row = table.getSelectionModel().getSelectedIndex();
          if (row >= 0
              && (event.getCode() == KeyCode.F2 || event.getCode() == KeyCode.ENTER)
              && table.getEditingCell() == null) {
            table.edit(row, value);
            event.consume();
          }
        });
    Label heading = new Label("Inputs");
    heading.getStyleClass().add("section-title");
    heading.setMinWidth(Region.USE_PREF_SIZE);
    Label hint = muted("Enter or a double click changes a value");
    Button reset = new Button("Reset", Icons.of("fth-rotate-ccw", 14));
    reset.setId("explain-reset");
    reset.getStyleClass().addAll("flat", "small");
    reset
        .visibleProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> model.inputs().stream().anyMatch(Input::changed), model.inputs()));
    reset.setOnAction(event -> model.reset());
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    hint.setMinWidth(0);
    HBox head = new HBox(8, heading, hint, gap, reset);
    head.setAlignment(Pos.CENTER_LEFT);
    head.setMinHeight(28);
    VBox.setVgrow(table, Priority.ALWAYS);
    VBox box = new VBox(8, head, table);
    box.getStyleClass().add("page");
    return box;
  }

  private static TableColumn<Input, Input> column(String title, double width) {
    TableColumn<Input, Input> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    column.setPrefWidth(width);
    column.setSortable(false);
    column.setEditable(false);
    return column;
  }

  /** A value that can be typed; Escape leaves it as it was. */
  private final class ValueCell extends TableCell<Input, Input> {
    private final TextField field = new TextField();

    ValueCell() {
      getStyleClass().add("number");
      field.getStyleClass().add("number");
      field.setOnAction(event -> take());
      field.setOnKeyPressed(
          event -> {
            if (event.getCode() == KeyCode.ESCAPE) {
              cancelEdit();
              event.consume();
            }
          });
      field
          .focusedProperty()
          .subscribe(
              focused -> {
                if (!focused && isEditing()) {
                  take();
                }
              });
    }

    private void take() {
      Input input = getItem();
      String text = field.getText();
      cancelEdit();
      getTableView().requestFocus();
      String wrong = model.set(input.name(), text);
      if (!wrong.isEmpty()) {
        notifications.show(NotificationService.Kind.ERROR, input.name() + ": " + wrong + ".");
      }
    }

    @Override
    public void startEdit() {
      super.startEdit();
      if (isEditing()) {
        double value = getItem().value();
        field.setText(Double.isNaN(value) ? "" : String.valueOf(value));
        setText(null);
        setGraphic(field);
        field.requestFocus();
        field.selectAll();
      }
    }

    @Override
    public void cancelEdit() {
      super.cancelEdit();
      updateItem(getItem(), isEmpty());
    }

    @Override
    protected void updateItem(Input input, boolean empty) {
      super.updateItem(input, empty);
      getStyleClass().remove("best");
      if (empty || input == null) {
        setText(null);
        setGraphic(null);
      } else if (!isEditing()) {
        setGraphic(null);
        setText(Formats.quantity(input.value()));
        if (input.changed()) {
          getStyleClass().add("best");
        }
      }
    }
  }

  // ---- the explanation ----

  private Node explanation() {
    figure.getStyleClass().add("figure");
    figure.setId("explain-figure");
    method.getStyleClass().add("muted");
    method.setMinWidth(0);
    Label heading = new Label("What each input adds");
    heading.getStyleClass().add("section-title");
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox head = new HBox(12, heading, method, gap, figure);
    head.setAlignment(Pos.BASELINE_LEFT);
    VBox adds = new VBox(8, head, waterfall);
    adds.getStyleClass().add("card");

    Label dependenceTitle = new Label();
    dependenceTitle.getStyleClass().add("section-title");
    dependenceTitle.setMinWidth(Region.USE_PREF_SIZE);
    dependenceTitle
        .textProperty()
        .bind(
            Bindings.when(model.selectedProperty().isEmpty())
                .then("Dependence on an input")
                .otherwise(Bindings.concat("Dependence on ", model.selectedProperty())));
    dependenceNote.getStyleClass().add("muted");
    dependenceNote.setMinWidth(0);
    HBox dependenceHead = new HBox(12, dependenceTitle, dependenceNote);
    dependenceHead.setAlignment(Pos.BASELINE_LEFT);
    VBox depends = new VBox(8, dependenceHead, dependence);
    depends.getStyleClass().add("card");

    Label pairsTitle = new Label("Inputs that act together");
    pairsTitle.getStyleClass().add("section-title");
    Button find = new Button("Find");
    find.setId("explain-interactions");
    find.getStyleClass().add("small");
    find.disableProperty()
        .bind(model.searchingProperty().or(model.totalRowsProperty().lessThan(1)));
    find.textProperty()
        .bind(Bindings.when(model.searchingProperty()).then("Finding").otherwise("Find"));
    find.setOnAction(event -> model.findInteractions());
    Region pairsGap = new Region();
    HBox.setHgrow(pairsGap, Priority.ALWAYS);
    HBox pairsHead = new HBox(12, pairsTitle, pairsGap, find);
    pairsHead.setAlignment(Pos.CENTER_LEFT);
    VBox together = new VBox(8, pairsHead, pairs);
    together.getStyleClass().add("card");

    VBox page = new VBox(12, adds, depends, together);
    page.getStyleClass().add("page");
    ScrollPane scroll = new ScrollPane(page);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    return scroll;
  }

  private void show(ExplainPredictionsResponse response) {
    if (response == null) {
      return;
    }
    Explanation row = response.getExplanations(0);
    waterfall.show(
        model.steps().stream()
            .map(
                each ->
                    new WaterfallPlot.Bar(
                        each.input(),
                        each.label(),
                        each.value(),
                        each.from(),
                        each.to(),
                        each.error(),
                        each.total()))
            .toList(),
        ExplainViewModel.scale(response),
        value -> Formats.metric("", ExplainViewModel.unit(response), value),
        0);
    figure.setText(
        Formats.metric("", response.getUnit(), row.getPrediction())
            + (response.getUnit().isEmpty() ? "" : " " + response.getUnit()));
    method.setText(ExplainViewModel.method(response));
    about.setText(about(row));
    showDependence();
  }

  private String about(Explanation row) {
    List<String> words = new ArrayList<>();
    if (model.inputs().stream().anyMatch(Input::changed)) {
      words.add("Values changed");
    } else if (row.getRowNumber() < 0) {
      words.add("The row that the model's archive keeps as an example");
    }
    if (row.hasTime()) {
      words.add(Formats.absolute(Formats.instant(row.getTime())));
    }
    if (!row.getInstrument().isEmpty()) {
      words.add(row.getInstrument());
    }
    return String.join(" · ", words);
  }

  private void showDependence() {
    PartialDependence found = model.dependenceProperty().get();
    Model loaded = model.modelProperty().get();
    if (found == null || loaded == null) {
      dependence.show(List.of(), new CurvesPlot.Axes("", ""), Double.NaN);
      dependenceNote.setText(
          model.dataProblemProperty().get().isEmpty()
              ? ""
              : "Needs rows of data. " + model.dataProblemProperty().get());
      return;
    }
    // The outermost values are far out where a distribution has long tails.
    int n = found.getGridCount();
    int skip = n >= 20 ? 1 : 0;
    double[] grid = range(found.getGridList(), skip);
    List<CurvesPlot.Curve> curves = new ArrayList<>();
    for (DependenceCurve each : found.getCurvesList()) {
      curves.add(new CurvesPlot.Curve("", -1, true, grid, range(each.getPredictionsList(), skip)));
    }
    curves.add(new CurvesPlot.Curve("", 0, false, grid, range(found.getMeanList(), skip)));
    String unit = loaded.getUnit().isEmpty() ? "" : ", " + loaded.getUnit();
    dependence.show(
        curves,
        new CurvesPlot.Axes(
            found.getInput() + (found.getUnit().isEmpty() ? "" : ", " + found.getUnit()),
            "Predicted " + loaded.getTarget() + unit),
        model.inputs().stream()
            .filter(each -> each.name().equals(found.getInput()))
            .mapToDouble(Input::value)
            .findFirst()
            .orElse(Double.NaN));
    dependenceNote.setText(
        "Mean over "
            + Formats.count(found.getRows())
            + " rows; thin: single rows; dashed: this row's value");
  }

  private static double[] range(List<Double> values, int skip) {
    return IntStream.range(skip, values.size() - skip).mapToDouble(values::get).toArray();
  }

  private void showPairs(ListInteractionsResponse found) {
    pairs.getChildren().clear();
    if (found == null) {
      pairs.add(
          muted("Which two inputs change the prediction together more than each does alone"), 0, 0);
      return;
    }
    double most = found.getInteractionsCount() == 0 ? 0 : found.getInteractions(0).getSize();
    if (most == 0) {
      pairs.add(muted("None: what each input adds does not depend on the others"), 0, 0);
      return;
    }
    String unit = found.getUnit().isEmpty() ? "" : ", " + found.getUnit();
    pairs.addRow(0, muted("Pair"), new Label(), muted("Size" + unit), muted("H"));
    int row = 1;
    for (Interaction each :
        found.getInteractionsList().stream()
            .filter(pair -> pair.getSize() > 0)
            .limit(MOST_PAIRS)
            .toList()) {
      Region bar = new Region();
      bar.getStyleClass().add("count-bar");
      bar.setMinSize(Math.max(1, 160 * each.getSize() / most), 8);
      bar.setMaxSize(Math.max(1, 160 * each.getSize() / most), 8);
      HBox track = new HBox(bar);
      track.setAlignment(Pos.CENTER_LEFT);
      track.setMinWidth(160);
      Label size = new Label(Formats.metric("", found.getUnit(), each.getSize()));
      Label h = new Label(Formats.fixed3(each.getH()));
      size.getStyleClass().add("mono");
      h.getStyleClass().add("mono");
      pairs.addRow(row++, new Label(ExplainViewModel.pair(each)), track, size, h);
    }
  }

  private void copy() {
    ClipboardContent content = new ClipboardContent();
    content.putString(model.table('\t'));
    Clipboard.getSystemClipboard().setContent(content);
    notifications.show(NotificationService.Kind.SUCCESS, "Copied");
  }

  private void save() {
    dialogs
        .chooseTarget("Save explanation", null, model.name() + "-explanation.csv")
        .ifPresent(this::write);
  }

  private void write(Path file) {
    byte[] text = model.table(',').getBytes(StandardCharsets.UTF_8);
    BackgroundTask.of(
            () -> {
              AtomicFiles.write(file, text);
              return file;
            })
        .onSuccess(saved -> notifications.show(NotificationService.Kind.SUCCESS, "Saved " + saved))
        .onFailure(
            failure ->
                dialogs.error(
                    "The explanation was not saved", String.valueOf(failure.getMessage())))
        .executeWith(executor);
  }
}
