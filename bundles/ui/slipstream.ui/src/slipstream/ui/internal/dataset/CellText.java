package slipstream.ui.internal.dataset;

import com.google.protobuf.Value;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import slipstream.proto.v1.Column;
import slipstream.ui.internal.Formats;

/** How the values of a table are written. */
final class CellText {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int NANOS_PER_MICRO = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private CellText() {}

  /** A cell's text; a dash where the value is unknown. */
  static String text(Column column, Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE ->
          whole(column)
              ? Formats.count((long) value.getNumberValue()).replace('-', '−')
              : number(value.getNumberValue());
      case STRING_VALUE -> string(column, value.getStringValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> Formats.NOTHING;
    };
  }

  private static String string(Column column, String text) {
    if (isTime(column)) {
      return time(Instant.parse(text));
    }
    return column.getType().equals("STRING")
        ? text
        : switch (text) {
          case "Infinity" -> "∞";
          case "-Infinity" -> "−∞";
          default -> text.replace('-', '−');
        };
  }

  /** All digits that tell a price from the next one, without exponents where people do not use them. */
  private static String number(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size >= 1e12 || size < 1e-5)) {
      return Formats.quantity(value);
    }
    // Six decimals for small numbers, fewer for large ones, and no zeros at the end beyond two.
    int decimals = size >= 1e6 ? 2 : size >= 1000 ? 4 : 6;
    String text = Formats.fixed(value, decimals);
    int keep = text.indexOf('.') + 3;
    int end = text.length();
    while (end > keep && text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, end);
  }

  /** A time in UTC with as many digits of the second as it has. */
  static String time(Instant time) {
    int nanos = time.getNano();
    String text = SECONDS.format(time);
    if (nanos == 0) {
      return text;
    }
    if (nanos % NANOS_PER_MILLI == 0) {
      return text + "." + padded(nanos / NANOS_PER_MILLI, 3);
    }
    return nanos % NANOS_PER_MICRO == 0
        ? text + "." + padded(nanos / NANOS_PER_MICRO, 6)
        : text + "." + padded(nanos, 9);
  }

  /** A time given in nanoseconds since 1970. */
  static String time(long nanos) {
    return time(
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
  }

  private static String padded(int value, int digits) {
    String text = Integer.toString(value);
    return "0".repeat(digits - text.length()) + text;
  }

  static boolean isTime(Column column) {
    return column.getType().equals("TIMESTAMP");
  }

  static boolean whole(Column column) {
    return column.getType().equals("INT64") || column.getType().equals("INT32");
  }

  /** Right-aligned. */
  static boolean isNumber(Column column) {
    return whole(column)
        || column.getType().equals("FLOAT64")
        || column.getType().equals("FLOAT32");
  }

  /** What it can be plotted by. */
  static boolean plottable(Column column) {
    return isNumber(column) || column.getType().equals("BOOLEAN");
  }

  /** The column that a person most likely wants to see first: a number with fractions, or else any number. */
  static Optional<Column> first(List<Column> columns) {
    return columns.stream()
        .filter(each -> each.getType().startsWith("FLOAT"))
        .findFirst()
        .or(() -> columns.stream().filter(CellText::plottable).findFirst());
  }

  /** Name and unit; times say that they are UTC. */
  static String heading(Column column) {
    String unit = isTime(column) ? "UTC" : column.getUnit();
    return unit.isEmpty() ? column.getName() : column.getName() + ", " + unit;
  }
}
