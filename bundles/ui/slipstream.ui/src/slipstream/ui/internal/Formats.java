package slipstream.ui.internal;

import com.google.protobuf.Timestamp;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How numbers and times are written: fixed decimals by quantity, a quiet dash for nothing. */
public final class Formats {
  /** About three significant digits without zeros at the end, for labels of axes. */
  public static String brief(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value) || size >= 1e6 || size > 0 && size < 1e-5) {
      return quantity(value);
    }
    int decimals = size == 0 ? 0 : Math.clamp(2 - (int) Math.floor(Math.log10(size)), 0, 8);
    String text = fixed(value, decimals);
    return decimals == 0 ? text : text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  /** Stands for an unknown value. */
  public static final String NOTHING = "–";

  private static final DecimalFormatSymbols SYMBOLS = DecimalFormatSymbols.getInstance(Locale.ROOT);
  private static final DateTimeFormatter ABSOLUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z").withZone(ZoneId.systemDefault());

  private Formats() {}

  /** A count with separators. */
  public static String count(long value) {
    return new DecimalFormat("#,##0", SYMBOLS).format(value);
  }

  /**
   * A metric's value: R² and skill to 3 decimals, bp to 2, other quantities to 4 significant digits (large ones in
   * whole numbers with separators).
   */
  public static String metric(String metric, String unit, double value) {
    if (Double.isNaN(value)) {
      return NOTHING;
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "−∞";
    }
    String name = metric.toLowerCase(Locale.ROOT);
    if (name.equals("r2")
        || name.equals("r²")
        || name.contains("skill")
        || unit.equals("fraction")) {
      return fixed(value, 3);
    }
    if (unit.equals("bp")) {
      return fixed(value, 2);
    }
    return quantity(value);
  }

  /** A number without a known convention. */
  public static String quantity(double value) {
    if (Double.isNaN(value)) {
      return NOTHING;
    }
    double size = Math.abs(value);
    if (size >= 1e15) {
      return new DecimalFormat("0.000E0", SYMBOLS).format(value);
    }
    if (size >= 1000) {
      return minus(new DecimalFormat("#,##0", SYMBOLS).format(value));
    }
    if (size >= 100) {
      return fixed(value, 1);
    }
    if (size >= 10) {
      return fixed(value, 2);
    }
    if (size >= 0.01 || size == 0) {
      return fixed(value, 4);
    }
    return minus(new DecimalFormat("0.000E0", SYMBOLS).format(value));
  }

  /** A number of 3 decimals, or a dash when it is unknown. */
  public static String fixed3(double value) {
    return Double.isNaN(value) ? NOTHING : fixed(value, 3);
  }

  /** A number with fixed decimals and a real minus sign. */
  public static String fixed(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    // Minus zero is zero to a reader.
    if (text.startsWith("-") && text.chars().allMatch(c -> c == '-' || c == '.' || c == '0')) {
      text = text.substring(1);
    }
    return minus(text);
  }

  private static String minus(String text) {
    return text.replace('-', '−');
  }

  /** A duration as {@code 42 s}, {@code 3 min 10 s}, {@code 2 h 5 min}. */
  public static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 10 && duration.toMillisPart() > 0) {
      return fixed(duration.toMillis() / 1000.0, 1) + " s";
    }
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    return seconds / 3600
        + " h"
        + (seconds % 3600 / 60 == 0 ? "" : " " + seconds % 3600 / 60 + " min");
  }

  /** How long ago, for lists: {@code 3 min ago}. */
  public static String relative(Instant time, Instant now) {
    Duration age = Duration.between(time, now);
    if (age.toSeconds() < 10) {
      return "just now";
    }
    if (age.toMinutes() < 1) {
      return age.toSeconds() + " s ago";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min ago";
    }
    if (age.toDays() < 1) {
      return age.toHours() + " h ago";
    }
    return age.toDays() < 30
        ? age.toDays() + " d ago"
        : DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneId.systemDefault()).format(time);
  }

  /** The exact time with its zone, for tooltips. */
  public static String absolute(Instant time) {
    return ABSOLUTE.format(time);
  }

  /** A protobuf time. */
  public static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** A rate as {@code 1,250 rows/s}; empty when unknown. */
  public static String rate(double perSecond, String unit) {
    if (!(perSecond > 0)) {
      return "";
    }
    String number = perSecond >= 100 ? count(Math.round(perSecond)) : fixed(perSecond, 1);
    return number + " " + (unit.isEmpty() ? "" : unit) + "/s";
  }
}
