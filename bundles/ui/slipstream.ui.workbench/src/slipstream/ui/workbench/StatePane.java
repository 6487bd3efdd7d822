package slipstream.ui.workbench;

import javafx.animation.PauseTransition;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/** A pane that shows content, or in its place why there is none: empty, loading, error. */
public final class StatePane extends StackPane {
  private static final Duration PATIENCE = Duration.millis(300);

  private final Node content;
  private final PauseTransition patience = new PauseTransition(PATIENCE);

  /**
   * @param content shown when there is something to show
   */
  public StatePane(Node content) {
    this.content = content;
    getStyleClass().add("state-pane");
    getChildren().setAll(content);
    patience.setOnFinished(
        event -> {
          ProgressIndicator spinner = new ProgressIndicator();
          spinner.setPrefSize(24, 24);
          spinner.setMaxSize(24, 24);
          getChildren().setAll(spinner);
        });
  }

  /** Shows the content. */
  public void showContent() {
    patience.stop();
    getChildren().setAll(content);
  }

  /** Shows, after 300 ms, that something is being fetched; what is there stays until then. */
  public void showLoading() {
    patience.playFromStart();
  }

  /**
   * Shows what goes here and how to fill it.
   *
   * @param iconCode Feather code
   * @param actionLabel label of the button, or {@code null} for none
   */
  public void showEmpty(
      String iconCode, String title, String text, String actionLabel, Runnable action) {
    patience.stop();
    VBox box = box(iconCode, title, text);
    box.getStyleClass().add("empty-state");
    if (actionLabel != null) {
      Button button = new Button(actionLabel);
      button.getStyleClass().add("accent");
      button.setOnAction(event -> action.run());
      box.getChildren().add(button);
    }
    getChildren().setAll(box);
  }

  /**
   * Shows what went wrong and how to mend it.
   *
   * @param retry run by the "Try again" button, or {@code null} for none
   */
  public void showError(String title, String text, Runnable retry) {
    patience.stop();
    VBox box = box("fth-alert-triangle", title, text);
    box.getStyleClass().add("error-state");
    HBox buttons = new HBox(8);
    buttons.setAlignment(Pos.CENTER);
    if (retry != null) {
      Button again = new Button("Try again");
      again.setOnAction(event -> retry.run());
      buttons.getChildren().add(again);
    }
    Button copy = new Button("Copy details");
    copy.getStyleClass().add("flat");
    copy.setOnAction(
        event -> {
          ClipboardContent clip = new ClipboardContent();
          clip.putString(title + "\n" + text);
          Clipboard.getSystemClipboard().setContent(clip);
        });
    buttons.getChildren().add(copy);
    box.getChildren().add(buttons);
    getChildren().setAll(box);
  }

  private static VBox box(String iconCode, String title, String text) {
    Label heading = new Label(title);
    heading.getStyleClass().add("state-title");
    heading.setWrapText(true);
    Label body = new Label(text);
    body.getStyleClass().add("state-text");
    body.setWrapText(true);
    body.setMaxWidth(360);
    VBox box = new VBox(8, Icons.of(iconCode, 28), heading, body);
    box.setAlignment(Pos.CENTER);
    box.setMaxWidth(420);
    return box;
  }
}
