package slipstream.training.internal;

import java.util.Locale;

/** Text that does not depend on the machine's language. */
public final class Text {
  private Text() {}

  /**
   * {@link String#format} with plain ASCII digits, a decimal point, and commas between thousands.
   */
  public static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
