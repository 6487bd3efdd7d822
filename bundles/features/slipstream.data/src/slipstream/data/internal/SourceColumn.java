package slipstream.data.internal;

import java.util.Locale;
import slipstream.core.table.ColumnType;

/**
 * A column of a file.
 *
 * @param sqlType DuckDB's name of its type
 * @param type what it becomes, or null when no column type can hold it
 */
public record SourceColumn(String name, String sqlType, ColumnType type) {
  SourceColumn(String name, String sqlType) {
    this(name, sqlType, typeOf(sqlType));
  }

  static ColumnType typeOf(String sqlType) {
    String type = sqlType.toUpperCase(Locale.ROOT);
    if (type.startsWith("DECIMAL")) {
      return ColumnType.FLOAT64;
    } else if (type.startsWith("ENUM")) {
      return ColumnType.STRING;
    } else if (type.endsWith("[]") || type.endsWith("]")) {
      return null;
    }
    return switch (type) {
      case "DOUBLE" -> ColumnType.FLOAT64;
      case "FLOAT" -> ColumnType.FLOAT32;
      case "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT" -> ColumnType.INT32;
      case "BIGINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT", "TIME", "TIME_NS" ->
          ColumnType.INT64;
      case "BOOLEAN" -> ColumnType.BOOLEAN;
      case "DATE",
          "TIMESTAMP",
          "TIMESTAMP_NS",
          "TIMESTAMP_MS",
          "TIMESTAMP_S",
          "TIMESTAMPTZ",
          "TIMESTAMPTZ_NS",
          "TIMESTAMP WITH TIME ZONE" ->
          ColumnType.TIMESTAMP;
      case "VARCHAR", "UUID" -> ColumnType.STRING;
      default -> null;
    };
  }

  boolean whole() {
    return switch (sqlType.toUpperCase(Locale.ROOT)) {
      case "TINYINT",
          "SMALLINT",
          "INTEGER",
          "UTINYINT",
          "USMALLINT",
          "BIGINT",
          "UINTEGER",
          "UBIGINT",
          "HUGEINT",
          "UHUGEINT" ->
          true;
      default -> false;
    };
  }

  boolean number() {
    return whole() || fraction();
  }

  boolean fraction() {
    String type = sqlType.toUpperCase(Locale.ROOT);
    return type.equals("DOUBLE") || type.equals("FLOAT") || type.startsWith("DECIMAL");
  }
}
