package slipstream.ui.workbench;

import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.scene.Scene;

/** Chooses between the light and the dark appearance. To be called on the UI thread. */
public interface ThemeService {
  /** The theme in force; parts that paint by hand (charts) listen to it. */
  ReadOnlyObjectProperty<Theme> themeProperty();

  /** The theme in force. */
  default Theme theme() {
    return themeProperty().get();
  }

  /** Switches every window of the workbench and remembers the choice in the workspace. */
  void setTheme(Theme theme);

  /**
   * Adds a bundle's own style sheet to every window, after the workbench's own.
   *
   * @param url external form of the style sheet's URL
   */
  void addStylesheet(String url);

  /** Dresses a scene that was opened outside the model (a dialog). */
  void dress(Scene scene);
}
