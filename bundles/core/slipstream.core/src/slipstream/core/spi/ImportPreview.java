package slipstream.core.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

/**
 * What an import makes of the first rows of its files.
 *
 * @param files as the user would name them, in the order in which they are read
 * @param columns those of the table in order, then those that are left out
 * @param rows how many rows were looked at
 * @param totalRows how many the import would read; -1 when only reading tells
 * @param timeColumn of the table; may be empty
 * @param instrumentColumn of the table; may be empty
 * @param notes what a user should know: guessed units, what holds for the first rows only
 */
public record ImportPreview(
    List<String> files,
    List<PreviewColumn> columns,
    long rows,
    long totalRows,
    String timeColumn,
    String instrumentColumn,
    List<String> notes) {
  public ImportPreview {
    files = List.copyOf(files);
    columns = List.copyOf(columns);
    notes = List.copyOf(notes);
  }

  /**
   * A column.
   *
   * @param source the file's column that it is made of, several joined by {@code +}; empty where no column of the file is
   * @param sourceType how the file (or its reader) calls its type
   * @param field what it becomes; of a column that is left out, what it would become
   * @param kept false when it is left out
   * @param nulls among the rows that were looked at
   * @param values of the first rows, as text; null where there is none, times as ISO 8601 in UTC to the nanosecond
   */
  public record PreviewColumn(
      String source,
      String sourceType,
      Field field,
      boolean kept,
      long nulls,
      List<String> values) {
    public PreviewColumn {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }
  }

  /** The head of a table that has been read whole. */
  static ImportPreview of(Table table, int rows) {
    List<PreviewColumn> columns = new ArrayList<>();
    int shown = (int) Math.min(rows, table.rows());
    for (Column column : table.columns()) {
      long nulls = 0;
      for (long row = 0; column.hasNulls() && row < table.rows(); row++) {
        nulls += column.isNull(row) ? 1 : 0;
      }
      columns.add(
          new PreviewColumn(
              column.name(),
              column.type().name(),
              column.field(),
              true,
              nulls,
              values(column, shown)));
    }
    return new ImportPreview(
        List.of(),
        columns,
        table.rows(),
        table.rows(),
        table.timeColumn(),
        table.instrumentColumn(),
        List.of());
  }

  /** The first values of a column as a preview shows them. */
  public static List<String> values(Column column, int rows) {
    List<String> values = new ArrayList<>();
    for (long row = 0; row < Math.min(rows, column.rows()); row++) {
      Object value = column.isNull(row) ? null : column.get(row);
      if (value != null && column.type() == ColumnType.TIMESTAMP) {
        long nanos = column.getLong(row);
        value =
            java.time.Instant.ofEpochSecond(
                Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
      }
      values.add(value == null ? null : value.toString());
    }
    return values;
  }
}
