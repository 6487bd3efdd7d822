package slipstream.data.internal;

import java.util.Locale;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.table.ColumnType;

/**
 * What the user wants of a column: {@code "size"}, {@code "float64"}, {@code "size float64"} or {@code "-"}.
 *
 * @param name the new name, or null to keep the file's
 * @param type the declared type, or null to infer it
 * @param dropped true when the column is left out
 */
record ColumnChange(String name, ColumnType type, boolean dropped) {
  static final ColumnChange NONE = new ColumnChange(null, null, false);

  static ColumnChange of(String text) {
    if (text == null || text.isBlank()) {
      return NONE;
    }
    String[] words = text.strip().split("\\s+");
    if (words.length == 1) {
      if (words[0].equals("-")) {
        return new ColumnChange(null, null, true);
      }
      ColumnType type = type(words[0]);
      return type == null
          ? new ColumnChange(words[0], null, false)
          : new ColumnChange(null, type, false);
    }
    ColumnType type = type(words[words.length - 1]);
    if (words.length > 2 || type == null) {
      throw SlipstreamException.invalid(
          "'" + text + "' is neither a name, a type, nor a name and a type",
          Place.key("columns"),
          "Types: float64, float32, int64, int32, boolean, timestamp, string; '-' leaves the column out.");
    }
    return new ColumnChange(words[0], type, false);
  }

  private static ColumnType type(String word) {
    for (ColumnType type : ColumnType.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(word)) {
        return type;
      }
    }
    return null;
  }
}
