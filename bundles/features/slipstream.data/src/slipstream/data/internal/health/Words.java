package slipstream.data.internal.health;

import slipstream.core.Text;

/** Quantities as people write them. */
final class Words {
  private Words() {}

  /** A length of time. */
  static String length(long nanos) {
    double seconds = nanos / 1e9;
    if (seconds < 120) {
      return Text.format("%.3g s", seconds);
    } else if (seconds < 7200) {
      return Text.format("%.0f min", seconds / 60);
    } else if (seconds < 172_800) {
      return Text.format("%.1f h", seconds / 3600);
    }
    return Text.format("%.0f days", seconds / 86_400);
  }

  /** A number with the digits that tell, and not more. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Text.format("%,d", (long) value);
    }
    double size = Math.abs(value);
    if (size >= 1e9 || size < 1e-4) {
      return Text.format("%.4g", value);
    }
    int decimals = Math.clamp(6 - (long) Math.floor(Math.log10(size)), 1, 10);
    return Text.format("%,." + decimals + "f", value)
        .replaceAll("(\\.\\d*?)0+$", "$1")
        .replaceAll("\\.$", "");
  }
}
