package slipstream.core;

import java.util.Locale;

/** Text that does not depend on the machine's language. */
public final class Text {
  private Text() {}

  /**
   * {@link String#format} with ASCII digits, a decimal point, and commas between thousands: {@link String#formatted}
   * writes the digits of the user's language, which neither SQL nor a file's reader takes.
   */
  public static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
