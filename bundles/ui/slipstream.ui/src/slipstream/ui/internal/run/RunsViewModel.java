package slipstream.ui.internal.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.ListRunsRequest;
import slipstream.proto.v1.Run;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** The table of runs, newest first. */
public final class RunsViewModel {
  private static final int MOST = 500;

  private final Services services;
  private final TaskExecutor executor;
  private final ObservableList<Run> runs = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper loaded = new ReadOnlyBooleanWrapper();
  private boolean refreshing;

  public RunsViewModel(Services services, TaskExecutor executor) {
    this.services = services;
    this.executor = executor;
  }

  public ObservableList<Run> runs() {
    return runs;
  }

  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** True once the first answer is there. */
  public ReadOnlyBooleanProperty loadedProperty() {
    return loaded.getReadOnlyProperty();
  }

  /** Whether any run has not ended: the table is then refreshed every second. */
  public boolean somethingRuns() {
    return runs.stream().anyMatch(run -> !RunViewModel.ended(run.getState()));
  }

  /** Lists the runs anew. */
  public void refresh() {
    if (refreshing) {
      return;
    }
    refreshing = true;
    BackgroundTask.of(
            () ->
                services
                    .runs()
                    .listRuns(ListRunsRequest.newBuilder().setPageSize(MOST).build())
                    .getRunsList())
        .onSuccess(this::take)
        .onFailure(failure -> error.set(Failures.line(failure)))
        .onFinished(() -> refreshing = false)
        .executeWith(executor);
  }

  private void take(List<Run> found) {
    error.set("");
    update(found);
    loaded.set(true);
  }

  private void update(List<Run> found) {
    boolean same = found.size() == runs.size();
    for (int i = 0; same && i < found.size(); i++) {
      same = found.get(i).getName().equals(runs.get(i).getName());
    }
    if (!same) {
      runs.setAll(found);
      return;
    }
    // Row by row, so that the selection survives.
    for (int i = 0; i < found.size(); i++) {
      if (!found.get(i).equals(runs.get(i))) {
        runs.set(i, found.get(i));
      }
    }
  }

  /** How long a run took, or has taken so far; empty before it starts. */
  public static String duration(Run run, Instant now) {
    if (!run.hasStartTime()) {
      return Formats.NOTHING;
    }
    Instant start = Formats.instant(run.getStartTime());
    return run.hasEndTime()
        ? Formats.duration(Duration.between(start, Formats.instant(run.getEndTime())))
        : Formats.duration(
            Duration.ofSeconds(Math.max(0, Duration.between(start, now).toSeconds())));
  }

  /** What a run is doing, or why it failed. */
  public static String note(Run run) {
    return switch (run.getState()) {
      case RUN_STATE_RUNNING -> run.getProgress().getStage();
      case RUN_STATE_FAILED -> Failures.line(run.getProblem());
      default -> "";
    };
  }
}
