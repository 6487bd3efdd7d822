package slipstream.ui.workbench.internal.handlers;

import jakarta.inject.Named;
import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.core.di.annotations.Optional;
import slipstream.ui.workbench.internal.QuickAccess;

/** Opens the list of commands. */
public final class QuickAccessHandler {
  @Execute
  void execute(@Optional @Named(QuickAccess.KEY) QuickAccess quickAccess) {
    if (quickAccess != null) {
      quickAccess.open();
    }
  }
}
