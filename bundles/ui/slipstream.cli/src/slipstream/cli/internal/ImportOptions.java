package slipstream.cli.internal;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import slipstream.core.SlipstreamException;

/** How files are read: what the importers take, as options. */
public final class ImportOptions {
  @Option(
      names = "--importer",
      paramLabel = "NAME",
      description = "csv, parquet, jsonl or a plug-in's. Default: told by the files.")
  private String importer = "";

  @Option(
      names = "--time",
      paramLabel = "COLUMN",
      description = "The column of time; '-' for none. Default: told by its name and type.")
  private String time;

  @Option(
      names = "--time-of-day",
      paramLabel = "COLUMN",
      description = "A column with the time since midnight, added to the date in --time.")
  private String timeOfDay;

  @Option(
      names = "--time-unit",
      paramLabel = "UNIT",
      description = "What one is where time is a number: s, ms, us, ns, auto.")
  private String timeUnit;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      description = "Of times that name none, such as America/New_York. Default: UTC.")
  private String timeZone;

  @Option(
      names = "--time-format",
      paramLabel = "FORMAT",
      description = "How times are written where not as in ISO 8601: %%d/%%m/%%Y %%H:%%M:%%S.%%f.")
  private String timeFormat;

  @Option(
      names = "--instrument",
      paramLabel = "COLUMN",
      split = ",",
      description =
          "The column, or columns, that name the instrument; '-' for none. Default: told by its name.")
  private List<String> instrument = new ArrayList<>();

  @Option(
      names = "--instrument-value",
      paramLabel = "NAME",
      description = "The instrument's name, where no column has it.")
  private String instrumentValue;

  @Option(
      names = "--instrument-from-file",
      paramLabel = "PATTERN",
      description = "Which part of a file's name is the instrument: {instrument}_2024.csv.")
  private String instrumentFromFile;

  @Option(
      names = "--columns",
      paramLabel = "COLUMN=CHANGE",
      split = ",",
      description =
          "A new name, a type, both as name:type, or '-' to leave the column out: Adj Close=close:float64.")
  private List<String> columns = new ArrayList<>();

  @Option(
      names = "--units",
      paramLabel = "COLUMN=UNIT",
      split = ",",
      description = "Units by column: bp, USD, shares.")
  private List<String> units = new ArrayList<>();

  @Option(
      names = "--delimiter",
      paramLabel = "CHAR",
      description = "What separates the fields of CSV. Default: told by line 1.")
  private String delimiter;

  @Option(
      names = "--null-values",
      paramLabel = "WORD",
      split = ",",
      description = "Words that stand for no value, besides an empty field.")
  private List<String> nullValues = new ArrayList<>();

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description = "Keeps only rows where this SQL condition holds.")
  private String where;

  @Option(
      names = "--sql",
      paramLabel = "QUERY",
      description = "A SELECT on the view 'input', whose result is imported.")
  private String sql;

  /** The importer's name, or an empty string. */
  public String importer() {
    return importer;
  }

  /** True where the user leaves the column of time to us. */
  public boolean timeOpen() {
    return time == null;
  }

  /** True where the user leaves the instrument's column to us. */
  public boolean instrumentOpen() {
    return instrument.isEmpty() && instrumentValue == null && instrumentFromFile == null;
  }

  /** The importer's parameters, those that were given. */
  public Struct parameters(List<String> files) {
    Struct.Builder parameters = Struct.newBuilder();
    if (!files.isEmpty()) {
      parameters.putFields("path", text(absolute(files.getFirst())));
      if (files.size() > 1) {
        put(
            parameters,
            "also",
            files.subList(1, files.size()).stream().map(ImportOptions::absolute).toList());
      }
    }
    put(parameters, "time", "-".equals(time) ? null : time);
    put(parameters, "time_of_day", timeOfDay);
    put(parameters, "time_unit", timeUnit);
    put(parameters, "time_zone", timeZone);
    put(parameters, "time_format", timeFormat);
    put(parameters, "instrument", instrument.equals(List.of("-")) ? List.of() : instrument);
    put(parameters, "instrument_value", instrumentValue);
    put(parameters, "instrument_from_file", instrumentFromFile);
    put(parameters, "delimiter", delimiter);
    put(parameters, "null_values", nullValues);
    put(parameters, "where", where);
    put(parameters, "sql", sql);
    putMap(parameters, "columns", columns, true);
    putMap(parameters, "units", units, false);
    return parameters.build();
  }

  private static String absolute(String path) {
    return path.startsWith("sample:")
        ? path
        : Path.of("").toAbsolutePath().resolve(path).normalize().toString();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static void put(Struct.Builder parameters, String name, String value) {
    if (value != null) {
      parameters.putFields(name, text(value));
    }
  }

  private static void put(Struct.Builder parameters, String name, List<String> values) {
    if (!values.isEmpty()) {
      ListValue.Builder list = ListValue.newBuilder();
      values.forEach(each -> list.addValues(text(each)));
      parameters.putFields(name, Value.newBuilder().setListValue(list).build());
    }
  }

  private static void putMap(
      Struct.Builder parameters, String name, List<String> pairs, boolean types) {
    if (pairs.isEmpty()) {
      return;
    }
    Struct.Builder map = Struct.newBuilder();
    for (String pair : pairs) {
      int at = pair.lastIndexOf('=');
      if (at <= 0 || at == pair.length() - 1) {
        throw SlipstreamException.invalid(
            "'" + pair + "' is not COLUMN=VALUE", "Write --" + name + " volume=size:float64.");
      }
      String value = pair.substring(at + 1);
      map.putFields(
          pair.substring(0, at), text(types ? value.replaceFirst(":", " ").strip() : value));
    }
    parameters.putFields(name, Value.newBuilder().setStructValue(map).build());
  }
}
