package slipstream.ui.workbench.internal.handlers;

import org.eclipse.e4.core.di.annotations.Execute;
import slipstream.ui.workbench.ThemeService;

/** Switches between light and dark. */
public final class ToggleThemeHandler {
  @Execute
  void execute(ThemeService themes) {
    themes.setTheme(themes.theme().toggled());
  }
}
