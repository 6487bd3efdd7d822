package slipstream.experiment;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import slipstream.core.Text;

/**
 * Scalars of YAML 1.2 (core schema), read and written.
 *
 * <p>One deviation, on purpose: digits that a number would not be written with (leading zeros, octal, hexadecimal) stay
 * text, so that an instrument code {@code 0700} survives.
 */
final class Scalars {
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final String INDICATORS = "-?:,[]{}#&*!|>'\"%@`";
  private static final int MAX_NUMERAL = 64;

  private Scalars() {}

  /** What a plain scalar means: Long, Double, Boolean, String, or null. */
  static Object resolve(String plain) {
    if (NULLS.contains(plain)) {
      return null;
    }
    switch (plain) {
      case "true", "True", "TRUE" -> {
        return true;
      }
      case "false", "False", "FALSE" -> {
        return false;
      }
      case ".nan", ".NaN", ".NAN" -> {
        return Double.NaN;
      }
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-.inf", "-.Inf", "-.INF" -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {}
    }
    if (plain.length() <= MAX_NUMERAL) {
      if (INTEGER.matcher(plain).matches()) {
        return Long.parseLong(plain);
      }
      if (DECIMAL.matcher(plain).matches()) {
        return Double.parseDouble(plain);
      }
    }
    return plain;
  }

  /**
   * The shortest plain or quoted form of a value on one line.
   *
   * @param value String, Number, Boolean, List, Map of these, or null
   * @param flow true inside brackets or braces
   */
  static String write(Object value, boolean flow) {
    return switch (value) {
      case null -> "null";
      case String text -> text(text, flow);
      case Boolean word -> word.toString();
      case Double number -> decimal(number);
      case Float number -> decimal(number.doubleValue());
      case Number number -> number.toString();
      case List<?> list -> {
        StringBuilder out = new StringBuilder("[");
        for (Object each : list) {
          out.append(out.length() > 1 ? ", " : "").append(write(each, true));
        }
        yield out.append(']').toString();
      }
      case Map<?, ?> map -> {
        StringBuilder out = new StringBuilder("{");
        map.forEach(
            (key, each) ->
                out.append(out.length() > 1 ? ", " : "")
                    .append(text(String.valueOf(key), true))
                    .append(": ")
                    .append(write(each, true)));
        yield out.append('}').toString();
      }
      default -> text(value.toString(), flow);
    };
  }

  private static String decimal(double number) {
    if (Double.isNaN(number)) {
      return ".nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? ".inf" : "-.inf";
    }
    return Double.toString(number);
  }

  /** A string as a scalar that reads back as this very string. */
  static String text(String text, boolean flow) {
    if (plainWorks(text, flow)) {
      return text;
    }
    boolean printable = !needsEscapes(text);
    if (printable && (text.indexOf('"') >= 0 || text.indexOf('\\') >= 0)) {
      return "'" + text.replace("'", "''") + "'";
    }
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        default -> {
          if (mustEscape(c) || loneSurrogate(text, i)) {
            out.append(Text.format("\\u%04X", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private static boolean needsEscapes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (mustEscape(text.charAt(i)) || loneSurrogate(text, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean loneSurrogate(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  private static boolean mustEscape(int c) {
    return c < 0x20
        || c >= 0x7f && c < 0xa0
        || c == 0x2028
        || c == 0x2029
        || c == 0xfeff
        || c >= 0xfffe;
  }

  private static boolean plainWorks(String text, boolean flow) {
    if (!(resolve(text) instanceof String)
        || text.length() > 1 << 16
        || text.charAt(0) == ' '
        || text.charAt(text.length() - 1) == ' '
        || INDICATORS.indexOf(text.charAt(0)) >= 0
        || text.startsWith("...")
        || text.contains(": ")
        || text.contains(" #")
        || text.endsWith(":")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (mustEscape(c) || loneSurrogate(text, i) || flow && ",[]{}:(".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }
}
