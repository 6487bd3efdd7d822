package slipstream.ui.workbench;

import java.util.Locale;

/** The two appearances of the workbench. */
public enum Theme {
  LIGHT,
  DARK;

  /** The word kept in the workspace's model. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The theme for a stored word; anything unknown is {@link #LIGHT}. */
  public static Theme ofKey(String key) {
    return "dark".equals(key) ? DARK : LIGHT;
  }

  /** The other theme. */
  public Theme toggled() {
    return this == LIGHT ? DARK : LIGHT;
  }
}
