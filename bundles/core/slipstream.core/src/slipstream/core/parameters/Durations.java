package slipstream.core.parameters;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.SlipstreamException;

/** Lengths of time as people write them: {@code 250us}, {@code 500ms}, {@code 60s}, {@code 5m}, {@code 1h}, {@code 1d}. */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(ns|us|ms|s|m|min|h|d)");

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
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ns" -> Duration.ofNanos(count);
      case "us" -> Duration.ofNanos(count * 1_000);
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m", "min" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** The shortest form that {@link #parse} reads back. */
  public static String format(Duration duration) {
    long nanos = duration.toNanos();
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
