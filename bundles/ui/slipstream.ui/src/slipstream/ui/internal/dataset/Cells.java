package slipstream.ui.internal.dataset;

import java.util.function.Function;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;

/** Columns of tables: words to the left, numbers to the right. */
final class Cells {
  private Cells() {}

  static <T> TableColumn<T, String> text(String title, double width, Function<T, String> value) {
    TableColumn<T, String> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyStringWrapper(value.apply(row.getValue())));
    column.setPrefWidth(width);
    return column;
  }

  static <T> TableColumn<T, String> number(String title, Function<T, String> value) {
    TableColumn<T, String> column = text(title, 96, value);
    column.getStyleClass().add("number");
    column.setCellFactory(
        c ->
            new TableCell<>() {
              {
                getStyleClass().add("number");
              }

              @Override
              protected void updateItem(String item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty ? null : item);
              }
            });
    return column;
  }
}
