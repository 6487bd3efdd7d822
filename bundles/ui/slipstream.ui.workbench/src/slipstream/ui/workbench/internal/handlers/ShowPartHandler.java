package slipstream.ui.workbench.internal.handlers;

import jakarta.inject.Named;
import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.ui.workbench.modeling.EPartService;
import org.eclipse.e4.ui.workbench.modeling.EPartService.PartState;

/** Shows the part whose id the command's parameter names. */
public final class ShowPartHandler {
  @Execute
  void execute(@Named("slipstream.ui.workbench.parameter.part") String id, EPartService parts) {
    parts.showPart(id, PartState.ACTIVATE);
  }
}
