package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * Files of one JSON object a line.
 *
 * <p>The columns are the keys of all objects of all files, in the order of first use; a key that an object lacks is a
 * null there. Numbers in quotes count as numbers, as exchanges write prices; lists and objects become their JSON text.
 */
public final class JsonLinesSource extends TextSource {
  private static final int SAMPLE_ROWS = 1_000;
  private static final int MAX_OBJECT_BYTES = 16 << 20;
  private static final Pattern LINE = Pattern.compile("in line (\\d+)");
  private static final JsonFactory JSON = new JsonFactory();

  private final List<String> nullValues;

  /**
   * @param nullValues words that stand for no value
   * @throws SlipstreamException naming the line of what is wrong
   */
  public JsonLinesSource(Request request, List<String> nullValues) {
    super(request);
    this.nullValues = nullValues;
    open();
  }

  @Override
  List<String> findNames() {
    Set<String> keys = new LinkedHashSet<>();
    for (InputFile file : files) {
      String objects =
          "read_ndjson_objects("
              + text(file.path().toString())
              + ", maximum_object_size="
              + MAX_OBJECT_BYTES
              + ")";
      try {
        // First those at the head in their order, then whatever comes late: a key must not get
        // lost.
        database
            .rows(
                "SELECT unnest(json_keys(json)) FROM (FROM "
                    + objects
                    + " LIMIT "
                    + SAMPLE_ROWS
                    + ")")
            .forEach(row -> keys.add((String) row.getFirst()));
        database
            .rows(
                "SELECT DISTINCT key FROM (SELECT unnest(json_keys(json)) AS key FROM "
                    + objects
                    + ") ORDER BY key")
            .forEach(row -> keys.add((String) row.getFirst()));
      } catch (DuckDbException e) {
        SlipstreamException known = structural(e, file);
        throw known == null ? unreadable(e, file) : known;
      }
    }
    if (keys.isEmpty()) {
      throw SlipstreamException.invalid(
          "there is no JSON object with a key",
          Place.file(userName()),
          "Write one object a line: {\"time\": \"2024-01-02T09:30:00Z\", \"price\": 101.5}.");
    }
    if (keys.size() > MAX_COLUMNS) {
      throw SlipstreamException.invalid(
          Text.format(
              "the objects have %,d different keys, more than %,d", keys.size(), MAX_COLUMNS),
          Place.file(userName()),
          "Use keys for columns, not for values.");
    }
    Set<String> seen = new HashSet<>();
    for (String key : keys) {
      if (key.isBlank()) {
        throw SlipstreamException.invalid(
            "an object has a key without a name", Place.file(userName()), "Name every key.");
      }
      // DuckDB compares names without regard to case.
      if (!seen.add(key.toLowerCase(Locale.ROOT))) {
        throw SlipstreamException.invalid(
            "key '" + key + "' occurs in two spellings (capitals do not count)",
            Place.file(userName()),
            "Use one of the two.");
      }
    }
    return List.copyOf(keys);
  }

  @Override
  String readAs(Kind kind) {
    return "VARCHAR";
  }

  @Override
  String reader(InputFile file, Map<String, String> types) {
    List<String> pairs = new ArrayList<>();
    List<String> select = new ArrayList<>();
    List<String> nulls = new ArrayList<>(List.of("''"));
    nullValues.forEach(word -> nulls.add(text(word)));
    types.forEach(
        (column, type) -> {
          pairs.add(text(column) + ": 'VARCHAR'");
          String sql = name(column);
          select.add(
              "CASE WHEN "
                  + sql
                  + " NOT IN ("
                  + String.join(", ", nulls)
                  + ") THEN "
                  + sql
                  + " END AS "
                  + sql);
        });
    return "(SELECT "
        + String.join(", ", select)
        + " FROM read_json("
        + text(file.path().toString())
        + ", format='newline_delimited', maximum_object_size="
        + MAX_OBJECT_BYTES
        + ", columns={"
        + String.join(", ", pairs)
        + "}))";
  }

  @Override
  String element() {
    return "line";
  }

  // ------------------------------------------------------------------- errors

  @Override
  SlipstreamException structural(DuckDbException e, InputFile file) {
    String message = e.getMessage();
    if (message.contains("maximum_object_size")) {
      return SlipstreamException.invalid(
          "an object is longer than " + (MAX_OBJECT_BYTES >> 20) + " MiB",
          Place.file(file.userName()),
          "Check that the file has one object a line.");
    }
    if (!message.contains("Malformed JSON") && !message.contains("JSON transform error")) {
      return null;
    }
    SlipstreamException found = firstBadLine(file);
    if (found != null) {
      return found;
    }
    Matcher at = LINE.matcher(message);
    int line = at.find() ? Integer.parseInt(at.group(1)) : 0;
    return SlipstreamException.invalid(
        "the text is not one JSON object a line",
        new Place(file.userName(), line, 0, ""),
        "Mend the line.");
  }

  /** DuckDB's line numbers are one too high for some errors, so the file is read again. */
  private static SlipstreamException firstBadLine(InputFile file) {
    if (!CsvText.readable(file.path())) {
      return null;
    }
    try (BufferedReader in = reader(file.path())) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          SlipstreamException wrong = check(line, number, file);
          if (wrong != null) {
            return wrong;
          }
        }
      }
    } catch (IOException e) {
      return null; // reported as DuckDB saw it
    }
    return null;
  }

  private static SlipstreamException check(String line, int number, InputFile file)
      throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return SlipstreamException.invalid(
            "the line is not a JSON object",
            new Place(file.userName(), number, 1, ""),
            line.strip().startsWith("[")
                ? "Write one object a line, not a list of them."
                : "Write one object a line.");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        return SlipstreamException.invalid(
            "there is more than one object on the line",
            new Place(file.userName(), number, parser.currentTokenLocation().getColumnNr(), ""),
            "Write one object a line.");
      }
    } catch (JsonProcessingException e) {
      return SlipstreamException.invalid(
          "the line is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""),
          new Place(file.userName(), number, Math.max(0, e.getLocation().getColumnNr()), ""),
          "Mend the line.");
    }
    return null;
  }

  @Override
  SlipstreamException unreadable(DuckDbException e, InputFile file) {
    return new SlipstreamException(
        SlipstreamException.Category.CORRUPT,
        "the file cannot be read as JSON lines: " + e.line(),
        Place.file(file.userName()),
        "Get the file again.",
        e);
  }

  @Override
  Place placeOf(InputFile file, long row, int column) {
    return new Place(file.userName(), lineOf(file.path(), row), 0, "");
  }

  private static int lineOf(Path file, long row) {
    if (!CsvText.readable(file)) {
      return row >= Integer.MAX_VALUE ? 0 : (int) row + 1;
    }
    try (BufferedReader in = reader(file)) {
      long objects = 0;
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank() && objects++ == row) {
          return number;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }

  private static BufferedReader reader(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    boolean zipped = file.toString().endsWith(".gz");
    return new BufferedReader(
        new InputStreamReader(zipped ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8));
  }

  @Override
  int positionOf(InputFile file, String column) {
    return 0;
  }

  @Override
  public List<String> notes() {
    return columns().stream().anyMatch(column -> column.sqlType().startsWith("DECIMAL"))
        ? List.of(
            "times in JSON numbers with a fraction are exact to 16 digits; write them as whole"
                + " nanoseconds or as text")
        : List.of();
  }
}
