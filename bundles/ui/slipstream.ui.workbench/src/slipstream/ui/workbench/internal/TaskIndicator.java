package slipstream.ui.workbench.internal;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import slipstream.ui.workbench.BackgroundTask;

/** Names, in the status bar, the background task that has run longest. */
public final class TaskIndicator {
  @Inject private RunningTasks tasks;

  @PostConstruct
  void create(StackPane parent) {
    ProgressIndicator spinner = new ProgressIndicator();
    spinner.setPrefSize(14, 14);
    spinner.setMaxSize(14, 14);
    Label label = new Label();
    HBox box = new HBox(8, spinner, label);
    box.setAlignment(Pos.CENTER_LEFT);
    box.getStyleClass().add("task-indicator");
    parent.getChildren().add(box);
    StackPane.setAlignment(box, Pos.CENTER_LEFT);
    ObservableList<BackgroundTask<?>> running = tasks.titled();
    Runnable show =
        () -> {
          box.setVisible(!running.isEmpty());
          if (!running.isEmpty()) {
            String more = running.size() > 1 ? "  +" + (running.size() - 1) : "";
            label.setText(running.getFirst().title() + more);
          }
        };
    running.addListener((ListChangeListener<BackgroundTask<?>>) change -> show.run());
    show.run();
  }
}
