package slipstream.ui.workbench.internal;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.util.List;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import org.eclipse.e4.core.di.annotations.Optional;
import org.eclipse.e4.ui.di.UIEventTopic;
import org.eclipse.e4.ui.model.application.ui.MUIElement;
import org.eclipse.e4.ui.model.application.ui.advanced.MPerspective;
import org.eclipse.e4.ui.model.application.ui.advanced.MPerspectiveStack;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.workbench.UIEvents;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.e4.ui.workbench.modeling.EPartService;
import org.osgi.service.event.Event;

/** The row of perspectives, one button each. */
public final class PerspectiveSwitcher {
  private final HBox box = new HBox();
  private final ToggleGroup group = new ToggleGroup();

  @Inject private MWindow window;
  @Inject private EModelService modelService;

  @PostConstruct
  void create(StackPane parent) {
    box.getStyleClass().add("perspective-switcher");
    parent.getChildren().add(box);
    fill();
  }

  private void fill() {
    box.getChildren().clear();
    List<MPerspectiveStack> stacks =
        modelService.findElements(window, null, MPerspectiveStack.class, null);
    for (MPerspectiveStack stack : stacks) {
      for (MPerspective perspective : stack.getChildren()) {
        ToggleButton button = new ToggleButton(perspective.getLocalizedLabel());
        button.setFocusTraversable(false);
        button.getStyleClass().add("perspective");
        button.setToggleGroup(group);
        button.setSelected(
            stack.getSelectedElement() == perspective || stack.getSelectedElement() == null);
        button.setOnAction(
            event -> {
              button.setSelected(true);
              window.getContext().get(EPartService.class).switchPerspective(perspective);
            });
        box.getChildren().add(button);
      }
    }
  }

  @Inject
  @Optional
  void changed(@UIEventTopic(UIEvents.ElementContainer.TOPIC_ALL) Event event) {
    if (event.getProperty(UIEvents.EventTags.ELEMENT) instanceof MUIElement element
        && element instanceof MPerspectiveStack) {
      fill();
    }
  }
}
