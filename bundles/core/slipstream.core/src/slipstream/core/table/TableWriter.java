package slipstream.core.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;

/**
 * Streams rows into table files: append to each column, then {@link #finish}.
 *
 * <p>Until {@link #finish} returns, nothing is visible under the table's name; closing without it, or dying, leaves
 * what was there before. Rows must come sorted by instrument and time. Not thread-safe.
 */
public final class TableWriter implements AutoCloseable {
  private final Path target;
  private final Path scratch;
  private final String timeColumn;
  private final String instrumentColumn;
  private final List<ColumnBuilder> columns = new ArrayList<>();
  private boolean finished;

  /**
   * @param target the directory that the table becomes; must not exist
   * @param timeColumn a TIMESTAMP column, or an empty string
   * @param instrumentColumn a STRING column, or an empty string
   */
  public TableWriter(Path target, Schema schema, String timeColumn, String instrumentColumn) {
    this.target = target;
    this.timeColumn = timeColumn;
    this.instrumentColumn = instrumentColumn;
    if (schema.size() == 0 || schema.size() > TableFiles.MAX_FIELDS) {
      throw SlipstreamException.invalid(
          "a table has 1 to " + TableFiles.MAX_FIELDS + " columns, not " + schema.size(),
          "Name the columns to keep.");
    }
    try {
      this.scratch = AtomicFiles.scratchDirectory(target);
    } catch (IOException e) {
      throw AtomicFiles.explain("write the table", target, e);
    }
    try {
      for (int i = 0; i < schema.size(); i++) {
        Field field = schema.fields().get(i);
        columns.add(ColumnBuilder.toFile(field, scratch.resolve(TableFiles.valuesName(i))));
      }
    } catch (IOException e) {
      close();
      throw AtomicFiles.explain("write the table", target, e);
    }
  }

  /** The column to append to; every column must get the same number of values. */
  public ColumnBuilder column(int index) {
    return columns.get(index);
  }

  /** Completes the files, syncs them, and renames them into place. */
  public Table finish() {
    try {
      for (ColumnBuilder column : columns) {
        column.finishFile();
      }
      TableFiles.seal(scratch, columns, timeColumn, instrumentColumn);
      AtomicFiles.moveDirectory(scratch, target);
      finished = true;
      return TableFiles.open(target);
    } catch (IOException e) {
      throw AtomicFiles.explain("write the table", target, e);
    }
  }

  /** Writes a table that is in memory, or a copy of one from other files. */
  public static Table write(Table table, Path target) {
    try (TableWriter writer =
        new TableWriter(target, table.schema(), table.timeColumn(), table.instrumentColumn())) {
      for (int i = 0; i < table.columns().size(); i++) {
        Column column = table.column(i);
        ColumnBuilder builder = writer.column(i);
        for (long row = 0; row < table.rows(); row++) {
          append(builder, column, row);
        }
      }
      return writer.finish();
    }
  }

  /** Appends one value of a column of the same type. */
  public static void append(ColumnBuilder builder, Column column, long row) {
    if (column.isNull(row)) {
      builder.addNull();
      return;
    }
    switch (column.type()) {
      case FLOAT64, FLOAT32 -> builder.addDouble(column.getDouble(row));
      case INT64, INT32, TIMESTAMP, BOOLEAN -> builder.addLong(column.getLong(row));
      case STRING -> builder.addString(column.getString(row));
    }
  }

  /** Removes what was written unless {@link #finish} succeeded. */
  @Override
  public void close() {
    if (finished) {
      return;
    }
    for (ColumnBuilder column : columns) {
      column.close();
    }
    try {
      if (Files.exists(scratch)) {
        AtomicFiles.deleteRecursively(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
