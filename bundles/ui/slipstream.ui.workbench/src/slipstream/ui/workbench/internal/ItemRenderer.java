package slipstream.ui.workbench.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javafx.event.ActionEvent;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuBar;
import javafx.scene.control.MenuItem;
import javafx.scene.control.RadioMenuItem;
import javafx.scene.control.Separator;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import org.eclipse.core.commands.ParameterizedCommand;
import org.eclipse.e4.core.commands.ECommandService;
import org.eclipse.e4.core.commands.EHandlerService;
import org.eclipse.e4.core.contexts.ContextInjectionFactory;
import org.eclipse.e4.core.contexts.EclipseContextFactory;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.e4.core.di.annotations.CanExecute;
import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.core.services.contributions.IContributionFactory;
import org.eclipse.e4.core.services.log.Logger;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.model.application.ui.MUIElement;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.model.application.ui.menu.ItemType;
import org.eclipse.e4.ui.model.application.ui.menu.MDirectMenuItem;
import org.eclipse.e4.ui.model.application.ui.menu.MDirectToolItem;
import org.eclipse.e4.ui.model.application.ui.menu.MHandledItem;
import org.eclipse.e4.ui.model.application.ui.menu.MItem;
import org.eclipse.e4.ui.model.application.ui.menu.MMenu;
import org.eclipse.e4.ui.model.application.ui.menu.MMenuElement;
import org.eclipse.e4.ui.model.application.ui.menu.MMenuItem;
import org.eclipse.e4.ui.model.application.ui.menu.MMenuSeparator;
import org.eclipse.e4.ui.model.application.ui.menu.MToolBar;
import org.eclipse.e4.ui.model.application.ui.menu.MToolBarElement;
import org.eclipse.e4.ui.model.application.ui.menu.MToolBarSeparator;
import org.eclipse.e4.ui.model.application.ui.menu.MToolControl;
import org.eclipse.e4.ui.model.application.ui.menu.MToolItem;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;

/** Draws menus, tool bars and tool controls, runs their commands, and keeps them enabled or not. */
final class ItemRenderer {
  /** Tag of a tool item that shows its label beside its icon. */
  static final String SHOW_LABEL = "ShowLabel";

  /** Tag of the one prominent tool item. */
  static final String PROMINENT = "Prominent";

  /** Tag of a tool control that takes the free room. */
  static final String GROW = "Grow";

  private final MApplication application;
  private final IEclipseContext appContext;
  private final IContributionFactory contributions;
  private final Logger logger;
  private final KeyBindings keys;
  private final Map<MItem, Object> drawn = new IdentityHashMap<>();
  private final Map<MItem, Supplier<IEclipseContext>> contexts = new IdentityHashMap<>();
  private final Map<MItem, Object> directs = new IdentityHashMap<>();

  ItemRenderer(
      MApplication application,
      IEclipseContext appContext,
      IContributionFactory contributions,
      Logger logger) {
    this.application = application;
    this.appContext = appContext;
    this.contributions = contributions;
    this.logger = logger;
    this.keys = new KeyBindings(application, appContext.get(ECommandService.class));
  }

  void closePart(MPart part) {
    // The next opening makes new handlers: these belong to the part's context that goes now.
    part.getHandlers().forEach(handler -> handler.setObject(null));
    if (part.getToolbar() != null) {
      part.getToolbar()
          .getChildren()
          .forEach(
              child -> {
                if (child instanceof MItem item) {
                  drawn.remove(item);
                  contexts.remove(item);
                  directs.remove(item);
                }
              });
    }
  }

  void installKeys(MWindow window, Scene scene, Supplier<MPart> activePart) {
    keys.install(
        scene,
        () -> {
          MPart part = activePart.get();
          Collection<String> active = new ArrayList<>();
          if (part != null) {
            part.getBindingContexts().forEach(context -> active.add(context.getElementId()));
          }
          return active;
        },
        this::run);
  }

  /** Runs a command for the active part. */
  void run(ParameterizedCommand command) {
    EHandlerService service = appContext.getActiveLeaf().get(EHandlerService.class);
    try {
      if (service.canExecute(command)) {
        service.executeHandler(command);
      }
    } catch (RuntimeException e) {
      failed(command.getId(), e);
    }
  }

  private void failed(String what, RuntimeException e) {
    logger.error(e, "'" + what + "' failed");
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    appContext
        .get(DialogService.class)
        .error("That did not work", message + "\nThe error log has the details.");
  }

  /** All commands that can run now, for the quick access field: label to command. */
  Map<String, ParameterizedCommand> runnableCommands() {
    ECommandService commands = appContext.get(ECommandService.class);
    EHandlerService service = appContext.getActiveLeaf().get(EHandlerService.class);
    Map<String, ParameterizedCommand> runnable = new LinkedHashMap<>();
    application.getCommands().stream()
        .filter(command -> command.getParameters().isEmpty())
        .sorted(java.util.Comparator.comparing(c -> String.valueOf(c.getLocalizedCommandName())))
        .forEach(
            command -> {
              ParameterizedCommand created =
                  commands.createCommand(command.getElementId(), Map.of());
              if (created != null && service.canExecute(created)) {
                runnable.put(command.getLocalizedCommandName(), created);
              }
            });
    return runnable;
  }

  /** The key of a command, or {@code null}. */
  KeyCombination keyOf(String commandId) {
    return keys.keyOf(commandId);
  }

  // ---- menus ----

  MenuBar menuBar(MMenu model, IEclipseContext context) {
    MenuBar bar = new MenuBar();
    for (MMenuElement child : model.getChildren()) {
      if (child instanceof MMenu menu && menu.isToBeRendered() && menu.isVisible()) {
        bar.getMenus().add(menu(menu, context));
      }
    }
    model.setWidget(bar);
    return bar;
  }

  private Menu menu(MMenu model, IEclipseContext context) {
    Menu menu = new Menu(model.getLocalizedLabel());
    for (MMenuElement child : model.getChildren()) {
      if (!child.isToBeRendered() || !child.isVisible()) {
        continue;
      }
      if (child instanceof MMenu sub) {
        menu.getItems().add(menu(sub, context));
      } else if (child instanceof MMenuSeparator) {
        menu.getItems().add(new SeparatorMenuItem());
      } else if (child instanceof MMenuItem item) {
        menu.getItems().add(menuItem(item, context));
      }
    }
    menu.setOnShowing(event -> refreshEnablement());
    model.setWidget(menu);
    return menu;
  }

  private MenuItem menuItem(MMenuItem model, IEclipseContext context) {
    MenuItem item =
        switch (model.getType()) {
          case CHECK -> new CheckMenuItem();
          case RADIO -> new RadioMenuItem();
          default -> new MenuItem();
        };
    remember(model, item, context);
    if (model instanceof MHandledItem handled && handled.getCommand() != null) {
      item.setAccelerator(keys.keyOf(handled.getCommand().getElementId()));
    }
    item.setOnAction(event -> triggered(model, event));
    refresh(model);
    return item;
  }

  // ---- tool bars ----

  Node toolBar(MToolBar model, IEclipseContext context) {
    HBox bar = new HBox();
    bar.getStyleClass().add("tools");
    for (MToolBarElement child : model.getChildren()) {
      if (!child.isToBeRendered() || !child.isVisible()) {
        continue;
      }
      if (child instanceof MToolBarSeparator) {
        bar.getChildren().add(new Separator(Orientation.VERTICAL));
      } else if (child instanceof MToolControl control) {
        bar.getChildren().add(control(control, context));
      } else if (child instanceof MToolItem item) {
        bar.getChildren().add(toolItem(item, context));
      }
    }
    if (model.getTags().contains(GROW)) {
      HBox.setHgrow(bar, Priority.ALWAYS);
    }
    model.setWidget(bar);
    return bar;
  }

  private Node toolItem(MToolItem model, IEclipseContext context) {
    javafx.scene.control.ButtonBase button =
        model.getType() == ItemType.CHECK ? new ToggleButton() : new Button();
    button.getStyleClass().add("tool-item");
    if (model.getTags().contains(PROMINENT)) {
      button.getStyleClass().add("accent");
    } else {
      button.getStyleClass().add("flat");
    }
    button.setFocusTraversable(false);
    if (model.getElementId() != null) {
      button.setId(model.getElementId().replace('.', '-'));
    }
    remember(model, button, context);
    button.setOnAction(event -> triggered(model, event));
    refresh(model);
    return button;
  }

  Node control(MToolControl model, IEclipseContext parentContext) {
    StackPane pane = new StackPane();
    pane.getStyleClass().add("tool-control");
    IEclipseContext context = EclipseContextFactory.create("ToolControl");
    context.set(MToolControl.class, model);
    context.set(StackPane.class, pane);
    context.set(ItemRenderer.class, this);
    if (model.getObject() == null) {
      try {
        model.setObject(contributions.create(model.getContributionURI(), parentContext, context));
      } catch (RuntimeException e) {
        logger.error(e, "The tool control " + model.getElementId() + " could not be created");
      }
    }
    if (model.getTags().contains(GROW)) {
      HBox.setHgrow(pane, Priority.ALWAYS);
    }
    model.setWidget(pane);
    return pane;
  }

  // ---- what they do ----

  private void remember(MItem model, Object widget, IEclipseContext context) {
    drawn.put(model, widget);
    contexts.put(model, () -> context);
    if (model instanceof MUIElement element) {
      element.setWidget(widget);
    }
  }

  private void triggered(MItem model, ActionEvent event) {
    if (event.getSource() instanceof CheckMenuItem check) {
      model.setSelected(check.isSelected());
    } else if (event.getSource() instanceof ToggleButton toggle) {
      model.setSelected(toggle.isSelected());
    }
    switch (model) {
      case MHandledItem handled -> {
        ParameterizedCommand command = command(handled);
        if (command != null) {
          run(command);
        }
      }
      case MDirectMenuItem direct -> runDirect(model, direct.getContributionURI());
      case MDirectToolItem direct -> runDirect(model, direct.getContributionURI());
      default -> {}
    }
    refreshEnablement();
  }

  private ParameterizedCommand command(MHandledItem handled) {
    if (handled.getWbCommand() == null) {
      handled.setWbCommand(
          KeyBindings.command(
              appContext.get(ECommandService.class),
              handled.getCommand(),
              handled.getParameters()));
    }
    return handled.getWbCommand();
  }

  private Object direct(MItem model, String uri) {
    return directs.computeIfAbsent(model, m -> contributions.create(uri, contexts.get(m).get()));
  }

  private void runDirect(MItem model, String uri) {
    IEclipseContext local = contexts.get(model).get().createChild("DirectItem");
    local.set(MItem.class, model);
    try {
      ContextInjectionFactory.invoke(direct(model, uri), Execute.class, local, null);
    } catch (RuntimeException e) {
      failed(String.valueOf(model.getLocalizedLabel()), e);
    } finally {
      local.dispose();
    }
  }

  private boolean enabled(MItem model) {
    try {
      if (model instanceof MHandledItem handled) {
        ParameterizedCommand command = command(handled);
        return command != null
            && appContext.getActiveLeaf().get(EHandlerService.class).canExecute(command);
      } else if (model instanceof MDirectMenuItem d) {
        return canRun(model, d.getContributionURI());
      } else if (model instanceof MDirectToolItem d) {
        return canRun(model, d.getContributionURI());
      } else {
        return model.isEnabled();
      }
    } catch (RuntimeException e) {
      logger.error(e, "Whether '" + model.getLocalizedLabel() + "' can run is unknown");
      return false;
    }
  }

  private boolean canRun(MItem model, String uri) {
    return (Boolean)
        ContextInjectionFactory.invoke(
            direct(model, uri), CanExecute.class, contexts.get(model).get(), Boolean.TRUE);
  }

  /** Asks every item that is drawn whether it can run now. */
  void refreshEnablement() {
    for (Map.Entry<MItem, Object> entry : List.copyOf(drawn.entrySet())) {
      boolean enabled = enabled(entry.getKey());
      if (entry.getValue() instanceof MenuItem item) {
        item.setDisable(!enabled);
      } else if (entry.getValue() instanceof Node node) {
        node.setDisable(!enabled);
      }
    }
  }

  /** Takes over label, icon, tooltip and check mark of an item. */
  void refresh(MUIElement element) {
    if (!(element instanceof MItem model) || !drawn.containsKey(model)) {
      return;
    }
    String label = model.getLocalizedLabel();
    String tip = model.getLocalizedTooltip();
    String commandId = null;
    if (model instanceof MHandledItem handled && handled.getCommand() != null) {
      commandId = handled.getCommand().getElementId();
      if (label == null || label.isBlank()) {
        label = handled.getCommand().getLocalizedCommandName();
      }
    }
    Object widget = drawn.get(model);
    if (widget instanceof MenuItem item) {
      item.setText(label);
      item.setGraphic(model.getIconURI() == null ? null : Icons.ofUri(model.getIconURI()));
      if (item instanceof CheckMenuItem check) {
        check.setSelected(model.isSelected());
      }
    } else if (widget instanceof javafx.scene.control.ButtonBase button) {
      Node icon = Icons.ofUri(model.getIconURI());
      button.setGraphic(icon);
      boolean withText = icon == null || model.getTags().contains(SHOW_LABEL);
      button.setText(withText ? label : null);
      if (!withText && !button.getStyleClass().contains("button-icon")) {
        button.getStyleClass().add("button-icon");
      }
      String hint = tip == null || tip.isBlank() ? label : tip;
      KeyCombination key = commandId == null ? null : keys.keyOf(commandId);
      button.setTooltip(
          new Tooltip(key == null ? hint : hint + "  (" + key.getDisplayText() + ")"));
      button.setAccessibleText(label);
      if (button instanceof ToggleButton toggle) {
        toggle.setSelected(model.isSelected());
      }
    }
  }
}
