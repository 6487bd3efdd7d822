package slipstream.core.table;

import java.util.Objects;

/**
 * A column's name, type and unit.
 *
 * @param name unique in its schema, not blank
 * @param unit {@code "bp"}, {@code "USD"}, {@code "shares"} …, or an empty string
 * @param description for people; may be empty
 */
public record Field(String name, ColumnType type, String unit, String description) {
  public Field {
    Objects.requireNonNull(type, "type");
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("a column needs a name");
    }
    name = Utf8.sound(name);
    unit = unit == null ? "" : Utf8.sound(unit);
    description = description == null ? "" : Utf8.sound(description);
  }

  public Field(String name, ColumnType type) {
    this(name, type, "", "");
  }

  public Field(String name, ColumnType type, String unit) {
    this(name, type, unit, "");
  }
}
