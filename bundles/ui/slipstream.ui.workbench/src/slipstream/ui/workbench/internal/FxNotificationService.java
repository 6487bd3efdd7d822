package slipstream.ui.workbench.internal;

import javafx.animation.FadeTransition;
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;

/** Cards in the lower right corner of the window. */
final class FxNotificationService implements NotificationService {
  private static final Duration SHOWN = Duration.seconds(6);
  private static final int MOST = 4;

  private final VBox cards = new VBox(8);

  FxNotificationService() {
    cards.getStyleClass().add("notifications");
    cards.setPickOnBounds(false);
    cards.setMaxSize(360, 0);
    cards.setAlignment(Pos.BOTTOM_RIGHT);
    StackPane.setAlignment(cards, Pos.BOTTOM_RIGHT);
  }

  /** Where the cards appear; put above the window's content. */
  VBox overlay() {
    return cards;
  }

  @Override
  public void show(Kind kind, String message, String actionLabel, Runnable action) {
    Platform.runLater(() -> add(kind, message, actionLabel, action));
  }

  private void add(Kind kind, String message, String actionLabel, Runnable action) {
    String icon =
        switch (kind) {
          case INFO -> "fth-info";
          case SUCCESS -> "fth-check-circle";
          case WARNING -> "fth-alert-triangle";
          case ERROR -> "fth-alert-circle";
        };
    Label text = new Label(message);
    text.setWrapText(true);
    text.setMinHeight(Region.USE_PREF_SIZE);
    VBox body = new VBox(4, text);
    HBox.setHgrow(body, Priority.ALWAYS);
    Button close = new Button(null, Icons.of("fth-x", 14));
    close.getStyleClass().addAll("flat", "small", "button-icon");
    HBox card = new HBox(8, Icons.of(icon), body, close);
    card.getStyleClass().addAll("notification", kind.name().toLowerCase(java.util.Locale.ROOT));
    close.setOnAction(event -> cards.getChildren().remove(card));
    if (actionLabel != null) {
      Hyperlink link = new Hyperlink(actionLabel);
      link.setOnAction(
          event -> {
            cards.getChildren().remove(card);
            action.run();
          });
      body.getChildren().add(link);
    }
    cards.getChildren().add(card);
    if (cards.getChildren().size() > MOST) {
      cards.getChildren().removeFirst();
    }
    if (kind != Kind.ERROR) {
      PauseTransition wait = new PauseTransition(SHOWN);
      wait.setOnFinished(
          event -> {
            FadeTransition fade = new FadeTransition(Duration.millis(160), card);
            fade.setToValue(0);
            fade.setOnFinished(done -> cards.getChildren().remove(card));
            fade.play();
          });
      wait.play();
    }
  }
}
