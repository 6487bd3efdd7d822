package slipstream.data;

import java.util.List;
import java.util.Map;
import slipstream.core.parameters.Parameter;
import slipstream.data.internal.ImportOptions;

/** How CSV files are read. Line 1 holds the column names; fields are quoted by {@code "}. */
public record CsvParameters(
    @Parameter(help = Help.PATH) String path,
    @Parameter(help = Help.ALSO, defaultValue = "") List<String> also,
    @Parameter(help = Help.INSTRUMENT_FROM_FILE, defaultValue = "") String instrumentFromFile,
    @Parameter(
            help =
                "What separates fields; auto takes the most frequent of , ; | and tab in line 1.",
            defaultValue = "auto")
        String delimiter,
    @Parameter(help = Help.NULL_VALUES, defaultValue = "") List<String> nullValues,
    @Parameter(help = Help.SQL, defaultValue = "") String sql,
    @Parameter(help = Help.TIME, defaultValue = "") String time,
    @Parameter(help = Help.TIME_OF_DAY, defaultValue = "") String timeOfDay,
    @Parameter(help = Help.TIME_UNIT, defaultValue = "auto") EpochUnit timeUnit,
    @Parameter(help = Help.TIME_ZONE, defaultValue = "UTC") String timeZone,
    @Parameter(help = Help.TIME_FORMAT, defaultValue = "") String timeFormat,
    @Parameter(help = Help.INSTRUMENT, defaultValue = "") List<String> instrument,
    @Parameter(help = Help.INSTRUMENT_VALUE, defaultValue = "") String instrumentValue,
    @Parameter(help = Help.COLUMNS, defaultValue = "") Map<String, String> columns,
    @Parameter(help = Help.WHERE, defaultValue = "") String where,
    @Parameter(help = Help.UNITS, defaultValue = "") Map<String, String> units) {

  ImportOptions options() {
    return new ImportOptions(
        path,
        also,
        instrumentFromFile,
        sql,
        time,
        timeOfDay,
        timeUnit,
        timeZone,
        timeFormat,
        instrument,
        instrumentValue,
        columns,
        where,
        units);
  }
}
