package slipstream.data;

import java.util.List;
import java.util.Map;
import slipstream.core.parameters.Parameter;
import slipstream.data.internal.ImportOptions;

/** How a CSV file is read. Line 1 holds the column names; fields are quoted by {@code "}. */
public record CsvParameters(
    @Parameter(help = "The file to read; a relative path starts at the experiment's folder.")
        String path,
    @Parameter(
            help =
                "What separates fields; auto takes the most frequent of , ; | and tab in line 1.",
            defaultValue = "auto")
        String delimiter,
    @Parameter(help = "Words that stand for no value, besides an empty field.", defaultValue = "")
        List<String> nullValues,
    @Parameter(
            help = "The column of time; rows are sorted by it. None: rows keep the file's order.",
            defaultValue = "")
        String time,
    @Parameter(
            help =
                "A column with the time since midnight, added to the date in 'time': a count in"
                    + " time_unit, or 09:30:00.123. The sum becomes the column 'time'.",
            defaultValue = "")
        String timeOfDay,
    @Parameter(help = "What one is, where time is a number.", defaultValue = "auto")
        EpochUnit timeUnit,
    @Parameter(
            help =
                "The time zone of times that do not name one, such as America/New_York. Counts since"
                    + " 1970 are always UTC.",
            defaultValue = "UTC")
        String timeZone,
    @Parameter(
            help =
                "How times are written, where not as in ISO 8601: %d/%m/%Y %H:%M:%S.%f (strptime; %n for"
                    + " nanoseconds).",
            defaultValue = "")
        String timeFormat,
    @Parameter(
            help =
                "The column that names the instrument; several columns together become the column"
                    + " 'instrument'.",
            defaultValue = "")
        List<String> instrument,
    @Parameter(help = "The instrument's name, where no column has it.", defaultValue = "")
        String instrumentValue,
    @Parameter(
            help =
                "Changes by column of the file: a new name, a type (float64, float32, int64, int32,"
                    + " boolean, timestamp, string), a name and a type, or '-' to leave the column out.",
            defaultValue = "")
        Map<String, String> columns,
    @Parameter(
            help =
                "Keep only rows where this SQL condition on the file's columns holds; the others are"
                    + " counted and reported.",
            defaultValue = "")
        String where,
    @Parameter(help = "Units by column (after renaming): bp, USD, shares.", defaultValue = "")
        Map<String, String> units) {

  ImportOptions options() {
    return new ImportOptions(
        path,
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
