package slipstream.ui.workbench.internal;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javafx.application.Platform;
import javafx.geometry.Rectangle2D;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.MenuBar;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.Screen;
import javafx.stage.Stage;
import org.eclipse.e4.core.contexts.ContextInjectionFactory;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.e4.core.services.contributions.IContributionFactory;
import org.eclipse.e4.core.services.events.IEventBroker;
import org.eclipse.e4.core.services.log.Logger;
import org.eclipse.e4.ui.di.Focus;
import org.eclipse.e4.ui.di.PersistState;
import org.eclipse.e4.ui.di.UISynchronize;
import org.eclipse.e4.ui.internal.workbench.E4Workbench;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.model.application.MApplicationElement;
import org.eclipse.e4.ui.model.application.ui.MContext;
import org.eclipse.e4.ui.model.application.ui.MElementContainer;
import org.eclipse.e4.ui.model.application.ui.MUIElement;
import org.eclipse.e4.ui.model.application.ui.SideValue;
import org.eclipse.e4.ui.model.application.ui.advanced.MPerspective;
import org.eclipse.e4.ui.model.application.ui.advanced.MPerspectiveStack;
import org.eclipse.e4.ui.model.application.ui.advanced.MPlaceholder;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MPartSashContainer;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.model.application.ui.basic.MTrimBar;
import org.eclipse.e4.ui.model.application.ui.basic.MTrimElement;
import org.eclipse.e4.ui.model.application.ui.basic.MTrimmedWindow;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.model.application.ui.menu.MToolBar;
import org.eclipse.e4.ui.model.application.ui.menu.MToolControl;
import org.eclipse.e4.ui.services.IServiceConstants;
import org.eclipse.e4.ui.workbench.IPresentationEngine;
import org.eclipse.e4.ui.workbench.UIEvents;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.e4.ui.workbench.modeling.EPartService;
import org.eclipse.e4.ui.workbench.modeling.ISaveHandler;
import org.eclipse.e4.ui.workbench.modeling.IWindowCloseHandler;
import org.osgi.service.event.Event;
import slipstream.ui.workbench.CloseGuard;
import slipstream.ui.workbench.StatePane;

/**
 * Renders the Eclipse 4 application model in JavaFX. Everything but {@link #run} and {@link #stop} happens on the UI
 * thread.
 *
 * <p>On the way to the first window types are told by {@code instanceof}, here and in what is called from here: each pattern switch makes a
 * class at run time, which the JVM's class cache cannot hold, and costs the start milliseconds.
 */
public final class FxPresentationEngine implements IPresentationEngine {
  private static final String OBJECT_OPEN = "slipstream.open";

  private final Map<MPart, PartPane> panes = new IdentityHashMap<>();
  private final Map<MWindow, Stage> stages = new IdentityHashMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final List<Runnable> onFrame = new ArrayList<>();
  private final List<Runnable> onFilled = new ArrayList<>();

  @Inject private IEclipseContext appContext;
  @Inject private EModelService modelService;
  @Inject private IContributionFactory contributions;
  @Inject private IEventBroker events;
  @Inject private Logger logger;
  @Inject private UISynchronize ui;
  @Inject private FxThemeService themes;
  @Inject private FxNotificationService notifications;

  private MApplication application;
  private Docking docking;
  private ItemRenderer items;
  private boolean closing;

  /** What is in front while the first window has not been drawn; {@code null} from then on. */
  private List<MUIElement> waiting = new ArrayList<>();

  @PostConstruct
  void initialise() {
    appContext.set(IPresentationEngine.class, this);
  }

  /**
   * Runs an action once the first window has been laid out and handed to the renderer: with menus, tool bars and tabs, and without what the
   * parts show.
   */
  void onFrame(Runnable action) {
    onFrame.add(action);
  }

  /** Runs an action once what the visible parts show has been laid out and handed to the renderer too. */
  void onFilled(Runnable action) {
    onFilled.add(action);
  }

  /** The stage of the active window, or {@code null} before there is one. */
  Stage activeStage() {
    return stages.values().stream()
        .filter(Stage::isFocused)
        .findFirst()
        .orElse(stages.values().stream().findFirst().orElse(null));
  }

  // ---- life ----

  @Override
  public Object run(MApplicationElement root, IEclipseContext context) {
    application = (MApplication) root;
    RuntimeException[] failure = {null};
    ui.syncExec(
        () -> {
          try {
            open();
          } catch (RuntimeException e) {
            failure[0] = e;
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  private void open() {
    items = new ItemRenderer(application, appContext, contributions, logger);
    docking = new Docking(modelService, new DockingHost());
    subscribe();
    for (MWindow window : List.copyOf(application.getChildren())) {
      createGui(window);
    }
    MWindow first = application.getSelectedElement();
    if (first == null && !application.getChildren().isEmpty()) {
      application.setSelectedElement(application.getChildren().getFirst());
    }
    items.refreshEnablement();
    Stage stage = activeStage();
    if (stage == null || !stage.isShowing()) {
      fill();
      return;
    }
    afterFrame(
        stage.getScene(),
        () -> {
          onFrame.forEach(Runnable::run);
          // In a turn of its own: this one still has to hand the frame to the renderer.
          Platform.runLater(
              () -> {
                fill();
                afterFrame(stage.getScene(), () -> onFilled.forEach(Runnable::run));
              });
        });
  }

  /** Creates what the visible parts show, and says that the start is complete. */
  private void fill() {
    List<MUIElement> inFront = waiting;
    waiting = null;
    if (!closing) {
      inFront.forEach(this::createGui);
      items.refreshEnablement();
      // Sent, not posted: what a part opens in answer belongs to what the person sees first.
      events.send(UIEvents.UILifeCycle.APP_STARTUP_COMPLETE, application);
    }
  }

  /** Runs an action once, right after a scene has been laid out and handed to the renderer. */
  private static void afterFrame(Scene scene, Runnable action) {
    Runnable[] listener = {null};
    listener[0] =
        () -> {
          if (scene.getWindow() != null && scene.getWindow().isShowing()) {
            scene.removePostLayoutPulseListener(listener[0]);
            action.run();
          }
        };
    scene.addPostLayoutPulseListener(listener[0]);
    Platform.requestNextPulse();
  }

  @Override
  public void stop() {
    if (stopped.getCount() == 0) {
      return;
    }
    ui.syncExec(
        () -> {
          closing = true;
          try {
            persistState();
            stages.values().forEach(Stage::hide);
            for (MPart part : List.copyOf(panes.keySet())) {
              disposePart(part);
            }
            stages.values().forEach(stage -> themes.forget(stage.getScene()));
          } finally {
            stopped.countDown();
          }
        });
  }

  /** Lets each open part and the docks write their state into the model. */
  void persistState() {
    for (MPart part : List.copyOf(panes.keySet())) {
      if (part.getObject() != null && part.getContext() != null) {
        try {
          ContextInjectionFactory.invoke(
              part.getObject(), PersistState.class, part.getContext(), null);
        } catch (RuntimeException e) {
          logger.error(e, "The state of '" + part.getLocalizedLabel() + "' could not be kept");
        }
      }
    }
    for (MPerspective perspective :
        modelService.findElements(application, null, MPerspective.class, null)) {
      docking.captureSizes(perspective);
    }
  }

  // ---- create ----

  @Override
  public Object createGui(MUIElement element) {
    MUIElement parent = element.getParent();
    if (parent == null && element.getCurSharedRef() != null) {
      parent = element.getCurSharedRef().getParent();
    }
    IEclipseContext parentContext =
        element instanceof MWindow
            ? application.getContext()
            : parent == null ? null : contextOf(parent);
    if (parentContext == null) {
      parentContext = modelService.getContainingContext(element);
    }
    return createGui(element, null, parentContext);
  }

  private IEclipseContext contextOf(MUIElement element) {
    return element instanceof MContext c && c.getContext() != null
        ? c.getContext()
        : modelService.getContainingContext(element);
  }

  @Override
  public Object createGui(MUIElement element, Object parentWidget, IEclipseContext parentContext) {
    if (!element.isToBeRendered() || closing) {
      return null;
    }
    if (element instanceof MWindow window) {
      return renderWindow(window);
    } else if (element instanceof MPerspectiveStack stack) {
      return renderPerspectives(stack, parentContext);
    } else if (element instanceof MPerspective perspective) {
      return renderPerspective(perspective, parentContext);
    } else if (element instanceof MPlaceholder placeholder) {
      if (placeholder.getRef() == null) {
        return null;
      }
      placeholder.getRef().setCurSharedRef(placeholder);
      placeholder.setRenderer(this);
      Object created = createGui(placeholder.getRef(), null, parentContext);
      placeholder.setWidget(created);
      return created;
    } else if (element instanceof MPart part) {
      return renderPart(part, parentContext);
    } else if (element instanceof MPartSashContainer sash) {
      // The docks draw sashes and stacks; asking for one means that it should be shown. Each
      // part that is shown asks for the sashes around it: those that are there stay.
      if (!docking.shows(sash)) {
        rebuildAround(sash);
      }
      return sash.getWidget();
    } else if (element instanceof MPartStack stack) {
      docking.refresh(stack);
      return stack.getWidget();
    } else {
      return null;
    }
  }

  private void ensureContext(MContext element, IEclipseContext parentContext) {
    if (element.getContext() == null) {
      E4Workbench.initializeContext(parentContext, element);
      element.getProperties().forEach(element.getContext()::set);
    } else if (element.getContext().getParent() != parentContext && parentContext != null) {
      element.getContext().setParent(parentContext);
    }
  }

  private Stage renderWindow(MWindow window) {
    if (window.getWidget() instanceof Stage existing) {
      return existing;
    }
    ensureContext(window, application.getContext());
    IEclipseContext context = window.getContext();
    window.setRenderer(this);

    BorderPane frame = new BorderPane();
    frame.getStyleClass().add("workbench");
    StackPane root = new StackPane(frame, notifications.overlay());
    Stage stage = new Stage();
    Rectangle2D screen = Screen.getPrimary().getVisualBounds();
    double width = window.getWidth() > 0 ? window.getWidth() : 1440;
    double height = window.getHeight() > 0 ? window.getHeight() : 900;
    Scene scene = new Scene(root, width, height);
    stage.setScene(scene);
    stage.setTitle(window.getLocalizedLabel());
    stage.setMinWidth(640);
    stage.setMinHeight(400);
    themes.dress(scene);
    stages.put(window, stage);
    window.setWidget(stage);
    context.set(Stage.class, stage);
    context.set(Scene.class, scene);
    context.set(IServiceConstants.ACTIVE_SHELL, stage);
    context.set(E4Workbench.LOCAL_ACTIVE_SHELL, stage);
    WindowSaveHandler saveHandler = ContextInjectionFactory.make(WindowSaveHandler.class, context);
    context.set(ISaveHandler.class, saveHandler);
    context.set(
        IWindowCloseHandler.class,
        closed -> closed.getContext().get(EPartService.class).saveAll(true));
    if (application.getSelectedElement() == null) {
      application.setSelectedElement(window);
    }
    context.activate();

    VBox top = new VBox();
    if (window.getMainMenu() != null) {
      MenuBar bar = items.menuBar(window.getMainMenu(), context);
      top.getChildren().add(bar);
    }
    frame.setTop(top);
    if (window instanceof MTrimmedWindow trimmed) {
      for (MTrimBar bar : trimmed.getTrimBars()) {
        if (!bar.isToBeRendered() || !bar.isVisible()) {
          continue;
        }
        Node node = renderTrim(bar, context);
        if (bar.getSide() == SideValue.TOP) {
          top.getChildren().add(node);
        } else if (bar.getSide() == SideValue.BOTTOM) {
          frame.setBottom(node);
        } else if (bar.getSide() == SideValue.LEFT) {
          frame.setLeft(node);
        } else {
          frame.setRight(node);
        }
      }
    }
    for (MUIElement child : List.copyOf(window.getChildren())) {
      if (createGui(child, frame, context) instanceof Node node) {
        frame.setCenter(node);
      }
    }
    items.installKeys(window, scene, () -> activePart(window));
    place(window, stage, screen);
    stage.setOnCloseRequest(
        event -> {
          event.consume();
          closeWindow(window);
        });
    stage
        .focusedProperty()
        .addListener(
            (property, was, focused) -> {
              if (focused && !closing) {
                context.activate();
                application.setSelectedElement(window);
              }
            });
    if (window.isVisible()) {
      stage.show();
    }
    return stage;
  }

  private static void place(MWindow window, Stage stage, Rectangle2D screen) {
    boolean onScreen =
        window.getX() >= screen.getMinX()
            && window.getY() >= screen.getMinY()
            && window.getX() < screen.getMaxX() - 100
            && window.getY() < screen.getMaxY() - 100;
    if (onScreen && (window.isSetX() || window.isSetY())) {
      stage.setX(window.getX());
      stage.setY(window.getY());
    }
    stage.setMaximized(window.getTags().contains(WINDOW_MAXIMIZED_TAG));
    stage
        .maximizedProperty()
        .addListener(
            (property, was, maximised) -> {
              window.getTags().remove(WINDOW_MAXIMIZED_TAG);
              if (maximised) {
                window.getTags().add(WINDOW_MAXIMIZED_TAG);
              }
            });
    Runnable remember =
        () -> {
          if (!stage.isMaximized() && stage.isShowing()) {
            window.setX((int) stage.getX());
            window.setY((int) stage.getY());
            window.setWidth((int) stage.getScene().getWidth());
            window.setHeight((int) stage.getScene().getHeight());
          }
        };
    stage.xProperty().subscribe(remember);
    stage.yProperty().subscribe(remember);
    stage.getScene().widthProperty().subscribe(remember);
    stage.getScene().heightProperty().subscribe(remember);
  }

  /** Asks for unsaved work and ends the application with its last window. */
  public boolean closeWindow(MWindow window) {
    IWindowCloseHandler handler = window.getContext().get(IWindowCloseHandler.class);
    if (handler != null && !handler.close(window)) {
      return false;
    }
    CloseGuard guard = appContext.get(CloseGuard.class);
    if (guard != null && !guard.mayClose()) {
      return false;
    }
    // Off this event: stop() hides the stage that is just handling it.
    Platform.runLater(this::stop);
    return true;
  }

  private Node renderTrim(MTrimBar bar, IEclipseContext context) {
    javafx.scene.layout.HBox box = new javafx.scene.layout.HBox();
    box.getStyleClass()
        .addAll("trim", bar.getSide().getLiteral().toLowerCase(java.util.Locale.ROOT));
    box.getStyleClass().addAll(bar.getTags());
    for (MTrimElement child : bar.getChildren()) {
      if (!child.isToBeRendered() || !child.isVisible()) {
        continue;
      }
      if (child instanceof MToolBar toolBar) {
        box.getChildren().add(items.toolBar(toolBar, context));
      } else if (child instanceof MToolControl control) {
        box.getChildren().add(items.control(control, context));
      }
    }
    bar.setWidget(box);
    bar.setRenderer(this);
    return box;
  }

  private Node renderPerspectives(MPerspectiveStack stack, IEclipseContext parentContext) {
    StackPane pane = stack.getWidget() instanceof StackPane existing ? existing : new StackPane();
    stack.setWidget(pane);
    stack.setRenderer(this);
    if (stack.getSelectedElement() == null && !stack.getChildren().isEmpty()) {
      stack.setSelectedElement(stack.getChildren().getFirst());
    }
    if (stack.getSelectedElement() != null
        && createGui(stack.getSelectedElement(), pane, parentContext) instanceof Node node) {
      pane.getChildren().setAll(node);
    }
    return pane;
  }

  private Node renderPerspective(MPerspective perspective, IEclipseContext parentContext) {
    ensureContext(perspective, parentContext);
    perspective.setRenderer(this);
    perspective.getContext().activate();
    // All elements get a renderer, for the part service asks only those that have one.
    markRendered(perspective);
    Node node = docking.render(perspective);
    perspective.setWidget(node);
    return node;
  }

  private void markRendered(MUIElement element) {
    element.setRenderer(this);
    if (element instanceof MPlaceholder placeholder && placeholder.getRef() != null) {
      placeholder.getRef().setCurSharedRef(placeholder);
      markRendered(placeholder.getRef());
    } else if (element instanceof MElementContainer<?> container) {
      container.getChildren().forEach(child -> markRendered((MUIElement) child));
    }
  }

  private PartPane pane(MPart part) {
    return panes.computeIfAbsent(
        part,
        p -> {
          PartPane pane = new PartPane();
          pane.getProperties().put(MPart.class, p);
          pane.addEventFilter(MouseEvent.MOUSE_PRESSED, event -> activate(p, false));
          pane.focusWithinProperty()
              .subscribe(
                  focused -> {
                    if (focused) {
                      activate(p, false);
                    }
                  });
          return pane;
        });
  }

  private void activate(MPart part, boolean focus) {
    if (closing || part.getContext() == null) {
      return;
    }
    EPartService parts = part.getContext().get(EPartService.class);
    if (parts != null && parts.getActivePart() != part) {
      parts.activate(part, focus);
    }
  }

  private Node renderPart(MPart part, IEclipseContext parentContext) {
    PartPane pane = pane(part);
    part.setRenderer(this);
    part.setWidget(pane);
    ensureContext(part, parentContext);
    if (pane.isOpen()) {
      return pane;
    }
    IEclipseContext context = part.getContext();
    MToolBar toolBar = part.getToolbar();
    BorderPane content =
        pane.open(
            toolBar == null || !toolBar.isToBeRendered() ? null : items.toolBar(toolBar, context));
    context.set(BorderPane.class, content);
    context.set(OBJECT_OPEN, Boolean.TRUE);
    try {
      part.setObject(contributions.create(part.getContributionURI(), context));
      if (part.getObject() == null) {
        throw new IllegalStateException("No class at " + part.getContributionURI());
      }
    } catch (RuntimeException e) {
      logger.error(e, "'" + part.getLocalizedLabel() + "' could not be opened");
      StatePane state = new StatePane(new StackPane());
      state.showError(
          "'" + part.getLocalizedLabel() + "' could not be opened",
          "The error log has the details. Close the tab and open it again.",
          null);
      content.setCenter(state);
    }
    return pane;
  }

  // ---- remove ----

  @Override
  public void removeGui(MUIElement element) {
    switch (element) {
      case MPart part -> disposePart(part);
      case MPlaceholder placeholder when placeholder.getRef() instanceof MPart part ->
          disposePart(part);
      case MWindow window -> {
        Stage stage = stages.remove(window);
        if (stage != null) {
          stage.hide();
          themes.forget(stage.getScene());
        }
        window.setWidget(null);
      }
      default -> {}
    }
  }

  private void disposePart(MPart part) {
    docking.forget(part);
    PartPane pane = panes.remove(part);
    if (pane == null) {
      return;
    }
    pane.close();
    Object object = part.getObject();
    IEclipseContext context = part.getContext();
    if (context != null) {
      if (object != null && !closing) {
        try {
          ContextInjectionFactory.invoke(object, PersistState.class, context, null);
        } catch (RuntimeException e) {
          logger.error(e, "The state of '" + part.getLocalizedLabel() + "' could not be kept");
        }
      }
      IEclipseContext parent = context.getParent();
      if (parent != null && parent.getActiveChild() == context) {
        context.deactivate();
      }
      if (object != null) {
        ContextInjectionFactory.uninject(object, context);
      }
      items.closePart(part);
      context.dispose();
      part.setContext(null);
    }
    part.setObject(null);
    part.setWidget(null);
  }

  // ---- focus ----

  @Override
  public void focusGui(MUIElement element) {
    MUIElement target =
        element instanceof MPlaceholder placeholder ? placeholder.getRef() : element;
    if (target instanceof MPart part && part.getObject() != null) {
      Object nothing = new Object();
      Object result =
          ContextInjectionFactory.invoke(part.getObject(), Focus.class, part.getContext(), nothing);
      if (result == nothing && part.getWidget() instanceof PartPane pane) {
        pane.requestFocus();
      }
    }
  }

  private MPart activePart(MWindow window) {
    EPartService parts = window.getContext().get(EPartService.class);
    return parts == null ? null : parts.getActivePart();
  }

  // ---- the model's events ----

  private void subscribe() {
    events.subscribe(UIEvents.ElementContainer.TOPIC_CHILDREN, this::childrenChanged);
    events.subscribe(UIEvents.ElementContainer.TOPIC_SELECTEDELEMENT, this::selectionChanged);
    events.subscribe(UIEvents.UIElement.TOPIC_TOBERENDERED, this::renderedChanged);
    events.subscribe(UIEvents.UIElement.TOPIC_VISIBLE, this::visibleChanged);
    events.subscribe(UIEvents.UILabel.TOPIC_ALL, this::labelChanged);
    events.subscribe(UIEvents.Dirtyable.TOPIC_DIRTY, this::labelChanged);
    events.subscribe(UIEvents.Item.TOPIC_ALL, this::labelChanged);
    events.subscribe(UIEvents.REQUEST_ENABLEMENT_UPDATE_TOPIC, e -> refreshEnablement());
    events.subscribe(UIEvents.UILifeCycle.ACTIVATE, e -> refreshEnablement());
  }

  private void refreshEnablement() {
    if (!closing) {
      items.refreshEnablement();
    }
  }

  private static Object element(Event event) {
    return event.getProperty(UIEvents.EventTags.ELEMENT);
  }

  private boolean ignored() {
    return closing || docking.isLeadingModel();
  }

  private void childrenChanged(Event event) {
    if (ignored()) {
      return;
    }
    if (UIEvents.isADD(event)) {
      for (Object added : UIEvents.asIterable(event, UIEvents.EventTags.NEW_VALUE)) {
        if (added instanceof MUIElement child
            && element(event) instanceof MUIElement parent
            && parent.getRenderer() == this) {
          markRendered(child);
        }
      }
    }
    switch (element(event)) {
      case MPartStack stack -> docking.refresh(stack);
      case MPartSashContainer sash -> rebuildAround(sash);
      case MPerspective perspective -> docking.rebuild(perspective);
      case MPerspectiveStack stack when stack.getRenderer() == this ->
          renderPerspectives(stack, contextOf(stack));
      case MApplication app -> {
        for (MWindow window : List.copyOf(app.getChildren())) {
          if (window.getWidget() == null) {
            createGui(window);
          }
        }
      }
      case null, default -> {}
    }
    if (UIEvents.isREMOVE(event)) {
      for (Object removed : UIEvents.asIterable(event, UIEvents.EventTags.OLD_VALUE)) {
        if (removed instanceof MPart part && part.getParent() == null) {
          disposePart(part);
        }
      }
    }
  }

  private void rebuildAround(MUIElement element) {
    MPerspective perspective = modelService.getPerspectiveFor(element);
    if (perspective != null) {
      docking.rebuild(perspective);
    }
  }

  private void selectionChanged(Event event) {
    if (ignored()) {
      return;
    }
    Object element = element(event);
    if (element instanceof MPartStack stack) {
      docking.select(stack);
    } else if (element instanceof MPerspectiveStack stack && stack.getRenderer() == this) {
      renderPerspectives(stack, contextOf(stack));
    }
  }

  private void renderedChanged(Event event) {
    if (ignored() || !(element(event) instanceof MUIElement element)) {
      return;
    }
    refreshAround(element);
    if (!element.isToBeRendered()) {
      removeGui(element);
    }
  }

  private void visibleChanged(Event event) {
    if (!ignored() && element(event) instanceof MUIElement element) {
      refreshAround(element);
    }
  }

  private void refreshAround(MUIElement element) {
    MUIElement parent = element.getParent();
    switch (element) {
      case MPart part when parent instanceof MPartStack stack -> docking.refresh(stack);
      case MPlaceholder placeholder when parent instanceof MPartStack stack ->
          docking.refresh(stack);
      case MPart part -> rebuildAround(part);
      case MPartStack stack -> docking.refresh(stack);
      case MPartSashContainer sash -> rebuildAround(sash);
      case MPlaceholder placeholder -> rebuildAround(placeholder);
      default -> items.refresh(element);
    }
  }

  private void labelChanged(Event event) {
    if (closing) {
      return;
    }
    switch (element(event)) {
      case MPart part -> docking.refresh(part);
      case MWindow window when stages.containsKey(window) ->
          stages.get(window).setTitle(window.getLocalizedLabel());
      case MUIElement element -> items.refresh(element);
      case null, default -> {}
    }
  }

  /** The tags that this engine understands beside Eclipse's own. */
  static final Set<String> TAGS = Set.of(Docking.KEEPS_SIZE, Docking.CREATED_BY_DRAG);

  private final class DockingHost implements Docking.Host {
    @Override
    public Node paneOf(MPart part) {
      return pane(part);
    }

    @Override
    public void selectedByUser(MPart part) {
      MUIElement place = part.getParent() == null ? part.getCurSharedRef() : part;
      if (place != null && place.getParent() != null) {
        place.getParent().setSelectedElement(place);
      }
      activate(part, false);
    }

    @Override
    public void closeRequested(MPart part) {
      if (part.getContext() == null) {
        createGui(part);
      }
      EPartService parts = part.getContext().get(EPartService.class);
      if (parts.savePart(part, true)) {
        parts.hidePart(part);
      }
    }

    @Override
    public void inFront(MUIElement stackElement) {
      if (waiting == null) {
        createGui(stackElement);
      } else {
        waiting.add(stackElement);
      }
    }
  }
}
