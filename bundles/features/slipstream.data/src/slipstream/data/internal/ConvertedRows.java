package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.table.ColumnType;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * Rows in a table of DuckDB's with columns converted: the first ones for a preview; or all of them with the columns that
 * something is wrong with, to say what and where.
 *
 * <p>What could not be converted is NULL in them.
 */
final class ConvertedRows {
  static final String TABLE = "converted";

  private final DuckDb database;
  private final Source source;
  private final ImportOptions options;
  private final TableColumns columns;
  private final RowCondition condition;
  private BitSet which = new BitSet();

  ConvertedRows(
      DuckDb database,
      Source source,
      ImportOptions options,
      TableColumns columns,
      RowCondition condition) {
    this.database = database;
    this.source = source;
    this.options = options;
    this.columns = columns;
    this.condition = condition;
  }

  /** The name of a column in {@value #TABLE}. */
  static String column(int index) {
    return "c" + index;
  }

  /**
   * Makes the table.
   *
   * @param which columns, by position
   * @return its rows
   */
  long convert(BitSet which) {
    this.which = which;
    List<String> select = new ArrayList<>();
    which.stream()
        .forEach(
            i -> {
              TableColumn each = columns.all().get(i);
              select.add(each.expression() + " AS " + column(i));
              if (each.type() == ColumnType.TIMESTAMP) {
                select.add("(" + each.given() + ") IS NOT NULL AS given" + i);
              }
            });
    select.add(source.rowId() + " AS slipstream_row");
    try {
      database.run(
          Text.format(
              "CREATE OR REPLACE TABLE %s AS SELECT %s FROM %s WHERE %s",
              TABLE, String.join(", ", select), source.relation(), condition.sql()));
    } catch (DuckDbException e) {
      throw explain(e);
    }
    return count("SELECT count(*) FROM " + TABLE);
  }

  /** What a failure to read or convert the rows means. */
  RuntimeException explain(DuckDbException e) {
    condition.checkOnAllRows();
    if (e.getMessage().contains("Conversion Error") || e.getMessage().contains("Invalid Input")) {
      return new SlipstreamException(
          SlipstreamException.Category.INVALID_INPUT,
          "the file cannot be converted: " + e.line(),
          Place.file(source.userName()),
          "Declare another type for the column in columns.",
          e);
    }
    return e;
  }

  private long count(String sql) {
    return ((Number) database.row(sql).getFirst()).longValue();
  }

  /**
   * Finds rows without a key and times that are none.
   *
   * @param kept rows of the table
   * @throws SlipstreamException with the first such row
   */
  void check(long kept) {
    int instrument = columns.instrumentIndex().orElse(-1);
    if (instrument >= 0 && which.get(instrument)) {
      String condition = column(instrument) + " IS NULL";
      long none = count("SELECT count(*) FROM converted WHERE " + condition);
      if (none > 0) {
        throw noKey(
            "instrument", none, kept, condition, String.join(", ", columns.instrumentColumns()));
      }
    }
    for (int i = which.nextSetBit(0); i >= 0; i = which.nextSetBit(i + 1)) {
      TableColumn column = columns.all().get(i);
      if (column.type() != ColumnType.TIMESTAMP) {
        continue;
      }
      boolean key = column.name().equals(columns.time());
      String notGiven = "NOT given" + i;
      long none = key ? count("SELECT count(*) FROM converted WHERE " + notGiven) : 0;
      if (none > 0) {
        throw noKey("time", none, kept, notGiven, options.time());
      }
      String lost = Text.format("given%d AND c%d IS NULL", i, i);
      if (count("SELECT count(*) FROM converted WHERE " + lost) > 0) {
        throw notATime(column, key, lost);
      }
    }
  }

  private SlipstreamException noKey(
      String what, long count, long kept, String condition, String column) {
    Place place = place(condition, what);
    return count == kept
        ? SlipstreamException.invalid(
            Text.format("no row has a value in the %s column '%s'", what, column),
            place,
            "Name another column in " + what + ".")
        : SlipstreamException.invalid(
            Text.format("%,d of %,d rows have no %s, this being the first", count, kept, what),
            place,
            "Leave them out by where: \"" + column + " IS NOT NULL\".");
  }

  private SlipstreamException notATime(TableColumn time, boolean key, String lost) {
    String shown = time.given();
    if (key && !options.timeOfDay().isEmpty()) {
      shown =
          Text.format("concat_ws(' ', %s, %s)", name(options.time()), name(options.timeOfDay()));
    }
    List<Object> example =
        database.row(
            Text.format(
                "SELECT CAST(%s AS VARCHAR) FROM %s WHERE %s = (SELECT min(slipstream_row) FROM converted WHERE %s)",
                shown, source.relation(), source.rowId(), lost));
    return SlipstreamException.invalid(
        Text.format(
            "column '%s' holds '%s', which is not a time between 1677 and 2262 as expected",
            time.name(), CsvText.shortened(String.valueOf(example.getFirst()))),
        place(lost, ""),
        key
            ? "Write it as 2013-10-07T09:30:00, or say how it is written in time_format or time_unit."
            : "Mend the line, or declare the column as string in columns.");
  }

  private Place place(String condition, String key) {
    Place place =
        source.place(count("SELECT min(slipstream_row) FROM converted WHERE " + condition));
    return new Place(place.file(), place.line(), place.column(), key);
  }
}
