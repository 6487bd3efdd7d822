package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * The rows of a user's query on files.
 *
 * <p>The query sees the view {@code input} and nothing else: DuckDB's settings are locked and its access to files is
 * confined to those of the import before it runs; and only a SELECT is let through.
 */
final class SqlSource implements Source {
  private static final String KEY = "sql";

  /** Where DuckDB shows an error: the line, and under it a caret. */
  private static final Pattern CARET =
      Pattern.compile("LINE (\\d+): (.*)\\R( *)\\^", Pattern.MULTILINE);

  private final DuckDb database;
  private final Source files;
  private final List<SourceColumn> columns;

  /**
   * @param files released here
   * @throws SlipstreamException naming line and column of the query
   */
  SqlSource(DuckDb database, Source files, String sql, Stage.Step step) {
    this.database = database;
    this.files = files;
    checkSelect(sql);
    List<String> names = files.columns().stream().map(column -> name(column.name())).toList();
    database.run(
        "CREATE VIEW input AS SELECT " + String.join(", ", names) + " FROM " + files.relation());
    try {
      database.run("CREATE TABLE queried AS SELECT * FROM (\n" + sql + "\n)", step);
      columns =
          database
              .rows("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM queried)")
              .stream()
              .map(row -> new SourceColumn((String) row.get(0), (String) row.get(1)))
              .toList();
    } catch (DuckDbException e) {
      throw fails(e, sql);
    }
    database.run("DROP VIEW input");
    files.release();
  }

  /** DuckDB's own parser tells statements apart, and the brackets around the query need a single one. */
  private void checkSelect(String sql) {
    List<Object> parsed =
        database.row(
            "SELECT tree->>'error_type', tree->>'error_message', CAST(tree->>'position' AS INTEGER),"
                + " json_array_length(tree, '$.statements') FROM (SELECT json_serialize_sql("
                + text(sql)
                + ") AS tree)");
    if ("parser".equals(parsed.get(0))) {
      throw SlipstreamException.invalid(
          "the query does not work: "
              + parsed.get(1)
              + (parsed.get(2) instanceof Integer position ? where(sql, position) : ""),
          Place.key(KEY),
          "Write one SELECT on the view 'input'.");
    } else if (!(parsed.get(3) instanceof Number count) || count.intValue() != 1) {
      throw SlipstreamException.invalid(
          "the query is not one SELECT",
          Place.key(KEY),
          "Write one SELECT on the view 'input', without a semicolon.");
    }
  }

  private static String where(String sql, int position) {
    String before = sql.substring(0, Math.min(position, sql.length()));
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return Text.format(" (line %d, column %d)", line, before.length() - before.lastIndexOf('\n'));
  }

  private SlipstreamException fails(DuckDbException e, String sql) {
    String where = "";
    Matcher caret = CARET.matcher(e.getMessage());
    if (caret.find()) {
      int line = Integer.parseInt(caret.group(1)) - 1;
      int column = caret.group(3).length() - ("LINE " + caret.group(1) + ": ").length() + 1;
      boolean whole = !caret.group(2).startsWith("...");
      if (line >= 1 && line <= sql.lines().count()) {
        where =
            whole
                ? Text.format(" (line %d, column %d)", line, column)
                : Text.format(" (line %d)", line);
      }
    }
    String known =
        e.getMessage().contains("not found in FROM clause")
                || e.getMessage().contains("Referenced column")
            ? "Columns of input: "
                + String.join(
                    ", ", files.columns().stream().map(SourceColumn::name).limit(30).toList())
                + "."
            : e.getMessage().contains("Permission Error")
                ? "A query reads the view 'input' and nothing else."
                : "Write one SELECT on the view 'input'.";
    return new SlipstreamException(
        SlipstreamException.Category.INVALID_INPUT,
        "the query does not work: " + e.line() + where,
        Place.key(KEY),
        known,
        e);
  }

  @Override
  public String relation() {
    return "queried";
  }

  @Override
  public String rowId() {
    return "rowid";
  }

  @Override
  public List<SourceColumn> columns() {
    return columns;
  }

  @Override
  public Place place(long row) {
    return new Place("row " + (row + 1) + " of the query on " + files.userName(), 0, 0, "");
  }

  @Override
  public List<String> notes() {
    return files.notes();
  }

  @Override
  public void release() {
    database.run("DROP TABLE IF EXISTS queried");
  }

  @Override
  public String userName() {
    return files.userName();
  }
}
