package slipstream.core.table;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.store.Hashing;

/**
 * Typed columns of equal length, partitioned by instrument and sorted by time within each partition.
 *
 * <p>Immutable and thread-safe. A table opened from files is memory-mapped: its columns must not be used after {@link
 * #close()}. Row indices are longs; nothing is allocated per row.
 */
public final class Table implements AutoCloseable {
  private final Schema schema;
  private final List<Column> columns;
  private final String timeColumn;
  private final String instrumentColumn;
  private final List<Partition> partitions;
  private final long rows;
  private final Arena arena;
  private volatile String hash;

  Table(
      List<Column> columns,
      String timeColumn,
      String instrumentColumn,
      List<Partition> partitions,
      long rows,
      Arena arena,
      String hash) {
    this.schema = new Schema(columns.stream().map(Column::field).toList());
    this.columns = List.copyOf(columns);
    this.timeColumn = timeColumn;
    this.instrumentColumn = instrumentColumn;
    this.partitions = List.copyOf(partitions);
    this.rows = rows;
    this.arena = arena;
    this.hash = hash;
  }

  /**
   * A table over columns that are already in order.
   *
   * @param timeColumn a TIMESTAMP column without nulls, or an empty string
   * @param instrumentColumn a STRING column without nulls, or an empty string: one partition
   * @throws SlipstreamException when lengths differ, an instrument's rows are not together, or time goes backwards
   */
  public static Table of(List<Column> columns, String timeColumn, String instrumentColumn) {
    if (columns.isEmpty()) {
      throw SlipstreamException.invalid("a table needs a column", "Name the columns to keep.");
    }
    long rows = columns.getFirst().rows();
    for (Column column : columns) {
      if (column.rows() != rows) {
        throw new IllegalArgumentException(
            "column '" + column.name() + "' has " + column.rows() + " rows, not " + rows);
      }
    }
    List<Partition> partitions = partition(columns, timeColumn, instrumentColumn, rows);
    return new Table(columns, timeColumn, instrumentColumn, partitions, rows, null, null);
  }

  /**
   * A partition for each instrument.
   *
   * @throws SlipstreamException when an instrument's rows are not together, or time goes backwards
   */
  private static List<Partition> partition(
      List<Column> columns, String timeColumn, String instrumentColumn, long rows) {
    RowOrder order = order(columns, timeColumn, instrumentColumn, rows);
    checkPartitions(order, columns, instrumentColumn);
    return order.partitions();
  }

  static void checkPartitions(RowOrder order, List<Column> columns, String instrumentColumn) {
    Column instrument =
        columns.stream()
            .filter(column -> column.name().equals(instrumentColumn))
            .findFirst()
            .orElse(null);
    if (order.splitAt() >= 0) {
      throw SlipstreamException.invalid(
          "the rows of instrument '"
              + instrument.getString(order.splitAt())
              + "' are not together (again at row "
              + order.splitAt()
              + ")",
          "Sort by instrument and time.");
    } else if (order.backwardsAt() >= 0) {
      throw SlipstreamException.invalid(
          "time goes backwards at row "
              + order.backwardsAt()
              + (instrument == null ? "" : " of " + instrument.getString(order.backwardsAt())),
          "Sort by instrument and time.");
    }
  }

  /** How rows lie by the key columns, which must be there and without nulls. */
  static RowOrder order(
      List<Column> columns, String timeColumn, String instrumentColumn, long rows) {
    Schema schema = new Schema(columns.stream().map(Column::field).toList());
    Column instrument =
        instrumentColumn.isEmpty()
            ? null
            : required(schema, columns, instrumentColumn, ColumnType.STRING);
    Column time =
        timeColumn.isEmpty() ? null : required(schema, columns, timeColumn, ColumnType.TIMESTAMP);
    return RowOrder.of(instrument, time, rows);
  }

  private static Column required(
      Schema schema, List<Column> columns, String name, ColumnType type) {
    int index = schema.indexOf(name);
    if (index < 0) {
      throw schema.missing(name);
    }
    Column column = columns.get(index);
    if (column.type() != type) {
      throw SlipstreamException.invalid(
          "column '" + name + "' is " + column.type() + ", not " + type,
          "Name another column or give its type.");
    }
    if (column.hasNulls()) {
      throw SlipstreamException.invalid(
          "column '" + name + "' has nulls, which a key column may not", "Exclude those rows.");
    }
    return column;
  }

  /**
   * Opens a table that {@link TableWriter} wrote, memory-mapped.
   *
   * @throws SlipstreamException NOT_FOUND, or CORRUPT when it is damaged or of a newer format
   */
  public static Table open(Path directory) {
    return TableFiles.open(directory);
  }

  public Schema schema() {
    return schema;
  }

  public long rows() {
    return rows;
  }

  /** The name of the time column, or an empty string. */
  public String timeColumn() {
    return timeColumn;
  }

  /** The name of the instrument column, or an empty string. */
  public String instrumentColumn() {
    return instrumentColumn;
  }

  public boolean hasTime() {
    return !timeColumn.isEmpty();
  }

  /** The time column: UTC nanoseconds. */
  public Column time() {
    return column(timeColumn);
  }

  /** One partition per instrument, covering all rows in order. */
  public List<Partition> partitions() {
    return partitions;
  }

  public List<Column> columns() {
    return columns;
  }

  public Column column(int index) {
    return columns.get(index);
  }

  /**
   * The column of this name.
   *
   * @throws SlipstreamException NOT_FOUND, naming the columns there are
   */
  public Column column(String name) {
    int index = schema.indexOf(name);
    if (index < 0) {
      throw schema.missing(name);
    }
    return columns.get(index);
  }

  /** This table with more columns, or with columns of the same name replaced. */
  public Table with(List<Column> more) {
    List<Column> all = new ArrayList<>(columns);
    for (Column column : more) {
      int index = schema.indexOf(column.name());
      if (index >= 0) {
        all.set(index, column);
      } else {
        all.add(column);
      }
      if (column.rows() != rows) {
        throw new IllegalArgumentException("column '" + column.name() + "' has other rows");
      }
    }
    return new Table(all, timeColumn, instrumentColumn, partitions, rows, arena, null);
  }

  /**
   * SHA-256 (hex) of schema, keys and all values; equal for equal content wherever it lies.
   *
   * <p>Read from the manifest for a table from files; computed once, over all bytes, for one in memory.
   */
  public String hash() {
    String known = hash;
    if (known == null) {
      List<String> parts = new ArrayList<>();
      for (Column each : columns) {
        Column column = each.canonical();
        parts.add(Hashing.sha256(column.values()));
        parts.add(column.hasNulls() ? Hashing.sha256(column.validity()) : "");
        parts.add(dictionaryHash(column.dictionary()));
      }
      known = hash(schema, timeColumn, instrumentColumn, rows, parts);
      hash = known;
    }
    return known;
  }

  static String dictionaryHash(List<String> dictionary) {
    return dictionary.isEmpty() ? "" : Hashing.sha256(TableFiles.encode(dictionary));
  }

  /**
   * What {@link #hash()} of a table is whose columns have no nulls and no dictionaries, for columns that are better
   * hashed one by one.
   *
   * @param valueHashes SHA-256 (hex) of each column's little-endian values
   */
  public static String hash(Schema schema, long rows, List<String> valueHashes) {
    List<String> parts = new ArrayList<>();
    valueHashes.forEach(each -> parts.addAll(List.of(each, "", "")));
    return hash(schema, "", "", rows, parts);
  }

  /** The content hash from the hashes of each column's values, validity and dictionary. */
  static String hash(
      Schema schema, String time, String instrument, long rows, List<String> partHashes) {
    StringBuilder text = new StringBuilder("slipstream table 1\n");
    text.append(rows).append('\n').append(escape(time)).append('\n');
    text.append(escape(instrument)).append('\n');
    for (int i = 0; i < schema.size(); i++) {
      Field field = schema.fields().get(i);
      text.append(escape(field.name())).append('\t').append(field.type()).append('\t');
      text.append(escape(field.unit())).append('\t');
      text.append(String.join("\t", partHashes.subList(3 * i, 3 * i + 3))).append('\n');
    }
    return Hashing.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Separators within a name must not look like separators between names. */
  private static String escape(String name) {
    return name.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
  }

  /** Unmaps the files of a table opened from files; does nothing for one in memory. */
  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }

  @Override
  public String toString() {
    return "Table[" + rows + " rows, " + partitions.size() + " partitions, " + schema.names() + "]";
  }
}
