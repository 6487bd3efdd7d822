package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBWritableVector;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.data.generate.Block;
import slipstream.data.generate.GeneratedColumn;
import slipstream.data.internal.DuckDb.DuckDbException;

/** Streams rows made in Java into a Parquet file, in order and in bounded memory: DuckDB pulls what it writes. */
public final class ParquetStream {
  private static final String ROWS = "slipstream_rows";

  private final Iterator<Block> blocks;
  private final int[] columns;
  private final List<GeneratedColumn> schema;
  private final long rows;
  private final Progress progress;
  private final String stage;

  private Block block;
  private int at;
  private long done;
  private RuntimeException failure;
  private final Map<String, byte[]> utf8 = new HashMap<>();

  private ParquetStream(
      Iterator<Block> blocks,
      List<GeneratedColumn> all,
      boolean truth,
      long rows,
      String stage,
      Progress progress) {
    this.blocks = blocks;
    this.rows = rows;
    this.stage = stage;
    this.progress = progress;
    columns =
        java.util.stream.IntStream.range(0, all.size())
            .filter(c -> all.get(c).truth() == truth)
            .toArray();
    schema = java.util.Arrays.stream(columns).mapToObj(all::get).toList();
  }

  /**
   * Writes all rows, compressed by zstd.
   *
   * @param blocks of the schema, taken one after another on one thread
   * @param truth whether the truth columns are written, or the others
   * @param rows that will come, for the progress
   * @param file in a folder that DuckDB may use for temporary files
   * @param userName the file as it will be called
   */
  public static void write(
      Iterator<Block> blocks,
      List<GeneratedColumn> schema,
      boolean truth,
      long rows,
      Path file,
      String userName,
      Progress progress) {
    ParquetStream stream =
        new ParquetStream(blocks, schema, truth, rows, "Write " + userName, progress);
    try (DuckDb database = new DuckDb(file.getParent(), List.of(file), "UTC", 1, progress)) {
      stream.copy(database, file);
    } catch (DuckDbException e) {
      if (stream.failure != null) {
        throw stream.failure;
      }
      if (AtomicFiles.diskFull(file, e)) {
        throw new SlipstreamException(
            SlipstreamException.Category.RESOURCE_EXHAUSTED,
            "cannot write " + userName + ": no space left on the disk",
            null,
            "Free some space, or ask for fewer rows; nothing was written.",
            e);
      }
      throw new SlipstreamException(
          SlipstreamException.Category.UNAVAILABLE,
          "the rows cannot be written as Parquet: " + e.line(),
          Place.file(userName),
          "Check the disk.",
          e);
    }
    progress.stage(stream.stage, stream.done, rows, "rows");
  }

  private void copy(DuckDb database, Path file) {
    StringBuilder select = new StringBuilder();
    for (GeneratedColumn column : schema) {
      select.append(select.isEmpty() ? "" : ", ");
      String value = name(column.name());
      switch (column.type()) {
        case TIME ->
            select
                .append("CAST(make_timestamp_ns(")
                .append(value)
                .append(") AS TIMESTAMPTZ_NS) AS ")
                .append(value);
        case DATE ->
            select.append("DATE '1970-01-01' + ").append(value).append(" AS ").append(value);
        default -> select.append(value);
      }
    }
    try (DuckDBTableFunctionBuilder function = DuckDBFunctions.tableFunction()) {
      function.withName(ROWS).withFunction(new Rows());
      database.register(function);
    } catch (SQLException e) {
      throw new DuckDbException(e);
    }
    database.run(
        "COPY (SELECT "
            + select
            + " FROM "
            + ROWS
            + "()) TO "
            + text(file.toString())
            + " (FORMAT parquet, COMPRESSION zstd)");
  }

  /** One thread asks for chunk after chunk, which keeps the order. */
  private final class Rows implements DuckDBTableFunction<Object, Object, Object> {
    @Override
    public Object bind(DuckDBTableFunctionBindInfo info) {
      for (GeneratedColumn column : schema) {
        info.addResultColumn(
            column.name(),
            switch (column.type()) {
              case NUMBER -> DuckDBColumnType.DOUBLE;
              case WHOLE, TIME -> DuckDBColumnType.BIGINT;
              case DATE -> DuckDBColumnType.INTEGER;
              case FLAG -> DuckDBColumnType.BOOLEAN;
              case TEXT -> DuckDBColumnType.VARCHAR;
            });
      }
      return this;
    }

    @Override
    public Object init(DuckDBTableFunctionInitInfo info) {
      info.setMaxThreads(1);
      return this;
    }

    @Override
    public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter chunk) {
      try {
        return fill(chunk);
      } catch (RuntimeException e) {
        failure = e; // DuckDB passes on its message alone
        throw e;
      }
    }
  }

  private long fill(DuckDBDataChunkWriter chunk) {
    progress.checkCancelled();
    if (block == null || at == block.rows()) {
      if (!blocks.hasNext()) {
        return 0;
      }
      block = blocks.next();
      at = 0;
      progress.stage(stage, done, rows, "rows");
    }
    int count = (int) Math.min(chunk.capacity(), block.rows() - at);
    for (int c = 0; c < columns.length; c++) {
      fill(chunk.vector(c), columns[c], count);
    }
    at += count;
    done += count;
    return count;
  }

  private void fill(DuckDBWritableVector vector, int column, int count) {
    switch (block.column(column)) {
      case double[] values -> {
        for (int i = 0; i < count; i++) {
          vector.setDouble(i, values[at + i]);
        }
      }
      case long[] values -> {
        for (int i = 0; i < count; i++) {
          vector.setLong(i, values[at + i]);
        }
      }
      case int[] values -> {
        for (int i = 0; i < count; i++) {
          vector.setInt(i, values[at + i]);
        }
      }
      case boolean[] values -> {
        for (int i = 0; i < count; i++) {
          vector.setBoolean(i, values[at + i]);
        }
      }
      case String[] values -> {
        byte[][] texts = new byte[count][];
        for (int i = 0; i < count; i++) {
          texts[i] =
              utf8.computeIfAbsent(values[at + i], text -> text.getBytes(StandardCharsets.UTF_8));
        }
        vector.setStringUtf8Batch(0, texts);
      }
      default -> throw new IllegalStateException();
    }
    if (block.anyNull(column)) {
      for (int i = 0; i < count; i++) {
        if (block.isNull(column, at + i)) {
          vector.setNull(i);
        }
      }
    }
  }
}
