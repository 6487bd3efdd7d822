package slipstream.ui.internal.welcome;

import jakarta.inject.Inject;
import java.util.function.Consumer;
import org.eclipse.e4.core.di.annotations.Creatable;
import org.eclipse.e4.core.services.events.IEventBroker;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.TaskExecutor;

/** "Open the example", from wherever it is offered. */
@Creatable
public final class ExampleOpener {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private Editors editors;
  @Inject private IEventBroker events;
  @Inject private NotificationService notifications;

  /** Copies the first example into the workspace and opens it. */
  public void openFirst() {
    WelcomeViewModel model = new WelcomeViewModel(services, executor);
    Consumer<String> opened =
        name -> {
          events.post(WorkspaceEvents.CHANGED, name);
          editors.experiment(name);
        };
    model
        .examples()
        .addListener(
            (javafx.collections.ListChangeListener<slipstream.proto.v1.Experiment>)
                change -> model.open(model.examples().getFirst(), opened));
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                notifications.show(NotificationService.Kind.ERROR, error);
              }
            });
    model.load();
  }
}
