package slipstream.ui.workbench.internal;

import jakarta.inject.Inject;
import java.util.Collection;
import org.eclipse.e4.core.services.log.Logger;
import org.eclipse.e4.ui.internal.workbench.PartServiceSaveHandler;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.ui.workbench.DialogService;

/** Asks whether to save what is unsaved when something closes. */
final class WindowSaveHandler extends PartServiceSaveHandler {
  private final DialogService dialogs;

  @Inject
  WindowSaveHandler(DialogService dialogs, Logger logger) {
    this.dialogs = dialogs;
    this.logger = logger;
  }

  @Override
  public Save promptToSave(MPart part) {
    return switch (dialogs.confirm(
        "Save '" + part.getLocalizedLabel() + "'?",
        "It has changes that are not saved.",
        "Save",
        "Discard")) {
      case YES -> Save.YES;
      case NO -> Save.NO;
      case CANCEL -> Save.CANCEL;
    };
  }

  @Override
  public Save[] promptToSave(Collection<MPart> parts) {
    return parts.stream().map(this::promptToSave).toArray(Save[]::new);
  }
}
