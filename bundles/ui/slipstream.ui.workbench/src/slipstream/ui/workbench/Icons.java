package slipstream.ui.workbench;

import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The icons of the workbench: Feather, drawn as a font so that they take the theme's colours. */
public final class Icons {
  /** Scheme of icon URIs in the application model, as {@code icon:fth-play}. */
  public static final String SCHEME = "icon:";

  private Icons() {}

  /**
   * An icon of 16 px.
   *
   * @param code Feather code as {@code fth-play}; an unknown code gives a plain circle
   */
  public static FontIcon of(String code) {
    return of(code, 16);
  }

  /** An icon of a given size in px. */
  public static FontIcon of(String code, int size) {
    Feather feather;
    try {
      feather = Feather.findByDescription(code);
    } catch (IllegalArgumentException unknown) {
      feather = Feather.CIRCLE;
    }
    FontIcon icon = FontIcon.of(feather, size);
    icon.getStyleClass().add("icon");
    return icon;
  }

  /** The icon of a model element's icon URI, or {@code null} when it names none of ours. */
  public static FontIcon ofUri(String uri) {
    return uri == null || !uri.startsWith(SCHEME) ? null : of(uri.substring(SCHEME.length()));
  }
}
