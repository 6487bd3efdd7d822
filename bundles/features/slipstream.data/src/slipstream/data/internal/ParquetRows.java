package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.Table;
import slipstream.data.internal.DuckDb.DuckDbException;

/** Writes tables as Parquet. */
public final class ParquetRows {
  private ParquetRows() {}

  /**
   * Writes all rows in order, compressed by zstd.
   *
   * @param scratch a folder for temporary files that holds {@code file}
   * @param userName the file as it will be called
   */
  public static void write(
      Table table, Path scratch, Path file, String userName, Progress progress) {
    Stage stage = new Stage("Write " + userName, progress);
    int threads = Runtime.getRuntime().availableProcessors();
    List<String> columns = new ArrayList<>();
    List<String> select = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      Column column = table.column(i);
      String type =
          switch (column.type()) {
            case FLOAT64 -> "DOUBLE";
            case FLOAT32 -> "FLOAT";
            case INT64, TIMESTAMP -> "BIGINT";
            case INT32 -> "INTEGER";
            case BOOLEAN -> "BOOLEAN";
            case STRING -> "VARCHAR";
          };
      columns.add("c" + i + " " + type);
      String value =
          switch (column.type()) {
            case TIMESTAMP -> "CAST(make_timestamp_ns(c" + i + ") AS TIMESTAMPTZ_NS)";
            default -> "c" + i;
          };
      select.add(value + " AS " + name(column.name()));
    }
    try (DuckDb database = new DuckDb(scratch, List.of(file), "UTC", threads, progress)) {
      database.run("CREATE TABLE rows (" + String.join(", ", columns) + ")");
      database.append(table, "rows");
      database.run(
          "COPY (SELECT "
              + String.join(", ", select)
              + " FROM rows) TO "
              + text(file.toString())
              + " (FORMAT parquet, COMPRESSION zstd)",
          stage.to(1));
    } catch (DuckDbException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.UNAVAILABLE,
          "the rows cannot be written as Parquet: " + e.line(),
          Place.file(userName),
          "Check the columns' names and the disk.",
          e);
    }
  }
}
