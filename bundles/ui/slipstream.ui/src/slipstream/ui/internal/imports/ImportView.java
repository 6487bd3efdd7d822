package slipstream.ui.internal.imports;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.io.File;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javafx.beans.binding.Bindings;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.collections.FXCollections;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.CustomMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.DragEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.eclipse.e4.core.services.events.IEventBroker;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.workbench.modeling.EPartService;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.WorkspaceFolder;

/** Files, what they hold, and what they shall become: one page, then a dataset. */
public final class ImportView {
  private static final List<String> FILES =
      List.of(
          "*.csv",
          "*.csv.gz",
          "*.csv.zst",
          "*.tsv",
          "*.txt",
          "*.parquet",
          "*.pq",
          "*.jsonl",
          "*.jsonl.gz",
          "*.jsonl.zst",
          "*.ndjson",
          "*.json");

  private static final double FIELD_WIDTH = 200;

  /** Where most markets are. */
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "America/New_York",
          "America/Chicago",
          "America/Sao_Paulo",
          "Europe/London",
          "Europe/Berlin",
          "Europe/Istanbul",
          "Asia/Shanghai",
          "Asia/Hong_Kong",
          "Asia/Tokyo",
          "Asia/Singapore",
          "Australia/Sydney");

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private DialogService dialogs;
  @Inject private Editors editors;
  @Inject private IEventBroker events;
  @Inject private EPartService parts;
  @Inject private MPart part;
  @Inject private WorkspaceFolder workspace;

  private ImportViewModel model;

  @PostConstruct
  void create(BorderPane parent) {
    model = new ImportViewModel(services, executor);
    BorderPane page = new BorderPane();
    page.setTop(new VBox(header(), choices()));
    page.setCenter(table());
    page.setBottom(foot());
    page.setOnDragOver(ImportView::accept);
    page.setOnDragDropped(this::dropped);
    parent.setCenter(page);
  }

  private Node header() {
    Label title = new Label("Import data");
    title.getStyleClass().add("page-title");
    Label facts = new Label();
    facts.setId("import-facts");
    facts.getStyleClass().add("muted");
    facts.textProperty().bind(model.factsProperty());
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    Button start = new Button("Import", Icons.of("fth-download", 14));
    start.setId("import-start");
    start.getStyleClass().add("accent");
    start.disableProperty().bind(model.readyProperty().not().or(model.runningProperty()));
    start.setOnAction(event -> start());
    HBox header = new HBox(12, title, facts, space, start);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private void start() {
    model.start(
        dataset -> {
          events.post(WorkspaceEvents.CHANGED, dataset.getName());
          editors.dataset(dataset.getName());
          parts.hidePart(part, true);
        });
  }

  // -------------------------------------------------------------------- choices

  private Node choices() {
    TextField path = new TextField();
    path.setId("import-path");
    path.setPromptText(
        "A file, or a pattern such as data/*.csv or data/{instrument}.csv; or drop files here");
    path.textProperty().bindBidirectional(model.pathProperty());
    path.setOnAction(event -> model.open());
    HBox.setHgrow(path, Priority.ALWAYS);
    Button choose = new Button("Choose…", Icons.of("fth-folder", 14));
    choose.setId("import-choose");
    choose.setOnAction(
        event ->
            dialogs
                .chooseFile("Import data", workspace.path(), FILES)
                .map(Path::toString)
                .ifPresent(this::open));
    HBox files = new HBox(8, path, choose);
    files.setAlignment(Pos.CENTER_LEFT);

    TextField name = new TextField();
    name.setId("import-name");
    name.setPromptText("As the file");
    name.textProperty().bindBidirectional(model.nameProperty());

    ComboBox<String> time = columnBox("import-time");
    time.valueProperty().bindBidirectional(model.timeProperty());
    ComboBox<String> ofDay = columnBox("import-time-of-day");
    ofDay.valueProperty().bindBidirectional(model.timeOfDayProperty());
    ofDay.disableProperty().bind(model.timeProperty().isEqualTo(ImportViewModel.NONE));
    ofDay.setTooltip(
        new Tooltip("Of a date and a count or a text since midnight, the time is the sum"));
    MenuButton instrument = instrumentChoice();
    ComboBox<String> unit =
        new ComboBox<>(
            FXCollections.observableArrayList(ImportViewModel.AUTO, "s", "ms", "us", "ns"));
    unit.setId("import-unit");
    unit.valueProperty().bindBidirectional(model.timeUnitProperty());
    ComboBox<String> zone = new ComboBox<>(FXCollections.observableArrayList(ZONES));
    zone.setId("import-zone");
    zone.setEditable(true);
    zone.valueProperty().bindBidirectional(model.timeZoneProperty());
    String own = ZoneId.systemDefault().getId();
    if (!ZONES.contains(own)) {
      zone.getItems().add(own);
    }

    GridPane grid = new GridPane(12, 8);
    grid.setPadding(new Insets(12));
    grid.getStyleClass().addAll("form", "import-choices");
    grid.add(label("Files", path), 0, 0);
    grid.add(files, 1, 0, 5, 1);
    Node[][] fields = {{name, instrument, zone}, {time, ofDay, unit}};
    String[][] words = {{"Name", "Instrument", "Time zone"}, {"Time", "Time of day", "Unit"}};
    for (int row = 0; row < fields.length; row++) {
      for (int column = 0; column < fields[row].length; column++) {
        grid.add(label(words[row][column], fields[row][column]), 2 * column, row + 1);
        grid.add(fields[row][column], 2 * column + 1, row + 1);
        GridPane.setHgrow(fields[row][column], Priority.ALWAYS);
        ((Region) fields[row][column]).setMaxWidth(Double.MAX_VALUE);
        ((Region) fields[row][column]).setPrefWidth(FIELD_WIDTH);
      }
    }

    Label error = new Label("", Icons.of("fth-alert-circle", 14));
    error.setId("import-error");
    error.getStyleClass().add("failure");
    error.setWrapText(true);
    error.setPadding(new Insets(8, 12, 8, 12));
    error.textProperty().bind(model.errorProperty());
    show(error, model.errorProperty().isNotEmpty());
    Label notes = new Label("", Icons.of("fth-info", 14));
    notes.setId("import-notes");
    notes.getStyleClass().add("muted");
    notes.setWrapText(true);
    notes.setPadding(new Insets(8, 12, 8, 12));
    notes
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> {
                  List<String> lines = new ArrayList<>(model.notes());
                  if (!model.suggestions().isEmpty()) {
                    lines.addFirst(
                        "Told from names and first rows: "
                            + String.join("; ", model.suggestions()));
                  }
                  return String.join("\n", lines);
                },
                model.notes(),
                model.suggestions()));
    show(notes, notes.textProperty().isNotEmpty().and(model.errorProperty().isEmpty()));
    Label question = new Label("", Icons.of("fth-help-circle", 14));
    question.setId("import-question");
    question.getStyleClass().add("question");
    question.setWrapText(true);
    question.setPadding(new Insets(8, 12, 0, 12));
    question.textProperty().bind(model.questionProperty());
    show(question, model.questionProperty().isNotEmpty());
    return new VBox(grid, question, error, notes);
  }

  private static void show(Node node, javafx.beans.value.ObservableBooleanValue when) {
    node.visibleProperty().bind(when);
    node.managedProperty().bind(when);
  }

  private static Label label(String text, Node field) {
    Label label = new Label(text);
    label.setLabelFor(field);
    label.getStyleClass().add("field-label");
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  /** Any of the columns that can name something, in the order of the files. */
  private MenuButton instrumentChoice() {
    MenuButton choice = new MenuButton();
    choice.setId("import-instrument");
    choice.setMnemonicParsing(false);
    choice
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    model.instrument().isEmpty()
                        ? ImportViewModel.NONE
                        : String.join(" + ", model.instrument()),
                model.instrument()));
    choice.setOnShowing(
        event ->
            choice
                .getItems()
                .setAll(
                    model.columns().stream()
                        .filter(column -> !column.made())
                        .map(this::instrumentItem)
                        .toList()));
    // An empty menu does not open.
    choice.getItems().add(new MenuItem(ImportViewModel.NONE));
    return choice;
  }

  private MenuItem instrumentItem(ImportColumn column) {
    CheckBox box = new CheckBox(column.source());
    box.setMnemonicParsing(false);
    box.setSelected(model.instrument().contains(column.source()));
    box.selectedProperty()
        .subscribe(
            (before, now) -> {
              Set<String> chosen = new LinkedHashSet<>(model.instrument());
              if (now) {
                chosen.add(column.source());
              } else {
                chosen.remove(column.source());
              }
              model
                  .instrument()
                  .setAll(
                      model.columns().stream()
                          .map(ImportColumn::source)
                          .filter(chosen::contains)
                          .toList());
            });
    CustomMenuItem item = new CustomMenuItem(box, false);
    item.setMnemonicParsing(false);
    return item;
  }

  private ComboBox<String> columnBox(String id) {
    ComboBox<String> box = new ComboBox<>();
    box.setId(id);
    box.setMaxWidth(Double.MAX_VALUE);
    Runnable fill =
        () -> {
          // The choice stays: a box whose items go loses its value.
          for (ImportColumn column : model.columns()) {
            if (!column.made() && !box.getItems().contains(column.source())) {
              box.getItems().add(column.source());
            }
          }
          box.getItems()
              .removeIf(
                  item ->
                      !item.equals(ImportViewModel.NONE)
                          && model.columns().stream().noneMatch(c -> c.source().equals(item))
                          && !item.equals(box.getValue()));
        };
    box.getItems().add(ImportViewModel.NONE);
    model.columns().addListener((javafx.beans.Observable change) -> fill.run());
    return box;
  }

  private void open(String path) {
    model.pathProperty().set(path);
    model.open();
  }

  private static void accept(DragEvent event) {
    if (event.getDragboard().hasFiles()) {
      event.acceptTransferModes(TransferMode.COPY);
    }
    event.consume();
  }

  private void dropped(DragEvent event) {
    List<File> files = event.getDragboard().getFiles();
    if (files.size() == 1) {
      File file = files.getFirst();
      open(file.isDirectory() ? file + "/*" : file.toString());
    } else if (files.size() > 1) {
      open(Patterns.of(files.stream().map(File::toPath).toList()));
    }
    event.setDropCompleted(!files.isEmpty());
    event.consume();
  }

  // ---------------------------------------------------------------------- table

  private Node table() {
    TableView<ImportColumn> table = new TableView<>(model.columns());
    table.setId("import-columns");
    table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
    Label hint = new Label("The columns appear here, with the types that their first rows tell");
    table.setPlaceholder(hint);

    TableColumn<ImportColumn, Boolean> kept = new TableColumn<>("Keep");
    kept.setCellValueFactory(row -> row.getValue().keptProperty());
    kept.setCellFactory(column -> new KeptCell());
    kept.setMaxWidth(56);
    kept.setMinWidth(56);
    TableColumn<ImportColumn, String> source = text("Column of the files", 170);
    source.setCellValueFactory(
        row -> new javafx.beans.property.ReadOnlyStringWrapper(row.getValue().source()));
    TableColumn<ImportColumn, String> sourceType = text("Holds", 110);
    sourceType.setCellValueFactory(row -> row.getValue().sourceTypeProperty());
    TableColumn<ImportColumn, String> name = text("Becomes", 170);
    name.setCellValueFactory(row -> row.getValue().nameProperty());
    name.setCellFactory(column -> new NameCell());
    TableColumn<ImportColumn, String> type = text("Type", 130);
    type.setCellValueFactory(row -> row.getValue().typeProperty());
    type.setCellFactory(column -> new TypeCell());
    TableColumn<ImportColumn, Number> nulls = new TableColumn<>("Null");
    nulls.setCellValueFactory(row -> row.getValue().nullsProperty());
    nulls.setPrefWidth(64);
    nulls.getStyleClass().add("number");
    nulls.setCellFactory(
        column ->
            new TableCell<>() {
              {
                getStyleClass().add("number");
              }

              @Override
              protected void updateItem(Number item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty || item == null ? null : Formats.count(item.longValue()));
              }
            });
    TableColumn<ImportColumn, String> values = text("First values", 420);
    values.setCellValueFactory(row -> row.getValue().valuesProperty());
    table.getColumns().addAll(List.of(kept, source, sourceType, name, type, nulls, values));
    return table;
  }

  private static TableColumn<ImportColumn, String> text(String title, double width) {
    TableColumn<ImportColumn, String> column = new TableColumn<>(title);
    column.setPrefWidth(width);
    column.setSortable(false);
    return column;
  }

  /** A cell whose control is bound to the row's column. */
  private abstract static class ControlCell<T> extends TableCell<ImportColumn, T> {
    private ImportColumn bound;

    abstract Node control();

    abstract void bind(ImportColumn column);

    abstract void unbind(ImportColumn column);

    @Override
    protected void updateItem(T item, boolean empty) {
      super.updateItem(item, empty);
      ImportColumn now = empty || getTableRow() == null ? null : getTableRow().getItem();
      if (now != bound) {
        if (bound != null) {
          unbind(bound);
        }
        if (now != null) {
          bind(now);
        }
        bound = now;
      }
      setGraphic(now == null ? null : control());
    }
  }

  private static final class KeptCell extends ControlCell<Boolean> {
    private final CheckBox box = new CheckBox();

    @Override
    Node control() {
      return box;
    }

    @Override
    void bind(ImportColumn column) {
      box.setId("import-keep-" + column.source());
      box.setVisible(!column.made());
      box.selectedProperty().bindBidirectional(column.keptProperty());
    }

    @Override
    void unbind(ImportColumn column) {
      box.selectedProperty().unbindBidirectional(column.keptProperty());
    }
  }

  private static final class NameCell extends ControlCell<String> {
    private final TextField field = new TextField();
    private ImportColumn column;

    NameCell() {
      // The files are looked at again when a name is complete, not at every letter.
      field.setOnAction(event -> commit());
      field.focusedProperty().addListener((property, before, focused) -> commit());
    }

    private void commit() {
      if (column != null && !field.getText().isBlank()) {
        column.nameProperty().set(field.getText().strip());
      }
    }

    @Override
    Node control() {
      return field;
    }

    @Override
    void bind(ImportColumn now) {
      column = now;
      field.setId("import-name-" + now.source());
      field.setText(now.nameProperty().get());
      field
          .disableProperty()
          .bind(now.keptProperty().not().or(new SimpleBooleanProperty(now.made())));
    }

    @Override
    void unbind(ImportColumn before) {
      field.disableProperty().unbind();
      column = null;
    }
  }

  private static final class TypeCell extends ControlCell<String> {
    private final ComboBox<String> box =
        new ComboBox<>(FXCollections.observableArrayList(ImportColumn.TYPES));

    TypeCell() {
      box.setMaxWidth(Double.MAX_VALUE);
    }

    @Override
    Node control() {
      return box;
    }

    @Override
    void bind(ImportColumn column) {
      box.setId("import-type-" + column.source());
      box.valueProperty().bindBidirectional(column.typeProperty());
      box.disableProperty()
          .bind(column.keptProperty().not().or(new SimpleBooleanProperty(column.made())));
    }

    @Override
    void unbind(ImportColumn column) {
      box.valueProperty().unbindBidirectional(column.typeProperty());
      box.disableProperty().unbind();
    }
  }

  // ----------------------------------------------------------------------- foot

  private Node foot() {
    ProgressBar bar = new ProgressBar();
    bar.setId("import-progress");
    bar.setPrefWidth(240);
    bar.progressProperty().bind(model.progressProperty());
    Label text = new Label();
    text.setId("import-progress-text");
    text.textProperty().bind(model.progressTextProperty());
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    Button cancel = new Button("Cancel");
    cancel.setId("import-cancel");
    cancel.setOnAction(event -> model.cancel());
    HBox foot = new HBox(12, bar, text, space, cancel);
    foot.setAlignment(Pos.CENTER_LEFT);
    foot.setPadding(new Insets(8, 12, 8, 12));
    show(foot, model.runningProperty());
    return foot;
  }
}
