package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import slipstream.core.progress.Progress;
import slipstream.data.EpochUnit;
import slipstream.data.internal.DuckDb.DuckDbException;

/** A look at a file's columns and first rows, before it is known how to import it. */
public final class FileSample implements AutoCloseable {
  private static final long ROWS = 1_000_000;
  private static final long PEEK_ROWS = 100_000;

  private final DuckDb database;

  /** The first rows. */
  private final String relation;

  /** Those in which nulls are counted. */
  private final String all;

  private final List<SourceColumn> columns;

  /** The path in SQL where the file is Parquet, else empty. */
  private final String parquet;

  private FileSample(
      DuckDb database, String relation, String all, List<SourceColumn> columns, String parquet) {
    this.database = database;
    this.parquet = parquet;
    this.relation = relation;
    this.all = all;
    this.columns = columns;
  }

  /**
   * Opens a file.
   *
   * @param importer its kind
   * @param whole whether nulls are counted in the whole file, and not in the first rows only
   * @return null when DuckDB cannot tell its columns: the importer will say what is wrong with it
   */
  public static FileSample open(
      Path file, String importer, boolean whole, Path scratch, int threads, Progress progress) {
    String path = text(file.toString());
    String reader =
        switch (importer) {
          case "parquet" -> "read_parquet(" + path + ")";
          case "jsonl" -> "read_json(" + path + ")";
          default -> "read_csv(" + path + ", header=true)";
        };
    DuckDb database = new DuckDb(scratch, List.of(file), "UTC", threads, progress);
    try {
      List<SourceColumn> columns =
          database
              .rows("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + reader + ")")
              .stream()
              .map(row -> new SourceColumn((String) row.get(0), (String) row.get(1)))
              .toList();
      String head = head(database, reader, importer, whole ? ROWS : PEEK_ROWS);
      return new FileSample(
          database, head, whole ? reader : head, columns, importer.equals("parquet") ? path : "");
    } catch (DuckDbException e) {
      database.close();
      return null;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** Text is read once; of Parquet each question reads the columns that it needs. */
  private static String head(DuckDb database, String reader, String importer, long rows) {
    String head = "(SELECT * FROM " + reader + " LIMIT " + rows + ")";
    if (importer.equals("parquet")) {
      return head;
    }
    database.run("CREATE TEMP TABLE head AS " + head);
    return "head";
  }

  public List<String> columns() {
    return columns.stream().map(SourceColumn::name).toList();
  }

  /** DuckDB's type of a column. */
  public String type(String column) {
    return columns.stream()
        .filter(each -> each.name().equals(column))
        .map(SourceColumn::sqlType)
        .findFirst()
        .orElse("");
  }

  /** Least and greatest of a column in the first rows, as text; null where there is no value. */
  public List<String> range(String column) {
    return range(name(column), relation);
  }

  /** Least and greatest time of day, {@code HH:MM:SS}, of an SQL expression in nanoseconds. */
  public List<String> timesOfDay(String column, String unit) {
    String nanos =
        type(column).startsWith("TIMESTAMP")
            ? "epoch_ns(CAST(" + name(column) + " AS TIMESTAMP_NS))"
            : type(column).startsWith("TIME")
                ? "epoch_ns(" + name(column) + ")"
                : "TRY_CAST("
                    + name(column)
                    + " AS BIGINT) * "
                    + EpochUnit.valueOf(unit.toUpperCase(Locale.ROOT)).nanos();
    List<String> seconds = range("(" + nanos + ") % 86400000000000 // 1000000000", relation);
    return seconds.getFirst() == null
        ? List.of()
        : seconds.stream()
            .map(each -> LocalTime.ofSecondOfDay(Long.parseLong(each)))
            .map(DateTimeFormatter.ISO_LOCAL_TIME::format)
            .toList();
  }

  private List<String> range(String expression, String from) {
    List<Object> row =
        database.row(
            "SELECT CAST(min(c) AS VARCHAR), CAST(max(c) AS VARCHAR) FROM (SELECT "
                + expression
                + " AS c FROM "
                + from
                + ")");
    return Arrays.asList((String) row.get(0), (String) row.get(1));
  }

  /** The share of the first rows that repeat an earlier one in these columns; 0 without rows. */
  public double repeated(List<String> keys) {
    String all = String.join(", ", keys.stream().map(DuckDb::name).toList());
    List<Object> row =
        database.row(
            "SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT * FROM sample)) FROM sample"
                .replace("sample", "(SELECT " + all + " FROM " + relation + ") AS sample"));
    double count = ((Number) row.get(0)).doubleValue();
    return count == 0 ? 0 : 1 - ((Number) row.get(1)).doubleValue() / count;
  }

  /** Whether one of these columns is null in some row. */
  public boolean hasNulls(List<String> keys) {
    if (!parquet.isEmpty()) {
      // The footers know, where their writer counted.
      List<Object> known =
          database.row(
              "SELECT CASE WHEN count(*) = count(stats_null_count) THEN sum(stats_null_count) END"
                  + " FROM parquet_metadata("
                  + parquet
                  + ") WHERE path_in_schema IN ("
                  + String.join(", ", keys.stream().map(DuckDb::text).toList())
                  + ")");
      if (known.getFirst() instanceof Number nulls) {
        return nulls.doubleValue() > 0;
      }
    }
    String any = String.join(" OR ", keys.stream().map(key -> name(key) + " IS NULL").toList());
    return ((Number) database.row("SELECT count(*) FROM " + all + " WHERE " + any).getFirst())
            .longValue()
        > 0;
  }

  /** An SQL condition that holds where all of these columns have a value. */
  public static String notNull(List<String> keys) {
    return String.join(" AND ", keys.stream().map(key -> name(key) + " IS NOT NULL").toList());
  }

  @Override
  public void close() {
    database.close();
  }
}
