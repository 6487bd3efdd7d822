package slipstream.ui.internal.services;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.net.URL;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.eclipse.e4.core.contexts.ContextFunction;
import org.eclipse.e4.core.contexts.ContextInjectionFactory;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.e4.core.di.annotations.Optional;
import org.eclipse.e4.ui.di.UIEventTopic;
import org.eclipse.e4.ui.internal.workbench.E4Workbench;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.workbench.UIEvents;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.event.Event;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.run.RunMonitor;
import slipstream.ui.workbench.CloseGuard;
import slipstream.ui.workbench.ThemeService;
import slipstream.ui.workbench.WorkspaceFolder;

/** Puts what all parts share into the application's context. */
public final class ServicesAddon {
  private LocalChannel channel;

  @PostConstruct
  void install(MApplication application, ThemeService themes, WorkspaceFolder workspace) {
    IEclipseContext context = application.getContext();
    channel =
        new LocalChannel(
            FrameworkUtil.getBundle(ServicesAddon.class).getBundleContext(), workspace.path());
    context.set(Services.class, new Services(channel, Platform::isFxApplicationThread));
    lazily(context, Editors.class);
    lazily(context, RunMonitor.class);
    context.set(CloseGuard.class, () -> context.get(RunMonitor.class).mayClose());
    URL css = ServicesAddon.class.getResource("/css/slipstream.css");
    Platform.runLater(() -> themes.addStylesheet(css.toExternalForm()));
  }

  /** The first start in a workspace offers the example. */
  @Inject
  @Optional
  void started(
      @UIEventTopic(UIEvents.UILifeCycle.APP_STARTUP_COMPLETE) Event event,
      MApplication application) {
    if (application.getChildren().getFirst().getWidget() instanceof Stage stage) {
      new Preload(stage.getScene(), application.getContext().get(ThemeService.class)).start();
    }
    if (application.getContext().get(E4Workbench.NO_SAVED_MODEL_FOUND) != null) {
      application.getContext().get(Editors.class).welcome();
    }
  }

  @PreDestroy
  void close() {
    channel.close();
  }

  /** Makes one when it is first asked for: the window that it works on comes later. */
  private static <T> void lazily(IEclipseContext application, Class<T> type) {
    application.set(
        type.getName(),
        new ContextFunction() {
          @Override
          public Object compute(IEclipseContext asking, String key) {
            T made = ContextInjectionFactory.make(type, application);
            application.set(type, made);
            return made;
          }
        });
  }
}
