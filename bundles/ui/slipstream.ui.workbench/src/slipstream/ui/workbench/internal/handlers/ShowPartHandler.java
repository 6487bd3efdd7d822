package slipstream.ui.workbench.internal.handlers;

import jakarta.inject.Named;
import java.util.List;
import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.ui.model.application.descriptor.basic.MPartDescriptor;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.model.application.ui.basic.MStackElement;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.e4.ui.workbench.modeling.EPartService;
import org.eclipse.e4.ui.workbench.modeling.EPartService.PartState;

/** Shows the part whose id the command's parameter names. */
public final class ShowPartHandler {
  @Execute
  void execute(
      @Named("slipstream.ui.workbench.parameter.part") String id,
      EPartService parts,
      EModelService models,
      MWindow window) {
    MPartDescriptor descriptor = models.getPartDescriptor(id);
    if (parts.findPart(id) == null && descriptor != null && descriptor.getCategory() != null) {
      // The part service looks for the stack of a category in the perspective only, not in the
      // shared area.
      List<MPartStack> stacks =
          models.findElements(
              window,
              null,
              MPartStack.class,
              List.of(descriptor.getCategory()),
              EModelService.ANYWHERE);
      if (!stacks.isEmpty()) {
        MPart part = models.createPart(descriptor);
        stacks.getFirst().getChildren().add((MStackElement) part);
      }
    }
    parts.showPart(id, PartState.ACTIVATE);
  }
}
