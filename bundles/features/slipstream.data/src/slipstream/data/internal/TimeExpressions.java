package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.text;

import java.util.List;
import java.util.function.Consumer;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.data.EpochUnit;

/** SQL that makes a time of what a file holds. */
final class TimeExpressions {
  private final DuckDb database;
  private final Source source;
  private final ImportOptions options;
  private final Consumer<String> note;

  /**
   * @param note is told what a user should know about how times are read
   */
  TimeExpressions(DuckDb database, Source source, ImportOptions options, Consumer<String> note) {
    this.database = database;
    this.source = source;
    this.options = options;
    this.note = note;
  }

  /** Nanoseconds since 1970 UTC, as BIGINT; NULL when it cannot be told. */
  String time(SourceColumn column, String sql) {
    boolean number = column.whole() || column.fraction();
    if (number && options.timeFormat().isEmpty()) {
      return count(sql, unit(column, sql));
    }
    if (column.sqlType().startsWith("TIMESTAMPTZ") || column.sqlType().contains("WITH TIME ZONE")) {
      return "epoch_ns(TRY_CAST(" + sql + " AS TIMESTAMPTZ_NS))";
    }
    if (column.sqlType().equals("VARCHAR") && options.timeFormat().isEmpty()) {
      // TIMESTAMP_NS would drop an offset without a word; TIMESTAMPTZ_NS keeps it.
      return "epoch_ns(TRY_CAST(" + sql + " AS TIMESTAMPTZ_NS))";
    }
    if (options.timeFormat().contains("%z") || options.timeFormat().contains("%Z")) {
      return Text.format(
          "epoch_ns(TRY_CAST(try_strptime(CAST(%s AS VARCHAR), %s) AS TIMESTAMPTZ_NS))",
          sql, text(options.timeFormat()));
    }
    return "epoch_ns(" + universal(local(column, sql)) + ")";
  }

  /** A time on the wall clock as one in UTC; NULL when there is none. */
  private String universal(String local) {
    // DuckDB asks a calendar for each row, in UTC for nothing.
    // By TIMESTAMP_NS: DuckDB takes a TIMESTAMP for UTC here, whatever the session's time zone.
    return options.timeZone().equals("UTC") ? local : "TRY_CAST(" + local + " AS TIMESTAMPTZ_NS)";
  }

  /** The time on the wall clock, as TIMESTAMP_NS. */
  String local(SourceColumn column, String sql) {
    boolean date = column.sqlType().equals("DATE") || column.sqlType().startsWith("TIMESTAMP");
    if (!options.timeFormat().isEmpty() && !date) {
      return Text.format(
          "TRY_CAST(try_strptime(CAST(%s AS VARCHAR), %s) AS TIMESTAMP_NS)",
          sql, text(options.timeFormat()));
    }
    if (!date && !column.sqlType().equals("VARCHAR")) {
      throw SlipstreamException.invalid(
          "column '" + column.name() + "' holds " + column.sqlType() + ", not dates",
          new Place(source.userName(), 0, 0, "time"),
          "Say how dates are written in time_format, such as %Y%m%d.");
    }
    return "TRY_CAST(" + sql + " AS TIMESTAMP_NS)";
  }

  /** Nanoseconds since midnight, as BIGINT. */
  String sinceMidnight(SourceColumn column, String sql) {
    if (column.whole() || column.fraction()) {
      if (options.timeUnit() == EpochUnit.AUTO) {
        throw SlipstreamException.invalid(
            "the unit of '" + column.name() + "' is not given",
            Place.key("time_unit"),
            "Give s, ms, us or ns since midnight.");
      }
      return count(sql, options.timeUnit());
    } else if (column.sqlType().startsWith("TIME")) {
      return "epoch_ns(" + sql + ")";
    }
    return "epoch_ns(TRY_CAST('1970-01-01 ' || " + sql + " AS TIMESTAMP_NS))";
  }

  private static String count(String sql, EpochUnit unit) {
    // Exact: a double would lose nanoseconds. 28 digits times 10^9 fits 38; a larger count is no
    // time.
    return Text.format(
        "TRY_CAST(round(TRY_CAST(%s AS DECIMAL(28,9)) * CAST(%d AS DECIMAL(10,0)), 0) AS BIGINT)",
        sql, unit.nanos());
  }

  private EpochUnit unit(SourceColumn column, String sql) {
    if (options.timeUnit() != EpochUnit.AUTO) {
      return options.timeUnit();
    }
    List<Object> range =
        database.row(
            Text.format(
                "SELECT CAST(min(%1$s) AS DOUBLE), CAST(max(%1$s) AS DOUBLE) FROM %2$s",
                sql, source.relation()));
    if (range.get(0) == null) {
      return EpochUnit.NS;
    }
    EpochUnit low = EpochUnit.ofMagnitude((Double) range.get(0));
    EpochUnit high = EpochUnit.ofMagnitude((Double) range.get(1));
    if (low != high) {
      throw SlipstreamException.invalid(
          Text.format(
              "the unit of time in '%s' cannot be told: values from %s to %s",
              column.name(), range.get(0), range.get(1)),
          new Place(source.userName(), 0, 0, "time_unit"),
          "Give s, ms, us or ns.");
    }
    note.accept(
        Text.format(
            "'%s' is taken for %s since 1970 UTC; time_unit says otherwise.",
            column.name(),
            switch (low) {
              case S -> "seconds";
              case MS -> "milliseconds";
              case US -> "microseconds";
              default -> "nanoseconds";
            }));
    return low;
  }
}
