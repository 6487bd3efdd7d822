package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.table.ColumnType;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * Files whose values are text, read once into a temporary table of DuckDB's.
 *
 * <p>DuckDB's own detection of types is not used: it rounds 1.5 where it took a column for whole numbers, and it cuts
 * nanoseconds. The first rows of each file decide the types; a later row that does not fit is an error with its line,
 * except that whole numbers become fractions where a fraction comes.
 */
abstract class TextSource implements Source {
  /** Rows whose values decide the types, of all files together. */
  private static final int SAMPLE_ROWS = 20_480;

  private static final int LEAST_SAMPLE_ROWS = 100;
  private static final long SAMPLE_CELLS = 4_000_000;

  /** Beyond this DuckDB's planning takes minutes and a gigabyte, whatever the rows. */
  static final int MAX_COLUMNS = 4_096;

  /** Share of the time of an import. */
  private static final double READING = 0.4;

  /** Share of a column's sampled values that must be numbers for a text among them to be an error. */
  private static final double MOSTLY = 0.6;

  private static final Pattern NOT_WHOLE = Pattern.compile("slipstream:not-whole:(\\d+)");

  protected final DuckDb database;
  protected final List<InputFile> files;
  private final Request request;
  private final ImportOptions options;
  private final List<SourceColumn> columns = new ArrayList<>();
  private List<String> names;
  private long[] firstRows;

  TextSource(Request request) {
    this.request = request;
    this.database = request.database();
    this.files = request.files();
    this.options = request.options();
  }

  /** What a column is read as. */
  enum Kind {
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

    boolean number() {
      return this == WHOLE || this == FRACTION;
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

    String plural() {
      return switch (this) {
        case WHOLE, WHOLE32 -> "whole numbers";
        case FRACTION, FRACTION32, DECIMAL -> "numbers";
        case BOOLEAN -> "true or false";
        case TIME -> "times";
        case TEXT -> "text";
      };
    }
  }

  // ----------------------------------------------------------- what formats do

  /** The columns of the table, after looking at the files. */
  abstract List<String> findNames();

  /**
   * What reads a file, with its columns of these names and types.
   *
   * @param types SQL types by name, in the order of the table
   */
  abstract String reader(InputFile file, Map<String, String> types);

  /** What a kind of column is read as. */
  String readAs(Kind kind) {
    return kind.readAs;
  }

  /** A value of a column that was read, as text. */
  abstract String element();

  /** An error of the file's structure with its line, or null when DuckDB tells of something else. */
  abstract SlipstreamException structural(DuckDbException e, InputFile file);

  /** Any other error in reading a file. */
  abstract SlipstreamException unreadable(DuckDbException e, InputFile file);

  /** Where a row stands in its file, counted from 0. */
  abstract Place placeOf(InputFile file, long row, int column);

  /** The position, from 1, of a column in a file, or 0. */
  abstract int positionOf(InputFile file, String column);

  // -------------------------------------------------------------------- reading

  /** Reads all files; the constructor of each format calls it last. */
  final void open() {
    names = findNames();
    if (request.instrumentFromFile()
        && names.stream().anyMatch(each -> each.equalsIgnoreCase(INSTRUMENT))) {
      throw SlipstreamException.invalid(
          "the file has a column 'instrument' of its own",
          new Place(files.getFirst().userName(), 0, 0, "instrument_from_file"),
          "Name that column in instrument, or rename it in the file.");
    }
    stage(kinds(), request.stage().to(READING));
  }

  final List<String> names() {
    return names;
  }

  private List<Kind> kinds() {
    long rows = Math.clamp(SAMPLE_CELLS / names.size(), LEAST_SAMPLE_ROWS, SAMPLE_ROWS);
    long each = Math.max(LEAST_SAMPLE_ROWS, rows / files.size());
    List<Kind> kinds = new ArrayList<>();
    List<InputFile> decided = new ArrayList<>();
    for (InputFile file : files) {
      CsvTypes[] seen = sample(file, each);
      for (int i = 0; i < seen.length; i++) {
        Kind kind = kind(names.get(i), seen[i]);
        if (decided.size() <= i) {
          kinds.add(kind);
          decided.add(file);
        } else if (kind != null) {
          Kind before = kinds.get(i);
          kinds.set(
              i, before == null ? kind : common(names.get(i), before, decided.get(i), kind, file));
          decided.set(i, before == kinds.get(i) ? decided.get(i) : file);
        }
      }
    }
    kinds.replaceAll(kind -> kind == null ? Kind.FRACTION : kind);
    return kinds;
  }

  /** The kind that fits two files. */
  private Kind common(String name, Kind a, InputFile inA, Kind b, InputFile inB) {
    if (a == b) {
      return a;
    } else if (a.number() && b.number()) {
      return Kind.FRACTION;
    } else if (isTime(name) && a != Kind.TIME && b != Kind.TIME) {
      return Kind.DECIMAL;
    }
    throw SlipstreamException.invalid(
        Text.format(
            "column '%s' holds %s, but %s in %s", name, b.plural(), a.plural(), inA.userName()),
        Place.file(inB.userName()),
        Text.format("Mend the file, or declare the type: columns: {%s: string}.", name));
  }

  private CsvTypes[] sample(InputFile file, long rows) {
    Map<String, String> all = new LinkedHashMap<>();
    names.forEach(name -> all.put(name, "VARCHAR"));
    CsvTypes[] seen = new CsvTypes[names.size()];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = new CsvTypes();
    }
    try {
      // A stream, so that the sample is never in memory as a whole.
      database.stream(
          "SELECT " + quotedNames() + " FROM " + reader(file, all) + " LIMIT " + rows,
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
      SlipstreamException known = structural(e, file);
      throw known == null ? unreadable(e, file) : known;
    }
    return seen;
  }

  private String quotedNames() {
    return String.join(", ", names.stream().map(DuckDb::name).toList());
  }

  private boolean isTime(String name) {
    return !options.hasSql() && (name.equals(options.time()) || name.equals(options.timeOfDay()));
  }

  /** Null where no value was seen. */
  private Kind kind(String name, CsvTypes seen) {
    CsvTypes.Looks looks = seen.mostly(MOSTLY);
    // A query sees the file's own columns; what is declared is of its result.
    ColumnType declared =
        options.hasSql() ? null : ColumnChange.of(options.columns().get(name)).type();
    if (isTime(name) || declared == ColumnType.TIMESTAMP) {
      if (!options.timeFormat().isEmpty() && !name.equals(options.timeOfDay())) {
        return Kind.TEXT;
      }
      return switch (looks) {
        case INTEGER -> Kind.WHOLE;
        case NUMBER -> Kind.DECIMAL;
        case NOTHING -> null;
        default -> Kind.TIME;
      };
    }
    if (options.instrument().contains(name) && !options.hasSql()) {
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
    return switch (looks) {
      case INTEGER -> Kind.WHOLE;
      case NUMBER -> Kind.FRACTION;
      case NOTHING -> null;
      case BOOLEAN -> Kind.BOOLEAN;
      case TIME -> Kind.TIME;
      case TEXT -> Kind.TEXT;
    };
  }

  // ------------------------------------------------------------------- staging

  private void stage(List<Kind> kinds, Stage.Step step) {
    while (!stageOnce(kinds, step)) {
      database.run("DROP TABLE IF EXISTS staged");
    }
    for (int i = 0; i < names.size(); i++) {
      Kind kind = kinds.get(i);
      SourceColumn column = new SourceColumn(names.get(i), kind.becomes);
      columns.add(
          kind == Kind.TIME
              ? new SourceColumn(column.name(), column.sqlType(), ColumnType.TIMESTAMP)
              : column);
    }
    if (request.instrumentFromFile()) {
      columns.add(new SourceColumn(INSTRUMENT, "VARCHAR"));
    }
  }

  /** Reads all files; false when a column turned out to hold fractions and another attempt is needed. */
  private boolean stageOnce(List<Kind> kinds, Stage.Step step) {
    Map<String, String> readAs = new LinkedHashMap<>();
    List<String> select = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Kind kind = kinds.get(i);
      readAs.put(names.get(i), readAs(kind));
      select.add(expression(name(names.get(i)), i, kind) + " AS " + name(names.get(i)));
    }
    long[] first = new long[files.size()];
    long rows = 0;
    for (int f = 0; f < files.size(); f++) {
      InputFile file = files.get(f);
      first[f] = rows;
      long left = request.limit() == 0 ? Long.MAX_VALUE : request.limit() - rows;
      if (left <= 0) {
        Arrays.fill(first, f, first.length, Long.MAX_VALUE);
        break;
      }
      String query =
          "SELECT "
              + String.join(", ", select)
              + (request.instrumentFromFile()
                  ? ", " + text(file.instrument()) + " AS " + name(INSTRUMENT)
                  : "")
              + " FROM "
              + reader(file, readAs)
              + (request.limit() == 0 ? "" : " LIMIT " + left);
      try {
        database.run(
            (f == 0 ? "CREATE TABLE staged AS " : "INSERT INTO staged ") + query,
            step.part(f, files.size()));
        if (f + 1 < files.size()) {
          rows = ((Number) database.row("SELECT count(*) FROM staged").getFirst()).longValue();
        }
      } catch (DuckDbException e) {
        int column = notWhole(e);
        boolean free =
            column >= 0
                && (options.hasSql()
                    || ColumnChange.of(options.columns().get(names.get(column))).type() == null);
        if (!free) {
          throw located(e, kinds, file);
        }
        kinds.set(column, isTime(names.get(column)) ? Kind.DECIMAL : Kind.FRACTION);
        return false;
      }
    }
    firstRows = first;
    return true;
  }

  private static int notWhole(DuckDbException e) {
    Matcher matcher = NOT_WHOLE.matcher(e.getMessage());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** DuckDB rounds '1.5' to a whole number without a word, so whole numbers are read as text. */
  private String expression(String column, int index, Kind kind) {
    return switch (kind) {
      case WHOLE, WHOLE32 ->
          Text.format(
                  "CASE WHEN contains(%1$s, '.') OR contains(%1$s, 'e') OR contains(%1$s, 'E') OR contains(%1$s, 'n')",
                  column)
              + Text.format(
                  " THEN error('slipstream:not-whole:%d') ELSE CAST(%s AS %s) END",
                  index, column, kind.becomes);
      default ->
          readAs(kind).equals(kind.becomes)
              ? column
              : "CAST(" + column + " AS " + kind.becomes + ")";
    };
  }

  // --------------------------------------------------------------------- errors

  /** The first value in the file that does not fit its column, by reading all of it as text. */
  private SlipstreamException located(DuckDbException e, List<Kind> kinds, InputFile file) {
    SlipstreamException structural = structural(e, file);
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
                + quotedNames()
                + "] AS fields FROM "
                + reader(file, all)
                + ") WHERE which >= 0 LIMIT 1");
        List<Object> found = database.row("SELECT row, which, value FROM misfits");
        if (!found.isEmpty()) {
          int column = ((Number) found.get(1)).intValue();
          String value = CsvText.shortened(String.valueOf(found.get(2)));
          return SlipstreamException.invalid(
              Text.format(
                  "column '%s' holds '%s', which is not %s",
                  names.get(column), value, kinds.get(column).words()),
              placeOf(
                  file, ((Number) found.get(0)).longValue(), positionOf(file, names.get(column))),
              Text.format(
                  "Mend the %s, name '%s' in null_values, or declare the column's type in columns.",
                  element(), value));
        }
      } catch (DuckDbException second) {
        SlipstreamException known = structural(second, file);
        if (known != null) {
          return known;
        }
      }
    }
    return unreadable(e, file);
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

  @Override
  public Place place(long row) {
    int file = Arrays.binarySearch(firstRows, row);
    if (file < 0) {
      file = -file - 2;
    }
    // Of files without rows the last one that starts here has it.
    while (file + 1 < firstRows.length && firstRows[file + 1] == firstRows[file]) {
      file++;
    }
    return placeOf(files.get(file), row - firstRows[file], 0);
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
    database.run("DROP TABLE IF EXISTS staged");
  }

  @Override
  public String userName() {
    return InputFile.userName(files, options);
  }
}
