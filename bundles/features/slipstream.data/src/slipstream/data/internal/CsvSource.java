package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.table.ColumnType;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * A CSV file, read once into a temporary table of DuckDB's.
 *
 * <p>DuckDB's own detection of dialect and types is not used: on a ragged file it settles for one column of text, it
 * rounds 1.5 where it took a column for whole numbers, and it cuts nanoseconds. Line 1 decides delimiter and names; the
 * first {@value #SAMPLE_ROWS} rows decide types; a later row that does not fit is an error with its line, except that
 * whole numbers become fractions where a fraction comes.
 */
public final class CsvSource implements Source {
  private static final int SAMPLE_ROWS = 20_480;
  private static final long SAMPLE_CELLS = 4_000_000;
  private static final int MAX_COLUMNS = 1 << 16;
  private static final int MAX_LINE_BYTES = 16 << 20;

  /** Share of the time of an import. */
  private static final double READING = 0.4;

  /** Share of a column's sampled values that must be numbers for a text among them to be an error. */
  private static final double MOSTLY = 0.6;

  private static final Pattern CSV_ERROR = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern FIELD_COUNT =
      Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");
  private static final Pattern NOT_WHOLE = Pattern.compile("slipstream:not-whole:(\\d+)");

  private final DuckDb database;
  private final Path file;
  private final String userName;
  private final List<String> nullValues;
  private final String delimiter;
  private final List<String> names;
  private final List<SourceColumn> columns = new ArrayList<>();

  /**
   * @param userName the file as the user named it
   * @param stage the import, of which reading is a part
   * @param delimiter one character, or {@code auto}
   * @throws SlipstreamException naming the line of what is wrong
   */
  public CsvSource(
      DuckDb database,
      Path file,
      String userName,
      Stage stage,
      String delimiter,
      List<String> nullValues,
      ImportOptions options) {
    this.database = database;
    this.file = file;
    this.userName = userName;
    this.nullValues = nullValues;
    String header = header();
    this.delimiter =
        delimiter.equals("auto") ? CsvText.guessDelimiter(header) : checkedDelimiter(delimiter);
    this.names = names(header);
    List<Kind> kinds = kinds(options);
    stage(kinds, options, stage.to(READING));
  }

  /** What a column is read as. */
  private enum Kind {
    WHOLE("VARCHAR", "BIGINT"),
    WHOLE32("VARCHAR", "INTEGER"),
    FRACTION("DOUBLE", "DOUBLE"),
    FRACTION32("FLOAT", "FLOAT"),
    /** Time in decimal seconds, milliseconds …: exact to the nanosecond, as a double is not. */
    DECIMAL("VARCHAR", "DECIMAL(30,9)"),
    BOOLEAN("BOOLEAN", "BOOLEAN"),
    TIME("VARCHAR", "VARCHAR"),
    TEXT("VARCHAR", "VARCHAR");

    final String readAs;
    final String becomes;

    Kind(String readAs, String becomes) {
      this.readAs = readAs;
      this.becomes = becomes;
    }

    String words() {
      return switch (this) {
        case WHOLE, WHOLE32 -> "a whole number";
        case FRACTION, FRACTION32, DECIMAL -> "a number";
        case BOOLEAN -> "true or false";
        case TIME -> "a time";
        case TEXT -> "text";
      };
    }
  }

  // ------------------------------------------------------------------- header

  private String header() {
    List<List<Object>> lines;
    try {
      // Raw lines: neither quotes nor a delimiter that a text file could hold.
      lines =
          database.rows(
              "SELECT line FROM read_csv("
                  + text(file.toString())
                  + ", auto_detect=false, header=false, delim='\u0001', quote='', escape='',"
                  + " strict_mode=false, max_line_size="
                  + MAX_LINE_BYTES
                  + ", columns={'line': 'VARCHAR'}) LIMIT 1");
    } catch (DuckDbException e) {
      throw unreadable(e);
    }
    if (lines.isEmpty() || lines.getFirst().getFirst() == null) {
      throw SlipstreamException.invalid(
          "the file is empty", Place.file(userName), "Give a CSV file with a header line.");
    }
    String line = String.valueOf(lines.getFirst().getFirst());
    return line.startsWith("\ufeff") ? line.substring(1) : line;
  }

  private String checkedDelimiter(String given) {
    String delimiter = given.equals("\\t") || given.equals("tab") ? "\t" : given;
    if (delimiter.length() != 1 || delimiter.equals("\"") || delimiter.equals("\n")) {
      throw SlipstreamException.invalid(
          "'" + given + "' cannot separate fields",
          Place.key("delimiter"),
          "Give one character, tab, or auto.");
    }
    return delimiter;
  }

  private List<String> names(String header) {
    List<String> names = CsvText.fields(header, delimiter.charAt(0));
    if (names == null) {
      throw SlipstreamException.invalid(
          "a quote in the header line does not end on that line",
          new Place(userName, 1, 0, ""),
          "Close the quote.");
    }
    if (names.size() > MAX_COLUMNS) {
      throw SlipstreamException.invalid(
          "the header has " + names.size() + " columns, more than " + MAX_COLUMNS,
          new Place(userName, 1, 0, ""),
          "Split the file.");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).strip();
      if (name.isEmpty()) {
        throw SlipstreamException.invalid(
            "column " + (i + 1) + " of the header has no name",
            new Place(userName, 1, i + 1, ""),
            "Name every column in line 1.");
      }
      // DuckDB compares names without regard to case.
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw SlipstreamException.invalid(
            "column '" + name + "' occurs twice in the header (capitals do not count)",
            new Place(userName, 1, i + 1, ""),
            "Rename one of the two.");
      }
      names.set(i, name);
    }
    return names;
  }

  // -------------------------------------------------------------------- types

  private List<Kind> kinds(ImportOptions options) {
    long rows = Math.clamp(SAMPLE_CELLS / names.size(), 100, SAMPLE_ROWS);
    Map<String, String> all = new LinkedHashMap<>();
    names.forEach(name -> all.put(name, "VARCHAR"));
    CsvTypes[] seen = new CsvTypes[names.size()];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = new CsvTypes();
    }
    try {
      // A stream, so that the sample is never in memory as a whole.
      database.stream(
          "SELECT * FROM " + reader(all) + " LIMIT " + rows,
          null,
          chunk -> {
            for (int column = 0; column < seen.length; column++) {
              var vector = chunk.vector(column);
              for (long row = 0; row < chunk.rowCount(); row++) {
                if (!vector.isNull(row)) {
                  seen[column].add(vector.getString(row));
                }
              }
            }
          });
    } catch (DuckDbException e) {
      throw unreadable(e);
    }
    List<Kind> kinds = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      kinds.add(kind(names.get(i), seen[i], options));
    }
    return kinds;
  }

  private static Kind kind(String name, CsvTypes seen, ImportOptions options) {
    boolean isTime = name.equals(options.time()) || name.equals(options.timeOfDay());
    ColumnType declared = ColumnChange.of(options.columns().get(name)).type();
    if (isTime || declared == ColumnType.TIMESTAMP) {
      if (!options.timeFormat().isEmpty() && !name.equals(options.timeOfDay())) {
        return Kind.TEXT;
      }
      return switch (seen.mostly(MOSTLY)) {
        case INTEGER -> Kind.WHOLE;
        case NUMBER -> Kind.DECIMAL;
        default -> Kind.TIME;
      };
    }
    if (options.instrument().contains(name)) {
      return Kind.TEXT;
    }
    if (declared != null) {
      return switch (declared) {
        case FLOAT64 -> Kind.FRACTION;
        case FLOAT32 -> Kind.FRACTION32;
        case INT64 -> Kind.WHOLE;
        case INT32 -> Kind.WHOLE32;
        case BOOLEAN -> Kind.BOOLEAN;
        case TIMESTAMP -> Kind.TIME;
        case STRING -> Kind.TEXT;
      };
    }
    return switch (seen.mostly(MOSTLY)) {
      case INTEGER -> Kind.WHOLE;
      case NUMBER, NOTHING -> Kind.FRACTION;
      case BOOLEAN -> Kind.BOOLEAN;
      case TIME -> Kind.TIME;
      case TEXT -> Kind.TEXT;
    };
  }

  // ------------------------------------------------------------------ staging

  private void stage(List<Kind> kinds, ImportOptions options, Stage.Step step) {
    while (true) {
      Map<String, String> readAs = new LinkedHashMap<>();
      List<String> select = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        Kind kind = kinds.get(i);
        readAs.put(names.get(i), kind.readAs);
        select.add(expression(name(names.get(i)), i, kind) + " AS " + name(names.get(i)));
      }
      try {
        database.run(
            "CREATE TABLE staged AS SELECT "
                + String.join(", ", select)
                + " FROM "
                + reader(readAs),
            step);
        break;
      } catch (DuckDbException e) {
        int column = notWhole(e);
        boolean free =
            column >= 0 && ColumnChange.of(options.columns().get(names.get(column))).type() == null;
        if (!free) {
          throw located(e, kinds);
        }
        boolean time =
            names.get(column).equals(options.time())
                || names.get(column).equals(options.timeOfDay());
        kinds.set(column, time ? Kind.DECIMAL : Kind.FRACTION);
      }
    }
    for (int i = 0; i < names.size(); i++) {
      Kind kind = kinds.get(i);
      SourceColumn column = new SourceColumn(names.get(i), kind.becomes);
      columns.add(
          kind == Kind.TIME
              ? new SourceColumn(column.name(), column.sqlType(), ColumnType.TIMESTAMP)
              : column);
    }
  }

  private static int notWhole(DuckDbException e) {
    Matcher matcher = NOT_WHOLE.matcher(e.getMessage());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** DuckDB rounds '1.5' to a whole number without a word, so whole numbers are read as text. */
  private static String expression(String column, int index, Kind kind) {
    return switch (kind) {
      case WHOLE, WHOLE32 ->
          Text.format(
                  "CASE WHEN contains(%1$s, '.') OR contains(%1$s, 'e') OR contains(%1$s, 'E') OR contains(%1$s, 'n')",
                  column)
              + Text.format(
                  " THEN error('slipstream:not-whole:%d') ELSE CAST(%s AS %s) END",
                  index, column, kind.becomes);
      case DECIMAL -> "CAST(" + column + " AS " + kind.becomes + ")";
      default -> column;
    };
  }

  private String reader(Map<String, String> types) {
    StringBuilder sql = new StringBuilder("read_csv(").append(text(file.toString()));
    sql.append(", auto_detect=false, header=true, strict_mode=true, quote='\"', escape='\"'");
    sql.append(", delim=").append(text(delimiter));
    sql.append(", max_line_size=").append(MAX_LINE_BYTES);
    sql.append(", nullstr=[''");
    nullValues.forEach(word -> sql.append(", ").append(text(word)));
    sql.append("], columns={");
    List<String> pairs = new ArrayList<>();
    types.forEach((name, type) -> pairs.add(text(name) + ": " + text(type)));
    return sql.append(String.join(", ", pairs)).append("})").toString();
  }

  // ------------------------------------------------------------------- errors

  /** The first value in the file that does not fit its column, by reading all of it as text. */
  private SlipstreamException located(DuckDbException e, List<Kind> kinds) {
    SlipstreamException structural = structural(e);
    if (structural != null) {
      return structural;
    }
    Map<String, String> all = new LinkedHashMap<>();
    List<String> bad = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      all.put(names.get(i), "VARCHAR");
      String condition = misfit(name(names.get(i)), kinds.get(i));
      if (condition != null) {
        bad.add("WHEN " + condition + " THEN " + i);
      }
    }
    if (!bad.isEmpty()) {
      try {
        String which = "CASE " + String.join(" ", bad) + " ELSE -1 END";
        database.run(
            "CREATE OR REPLACE TABLE misfits AS SELECT row, which, fields[which + 1] AS value FROM"
                + " (SELECT row_number() OVER () - 1 AS row, "
                + which
                + " AS which, ["
                + String.join(", ", names.stream().map(DuckDb::name).toList())
                + "] AS fields FROM "
                + reader(all)
                + ") WHERE which >= 0 LIMIT 1");
        List<Object> found = database.row("SELECT row, which, value FROM misfits");
        if (!found.isEmpty()) {
          int column = ((Number) found.get(1)).intValue();
          return SlipstreamException.invalid(
              Text.format(
                  "column '%s' holds '%s', which is not %s",
                  names.get(column),
                  CsvText.shortened(String.valueOf(found.get(2))),
                  kinds.get(column).words()),
              placeOf(((Number) found.get(0)).longValue(), column + 1),
              Text.format(
                  "Mend the line, name '%s' in null_values, or declare the column's type in columns.",
                  CsvText.shortened(String.valueOf(found.get(2)))));
        }
      } catch (DuckDbException second) {
        SlipstreamException known = structural(second);
        if (known != null) {
          return known;
        }
      }
    }
    return unreadable(e);
  }

  private static String misfit(String column, Kind kind) {
    return switch (kind) {
      case WHOLE, WHOLE32 ->
          Text.format(
              "%1$s IS NOT NULL AND (TRY_CAST(%1$s AS %2$s) IS NULL OR NOT regexp_full_match(%1$s, '\\s*[+-]?\\d+\\s*'))",
              column, kind.becomes);
      case FRACTION, FRACTION32, DECIMAL, BOOLEAN ->
          Text.format("%1$s IS NOT NULL AND TRY_CAST(%1$s AS %2$s) IS NULL", column, kind.becomes);
      case TIME, TEXT -> null;
    };
  }

  /** Errors of the file's structure, for which DuckDB knows the line. */
  private SlipstreamException structural(DuckDbException e) {
    String message = e.getMessage();
    Matcher at = CSV_ERROR.matcher(message);
    if (!at.find()) {
      return null;
    }
    Place place = new Place(userName, Math.toIntExact(Long.parseLong(at.group(1))), 0, "");
    Matcher count = FIELD_COUNT.matcher(message);
    if (count.find()) {
      return SlipstreamException.invalid(
          Text.format(
              "the line has %s fields where the header has %s", count.group(2), count.group(1)),
          place,
          Text.format(
              "Mend the line; a field that holds '%s' must be in double quotes.",
              delimiter.equals("\t") ? "a tab" : delimiter));
    } else if (message.contains("unterminated quote")) {
      return SlipstreamException.invalid(
          "a quoted field that starts here does not end", place, "Close the quote.");
    } else if (message.contains("unicode") || message.contains("utf-8")) {
      return SlipstreamException.invalid(
          "the text is not UTF-8", place, "Convert the file: iconv -f LATIN1 -t UTF-8.");
    } else if (message.contains("aximum line size")) {
      return SlipstreamException.invalid(
          "the line is longer than " + (MAX_LINE_BYTES >> 20) + " MiB",
          place,
          "Look for a quote that is not closed.");
    }
    return null;
  }

  private SlipstreamException unreadable(DuckDbException e) {
    SlipstreamException known = structural(e);
    if (known != null) {
      return known;
    }
    String name = file.getFileName().toString();
    boolean compressed = name.endsWith(".gz") || name.endsWith(".zst");
    return compressed
        ? new SlipstreamException(
            SlipstreamException.Category.CORRUPT,
            "the compressed file cannot be unpacked: " + e.line(),
            Place.file(userName),
            "Get the file again.",
            e)
        : new SlipstreamException(
            SlipstreamException.Category.INVALID_INPUT,
            "the file cannot be read as CSV: " + e.line(),
            Place.file(userName),
            "Check that it is text with one line of column names.",
            e);
  }

  private Place placeOf(long row, int column) {
    long line = CsvText.lineOfRecord(file, row + 1);
    return new Place(userName, line > Integer.MAX_VALUE ? 0 : (int) line, column, "");
  }

  @Override
  public Place place(long row) {
    return placeOf(row, 0);
  }

  @Override
  public String relation() {
    return "staged";
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
  public void release() {
    database.run("DROP TABLE staged");
  }

  @Override
  public String userName() {
    return userName;
  }
}
