package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.nio.file.Path;
import java.util.List;
import slipstream.core.progress.Progress;
import slipstream.data.internal.DuckDb.DuckDbException;

/** A look at a file's columns and first rows, before it is known how to import it. */
public final class FileSample implements AutoCloseable {
  private final DuckDb database;
  private final String relation;
  private final List<SourceColumn> columns;

  private FileSample(DuckDb database, String relation, List<SourceColumn> columns) {
    this.database = database;
    this.relation = relation;
    this.columns = columns;
  }

  /**
   * Opens a file.
   *
   * @param importer its kind
   * @return null when DuckDB cannot tell its columns: the importer will say what is wrong with it
   */
  public static FileSample open(
      Path file, String importer, Path scratch, int threads, Progress progress) {
    String path = text(file.toString());
    String relation =
        switch (importer) {
          case "parquet" -> "read_parquet(" + path + ")";
          case "jsonl" -> "read_json(" + path + ")";
          default -> "read_csv(" + path + ", header=true)";
        };
    DuckDb database = new DuckDb(scratch, List.of(file), "UTC", threads, progress);
    try {
      List<SourceColumn> columns =
          database
              .rows(
                  "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + relation + ")")
              .stream()
              .map(row -> new SourceColumn((String) row.get(0), (String) row.get(1)))
              .toList();
      return new FileSample(database, relation, columns);
    } catch (DuckDbException e) {
      database.close();
      return null;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
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
  public List<String> range(String column, long rows) {
    List<Object> row =
        database.row(
            "SELECT CAST(min(c) AS VARCHAR), CAST(max(c) AS VARCHAR) FROM (SELECT "
                + name(column)
                + " AS c FROM "
                + relation
                + " LIMIT "
                + rows
                + ")");
    return java.util.Arrays.asList((String) row.get(0), (String) row.get(1));
  }

  /** The share of the first rows that repeat an earlier one in these columns; 0 without rows. */
  public double repeated(List<String> keys, long rows) {
    String all = String.join(", ", keys.stream().map(DuckDb::name).toList());
    List<Object> row =
        database.row(
            "SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT * FROM sample)) FROM sample"
                .replace(
                    "sample",
                    "(SELECT " + all + " FROM " + relation + " LIMIT " + rows + ") AS sample"));
    double count = ((Number) row.get(0)).doubleValue();
    return count == 0 ? 0 : 1 - ((Number) row.get(1)).doubleValue() / count;
  }

  /** Rows in which one of these columns is null, of the whole file. */
  public long nulls(List<String> keys) {
    String any = String.join(" OR ", keys.stream().map(key -> name(key) + " IS NULL").toList());
    return ((Number) database.row("SELECT count(*) FROM " + relation + " WHERE " + any).getFirst())
        .longValue();
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
