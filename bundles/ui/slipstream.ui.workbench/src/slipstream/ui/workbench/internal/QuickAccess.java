package slipstream.ui.workbench.internal;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Map;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Bounds;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.Popup;
import org.eclipse.core.commands.ParameterizedCommand;
import org.eclipse.core.commands.common.NotDefinedException;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.Theme;
import slipstream.ui.workbench.ThemeService;

/** Finds and runs any command by a few letters of its name. */
public final class QuickAccess {
  /** Key under which the window's context holds the one quick access. */
  public static final String KEY = "slipstream.quickAccess";

  private final Button button = new Button("Search commands", Icons.of("fth-search", 14));

  @Inject private ItemRenderer items;
  @Inject private ThemeService themes;

  @PostConstruct
  void create(StackPane parent, org.eclipse.e4.ui.model.application.ui.basic.MWindow window) {
    button.getStyleClass().add("quick-access");
    button.setFocusTraversable(false);
    button.setOnAction(event -> open());
    KeyCombination key = items.keyOf("slipstream.ui.workbench.command.quickAccess");
    if (key != null) {
      Label hint = new Label(key.getDisplayText());
      hint.getStyleClass().add("key-hint");
      BorderPane content = new BorderPane();
      button.setText(null);
      Label text = new Label("Search commands", Icons.of("fth-search", 14));
      content.setLeft(text);
      content.setRight(hint);
      content.setPrefWidth(260);
      button.setGraphic(content);
    }
    parent.getChildren().add(button);
    window.getContext().set(KEY, this);
  }

  /** Opens the list below the button. */
  public void open() {
    Map<String, ParameterizedCommand> commands = items.runnableCommands();
    TextField filter = new TextField();
    filter.setPromptText("Type a command");
    ObservableList<String> names = FXCollections.observableArrayList(commands.keySet());
    ListView<String> list = new ListView<>(names);
    list.setFixedCellSize(32);
    list.setPrefHeight(32 * 10 + 4);
    list.setCellFactory(view -> new CommandCell(commands));
    list.getSelectionModel().selectFirst();
    VBox box = new VBox(8, filter, list);
    box.getStyleClass().addAll("slipstream", "quick-access-popup");
    box.setPrefWidth(440);
    Popup popup = new Popup();
    popup.setAutoHide(true);
    popup.getContent().add(box);
    filter
        .textProperty()
        .subscribe(
            text -> {
              String wanted = text.strip().toLowerCase(Locale.ROOT);
              names.setAll(
                  commands.keySet().stream()
                      .filter(name -> name.toLowerCase(Locale.ROOT).contains(wanted))
                      .toList());
              list.getSelectionModel().selectFirst();
            });
    Runnable run =
        () -> {
          String name = list.getSelectionModel().getSelectedItem();
          popup.hide();
          if (name != null) {
            items.run(commands.get(name));
          }
        };
    filter.addEventFilter(
        KeyEvent.KEY_PRESSED,
        event -> {
          if (event.getCode() == KeyCode.DOWN) {
            list.getSelectionModel().selectNext();
            event.consume();
          } else if (event.getCode() == KeyCode.UP) {
            list.getSelectionModel().selectPrevious();
            event.consume();
          } else if (event.getCode() == KeyCode.ENTER) {
            run.run();
            event.consume();
          }
        });
    list.setOnMouseClicked(event -> run.run());
    Scene scene = button.getScene();
    Bounds place = button.localToScreen(button.getBoundsInLocal());
    popup.getScene().getStylesheets().setAll(scene.getStylesheets());
    box.pseudoClassStateChanged(
        javafx.css.PseudoClass.getPseudoClass("dark"), themes.theme() == Theme.DARK);
    popup.show(button, place.getMinX(), place.getMaxY() + 4);
    filter.requestFocus();
  }

  private final class CommandCell extends ListCell<String> {
    private final Map<String, ParameterizedCommand> commands;

    CommandCell(Map<String, ParameterizedCommand> commands) {
      this.commands = commands;
    }

    @Override
    protected void updateItem(String name, boolean empty) {
      super.updateItem(name, empty);
      if (empty || commands.get(name) == null) {
        setGraphic(null);
        return;
      }
      ParameterizedCommand command = commands.get(name);
      BorderPane row = new BorderPane();
      row.setLeft(new Label(name));
      KeyCombination key = items.keyOf(command.getId());
      String hint = key == null ? "" : key.getDisplayText();
      try {
        hint = hint.isEmpty() ? command.getCommand().getCategory().getName() : hint;
      } catch (NotDefinedException e) {
        hint = "";
      }
      Label right = new Label(hint);
      right.getStyleClass().add("key-hint");
      row.setRight(right);
      setGraphic(row);
    }
  }
}
