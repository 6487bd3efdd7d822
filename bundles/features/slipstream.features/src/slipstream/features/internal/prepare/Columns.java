package slipstream.features.internal.prepare;

import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Table;

/** Finds columns that parameters name, or says what is wrong with them. */
final class Columns {
  private Columns() {}

  /**
   * @param key the parameter
   * @param who what the table is called: {@code "the data"}
   */
  static Column any(Table table, String name, String key, String who) {
    if (table.schema().indexOf(name) < 0) {
      throw SlipstreamException.notFound(
              Text.format("%s have no column '%s'", who, name),
              Nearest.remedy(name, table.schema().names()))
          .at(Place.key(key));
    }
    return table.column(name);
  }

  static Column number(Table table, String name, String key, String who) {
    Column column = any(table, name, key, who);
    if (!column.type().numeric() || column.type() == ColumnType.TIMESTAMP) {
      throw SlipstreamException.invalid(
          Text.format("column '%s' of %s is %s, not a number", name, who, column.type()),
          Place.key(key),
          "Name another column, or give its type in the import.");
    }
    return column;
  }

  static Column text(Table table, String name, String key, String who) {
    Column column = any(table, name, key, who);
    if (column.type() != ColumnType.STRING) {
      throw SlipstreamException.invalid(
          Text.format("column '%s' of %s is %s, not text", name, who, column.type()),
          Place.key(key),
          Text.format("Import it as text: columns: {%s: string}.", name));
    }
    return column;
  }

  /** The first row of [from, to) that is stamped at or after a time. */
  static long firstAt(Column time, long from, long to, long when) {
    long low = from;
    long high = to;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (time.getLong(middle) < when) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The last finite value of rows [from, to); NaN where there is none. */
  static double lastKnown(Column column, long from, long to) {
    for (long row = to - 1; row >= from; row--) {
      double value = column.getDouble(row);
      if (Double.isFinite(value)) {
        return value;
      }
    }
    return Double.NaN;
  }
}
