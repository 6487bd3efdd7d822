package slipstream.data.internal;

import java.util.regex.Pattern;

/** Counts what the values of a column look like. */
final class CsvTypes {
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,19}");

  /** 007 is a code, not a number: leading zeros would be lost. */
  private static final Pattern CODE = Pattern.compile("[+-]?0\\d+");

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,4})?|[+-]?(?i:nan|inf|infinity)");
  private static final Pattern TIME =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}([T ]\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d+)?)?)?"
              + " ?(Z|UTC|[+-]\\d{2}(:?\\d{2})?)?");

  enum Looks {
    NOTHING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    TIME,
    TEXT
  }

  private long values;
  private long integers;
  private long numbers;
  private long codes;
  private long booleans;
  private long times;

  void add(String value) {
    String text = value.strip();
    values++;
    if (INTEGER.matcher(text).matches() && fitsLong(text)) {
      integers++;
      numbers++;
      if (CODE.matcher(text).matches()) {
        codes++;
      }
    } else if (NUMBER.matcher(text).matches()) {
      numbers++;
    } else if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      booleans++;
    } else if (TIME.matcher(text).matches()) {
      times++;
    }
  }

  private static boolean fitsLong(String text) {
    if (text.length() < 19) {
      return true;
    }
    try {
      Long.parseLong(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** What at least this share of the values looks like. */
  Looks mostly(double share) {
    if (values == 0) {
      return Looks.NOTHING;
    }
    double needed = share * values;
    if (codes > 0 && numbers == values) {
      return Looks.TEXT;
    } else if (numbers >= needed && codes == 0) {
      return integers == numbers ? Looks.INTEGER : Looks.NUMBER;
    } else if (booleans >= needed) {
      return Looks.BOOLEAN;
    } else if (times >= needed) {
      return Looks.TIME;
    }
    return Looks.TEXT;
  }
}
