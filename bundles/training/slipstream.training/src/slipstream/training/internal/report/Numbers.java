package slipstream.training.internal.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import slipstream.core.Text;

/**
 * Numbers and times as a table shows them: one number of decimals a column, a dash for what is not
 * defined.
 */
public final class Numbers {
  static final String NONE = "–";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Numbers() {}

  /**
   * Decimals that show the values of a column: by its unit, else three significant digits of the
   * smallest scale.
   */
  public static int decimals(List<Double> values, String unit) {
    if (unit.equals("bp")) {
      return 2;
    }
    double largest = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    if (largest == 0) {
      return 0;
    }
    return Math.clamp(3 - (int) Math.floor(Math.log10(largest)), 0, 12);
  }

  public static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (Math.abs(value) >= 1e15) {
      return Text.format("%.3e", value);
    }
    String text = Text.format("%,." + decimals + "f", value);
    // Zero has no sign, and a minus is a minus.
    return text.matches("-[0.,]*") ? text.substring(1) : text.replace('-', '−');
  }

  /** Six significant digits, for quantities of any scale. */
  static String significant(double value) {
    return Double.isFinite(value) ? Text.format("%.6g", value).replace('-', '−') : NONE;
  }

  /** About three significant digits without zeros at the end, for sentences and labels. */
  public static String brief(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? NONE : Double.toString(value);
    }
    double size = Math.abs(value);
    if (size >= 1e6 || size > 0 && size < 1e-4) {
      return Text.format("%.2e", value).replace('-', '−').replace("e+0", "e").replace("e−0", "e−");
    }
    int decimals = size == 0 ? 0 : Math.clamp(2 - (int) Math.floor(Math.log10(size)), 0, 8);
    String text = fixed(value, decimals);
    return decimals == 0 ? text : text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  static String count(long value) {
    return Text.format("%,d", value);
  }

  /** A p-value. */
  static String probability(double p) {
    return !Double.isFinite(p) ? NONE : p < 0.0001 ? "< 0.0001" : Text.format("%.4f", p);
  }

  static String percent(double share) {
    return Double.isFinite(share) ? Text.format("%.1f", 100 * share) : NONE;
  }

  /** UTC, without a time of day that is midnight and without seconds that are 0. */
  public static String time(long nanos) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    String text = TIME.format(instant);
    return text.endsWith(" 00:00:00")
        ? text.substring(0, 10)
        : text.endsWith(":00") ? text.substring(0, 16) : text;
  }

  static String seconds(double seconds) {
    return seconds < 10 ? Text.format("%.2f s", seconds) : Text.format("%,.0f s", seconds);
  }
}
