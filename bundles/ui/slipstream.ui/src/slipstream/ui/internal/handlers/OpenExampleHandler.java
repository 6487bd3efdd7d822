package slipstream.ui.internal.handlers;

import org.eclipse.e4.core.di.annotations.Execute;
import slipstream.ui.internal.welcome.ExampleOpener;

/** Opens the first example. */
public final class OpenExampleHandler {
  @Execute
  void execute(ExampleOpener examples) {
    examples.openFirst();
  }
}
