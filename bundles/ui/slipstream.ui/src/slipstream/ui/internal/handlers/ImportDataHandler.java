package slipstream.ui.internal.handlers;

import org.eclipse.e4.core.di.annotations.Execute;
import slipstream.ui.internal.Editors;

/** Opens the page on which files become a dataset. */
public final class ImportDataHandler {
  @Execute
  void execute(Editors editors) {
    editors.importData();
  }
}
