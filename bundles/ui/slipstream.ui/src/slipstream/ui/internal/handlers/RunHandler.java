package slipstream.ui.internal.handlers;

import jakarta.inject.Named;
import org.eclipse.e4.core.di.annotations.CanExecute;
import org.eclipse.e4.core.di.annotations.Execute;
import org.eclipse.e4.core.di.annotations.Optional;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.services.IServiceConstants;
import slipstream.ui.internal.experiment.ExperimentView;

/** Runs the experiment of the active tab. */
public final class RunHandler {
  @CanExecute
  boolean canExecute(@Optional @Named(IServiceConstants.ACTIVE_PART) MPart part) {
    return part != null && part.getObject() instanceof ExperimentView;
  }

  @Execute
  void execute(@Named(IServiceConstants.ACTIVE_PART) MPart part) {
    ((ExperimentView) part.getObject()).run();
  }
}
