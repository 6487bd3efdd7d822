package slipstream.ui.internal.run;

import jakarta.inject.Inject;
import org.eclipse.e4.core.di.annotations.Creatable;
import slipstream.proto.v1.StartRunRequest;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.TaskExecutor;

/** Starts runs from places that have no view model of their own. */
@Creatable
public final class RunActions {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private RunMonitor monitor;
  @Inject private NotificationService notifications;

  /** Starts a run of an experiment as it is saved. */
  public void start(String experiment) {
    BackgroundTask.of(
            () ->
                services
                    .runs()
                    .startRun(
                        StartRunRequest.newBuilder()
                            .setExperiment(experiment)
                            .setThreads(RunMonitor.threads())
                            .build()))
        .title("Starting " + experiment)
        .onSuccess(monitor::started)
        .onFailure(
            failure -> notifications.show(NotificationService.Kind.ERROR, Failures.line(failure)))
        .executeWith(executor);
  }
}
