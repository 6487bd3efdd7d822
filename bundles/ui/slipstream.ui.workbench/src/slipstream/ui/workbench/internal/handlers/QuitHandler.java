package slipstream.ui.workbench.internal.handlers;

import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.workbench.IPresentationEngine;
import slipstream.ui.workbench.internal.FxPresentationEngine;

/** Ends the workbench, asking for unsaved changes. */
public final class QuitHandler {
  @Execute
  void execute(MWindow window, IPresentationEngine engine) {
    ((FxPresentationEngine) engine).closeWindow(window);
  }
}
