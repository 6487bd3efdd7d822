package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBWritableVector;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Table;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * A table as DuckDB sees it: a view named {@code data} over the table's own memory. Only the columns that a query names
 * are read. NaN is NULL, as everywhere in Slipstream.
 */
final class TableRows {
  private static final String FUNCTION = "slipstream_rows";

  private final Table table;
  private final long from;
  private final long to;
  private final int threads;
  private final Progress progress;
  private final List<byte[][]> dictionaries = new ArrayList<>();
  private volatile RuntimeException failure;

  private TableRows(Table table, long from, long to, int threads, Progress progress) {
    this.table = table;
    this.from = from;
    this.to = to;
    this.threads = threads;
    this.progress = progress;
    table.columns().forEach(_ -> dictionaries.add(null));
  }

  /** Makes rows [from, to) of a table known to DuckDB as {@code data}. */
  static TableRows register(
      DuckDb database, Table table, long from, long to, int threads, Progress progress) {
    TableRows rows = new TableRows(table, from, to, threads, progress);
    try (DuckDBTableFunctionBuilder function = DuckDBFunctions.tableFunction()) {
      function.withName(FUNCTION).withFunction(rows.new Scan()).withProjectionPushdown();
      database.register(function);
    } catch (SQLException e) {
      throw new DuckDbException(e);
    }
    StringBuilder select = new StringBuilder();
    List<Column> columns = table.columns();
    for (int i = 0; i < columns.size(); i++) {
      String value = "c" + i;
      select
          .append(
              columns.get(i).type() == ColumnType.TIMESTAMP
                  ? "make_timestamp_ns(" + value + ")"
                  : value)
          .append(" AS ")
          .append(name(columns.get(i).name()))
          .append(", ");
    }
    select.append("r AS ").append(name(rows.rowName()));
    database.run("CREATE VIEW data AS SELECT " + select + " FROM " + FUNCTION + "()");
    return rows;
  }

  /** The column with the row's number: {@code row} when the table has none of that name. */
  String rowName() {
    Set<String> taken = new TreeSet<>();
    table.schema().names().forEach(each -> taken.add(each.toLowerCase(Locale.ROOT)));
    String name = "row";
    for (int i = 1; taken.contains(name); i++) {
      name = "row_" + i;
    }
    return name;
  }

  /** What went wrong in a scan, of which DuckDB passes on the message alone; or null. */
  RuntimeException failure() {
    return failure;
  }

  /** One reader's place within the rows that it has taken. */
  private static final class Reader {
    private long at;
    private long end;
  }

  /** One run of a query's scan. */
  private record State(int[] columns, AtomicLong next) {}

  private final class Scan implements DuckDBTableFunction<Object, State, Reader> {
    /** Rows that a reader takes at once. */
    private static final long PIECE = 1 << 16;

    @Override
    public Object bind(DuckDBTableFunctionBindInfo info) {
      List<Column> columns = table.columns();
      for (int i = 0; i < columns.size(); i++) {
        info.addResultColumn(
            "c" + i,
            switch (columns.get(i).type()) {
              case FLOAT64 -> DuckDBColumnType.DOUBLE;
              case FLOAT32 -> DuckDBColumnType.FLOAT;
              case INT64, TIMESTAMP -> DuckDBColumnType.BIGINT;
              case INT32 -> DuckDBColumnType.INTEGER;
              case BOOLEAN -> DuckDBColumnType.BOOLEAN;
              case STRING -> DuckDBColumnType.VARCHAR;
            });
      }
      info.addResultColumn("r", DuckDBColumnType.BIGINT);
      info.setCardinality(to - from, true);
      return this;
    }

    @Override
    public State init(DuckDBTableFunctionInitInfo info) {
      info.setMaxThreads(threads);
      int[] columns = new int[(int) info.getColumnCount()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = (int) info.getColumnIndex(i);
      }
      return new State(columns, new AtomicLong(from));
    }

    @Override
    public Reader localInit(DuckDBTableFunctionInitInfo info) {
      return new Reader();
    }

    @Override
    public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter chunk) {
      try {
        return fill(info.getInitData(), info.getLocalInitData(), chunk);
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
    }

    private long fill(State state, Reader reader, DuckDBDataChunkWriter chunk) {
      if (reader.at == reader.end) {
        progress.checkCancelled();
        reader.at = Math.min(to, state.next().getAndAdd(PIECE));
        reader.end = Math.min(to, reader.at + PIECE);
      }
      int count = (int) Math.min(chunk.capacity(), reader.end - reader.at);
      for (int i = 0; i < state.columns().length; i++) {
        int column = state.columns()[i];
        DuckDBWritableVector vector = chunk.vector(i);
        if (column < 0 || column >= table.columns().size()) { // the row, or no column at all
          for (int k = 0; k < count; k++) {
            vector.setLong(k, reader.at + k);
          }
        } else {
          copy(vector, column, reader.at, count);
        }
      }
      reader.at += count;
      return count;
    }
  }

  private void copy(DuckDBWritableVector vector, int index, long at, int count) {
    Column column = table.column(index);
    switch (column.type()) {
      case FLOAT64 -> {
        double[] values = new double[count];
        column.copyDoubles(at, at + count, values, 0);
        for (int i = 0; i < count; i++) {
          if (Double.isNaN(values[i])) {
            vector.setNull(i);
          } else {
            vector.setDouble(i, values[i]);
          }
        }
        return; // nulls are NaN already
      }
      case FLOAT32 -> {
        for (int i = 0; i < count; i++) {
          float value = (float) column.getDouble(at + i);
          if (Float.isNaN(value)) {
            vector.setNull(i);
          } else {
            vector.setFloat(i, value);
          }
        }
        return;
      }
      case INT64, TIMESTAMP -> {
        long[] values = column.toLongs(at, at + count);
        for (int i = 0; i < count; i++) {
          vector.setLong(i, values[i]);
        }
      }
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          vector.setInt(i, (int) column.getLong(at + i));
        }
      }
      case BOOLEAN -> {
        for (int i = 0; i < count; i++) {
          vector.setBoolean(i, column.getLong(at + i) != 0);
        }
      }
      case STRING -> {
        byte[][] words = words(index);
        byte[][] texts = new byte[count][];
        for (int i = 0; i < count; i++) {
          texts[i] = column.isNull(at + i) ? words[0] : words[(int) column.getLong(at + i) + 1];
        }
        vector.setStringUtf8Batch(0, texts);
      }
    }
    if (column.hasNulls()) {
      for (int i = 0; i < count; i++) {
        if (column.isNull(at + i)) {
          vector.setNull(i);
        }
      }
    }
  }

  /** The texts of a column, after an empty one that stands under a null. */
  private byte[][] words(int index) {
    synchronized (dictionaries) {
      byte[][] words = dictionaries.get(index);
      if (words == null) {
        List<String> dictionary = table.column(index).dictionary();
        words = new byte[dictionary.size() + 1][];
        words[0] = new byte[0];
        for (int i = 0; i < dictionary.size(); i++) {
          words[i + 1] = dictionary.get(i).getBytes(StandardCharsets.UTF_8);
        }
        dictionaries.set(index, words);
      }
      return words;
    }
  }
}
