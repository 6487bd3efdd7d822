package slipstream.ui.internal.handlers;

import java.util.Locale;
import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.core.services.events.IEventBroker;
import slipstream.proto.v1.SaveExperimentRequest;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.TaskExecutor;

/** Makes an experiment from a commented skeleton and opens it. */
public final class NewExperimentHandler {
  private static final String SKELETON =
      """
      slipstream: 1
      name: %s
      description: What is predicted, from which data.
      seed: 1

      # Relative paths start at the workspace.
      data:
        importer: csv
        path: trades.csv
        time: time

      # Trades become bars; leave it out when a row is already an observation.
      prepare:
        - {extractor: bars, interval: 1m, price: price, size: size}

      # Point in time: a feature sees nothing after its own row.
      features:
        return_1: logret(close, 1)
        volatility: std(return_1, 20)

      targets:
        next_return:
          expression: 1e4 * lead(logret(close, 1), 1)
          unit: bp

      models:
        trees:
          trainer: boosted-trees
        ridge:
          trainer: ridge

      validation:
        folds: 4
      """;

  @Execute
  void execute(
      DialogService dialogs,
      Services services,
      TaskExecutor executor,
      Editors editors,
      IEventBroker events) {
    dialogs
        .ask("New experiment", "Name (lower-case letters, digits and hyphens)", "my-experiment")
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .ifPresent(
            name ->
                BackgroundTask.of(
                        () ->
                            services
                                .experiments()
                                .saveExperiment(
                                    SaveExperimentRequest.newBuilder()
                                        .setName(name)
                                        .setText(String.format(Locale.ROOT, SKELETON, name))
                                        .build()))
                    .onSuccess(
                        saved -> {
                          events.post(WorkspaceEvents.CHANGED, saved.getName());
                          editors.experiment(saved.getName());
                        })
                    .onFailure(
                        failure ->
                            dialogs.error("'" + name + "' was not created", Failures.line(failure)))
                    .executeWith(executor));
  }
}
