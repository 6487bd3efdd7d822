package slipstream.data;

/** What the parameters that all importers have mean. */
final class Help {
  static final String PATH =
      "The file to read, or a pattern that names several: data/*.csv, data/{instrument}.csv, where"
          + " that part of the name becomes the instrument. A relative path starts at the experiment's"
          + " folder.";
  static final String ALSO = "More files or patterns, whose rows belong to the same table.";
  static final String INSTRUMENT_FROM_FILE =
      "Which part of a file's name is the instrument, such as {instrument}_2024.csv; it becomes the"
          + " column 'instrument'. * stands for any text.";
  static final String NULL_VALUES = "Words that stand for no value, besides an empty field.";
  static final String SQL =
      "A query on the view 'input', which has the files' rows; the other parameters then see its"
          + " columns: SELECT t, avg(px) AS px FROM input GROUP BY t. It reads nothing else, and runs on"
          + " one thread so that its sums come out the same.";
  static final String TIME =
      "The column of time; rows are sorted by it. None: rows keep the files' order.";
  static final String TIME_OF_DAY =
      "A column with the time since midnight, added to the date in 'time': a count in time_unit, or"
          + " 09:30:00.123. The sum becomes the column 'time'.";
  static final String TIME_UNIT = "What one is, where time is a number.";
  static final String TIME_ZONE =
      "The time zone of times that do not name one, such as America/New_York. Counts since 1970 are"
          + " always UTC.";
  static final String TIME_FORMAT =
      "How times are written, where not as in ISO 8601: %d/%m/%Y %H:%M:%S.%f (strptime; %n for"
          + " nanoseconds).";
  static final String INSTRUMENT =
      "The column that names the instrument; several columns together become the column"
          + " 'instrument'.";
  static final String INSTRUMENT_VALUE = "The instrument's name, where no column has it.";
  static final String COLUMNS =
      "Changes by column of the file: a new name, a type (float64, float32, int64, int32, boolean,"
          + " timestamp, string), a name and a type, or '-' to leave the column out.";
  static final String WHERE =
      "Keep only rows where this SQL condition on the file's columns holds; the others are counted and"
          + " reported.";
  static final String UNITS = "Units by column (after renaming): bp, USD, shares.";

  private Help() {}
}
