package slipstream.core.parameters;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.SlipstreamException;

/** Lengths of time as people write them: {@code 250us}, {@code 500ms}, {@code 60s}, {@code 5m}, {@code 1h}, {@code 1d}. */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,19})\\s*(ns|us|ms|s|m|min|h|d)");

  private Durations() {}

  /**
   * @throws SlipstreamException INVALID_INPUT when the text is no length of time
   */
  public static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw SlipstreamException.invalid(
          "'" + text + "' is not a length of time", "Write it as 500ms, 60s, 5m, 1h or 1d.");
    }
    try {
      return Duration.ofNanos(
          Math.multiplyExact(
              Long.parseLong(matcher.group(1)),
              switch (matcher.group(2)) {
                case "ns" -> 1;
                case "us" -> 1_000;
                case "ms" -> 1_000_000;
                case "s" -> 1_000_000_000;
                case "m", "min" -> 60_000_000_000L;
                case "h" -> 3_600_000_000_000L;
                default -> 86_400_000_000_000L;
              }));
    } catch (ArithmeticException | NumberFormatException e) {
      throw SlipstreamException.invalid(
          "'" + text + "' is too long a time", "At most 292 years can be told in nanoseconds.");
    }
  }

  /**
   * The shortest form that {@link #parse} reads back.
   *
   * @param duration not negative, at most 292 years
   */
  public static String format(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos < 0) {
      throw new IllegalArgumentException("negative: " + duration);
    }
    String[] units = {"d", "h", "m", "s", "ms", "us"};
    long[] lengths = {
      86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L
    };
    for (int i = 0; i < units.length; i++) {
      if (nanos != 0 && nanos % lengths[i] == 0) {
        return nanos / lengths[i] + units[i];
      }
    }
    return nanos + "ns";
  }
}
