package slipstream.ui.internal.run;

import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.e4.core.services.events.IEventBroker;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunState;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.NotificationService.Kind;
import slipstream.ui.workbench.TaskExecutor;

/**
 * Follows the runs started here to their end, whether a view shows them or not, and tells the person. UI thread only.
 */
public final class RunMonitor {
  private final Services services;
  private final TaskExecutor executor;
  private final NotificationService notifications;
  private final Editors editors;
  private final DialogService dialogs;
  private final IEventBroker events;
  private final Map<String, RunViewModel> followed = new LinkedHashMap<>();

  @Inject
  public RunMonitor(
      Services services,
      TaskExecutor executor,
      NotificationService notifications,
      Editors editors,
      DialogService dialogs,
      IEventBroker events) {
    this.dialogs = dialogs;
    this.services = services;
    this.executor = executor;
    this.notifications = notifications;
    this.editors = editors;
    this.events = events;
  }

  /** Asks before closing the workbench cancels runs. */
  public boolean mayClose() {
    if (followed.isEmpty()) {
      return true;
    }
    return dialogs.confirm(
            followed.size() == 1 ? "A run is going on" : followed.size() + " runs are going on",
            "Closing the workbench cancels "
                + String.join(", ", followed.keySet())
                + ". Results of ended runs stay.",
            "Cancel and close",
            null)
        == DialogService.Answer.YES;
  }

  /** Opens a run that has just been started, and its results when it succeeds. */
  public void started(Run run) {
    events.post(WorkspaceEvents.CHANGED, run.getName());
    editors.run(run.getName());
    RunViewModel follower = new RunViewModel(run.getName(), services, executor);
    followed.put(run.getName(), follower);
    follower.onEnd(this::ended);
    follower.open();
  }

  private void ended(Run run) {
    followed.remove(run.getName());
    events.post(WorkspaceEvents.CHANGED, run.getName());
    String name = run.getName();
    switch (run.getState()) {
      case RUN_STATE_SUCCEEDED -> {
        notifications.show(
            Kind.SUCCESS, name + " has finished", "Show results", () -> editors.results(name));
        editors.results(name);
      }
      case RUN_STATE_FAILED ->
          notifications.show(
              Kind.ERROR,
              name + " failed. " + Failures.line(run.getProblem()),
              "Show run",
              () -> editors.run(name));
      case RUN_STATE_CANCELLED -> notifications.show(Kind.INFO, name + " was cancelled");
      default -> notifications.show(Kind.WARNING, name + " ended: " + words(run.getState()));
    }
  }

  /** Threads for a run from the workbench: one core is left to draw. The result does not depend on it. */
  public static int threads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  /** A state in the words of the trade. */
  public static String words(RunState state) {
    return switch (state) {
      case RUN_STATE_QUEUED -> "queued";
      case RUN_STATE_RUNNING -> "running";
      case RUN_STATE_SUCCEEDED -> "finished";
      case RUN_STATE_FAILED -> "failed";
      case RUN_STATE_CANCELLED -> "cancelled";
      case RUN_STATE_INTERRUPTED -> "interrupted";
      case RUN_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  /** The icon of a state. */
  public static String icon(RunState state) {
    return switch (state) {
      case RUN_STATE_QUEUED -> "fth-clock";
      case RUN_STATE_RUNNING -> "fth-loader";
      case RUN_STATE_SUCCEEDED -> "fth-check-circle";
      case RUN_STATE_FAILED -> "fth-alert-circle";
      case RUN_STATE_CANCELLED -> "fth-slash";
      case RUN_STATE_INTERRUPTED -> "fth-zap-off";
      case RUN_STATE_UNSPECIFIED, UNRECOGNIZED -> "fth-help-circle";
    };
  }

  /** The style class of a state. */
  public static String style(RunState state) {
    return "run-" + words(state);
  }
}
