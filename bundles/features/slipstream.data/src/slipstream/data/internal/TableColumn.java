package slipstream.data.internal;

import java.util.List;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;

/**
 * A column of the table that an import makes.
 *
 * @param expression SQL over the files' columns, of the type that {@link ColumnType} needs
 * @param given SQL that is NULL where the file has no value; for keys and times, which must not get lost
 * @param sources the files' columns that it is made of
 */
record TableColumn(Field field, String expression, String given, List<String> sources) {
  String name() {
    return field.name();
  }

  ColumnType type() {
    return field.type();
  }
}
