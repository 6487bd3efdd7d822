package slipstream.ui.internal.dataset;

import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.ColumnProfile;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.ThemeService;

/** Statistics and histogram of the column that is selected, over the rows that are shown. */
final class ColumnPanel extends StackPane {
  private final RowsViewModel model;
  private final ProfilePane pane;
  private final StatePane state;

  ColumnPanel(RowsViewModel model, ThemeService themes) {
    this.model = model;
    pane = new ProfilePane(themes);
    VBox box = new VBox(8);
    state = new StatePane(pane);
    getChildren().add(scroll(box));
    setId("column-panel");
    setMinWidth(240);
    setPrefWidth(340);
    ComboBox<String> choice = new ComboBox<>();
    choice.setId("profile-column");
    choice.setMaxWidth(Double.MAX_VALUE);
    choice
        .getItems()
        .setAll(model.columns().stream().map(Column::getName).collect(Collectors.toList()));
    choice.setOnAction(
        event -> {
          if (choice.getValue() != null) {
            model.select(choice.getValue());
          }
        });
    model.columnProperty().subscribe(name -> choice.setValue(name.isEmpty() ? null : name));
    box.getChildren().setAll(choice, state);
    box.getStyleClass().add("page");
    VBox.setVgrow(state, Priority.ALWAYS);
    model.profileProperty().subscribe(this::show);
    model
        .profileErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("The column cannot be measured", error, null);
              }
            });
    model
        .profilingProperty()
        .subscribe(
            running -> {
              if (running && model.profileProperty().get() == null) {
                state.showLoading();
              }
            });
    CellText.first(model.columns())
        .or(() -> model.columns().stream().findFirst())
        .ifPresent(column -> model.select(column.getName()));
  }

  private static ScrollPane scroll(VBox box) {
    ScrollPane scroll = new ScrollPane(box);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    return scroll;
  }

  private void show(ColumnProfile profile) {
    if (profile != null) {
      pane.show(profile, model.shownProperty().get().view().isEmpty() ? "" : "of the rows shown");
      state.showContent();
    }
  }

  /** A grid of facts: what, and how much. */
  static final class Facts extends GridPane {
    private int rows;

    Facts() {
      getStyleClass().add("facts");
      setHgap(12);
      setVgap(4);
    }

    void clear() {
      getChildren().clear();
      rows = 0;
    }

    void add(String name, String value) {
      Label label = new Label(name);
      label.getStyleClass().add("muted");
      Label shown = new Label(value);
      shown.getStyleClass().add("mono");
      shown.setMinWidth(Region.USE_PREF_SIZE);
      shown.setMaxWidth(Double.MAX_VALUE);
      shown.setAlignment(Pos.CENTER_RIGHT);
      GridPane.setHgrow(shown, Priority.ALWAYS);
      add(label, 0, rows);
      add(shown, 1, rows++);
    }

    void count(String name, long count, long of) {
      if (count > 0) {
        add(name, Formats.count(count) + "  " + share(count, of));
      }
    }

    private static String share(long count, long of) {
      double share = of == 0 ? 0 : 100.0 * count / of;
      return share > 0 && share < 0.01 ? "<0.01%" : Formats.fixed(share, 2) + "%";
    }
  }
}
