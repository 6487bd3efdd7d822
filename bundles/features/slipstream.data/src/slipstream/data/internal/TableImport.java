package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.duckdb.DuckDBReadableVector;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.ImportPreview;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.core.table.TableWriter;
import slipstream.data.EpochUnit;
import slipstream.data.ImportReport;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * From a file that DuckDB can query to a table: names, types, time, order.
 *
 * <p>The result depends on the file and the options alone: rows are ordered by instrument (UTF-8 order), time and the
 * row's place in the file.
 */
public final class TableImport {
  /**
   * Counts changes of what an import makes of the same files, in this code or by another DuckDB: what was read before is
   * then read again.
   */
  public static final int VERSION = 1;

  private static final String TIME = "time";
  private static final String INSTRUMENT = "instrument";

  /** Shares of the time of an import, by which its progress is told. */
  private static final double QUERIED = 0.5;

  private static final double CONVERTED = 0.6;

  private static final double ORDER_CHECKED = 0.65;
  private static final double SORTED = 0.75;

  private final DuckDb database;
  private final Source source;
  private final ImportOptions options;
  private final boolean instrumentFromFile;
  private final Progress progress;
  private final Stage stage;

  private final List<Output> outputs = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private String timeColumn = "";
  private String instrumentColumn = "";

  /**
   * A column of the table.
   *
   * @param expression SQL over the file's columns, of the type that {@link ColumnType} needs
   * @param given SQL that is NULL where the file has no value; for times, which must not get lost
   * @param sources the file's columns that it is made of
   */
  private record Output(Field field, String expression, String given, List<String> sources) {}

  private TableImport(
      DuckDb database,
      Source source,
      ImportOptions options,
      boolean instrumentFromFile,
      Progress progress,
      Stage stage) {
    this.database = database;
    this.source = source;
    this.options = options;
    this.instrumentFromFile = instrumentFromFile;
    this.progress = progress;
    this.stage = stage;
  }

  /** Opens files in DuckDB. */
  @FunctionalInterface
  public interface Opener {
    Source open(Source.Request request);
  }

  /**
   * Imports files.
   *
   * @param opener the files' reader
   * @throws SlipstreamException in one line, with the place; nothing is left behind
   */
  public static Table run(ImportOptions options, Importer.Context context, Opener opener) {
    List<InputFile> files = InputFile.find(options, context.base());
    if (Files.exists(context.target())) {
      throw new SlipstreamException(
          SlipstreamException.Category.CONFLICT,
          "cannot import: " + context.target() + " exists",
          "Choose another name or remove it.");
    }
    return work(files, options, context, opener, 0, job -> job.copy(context.target()));
  }

  /** What {@link #run} would make of the first rows. */
  public static ImportPreview preview(
      ImportOptions options, Importer.Context context, Opener opener, int rows) {
    List<InputFile> files = InputFile.find(options, context.base());
    return work(files, options, context, opener, rows, job -> job.head(files, rows));
  }

  /** The files that an import reads. */
  public static List<Path> inputs(ImportOptions options, Importer.Context context) {
    return InputFile.find(options, context.base()).stream().map(InputFile::path).toList();
  }

  private static <T> T work(
      List<InputFile> files,
      ImportOptions options,
      Importer.Context context,
      Opener opener,
      long limit,
      Function<TableImport, T> work) {
    checkOptions(options);
    Stage stage = new Stage("Import " + InputFile.title(files), context.progress());
    Path scratch;
    try {
      scratch = AtomicFiles.scratchDirectory(context.target());
    } catch (IOException e) {
      throw AtomicFiles.explain("import", context.target(), e);
    }
    // The order in which several threads add up numbers would show in a query's sums.
    int threads = options.hasSql() ? 1 : context.threads();
    try (DuckDb database =
        new DuckDb(
            scratch,
            files.stream().map(InputFile::path).toList(),
            options.timeZone(),
            threads,
            context.progress())) {
      stage.reach(0);
      Source source = opener.open(new Source.Request(database, files, stage, options, limit));
      if (options.hasSql()) {
        source = new SqlSource(database, source, query(options.sql()), stage.to(QUERIED));
      }
      boolean named = files.getFirst().instrument() != null;
      TableImport job =
          new TableImport(database, source, options, named, context.progress(), stage);
      job.resolve();
      return work.apply(job);
    } catch (DuckDbException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CORRUPT,
          "the file cannot be read: " + e.line(),
          Place.file(InputFile.userName(files, options)),
          "Get the file again.",
          e);
    } finally {
      try {
        AtomicFiles.deleteRecursively(scratch);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String query(String sql) {
    String query = sql.strip();
    while (query.endsWith(";")) {
      query = query.substring(0, query.length() - 1).strip();
    }
    return query;
  }

  private static void checkOptions(ImportOptions options) {
    if (options.hasSql() && !options.where().isBlank()) {
      throw SlipstreamException.invalid(
          "where and sql are both given",
          Place.key("where"),
          "Write the condition into the query.");
    }
  }

  // ------------------------------------------------------------------ columns

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
      if (outputs.stream().noneMatch(each -> each.field.name().equals(column))) {
        throw missing(column, "units", outputs.stream().map(each -> each.field.name()).toList());
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

  private Output output(SourceColumn column, ColumnChange change) {
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
          case TIMESTAMP -> time(column, sql);
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
    return new Output(
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
      Output output =
          new Output(
              field(renamed(column.name()), ColumnType.TIMESTAMP, "UTC"),
              time(column, sql),
              sql,
              List.of(column.name()));
      replaceOrAdd(renamed(column.name()), output, List.of(column.name()));
      return;
    }
    SourceColumn ofDay = required(options.timeOfDay(), "time_of_day");
    String nanos = sinceMidnight(ofDay, name(ofDay.name()));
    String expression =
        Text.format(
            "epoch_ns(CAST(make_timestamp_ns(epoch_ns(%s) + %s) AS TIMESTAMPTZ_NS))",
            local(column, sql), nanos);
    Output output =
        new Output(
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
  private void replaceOrAdd(String key, Output output, List<String> madeOf) {
    boolean collides = outputs.removeIf(each -> each.field.name().equals(key));
    boolean mayReplace = madeOf.stream().anyMatch(each -> renamed(each).equals(key));
    if (collides && !mayReplace) {
      throw SlipstreamException.invalid(
          "the file has a column '" + key + "' of its own",
          Place.key("columns." + key),
          "Rename it in columns, or leave it out by '-'.");
    }
    outputs.addFirst(output);
    if (output.field.type() == ColumnType.TIMESTAMP) {
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
      Output output =
          new Output(
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
        new Output(field(key, ColumnType.STRING, ""), expression, expression, columns),
        columns);
  }

  /** Those that are named, else the one that the files' names gave. */
  private List<String> instrumentColumns() {
    boolean there = source.columns().stream().anyMatch(column -> column.name().equals(INSTRUMENT));
    return options.instrument().isEmpty() && instrumentFromFile && there
        ? List.of(INSTRUMENT)
        : options.instrument();
  }

  // --------------------------------------------------------------------- time

  /** Nanoseconds since 1970 UTC, as BIGINT; NULL when it cannot be told. */
  private String time(SourceColumn column, String sql) {
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
    // By TIMESTAMP_NS: DuckDB takes a TIMESTAMP for UTC here, whatever the session's time zone.
    return "epoch_ns(TRY_CAST(" + local(column, sql) + " AS TIMESTAMPTZ_NS))";
  }

  /** The time on the wall clock, as TIMESTAMP_NS. */
  private String local(SourceColumn column, String sql) {
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

  private String sinceMidnight(SourceColumn column, String sql) {
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
    note(
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

  private void note(String text) {
    notes.add(text);
    progress.message(Severity.INFO, text);
  }

  // ------------------------------------------------------------------- preview

  private ImportPreview head(List<InputFile> files, int rows) {
    source.notes().forEach(this::note);
    checkWhere();
    convert();
    long kept = count("SELECT count(*) FROM converted");
    if (kept > 0) {
      check(kept, kept);
    }
    if (options.hasSql()) {
      note("the query saw the first " + rows + " rows only");
    }
    List<ColumnBuilder> builders =
        outputs.stream().map(output -> ColumnBuilder.inMemory(output.field)).toList();
    long[] nulls = new long[outputs.size()];
    List<String> select = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      select.add("c" + i);
    }
    database.stream(
        "SELECT " + String.join(", ", select) + " FROM converted LIMIT " + rows,
        null,
        chunk -> {
          for (int i = 0; i < builders.size(); i++) {
            DuckDBReadableVector vector = chunk.vector(i);
            append(builders.get(i), vector, chunk.rowCount());
            for (long row = 0; row < chunk.rowCount(); row++) {
              nulls[i] += vector.isNull(row) ? 1 : 0;
            }
          }
        });
    List<ImportPreview.PreviewColumn> columns = new ArrayList<>();
    Map<String, String> types = new LinkedHashMap<>();
    source.columns().forEach(column -> types.put(column.name(), column.sqlType()));
    for (int i = 0; i < outputs.size(); i++) {
      Output output = outputs.get(i);
      columns.add(
          new ImportPreview.PreviewColumn(
              String.join(" + ", output.sources),
              String.join(" + ", output.sources.stream().map(types::get).toList()),
              output.field,
              true,
              nulls[i],
              ImportPreview.values(builders.get(i).build(), rows)));
    }
    for (SourceColumn column : source.columns()) {
      if (ColumnChange.of(options.columns().get(column.name())).dropped()
          && outputs.stream().noneMatch(each -> each.sources.contains(column.name()))) {
        columns.add(leftOut(column, rows));
      }
    }
    long total = options.where().isBlank() ? source.knownRows() : -1;
    return new ImportPreview(
        files.stream().map(InputFile::userName).toList(),
        columns,
        kept,
        total,
        timeColumn,
        instrumentColumn,
        notes);
  }

  private ImportPreview.PreviewColumn leftOut(SourceColumn column, int rows) {
    List<String> values =
        database
            .rows(
                Text.format(
                    "SELECT CAST(%s AS VARCHAR) FROM %s LIMIT %d",
                    name(column.name()), source.relation(), rows))
            .stream()
            .map(row -> (String) row.getFirst())
            .toList();
    ColumnType type = column.type() == null ? ColumnType.STRING : column.type();
    return new ImportPreview.PreviewColumn(
        column.name(),
        column.sqlType(),
        new Field(column.name(), type),
        false,
        values.stream().filter(Objects::isNull).count(),
        values);
  }

  // --------------------------------------------------------------------- rows

  private String kept() {
    return options.where().isBlank() ? "TRUE" : "(" + options.where() + "\n)";
  }

  private Table copy(Path target) {
    long started = System.nanoTime();
    source.notes().forEach(this::note);
    checkWhere();
    Schema schema = new Schema(outputs.stream().map(Output::field).toList());
    long read = count("SELECT count(*) FROM " + source.relation());
    convert();
    long kept = count("SELECT count(*) FROM converted");
    check(read, kept);
    source.release();
    Order order = order();
    if (read > kept) {
      progress.message(
          Severity.WARNING,
          Text.format(
              "%,d of %,d rows are left out by where: %s", read - kept, read, options.where()));
    }
    if (order.backwards > 0) {
      progress.message(
          Severity.WARNING,
          Text.format(
              "time goes backwards at %,d rows of %s; the rows were sorted",
              order.backwards, source.userName()));
    }
    Table table = write(target, schema, kept, order.inOrder);
    double seconds = (System.nanoTime() - started) / 1e9;
    progress.message(
        Severity.INFO,
        Text.format(
            "imported %,d rows of %d columns at %,.0f rows/s",
            kept, schema.size(), kept / Math.max(seconds, 1e-3)));
    if (progress instanceof ImportReport.Listener listener) {
      listener.imported(
          new ImportReport(
              source.userName(),
              read,
              read - kept,
              order.backwards,
              !order.inOrder,
              options.where()));
    }
    return table;
  }

  private void checkWhere() {
    if (options.where().isBlank()) {
      return;
    }
    Place place = new Place(source.userName(), 0, 0, "where");
    try {
      List<Object> type =
          database.row(Text.format("SELECT typeof(%s) FROM %s LIMIT 1", kept(), source.relation()));
      if (!type.isEmpty() && !"BOOLEAN".equals(type.getFirst())) {
        throw SlipstreamException.invalid(
            "the condition gives " + type.getFirst() + ", not true or false",
            place,
            "Write a comparison, such as price > 0.");
      }
    } catch (DuckDbException e) {
      throw whereFails(place, e);
    }
  }

  private SlipstreamException whereFails(Place place, DuckDbException e) {
    return new SlipstreamException(
        SlipstreamException.Category.INVALID_INPUT,
        "the condition '" + options.where() + "' does not work: " + e.line(),
        place,
        "Write SQL on the file's columns, such as price > 0.",
        e);
  }

  /** A condition may work on the first row and fail on a later one, which is not its columns' fault. */
  private void checkWhereOnAllRows() {
    if (options.where().isBlank()) {
      return;
    }
    try {
      count(Text.format("SELECT count(*) FROM %s WHERE %s", source.relation(), kept()));
    } catch (DuckDbException e) {
      throw whereFails(failingRow(), e);
    }
  }

  /** The first row on which the condition fails, or no line where DuckDB cannot tell. */
  private Place failingRow() {
    Place row = new Place(source.userName(), 0, 0, "");
    try {
      List<Object> first =
          database.row(
              Text.format(
                  "SELECT min(%s) FROM %s WHERE TRY(%s IS NULL) IS NULL",
                  source.rowId(), source.relation(), kept()));
      if (first.getFirst() instanceof Number number) {
        row = source.place(number.longValue());
      }
    } catch (DuckDbException e) {
      row = new Place(source.userName(), 0, 0, ""); // TRY does not take every expression
    }
    return new Place(row.file(), row.line(), row.column(), "where");
  }

  /** Reads the file once, with every column converted; what could not be converted is NULL here. */
  private void convert() {
    List<String> select = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Output output = outputs.get(i);
      select.add(output.expression + " AS c" + i);
      if (output.field.type() == ColumnType.TIMESTAMP) {
        select.add("(" + output.given + ") IS NOT NULL AS given" + i);
      }
    }
    try {
      database.run(
          Text.format(
              "CREATE TABLE converted AS SELECT %s, %s AS slipstream_row FROM %s WHERE %s",
              String.join(", ", select), source.rowId(), source.relation(), kept()),
          stage.to(CONVERTED));
    } catch (DuckDbException e) {
      checkWhereOnAllRows();
      if (e.getMessage().contains("Conversion Error") || e.getMessage().contains("Invalid Input")) {
        throw new SlipstreamException(
            SlipstreamException.Category.INVALID_INPUT,
            "the file cannot be converted: " + e.line(),
            Place.file(source.userName()),
            "Declare another type for the column in columns.",
            e);
      }
      throw e;
    }
  }

  private long count(String sql) {
    return ((Number) database.row(sql).getFirst()).longValue();
  }

  private int index(String column) {
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).field.name().equals(column)) {
        return i;
      }
    }
    throw new IllegalStateException(column);
  }

  private void check(long read, long kept) {
    if (read == 0) {
      throw SlipstreamException.invalid(
          "there are no rows, only column names",
          Place.file(source.userName()),
          "Give a file with data.");
    }
    if (kept == 0) {
      throw SlipstreamException.invalid(
          Text.format("where leaves none of the %,d rows: %s", read, options.where()),
          new Place(source.userName(), 0, 0, "where"),
          "Widen the condition.");
    }
    if (!instrumentColumn.isEmpty()) {
      String condition = "c" + index(instrumentColumn) + " IS NULL";
      long none = count("SELECT count(*) FROM converted WHERE " + condition);
      if (none > 0) {
        throw noKey("instrument", none, kept, condition, String.join(", ", instrumentColumns()));
      }
    }
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).field.type() != ColumnType.TIMESTAMP) {
        continue;
      }
      boolean key = outputs.get(i).field.name().equals(timeColumn);
      String notGiven = "NOT given" + i;
      long none = key ? count("SELECT count(*) FROM converted WHERE " + notGiven) : 0;
      if (none > 0) {
        throw noKey("time", none, kept, notGiven, options.time());
      }
      String lost = Text.format("given%d AND c%d IS NULL", i, i);
      if (count("SELECT count(*) FROM converted WHERE " + lost) > 0) {
        throw notATime(outputs.get(i), key, lost);
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

  private SlipstreamException notATime(Output time, boolean key, String lost) {
    String shown = time.given;
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
            time.field.name(), CsvText.shortened(String.valueOf(example.getFirst()))),
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

  /**
   * @param inOrder true when the file's order is the table's order already
   * @param backwards rows stamped earlier than the row before them of the same instrument
   */
  private record Order(boolean inOrder, long backwards) {}

  private Order order() {
    if (timeColumn.isEmpty() && instrumentColumn.isEmpty()) {
      return new Order(true, 0);
    }
    String time = timeColumn.isEmpty() ? "CAST(0 AS BIGINT)" : "c" + index(timeColumn);
    boolean instruments = !instrumentColumn.isEmpty() && options.instrumentValue().isEmpty();
    String instrument = instruments ? "c" + index(instrumentColumn) : "''";
    // DuckDB keeps the file's order in a scan (preserve_insertion_order).
    String sql = Text.format("SELECT %s, %s FROM converted", time, instrument);
    OrderCheck check = new OrderCheck();
    database.stream(
        sql,
        stage.to(ORDER_CHECKED),
        chunk -> {
          DuckDBReadableVector times = chunk.vector(0);
          DuckDBReadableVector names = chunk.vector(1);
          for (long row = 0; row < chunk.rowCount(); row++) {
            check.add(names.getString(row), times.getLong(row));
          }
        });
    return new Order(check.inOrder, check.backwards);
  }

  private static final class OrderCheck {
    private final Map<String, long[]> last = new HashMap<>();
    private String current;
    private long[] currentTime;
    boolean inOrder = true;
    long backwards;

    void add(String instrument, long time) {
      if (!instrument.equals(current)) {
        if (current != null && compare(current, instrument) > 0 || last.containsKey(instrument)) {
          inOrder = false;
        }
        current = instrument;
        currentTime = last.computeIfAbsent(instrument, each -> new long[] {Long.MIN_VALUE});
      }
      if (time < currentTime[0]) {
        backwards++;
        inOrder = false;
      }
      currentTime[0] = time;
    }

    /** As DuckDB orders text: by UTF-8 bytes. */
    private static int compare(String a, String b) {
      return Arrays.compareUnsigned(
          a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Table write(Path target, Schema schema, long rows, boolean inOrder) {
    List<String> select = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      select.add("c" + i);
    }
    List<String> keys = new ArrayList<>();
    if (!instrumentColumn.isEmpty() && options.instrumentValue().isEmpty()) {
      keys.add("c" + index(instrumentColumn));
    }
    if (!timeColumn.isEmpty()) {
      keys.add("c" + index(timeColumn));
    }
    keys.add("slipstream_row");
    String sql = "SELECT " + String.join(", ", select) + " FROM converted";
    if (!inOrder) {
      sql += " ORDER BY " + String.join(", ", keys);
    }
    try (TableWriter writer = new TableWriter(target, schema, timeColumn, instrumentColumn)) {
      long[] done = {0};
      database.stream(
          sql,
          inOrder ? null : stage.to(SORTED),
          chunk -> {
            for (int i = 0; i < outputs.size(); i++) {
              append(writer.column(i), chunk.vector(i), chunk.rowCount());
            }
            done[0] += chunk.rowCount();
            stage.reach(SORTED + (1 - SORTED) * done[0] / rows);
          });
      progress.checkCancelled();
      stage.reach(1);
      return writer.finish();
    } catch (UncheckedIOException e) {
      throw AtomicFiles.explain("write the table", target, e.getCause());
    }
  }

  static void append(ColumnBuilder builder, DuckDBReadableVector vector, long rows) {
    ColumnType type = builder.field().type();
    for (long row = 0; row < rows; row++) {
      if (vector.isNull(row)) {
        builder.addNull();
        continue;
      }
      switch (type) {
        case FLOAT64 -> builder.addDouble(vector.getDouble(row));
        case FLOAT32 -> builder.addDouble(vector.getFloat(row));
        case INT64, TIMESTAMP -> builder.addLong(vector.getLong(row));
        case INT32 -> builder.addLong(vector.getInt(row));
        case BOOLEAN -> builder.addLong(vector.getBoolean(row) ? 1 : 0);
        case STRING -> builder.addString(vector.getString(row));
      }
    }
  }
}
