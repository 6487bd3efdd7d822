package slipstream.serving.internal;

import java.util.Collection;
import java.util.Map;
import slipstream.core.Text;

/** Writes JSON from maps, collections, strings, numbers and booleans; maps keep their order. */
final class Json {
  private Json() {}

  static String quote(String text) {
    StringBuilder out = new StringBuilder();
    write(text, out);
    return out.toString();
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case Map<?, ?> map -> {
        char separator = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator);
          string(String.valueOf(entry.getKey()), out);
          out.append(':');
          write(entry.getValue(), out);
          separator = ',';
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case Collection<?> values -> {
        char separator = '[';
        for (Object each : values) {
          out.append(separator);
          write(each, out);
          separator = ',';
        }
        out.append(values.isEmpty() ? "[]" : "]");
      }
      case Boolean truth -> out.append(truth);
      // JSON has no NaN and no infinities; as protobuf's JSON, they are strings.
      case Double number when !Double.isFinite(number) -> string(number.toString(), out);
      case Number number -> out.append(number);
      default -> string(value.toString(), out);
    }
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == '<' || c == '\u2028' || c == '\u2029') {
            out.append(Text.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
