package slipstream.ui.workbench.internal;

import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.ui.workbench.BackgroundTask;

/** The background tasks that have a title and are running; changed on the UI thread. */
final class RunningTasks {
  private final ObservableList<BackgroundTask<?>> titled = FXCollections.observableArrayList();

  ObservableList<BackgroundTask<?>> titled() {
    return titled;
  }

  void changed(BackgroundTask<?> task, boolean running) {
    if (task.title().isEmpty()) {
      return;
    }
    if (running) {
      titled.add(task);
    } else {
      titled.remove(task);
    }
  }
}
