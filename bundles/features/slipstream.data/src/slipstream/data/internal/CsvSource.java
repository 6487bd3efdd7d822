package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * CSV files.
 *
 * <p>DuckDB's own detection of the dialect is not used: on a ragged file it settles for one column of text. Line 1 of
 * each file decides delimiter and names.
 */
public final class CsvSource extends TextSource {
  private static final int MAX_LINE_BYTES = 16 << 20;

  private static final Pattern CSV_ERROR = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern FIELD_COUNT =
      Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");

  private final String delimiter;
  private final List<String> nullValues;
  private final Map<InputFile, Dialect> dialects = new HashMap<>();

  /**
   * What line 1 of a file tells.
   *
   * @param names in the file's own order
   */
  private record Dialect(String delimiter, List<String> names) {}

  /**
   * @param delimiter one character, or {@code auto}
   * @throws SlipstreamException naming the line of what is wrong
   */
  public CsvSource(Request request, String delimiter, List<String> nullValues) {
    super(request);
    this.delimiter = delimiter.equals("auto") ? null : checkedDelimiter(delimiter);
    this.nullValues = nullValues;
    open();
  }

  // ------------------------------------------------------------------- header

  @Override
  List<String> findNames() {
    List<String> first = null;
    for (InputFile file : files) {
      String header = header(file);
      String separator = delimiter == null ? CsvText.guessDelimiter(header) : delimiter;
      List<String> names = names(file, header, separator.charAt(0));
      dialects.put(file, new Dialect(separator, names));
      if (first == null) {
        first = names;
      } else {
        same(first, names, file);
      }
    }
    return first;
  }

  /** The order of the columns may differ from file to file, not their names. */
  private void same(List<String> expected, List<String> names, InputFile file) {
    Place place = new Place(file.userName(), 1, 0, "");
    for (String name : expected) {
      if (!names.contains(name)) {
        throw SlipstreamException.invalid(
            Text.format("column '%s' is missing, which %s has", name, files.getFirst().userName()),
            place,
            "Import files of other columns as datasets of their own.");
      }
    }
    for (String name : names) {
      if (!expected.contains(name)) {
        throw SlipstreamException.invalid(
            Text.format("column '%s' is not in %s", name, files.getFirst().userName()),
            place,
            "Import files of other columns as datasets of their own.");
      }
    }
  }

  private String header(InputFile file) {
    List<List<Object>> lines;
    try {
      // Raw lines: neither quotes nor a delimiter that a text file could hold.
      lines =
          database.rows(
              "SELECT line FROM read_csv("
                  + text(file.path().toString())
                  + ", auto_detect=false, header=false, delim='\u0001', quote='', escape='',"
                  + " strict_mode=false, max_line_size="
                  + MAX_LINE_BYTES
                  + ", columns={'line': 'VARCHAR'}) LIMIT 1");
    } catch (DuckDbException e) {
      SlipstreamException known = structural(e, file);
      throw known == null ? unreadable(e, file) : known;
    }
    if (lines.isEmpty() || lines.getFirst().getFirst() == null) {
      throw SlipstreamException.invalid(
          "the file is empty", Place.file(file.userName()), "Give a CSV file with a header line.");
    }
    String line = String.valueOf(lines.getFirst().getFirst());
    return line.startsWith("\ufeff") ? line.substring(1) : line;
  }

  private static String checkedDelimiter(String given) {
    String delimiter = given.equals("\\t") || given.equals("tab") ? "\t" : given;
    if (delimiter.length() != 1 || delimiter.equals("\"") || delimiter.equals("\n")) {
      throw SlipstreamException.invalid(
          "'" + given + "' cannot separate fields",
          Place.key("delimiter"),
          "Give one character, tab, or auto.");
    }
    return delimiter;
  }

  private static List<String> names(InputFile file, String header, char separator) {
    List<String> names = CsvText.fields(header, separator);
    if (names == null) {
      throw SlipstreamException.invalid(
          "a quote in the header line does not end on that line",
          new Place(file.userName(), 1, 0, ""),
          "Close the quote.");
    }
    if (names.size() > MAX_COLUMNS) {
      throw SlipstreamException.invalid(
          Text.format("the header has %,d columns, more than %,d", names.size(), MAX_COLUMNS),
          new Place(file.userName(), 1, 0, ""),
          "Write one row for each instrument and time, or use Parquet.");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).strip();
      if (name.isEmpty()) {
        throw SlipstreamException.invalid(
            "column " + (i + 1) + " of the header has no name",
            new Place(file.userName(), 1, i + 1, ""),
            "Name every column in line 1.");
      }
      // DuckDB compares names without regard to case.
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw SlipstreamException.invalid(
            "column '" + name + "' occurs twice in the header (capitals do not count)",
            new Place(file.userName(), 1, i + 1, ""),
            "Rename one of the two.");
      }
      names.set(i, name);
    }
    return names;
  }

  // ------------------------------------------------------------------ reading

  @Override
  String reader(InputFile file, Map<String, String> types) {
    Dialect dialect = dialects.get(file);
    StringBuilder sql = new StringBuilder("read_csv(").append(text(file.path().toString()));
    sql.append(", auto_detect=false, header=true, strict_mode=true, quote='\"', escape='\"'");
    sql.append(", delim=").append(text(dialect.delimiter));
    sql.append(", max_line_size=").append(MAX_LINE_BYTES);
    sql.append(", nullstr=[''");
    nullValues.forEach(word -> sql.append(", ").append(text(word)));
    sql.append("], columns={");
    List<String> pairs = new ArrayList<>();
    dialect.names.forEach(name -> pairs.add(text(name) + ": " + text(types.get(name))));
    return sql.append(String.join(", ", pairs)).append("})").toString();
  }

  @Override
  String element() {
    return "line";
  }

  /** Errors of the file's structure, for which DuckDB knows the line. */
  @Override
  SlipstreamException structural(DuckDbException e, InputFile file) {
    String message = e.getMessage();
    Matcher at = CSV_ERROR.matcher(message);
    if (!at.find()) {
      return null;
    }
    Place place = new Place(file.userName(), Math.toIntExact(Long.parseLong(at.group(1))), 0, "");
    Matcher count = FIELD_COUNT.matcher(message);
    if (count.find()) {
      return SlipstreamException.invalid(
          Text.format(
              "the line has %s fields where the header has %s", count.group(2), count.group(1)),
          place,
          Text.format(
              "Mend the line; a field that holds '%s' must be in double quotes.",
              dialects.get(file).delimiter.equals("\t") ? "a tab" : dialects.get(file).delimiter));
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

  @Override
  SlipstreamException unreadable(DuckDbException e, InputFile file) {
    String name = file.path().getFileName().toString();
    boolean compressed = name.endsWith(".gz") || name.endsWith(".zst");
    return compressed
        ? new SlipstreamException(
            SlipstreamException.Category.CORRUPT,
            "the compressed file cannot be unpacked: " + e.line(),
            Place.file(file.userName()),
            "Get the file again.",
            e)
        : new SlipstreamException(
            SlipstreamException.Category.INVALID_INPUT,
            "the file cannot be read as CSV: " + e.line(),
            Place.file(file.userName()),
            "Check that it is text with one line of column names.",
            e);
  }

  @Override
  Place placeOf(InputFile file, long row, int column) {
    long line = CsvText.lineOfRecord(file.path(), row + 1);
    return new Place(file.userName(), line > Integer.MAX_VALUE ? 0 : (int) line, column, "");
  }

  @Override
  int positionOf(InputFile file, String column) {
    return dialects.get(file).names.indexOf(column) + 1;
  }
}
