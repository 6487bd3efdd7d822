package slipstream.ui.internal.dataset;

import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.List;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.ScrollBar;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TablePosition;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Rectangle;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.SortColumn;
import slipstream.ui.internal.Completion;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.ThemeService;

/** The rows of a dataset as a table of any length, with a filter, an order, and what its columns are like. */
final class RowsPane extends BorderPane {
  private static final String LOADING = "…";
  private static final List<String> WORDS =
      List.of("and", "or", "not", "in", "between", "like", "is null", "is not null");
  private static final int COPIED = 5000;

  /** As in the style sheet. */
  private static final double ROW_HEIGHT = 24;

  private static final double HEADER = 30;

  /** Room for the horizontal scroll bar. */
  private static final double BOTTOM = 16;

  private final RowsViewModel model;
  private final TableView<Long> table = new TableView<>();
  private final TextField filter = new TextField();
  private final TextField goTo = new TextField();
  private final Label error = new Label();
  private final ScrollBar scroll = new ScrollBar();
  private boolean replacing;
  private int inSight = 1;
  private long focused = -1;
  private TableColumn<Long, ?> focusedColumn;
  private final List<TableColumn<Long, Value>> columns = new ArrayList<>();

  RowsPane(RowsViewModel model, InstrumentPicker instruments, ThemeService themes) {
    this.model = model;
    setTop(bar(instruments));
    ColumnPanel panel = new ColumnPanel(model, themes);
    SplitPane split = new SplitPane(table(), panel);
    split.getStyleClass().add("editor-split");
    split.setDividerPositions(0.72);
    SplitPane.setResizableWithParent(panel, false);
    setCenter(split);
    addEventFilter(
        javafx.scene.input.KeyEvent.KEY_PRESSED,
        event -> {
          if (new KeyCodeCombination(KeyCode.F, KeyCombination.SHORTCUT_DOWN).match(event)) {
            focus(filter);
            event.consume();
          } else if (new KeyCodeCombination(KeyCode.G, KeyCombination.SHORTCUT_DOWN).match(event)) {
            focus(goTo);
            event.consume();
          }
        });
  }

  private static void focus(TextField field) {
    field.requestFocus();
    field.selectAll();
  }

  /** Puts the keyboard where it is useful first. */
  void focus() {
    table.requestFocus();
  }

  // --------------------------------------------------------------------- bar

  private Node bar(InstrumentPicker instruments) {
    filter.setId("dataset-filter");
    filter.setPromptText("Filter by SQL: price > 10 and size is not null");
    filter.getStyleClass().addAll("mono", "filter-field");
    filter.setTooltip(new Tooltip("A condition over the columns and row; Enter applies (Ctrl+F)"));
    filter.textProperty().bindBidirectional(model.filterProperty());
    filter.setOnAction(event -> model.apply());
    Completion completion =
        new Completion(
            filter,
            filter::getText,
            filter::getCaretPosition,
            this::names,
            (range, text) -> {
              filter.replaceText(range[0], range[1], text);
              filter.positionCaret(range[0] + text.length());
            },
            () -> filter.localToScreen(filter.getBoundsInLocal()));
    filter
        .caretPositionProperty()
        .subscribe(
            () -> {
              if (filter.isFocused()) {
                completion.typed();
              }
            });
    Button clear = new Button(null, Icons.of("fth-x", 14));
    clear.getStyleClass().addAll("flat", "tool-item");
    clear.setTooltip(new Tooltip("Show all rows"));
    clear.visibleProperty().bind(model.filterProperty().isNotEmpty());
    clear.managedProperty().bind(clear.visibleProperty());
    clear.setOnAction(
        event -> {
          filter.clear();
          model.apply();
        });
    instruments
        .chosenProperty()
        .subscribe(
            (before, now) -> {
              model.instrumentProperty().set(now);
              model.apply();
            });
    goTo.setId("dataset-goto");
    goTo.setPromptText("Go to time (UTC) or row");
    goTo.setPrefColumnCount(18);
    goTo.setTooltip(new Tooltip("2024-03-01 14:30, or a row number (Ctrl+G)"));
    goTo.setOnAction(event -> model.goTo(goTo.getText(), this::reveal, this::complain));
    ProgressIndicator busy = new ProgressIndicator();
    busy.setPrefSize(14, 14);
    busy.setMinSize(14, 14);
    Button stop = new Button("Stop");
    stop.getStyleClass().addAll("flat", "tool-item");
    stop.setOnAction(event -> model.cancel());
    for (Region each : List.of(busy, stop)) {
      each.visibleProperty().bind(model.busyProperty());
      each.managedProperty().bind(model.busyProperty());
    }
    Label note = new Label();
    note.setId("dataset-note");
    note.getStyleClass().add("muted");
    note.setMinWidth(Region.USE_PREF_SIZE);
    note.textProperty().bind(model.noteProperty());
    HBox.setHgrow(filter, Priority.ALWAYS);
    HBox bar = new HBox(8, Icons.of("fth-filter", 14), filter, clear, instruments, goTo);
    bar.getChildren().addAll(busy, stop, note);
    bar.setAlignment(Pos.CENTER_LEFT);
    bar.getStyleClass().add("filter-bar");
    error.setId("dataset-filter-error");
    error.getStyleClass().add("filter-error");
    error.setGraphic(Icons.of("fth-alert-circle", 12));
    error.setWrapText(true);
    error.managedProperty().bind(error.visibleProperty());
    error.visibleProperty().bind(error.textProperty().isNotEmpty());
    model.filterErrorProperty().subscribe(error::setText);
    model.problemProperty().subscribe(problem -> pointAt());
    return new VBox(bar, error);
  }

  /** Puts the caret where the condition goes wrong. */
  private void pointAt() {
    var problem = model.problemProperty().get();
    boolean wrong = problem != null;
    filter.pseudoClassStateChanged(javafx.css.PseudoClass.getPseudoClass("invalid"), wrong);
    if (wrong && problem.getColumn() > 0 && problem.getLine() <= 1 && filter.isFocused()) {
      filter.positionCaret(Math.min(filter.getLength(), problem.getColumn() - 1));
    }
  }

  private void complain(String text) {
    error.setText(text);
  }

  private List<Completion.Item> names(String prefix) {
    List<Completion.Item> items = new ArrayList<>();
    for (Column column : model.columns()) {
      String name = column.getName();
      boolean plain = name.matches("[A-Za-z_][A-Za-z0-9_]*");
      items.add(
          new Completion.Item(
              plain ? name : '"' + name.replace("\"", "\"\"") + '"', name, detail(column)));
    }
    items.add(new Completion.Item("row", "row", "number of the row"));
    WORDS.forEach(word -> items.add(new Completion.Item(word, word, "")));
    return items;
  }

  private static String detail(Column column) {
    String type =
        switch (column.getType()) {
          case "FLOAT64", "FLOAT32" -> "number";
          case "INT64", "INT32" -> "whole number";
          case "TIMESTAMP" -> "time, UTC";
          case "BOOLEAN" -> "true or false";
          default -> "text";
        };
    return column.getUnit().isEmpty() ? type : type + ", " + column.getUnit();
  }

  // ------------------------------------------------------------------- table

  private Node table() {
    table.setId("dataset-rows");
    table.setAccessibleText("Rows");
    table.getStyleClass().add("data-table");
    table.setPlaceholder(new Label("No row meets the condition"));
    table.getSelectionModel().setCellSelectionEnabled(true);
    table.getSelectionModel().setSelectionMode(javafx.scene.control.SelectionMode.MULTIPLE);
    TableColumn<Long, Long> number = new TableColumn<>("Row");
    number.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    number.setCellFactory(
        column ->
            new TableCell<>() {
              {
                getStyleClass().addAll("number", "row-number");
              }

              @Override
              protected void updateItem(Long item, boolean empty) {
                super.updateItem(item, empty);
                long row = empty || item == null ? -1 : model.pages().number(item);
                setText(empty ? null : row < 0 ? "" : Formats.count(row));
              }
            });
    number.setPrefWidth(92);
    number.setSortable(false);
    number.getStyleClass().add("number");
    table.getColumns().add(number);
    List<Column> all = model.columns();
    for (int i = 0; i < all.size(); i++) {
      columns.add(column(all.get(i), i));
    }
    table.getColumns().addAll(columns);
    // The services sort; the table must not touch its millions of rows.
    table.setSortPolicy(
        view -> {
          sort();
          return true;
        });
    // A double click on a header's edge would measure every row; ours measures those in sight.
    table.addEventFilter(
        MouseEvent.MOUSE_PRESSED,
        event -> {
          if (event.getClickCount() == 2
              && event.getTarget() instanceof Rectangle edge
              && edge.getParent() != null
              && edge.getParent().getStyleClass().contains("nested-column-header")) {
            event.consume();
          }
        });
    table
        .getFocusModel()
        .focusedCellProperty()
        .subscribe(
            cell -> {
              if (cell != null && cell.getTableColumn() != null && cell.getRow() >= 0) {
                focused = top() + cell.getRow();
                focusedColumn = cell.getTableColumn();
                int index = columns.indexOf(cell.getTableColumn());
                if (index >= 0) {
                  model.select(all.get(index).getName());
                }
              }
            });
    table.setOnKeyPressed(
        event -> {
          if (new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN).match(event)) {
            copy();
            event.consume();
          }
        });
    model.arrivalsProperty().subscribe((before, now) -> table.refresh());
    // The toolkit keeps something for every row up to the one that is shown: seconds for the middle
    // of millions. So the
    // table has the rows in sight alone, and a scroll bar of its own.
    scroll.setId("dataset-scroll");
    scroll.setOrientation(javafx.geometry.Orientation.VERTICAL);
    scroll.setUnitIncrement(1);
    scroll.valueProperty().subscribe(value -> showRows(false));
    table.heightProperty().subscribe(() -> javafx.application.Platform.runLater(this::fit));
    table.addEventFilter(javafx.scene.input.ScrollEvent.SCROLL, this::wheel);
    table.addEventFilter(javafx.scene.input.KeyEvent.KEY_PRESSED, this::move);
    model
        .shownProperty()
        .subscribe(
            shown -> {
              scroll.setValue(0);
              fit();
              showRows(true);
            });
    BorderPane both = new BorderPane(table);
    both.setRight(scroll);
    return both;
  }

  private long rows() {
    return model.shownProperty().get().rows();
  }

  /** As many rows as there is room for. */
  private void fit() {
    Node head = table.lookup(".column-header-background");
    double header = head == null ? HEADER : head.getBoundsInLocal().getHeight();
    inSight = (int) Math.max(1, (table.getHeight() - header - BOTTOM) / ROW_HEIGHT);
    long most = Math.max(0, rows() - inSight);
    scroll.setMax(most);
    scroll.setValue(Math.min(scroll.getValue(), most));
    scroll.setBlockIncrement(inSight);
    scroll.setVisibleAmount(rows() == 0 ? 0 : (double) inSight * most / rows());
    scroll.setVisible(most > 0);
    showRows(false);
  }

  private long top() {
    return Math.round(scroll.getValue());
  }

  private void showRows(boolean anew) {
    long top = Math.min(top(), Math.max(0, rows() - 1));
    int count = (int) Math.min(inSight, rows() - top);
    boolean same =
        table.getItems() instanceof VirtualRows items
            && items.size() == count
            && (count == 0 || items.get(0) == top);
    if (same && !anew) {
      return;
    }
    long before = focused;
    TableColumn<Long, ?> column = focusedColumn;
    // A table forgets its order with its items, though these are rows of the same result.
    List<TableColumn<Long, ?>> order = List.copyOf(table.getSortOrder());
    replacing = true;
    table.setItems(new VirtualRows(top, count));
    table.getSortOrder().setAll(order);
    replacing = false;
    if (anew) {
      // The same positions of another result: cells would keep what they show.
      table.refresh();
    }
    if (!anew && before >= top && before < top + count && column != null) {
      table.getSelectionModel().select((int) (before - top), column);
    }
    // Selecting nothing is not a choice: coming back to the row shows it selected again.
    focused = anew ? -1 : before;
    focusedColumn = column;
  }

  private void wheel(javafx.scene.input.ScrollEvent event) {
    if (Math.abs(event.getDeltaY()) > Math.abs(event.getDeltaX()) && scroll.isVisible()) {
      double lines = event.getDeltaY() / ROW_HEIGHT;
      double by = Math.abs(lines) < 1 ? Math.signum(lines) : lines;
      scroll.setValue(Math.clamp(Math.rint(scroll.getValue() - by), 0, scroll.getMax()));
      event.consume();
    }
  }

  /** The keys that leave the rows in sight. */
  private void move(javafx.scene.input.KeyEvent event) {
    int row = table.getFocusModel().getFocusedIndex();
    int last = table.getItems().size() - 1;
    boolean control = event.isShortcutDown();
    switch (event.getCode()) {
      case DOWN -> {
        if (row < last || top() >= scroll.getMax()) {
          return;
        }
        go(top() + 1, last);
      }
      case UP -> {
        if (row > 0 || top() <= 0) {
          return;
        }
        go(top() - 1, 0);
      }
      case PAGE_DOWN -> go(top() + inSight, Math.max(0, row));
      case PAGE_UP -> go(top() - inSight, Math.max(0, row));
      case HOME -> {
        if (!control) {
          return;
        }
        go(0, 0);
      }
      case END -> {
        if (!control) {
          return;
        }
        go(rows(), last);
      }
      default -> {
        return;
      }
    }
    event.consume();
  }

  private void go(long top, int row) {
    TableColumn<Long, ?> column = focusedColumn;
    scroll.setValue(Math.clamp(top, 0, scroll.getMax()));
    int at = Math.min(row, table.getItems().size() - 1);
    if (at >= 0) {
      TableColumn<Long, ?> shown = column == null ? table.getColumns().getFirst() : column;
      table.getSelectionModel().clearSelection();
      table.getSelectionModel().select(at, shown);
      table.getFocusModel().focus(at, shown);
    }
  }

  private TableColumn<Long, Value> column(Column column, int index) {
    TableColumn<Long, Value> shown = new TableColumn<>();
    Label head = new Label(CellText.heading(column));
    head.setTooltip(
        new Tooltip(
            column.getName()
                + " · "
                + detail(column)
                + (column.getDescription().isEmpty() ? "" : "\n" + column.getDescription())));
    head.setMaxWidth(Double.MAX_VALUE);
    shown.setGraphic(head);
    shown.setId("column-" + column.getName());
    boolean number = CellText.isNumber(column);
    shown.getStyleClass().add(number ? "number" : "text");
    shown.setPrefWidth(
        CellText.isTime(column)
            ? 208
            : Math.max(number ? 104 : 120, 30 + 7.5 * CellText.heading(column).length()));
    shown.setCellValueFactory(
        row -> new ReadOnlyObjectWrapper<>(model.pages().cell(row.getValue(), index)));
    shown.setCellFactory(
        c ->
            new TableCell<>() {
              {
                getStyleClass().add(number ? "number" : CellText.isTime(column) ? "time" : "plain");
              }

              @Override
              protected void updateItem(Value item, boolean empty) {
                super.updateItem(item, empty);
                boolean row = !empty && getTableRow() != null && getTableRow().getItem() != null;
                boolean known =
                    item != null
                        && item.getKindCase() != Value.KindCase.NULL_VALUE
                        && item.getKindCase() != Value.KindCase.KIND_NOT_SET;
                setText(!row ? null : item == null ? LOADING : CellText.text(column, item));
                getStyleClass().remove("unknown");
                if (row && !known) {
                  getStyleClass().add("unknown");
                }
              }
            });
    return shown;
  }

  private void sort() {
    if (replacing) {
      return;
    }
    SortColumn wanted = null;
    if (!table.getSortOrder().isEmpty()) {
      TableColumn<Long, ?> first = table.getSortOrder().getFirst();
      int index = columns.indexOf(first);
      if (index >= 0) {
        wanted =
            SortColumn.newBuilder()
                .setColumn(model.columns().get(index).getName())
                .setDescending(first.getSortType() == TableColumn.SortType.DESCENDING)
                .build();
      }
    }
    if (!java.util.Objects.equals(wanted, model.orderProperty().get())) {
      model.orderProperty().set(wanted);
      model.apply();
    }
  }

  /** Shows a row and selects it. */
  void reveal(long position) {
    error.setText(model.filterErrorProperty().get());
    focusedColumn = focusedColumn == null ? table.getColumns().getFirst() : focusedColumn;
    scroll.setValue(Math.clamp(position - 3, 0, scroll.getMax()));
    go(top(), (int) (position - top()));
    table.requestFocus();
  }

  /** The selected cells as tab-separated text, as far as they are loaded. */
  private void copy() {
    StringBuilder text = new StringBuilder();
    int row = -1;
    int copied = 0;
    for (@SuppressWarnings("rawtypes")
    TablePosition cell : table.getSelectionModel().getSelectedCells()) {
      if (copied++ == COPIED) {
        break;
      }
      text.append(row < 0 ? "" : cell.getRow() == row ? "\t" : "\n");
      row = cell.getRow();
      int index = columns.indexOf(cell.getTableColumn());
      if (index < 0) {
        text.append(model.pages().number(top() + row));
        continue;
      }
      Value value = model.pages().cell(top() + row, index);
      if (value != null) {
        text.append(
            switch (value.getKindCase()) {
              case NUMBER_VALUE ->
                  CellText.whole(model.columns().get(index))
                      ? Long.toString((long) value.getNumberValue())
                      : Double.toString(value.getNumberValue());
              case STRING_VALUE -> value.getStringValue();
              case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
              default -> "";
            });
      }
    }
    ClipboardContent content = new ClipboardContent();
    content.putString(text.toString());
    Clipboard.getSystemClipboard().setContent(content);
  }
}
