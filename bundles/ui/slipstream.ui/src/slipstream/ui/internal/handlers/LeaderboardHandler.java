package slipstream.ui.internal.handlers;

import org.eclipse.e4.core.di.annotations.Execute;
import slipstream.ui.internal.Editors;

/** Opens the table of the models of all runs. */
public final class LeaderboardHandler {
  @Execute
  void execute(Editors editors) {
    editors.leaderboard();
  }
}
