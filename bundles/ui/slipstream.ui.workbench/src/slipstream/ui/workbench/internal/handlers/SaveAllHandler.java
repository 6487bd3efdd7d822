package slipstream.ui.workbench.internal.handlers;

import org.eclipse.e4.core.di.annotations.CanExecute;
import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.ui.workbench.modeling.EPartService;

/** Saves every part that has unsaved changes. */
public final class SaveAllHandler {
  @CanExecute
  boolean canExecute(EPartService parts) {
    return !parts.getDirtyParts().isEmpty();
  }

  @Execute
  void execute(EPartService parts) {
    parts.saveAll(false);
  }
}
