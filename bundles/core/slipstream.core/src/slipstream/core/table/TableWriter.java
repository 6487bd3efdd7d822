package slipstream.core.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;

/**
 * Streams rows into table files: append to each column, then {@link #finish}.
 *
 * <p>Until {@link #finish} returns, nothing is visible under the table's name; closing without it, or dying, leaves
 * what was there before. Rows come sorted by instrument and time for {@link #finish}, in any order for {@link
 * #finishSorted}. Not thread-safe.
 */
public final class TableWriter implements AutoCloseable {
  /** Threads that hash and write what is appended. */
  private static final int WRITERS = 2;

  private final Path target;
  private final Path scratch;
  private final String timeColumn;
  private final String instrumentColumn;
  private final List<ColumnBuilder> columns = new ArrayList<>();

  /** Columns are dealt to them in turn. */
  private final List<BlockWriter> writers =
      Stream.generate(BlockWriter::new).limit(WRITERS).toList();

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
        columns.add(ColumnBuilder.toFile(field, values(i), writers.get(i % WRITERS)));
      }
    } catch (IOException e) {
      close();
      throw AtomicFiles.explain("write the table", target, e);
    }
  }

  /** Says that the rows come in order: what is written stays, and goes to the disk on the way. */
  public void expectSorted() {
    writers.forEach(BlockWriter::syncEarly);
  }

  /**
   * The column to append to; every column must get the same number of values. Values are written at the side: a full disk
   * is told by a later call, at the latest by {@link #finish}.
   */
  public ColumnBuilder column(int index) {
    return columns.get(index);
  }

  private Path values(int column) {
    return scratch.resolve(TableFiles.valuesName(column));
  }

  /**
   * Completes the files, syncs them, and renames them into place.
   *
   * @throws SlipstreamException when an instrument's rows are not together, or time goes backwards
   */
  public Table finish() {
    try {
      List<Partition> partitions;
      try (Arena arena = Arena.ofShared()) {
        List<Column> written = written(arena);
        RowOrder order = Table.order(written, timeColumn, instrumentColumn, rows());
        Table.checkPartitions(order, written, instrumentColumn);
        partitions = order.partitions();
      }
      return seal(partitions);
    } catch (IOException e) {
      throw AtomicFiles.explain("write the table", target, e);
    }
  }

  /**
   * A table whose rows came in any order.
   *
   * @param moved true when they were not in order
   * @param backwards rows that came stamped earlier than the one before them of the same instrument
   */
  public record Sorted(Table table, boolean moved, long backwards) {}

  /**
   * As {@link #finish}, with the rows in order of instrument (its UTF-8 bytes), time, and appending.
   *
   * @param threads at most this many work
   * @param progress is asked whether to stop
   * @param share is told how much of the sorting is done, from 0 to 1; thread-safe
   */
  public Sorted finishSorted(int threads, Progress progress, DoubleConsumer share) {
    try {
      RowOrder order;
      try (Arena arena = Arena.ofShared()) {
        List<Column> written = written(arena);
        order = Table.order(written, timeColumn, instrumentColumn, rows());
        if (!order.sorted()) {
          RowSort sort = new RowSort(order.rows(arena, progress), rows(), scratch, progress, share);
          sort.run(written, columns, threads);
        }
      }
      Table table = seal(order.sorted() ? order.partitions() : order.sortedPartitions());
      return new Sorted(table, !order.sorted(), order.backwards());
    } catch (IOException e) {
      throw AtomicFiles.explain("write the table", target, e);
    }
  }

  private long rows() {
    return columns.getFirst().rows();
  }

  /** The columns as they were appended. */
  private List<Column> written(Arena arena) throws IOException {
    writers.forEach(BlockWriter::finish);
    List<Column> written = new ArrayList<>();
    for (ColumnBuilder column : columns) {
      if (column.rows() != rows()) {
        throw new IllegalStateException(
            "column '" + column.field().name() + "' has " + column.rows() + " of " + rows());
      }
      column.finishFile();
      byte[] validity = column.validity();
      written.add(
          new Column(
              column.field(),
              column.rows(),
              TableFiles.mapFile(column.file().path(), arena),
              validity == null ? null : MemorySegment.ofArray(validity),
              column.dictionary()));
    }
    return written;
  }

  private Table seal(List<Partition> partitions) throws IOException {
    for (ColumnBuilder column : columns) {
      column.file().sync();
      column.close();
    }
    TableFiles.seal(scratch, columns, timeColumn, instrumentColumn, partitions);
    AtomicFiles.moveDirectory(scratch, target);
    finished = true;
    return TableFiles.open(target);
  }

  /** Writes a table that is in memory, or a copy of one from other files. */
  public static Table write(Table table, Path target) {
    try (TableWriter writer =
        new TableWriter(target, table.schema(), table.timeColumn(), table.instrumentColumn())) {
      for (int i = 0; i < table.columns().size(); i++) {
        writer.column(i).addRange(table.column(i), 0, table.rows());
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
    writers.forEach(BlockWriter::close);
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
