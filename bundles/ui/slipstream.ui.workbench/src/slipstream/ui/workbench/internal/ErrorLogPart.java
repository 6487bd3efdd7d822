package slipstream.ui.workbench.internal;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.ListChangeListener;
import javafx.collections.transformation.SortedList;
import javafx.geometry.Orientation;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.TextArea;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import slipstream.ui.workbench.ErrorLog;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.StatePane;

/** Lists what went wrong in this session, newest first, with the details below. */
public final class ErrorLogPart {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS z").withZone(ZoneId.systemDefault());

  @Inject private ErrorLog log;

  @PostConstruct
  void create(BorderPane parent) {
    SortedList<ErrorLog.Entry> newestFirst =
        new SortedList<>(log.entries(), (a, b) -> b.time().compareTo(a.time()));
    TableView<ErrorLog.Entry> table = new TableView<>(newestFirst);
    table.getStyleClass().addAll("dense", "edge-to-edge");
    table.setId("error-log-table");
    table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_LAST_COLUMN);
    TableColumn<ErrorLog.Entry, ErrorLog.Severity> severity = new TableColumn<>("");
    severity.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue().severity()));
    severity.setCellFactory(column -> new SeverityCell());
    severity.setMinWidth(36);
    severity.setMaxWidth(36);
    TableColumn<ErrorLog.Entry, Instant> time = new TableColumn<>("Time");
    time.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue().time()));
    time.setCellFactory(
        column ->
            new TableCell<>() {
              @Override
              protected void updateItem(Instant item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty || item == null ? null : TIME.format(item));
              }
            });
    time.setMinWidth(200);
    TableColumn<ErrorLog.Entry, String> message = new TableColumn<>("Message");
    message.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue().message()));
    message.setMinWidth(320);
    TableColumn<ErrorLog.Entry, String> source = new TableColumn<>("Source");
    source.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue().source()));
    source.setMinWidth(160);
    table.getColumns().add(severity);
    table.getColumns().add(time);
    table.getColumns().add(message);
    table.getColumns().add(source);

    TextArea details = new TextArea();
    details.setEditable(false);
    details.getStyleClass().add("mono");
    table
        .getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            entry ->
                details.setText(
                    entry == null
                        ? ""
                        : entry.details().isBlank() ? entry.message() : entry.details()));
    KeyCombination copy = new KeyCodeCombination(KeyCode.C, KeyCombination.SHORTCUT_DOWN);
    table.setOnKeyPressed(
        event -> {
          if (copy.match(event)) {
            ClipboardContent content = new ClipboardContent();
            content.putString(
                table.getSelectionModel().getSelectedItems().stream()
                    .map(e -> TIME.format(e.time()) + "\t" + e.message() + "\t" + e.source())
                    .collect(Collectors.joining("\n")));
            Clipboard.getSystemClipboard().setContent(content);
          }
        });

    SplitPane split = new SplitPane(table, details);
    split.setOrientation(Orientation.HORIZONTAL);
    split.setDividerPositions(0.65);
    StatePane state = new StatePane(split);
    Runnable show =
        () -> {
          if (log.entries().isEmpty()) {
            state.showEmpty(
                "fth-check-circle",
                "No errors",
                "What goes wrong in this session is listed here with its details.",
                null,
                null);
          } else {
            state.showContent();
          }
        };
    ListChangeListener<ErrorLog.Entry> listener = change -> show.run();
    log.entries().addListener(new javafx.collections.WeakListChangeListener<>(listener));
    // The pane keeps the weak listener alive exactly as long as it is shown.
    parent.getProperties().put(ErrorLogPart.class, listener);
    show.run();
    parent.setCenter(state);
  }

  private static final class SeverityCell extends TableCell<ErrorLog.Entry, ErrorLog.Severity> {
    @Override
    protected void updateItem(ErrorLog.Severity item, boolean empty) {
      super.updateItem(item, empty);
      if (empty || item == null) {
        setGraphic(null);
        return;
      }
      String code =
          switch (item) {
            case INFO -> "fth-info";
            case WARNING -> "fth-alert-triangle";
            case ERROR -> "fth-alert-circle";
          };
      var icon = Icons.of(code, 14);
      icon.getStyleClass().add("severity-" + item.name().toLowerCase(java.util.Locale.ROOT));
      setGraphic(icon);
    }
  }
}
