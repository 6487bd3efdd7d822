package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;

/** The columns of the table that an import makes: names, types, keys, and the SQL of each. */
final class TableColumns {
  private static final String TIME = "time";
  private static final String INSTRUMENT = "instrument";

  private final Source source;
  private final ImportOptions options;
  private final boolean instrumentFromFile;
  private final TimeExpressions times;
  private final List<TableColumn> outputs = new ArrayList<>();
  private String timeColumn = "";
  private String instrumentColumn = "";

  /**
   * @param instrumentFromFile whether the files' names tell the instrument
   * @throws SlipstreamException when the options do not fit the files
   */
  TableColumns(
      Source source, ImportOptions options, boolean instrumentFromFile, TimeExpressions times) {
    this.source = source;
    this.options = options;
    this.instrumentFromFile = instrumentFromFile;
    this.times = times;
    resolve();
  }

  /** In the table's order. */
  List<TableColumn> all() {
    return outputs;
  }

  /** The name of the time column, or an empty string. */
  String time() {
    return timeColumn;
  }

  /** The name of the instrument column, or an empty string. */
  String instrument() {
    return instrumentColumn;
  }

  /** The position of the instrument column. */
  OptionalInt instrumentIndex() {
    for (int i = 0; i < outputs.size(); i++) {
      if (!instrumentColumn.isEmpty() && outputs.get(i).name().equals(instrumentColumn)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  Schema schema() {
    return new Schema(outputs.stream().map(TableColumn::field).toList());
  }

  private void resolve() {
    for (String column : options.columns().keySet()) {
      required(column, "columns");
    }
    for (SourceColumn column : source.columns()) {
      ColumnChange change = ColumnChange.of(options.columns().get(column.name()));
      if (!change.dropped()) {
        outputs.add(output(column, change));
      }
    }
    resolveTime();
    resolveInstrument();
    for (String column : options.units().keySet()) {
      if (outputs.stream().noneMatch(each -> each.name().equals(column))) {
        throw missing(column, "units", outputs.stream().map(each -> each.name()).toList());
      }
    }
    if (outputs.isEmpty()) {
      throw SlipstreamException.invalid(
          "no column is left", Place.key("columns"), "Keep at least one column.");
    }
  }

  private Field field(String name, ColumnType type, String description) {
    String unit = options.units().getOrDefault(name, "");
    return new Field(name, type, unit, description);
  }

  private SourceColumn required(String column, String key) {
    for (SourceColumn each : source.columns()) {
      if (each.name().equals(column)) {
        return each;
      }
    }
    throw missing(column, key, source.columns().stream().map(SourceColumn::name).toList());
  }

  private SlipstreamException missing(String column, String key, List<String> known) {
    List<String> some = known.size() > 30 ? known.subList(0, 30) : known;
    return new SlipstreamException(
        SlipstreamException.Category.NOT_FOUND,
        "there is no column '" + column + "'",
        new Place(source.userName(), 0, 0, key),
        "Columns: " + String.join(", ", some) + (known.size() > 30 ? ", …" : "") + ".");
  }

  private TableColumn output(SourceColumn column, ColumnChange change) {
    String newName = change.name() == null ? column.name() : change.name();
    ColumnType type = change.type() == null ? column.type() : change.type();
    if (type == null) {
      throw SlipstreamException.invalid(
          "column '"
              + column.name()
              + "' holds "
              + column.sqlType()
              + ", which no table column can",
          new Place(source.userName(), 0, 0, "columns." + column.name()),
          "Leave it out by columns: {" + column.name() + ": \"-\"}, or declare it as string.");
    }
    String sql = name(column.name());
    String description = "";
    String expression =
        switch (type) {
          case FLOAT64 -> cast(sql, column, "DOUBLE");
          case FLOAT32 -> cast(sql, column, "FLOAT");
          case INT64 -> whole(sql, column, "BIGINT");
          case INT32 -> whole(sql, column, "INTEGER");
          case BOOLEAN -> cast(sql, column, "BOOLEAN");
          case STRING -> cast(sql, column, "VARCHAR");
          case TIMESTAMP -> times.time(column, sql);
        };
    boolean key = column.name().equals(options.time()) && options.timeOfDay().isEmpty();
    if (column.sqlType().equals("DATE") && !key) {
      // A calendar date, such as a maturity, is the same day everywhere.
      expression = "epoch_ns(TRY_CAST(" + sql + " AS TIMESTAMP_NS))";
      description = "calendar date, as 00:00 UTC";
    } else if (type == ColumnType.TIMESTAMP
        && column.sqlType().equals("VARCHAR")
        && options.timeFormat().isEmpty()
        && !key) {
      expression =
          Text.format(
              "CASE WHEN length(trim(%1$s)) = 10 THEN epoch_ns(TRY_CAST(%1$s AS TIMESTAMP_NS)) ELSE %2$s END",
              sql, expression);
    }
    return new TableColumn(
        field(newName, type, description),
        expression,
        type == ColumnType.TIMESTAMP ? sql : "",
        List.of(column.name()));
  }

  private static String cast(String sql, SourceColumn column, String type) {
    return column.sqlType().equals(type) ? sql : "CAST(" + sql + " AS " + type + ")";
  }

  /** DuckDB rounds on a cast to a whole number; that would be a wrong number without a word. */
  private String whole(String sql, SourceColumn column, String type) {
    if (column.sqlType().startsWith("TIME")) {
      return "epoch_ns(" + sql + ")";
    } else if (!column.fraction()) {
      return cast(sql, column, type);
    }
    return Text.format(
        "CASE WHEN %1$s = trunc(%1$s) OR %1$s IS NULL THEN CAST(%1$s AS %2$s) ELSE error(%3$s) END",
        sql, type, text("column '" + column.name() + "' holds fractions, not whole numbers"));
  }

  private void resolveTime() {
    if (options.time().isEmpty()) {
      if (!options.timeOfDay().isEmpty()) {
        throw SlipstreamException.invalid(
            "time_of_day needs a date",
            Place.key("time_of_day"),
            "Name the date's column in time.");
      }
      return;
    }
    SourceColumn column = required(options.time(), "time");
    String sql = name(column.name());
    if (options.timeOfDay().isEmpty()) {
      TableColumn output =
          new TableColumn(
              field(renamed(column.name()), ColumnType.TIMESTAMP, "UTC"),
              times.time(column, sql),
              sql,
              List.of(column.name()));
      replaceOrAdd(renamed(column.name()), output, List.of(column.name()));
      return;
    }
    SourceColumn ofDay = required(options.timeOfDay(), "time_of_day");
    String nanos = times.sinceMidnight(ofDay, name(ofDay.name()));
    String expression =
        Text.format(
            "epoch_ns(CAST(make_timestamp_ns(epoch_ns(%s) + %s) AS TIMESTAMPTZ_NS))",
            times.local(column, sql), nanos);
    TableColumn output =
        new TableColumn(
            field(TIME, ColumnType.TIMESTAMP, "UTC"),
            expression,
            Text.format(
                "CASE WHEN %s IS NULL OR %s IS NULL THEN NULL ELSE 1 END", sql, name(ofDay.name())),
            List.of(column.name(), ofDay.name()));
    replaceOrAdd(TIME, output, List.of(column.name(), ofDay.name()));
  }

  private String renamed(String column) {
    String newName = ColumnChange.of(options.columns().get(column)).name();
    return newName == null ? column : newName;
  }

  /** Puts a key column first, in place of the column that it is made of. */
  private void replaceOrAdd(String key, TableColumn output, List<String> madeOf) {
    boolean collides = outputs.removeIf(each -> each.name().equals(key));
    boolean mayReplace = madeOf.stream().anyMatch(each -> renamed(each).equals(key));
    if (collides && !mayReplace) {
      throw SlipstreamException.invalid(
          "the file has a column '" + key + "' of its own",
          Place.key("columns." + key),
          "Rename it in columns, or leave it out by '-'.");
    }
    outputs.addFirst(output);
    if (output.type() == ColumnType.TIMESTAMP) {
      timeColumn = key;
    } else {
      instrumentColumn = key;
    }
  }

  private void resolveInstrument() {
    if (!options.instrumentValue().isEmpty()) {
      if (!options.instrument().isEmpty()) {
        throw SlipstreamException.invalid(
            "instrument and instrument_value are both given",
            Place.key("instrument_value"),
            "Give one of the two.");
      }
      TableColumn output =
          new TableColumn(
              field(INSTRUMENT, ColumnType.STRING, ""),
              text(options.instrumentValue()),
              "1",
              List.of());
      replaceOrAdd(INSTRUMENT, output, List.of());
      return;
    }
    List<String> columns = instrumentColumns();
    if (columns.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    for (String column : columns) {
      required(column, "instrument");
      parts.add("CAST(" + name(column) + " AS VARCHAR)");
    }
    String key = parts.size() == 1 ? renamed(columns.getFirst()) : INSTRUMENT;
    // || is NULL when a part is, so that such a row is found.
    String expression = String.join(" || ' ' || ", parts);
    replaceOrAdd(
        key,
        new TableColumn(field(key, ColumnType.STRING, ""), expression, expression, columns),
        columns);
  }

  /** The files' columns that make the instrument: those that are named, else the one that the files' names gave. */
  List<String> instrumentColumns() {
    boolean there = source.columns().stream().anyMatch(column -> column.name().equals(INSTRUMENT));
    return options.instrument().isEmpty() && instrumentFromFile && there
        ? List.of(INSTRUMENT)
        : options.instrument();
  }
}
