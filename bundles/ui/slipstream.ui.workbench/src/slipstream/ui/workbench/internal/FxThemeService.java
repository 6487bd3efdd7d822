package slipstream.ui.workbench.internal;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import java.net.URL;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javafx.application.Application;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.css.PseudoClass;
import javafx.scene.Scene;
import javafx.scene.text.Font;
import slipstream.ui.workbench.Theme;
import slipstream.ui.workbench.ThemeService;

/** AtlantaFX's Primer as the user agent style sheet, and the workbench's own sheet on each scene. */
final class FxThemeService implements ThemeService {
  private static final PseudoClass DARK = PseudoClass.getPseudoClass("dark");
  private static final String FONT_ROOT = "/fonts/com/formdev/flatlaf/fonts/";
  private static final List<String> FONTS =
      List.of(
          FONT_ROOT + "inter/Inter-Regular.otf",
          FONT_ROOT + "inter/Inter-SemiBold.otf",
          FONT_ROOT + "jetbrains_mono/JetBrainsMono-Regular.ttf",
          FONT_ROOT + "jetbrains_mono/JetBrainsMono-Bold.ttf");

  private final ReadOnlyObjectWrapper<Theme> theme = new ReadOnlyObjectWrapper<>();
  private final Set<Scene> scenes = new LinkedHashSet<>();
  private final List<String> stylesheets = new ArrayList<>();
  private final Consumer<Theme> remember;

  FxThemeService(Theme initial, Consumer<Theme> remember) {
    this.remember = remember;
    for (String font : FONTS) {
      URL url = FxThemeService.class.getResource(font);
      if (url != null) {
        Font.loadFont(url.toExternalForm(), 13);
      }
    }
    URL own = FxThemeService.class.getResource("/css/workbench.css");
    if (own != null) {
      stylesheets.add(own.toExternalForm());
    }
    apply(initial);
  }

  @Override
  public ReadOnlyObjectProperty<Theme> themeProperty() {
    return theme.getReadOnlyProperty();
  }

  @Override
  public void setTheme(Theme newTheme) {
    if (newTheme != theme.get()) {
      apply(newTheme);
      remember.accept(newTheme);
    }
  }

  private void apply(Theme newTheme) {
    // Resolved against AtlantaFX's own class: its style sheet is not visible from this bundle's
    // loader.
    String raw =
        newTheme == Theme.DARK
            ? new PrimerDark().getUserAgentStylesheet()
            : new PrimerLight().getUserAgentStylesheet();
    URL url = PrimerDark.class.getResource(raw);
    Application.setUserAgentStylesheet(url == null ? raw : url.toExternalForm());
    scenes.forEach(scene -> scene.getRoot().pseudoClassStateChanged(DARK, newTheme == Theme.DARK));
    theme.set(newTheme);
  }

  @Override
  public void addStylesheet(String url) {
    if (!stylesheets.contains(url)) {
      stylesheets.add(url);
      scenes.forEach(scene -> scene.getStylesheets().add(url));
    }
  }

  @Override
  public void dress(Scene scene) {
    if (scenes.add(scene)) {
      scene.getStylesheets().addAll(stylesheets);
      scene.getRoot().getStyleClass().add("slipstream");
      scene.getRoot().pseudoClassStateChanged(DARK, theme.get() == Theme.DARK);
    }
  }

  void forget(Scene scene) {
    scenes.remove(scene);
  }
}
