package slipstream.features.internal.bars;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.parameters.Parameter;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.features.internal.bars.Aggregate.Carry;
import slipstream.features.internal.bars.Aggregate.Choice;
import slipstream.features.internal.prepare.Output;

/**
 * Trades, quotes or finer bars to bars per instrument, by time, volume, money or number.
 *
 * <p>A time bar stamped t holds the rows of [t - interval, t): at t it is complete, and nothing at or after t is in it. Of
 * finer bars, which are stamped with their ends, it holds those of (t - interval, t]. Stamps are multiples of the interval
 * since 1970-01-01T00:00:00Z, or are counted from the start of a session. The last bar of an instrument ends after its
 * last row and may lack rows that are yet to come. A bar by volume, money or number ends with the row that fills it, is
 * stamped with that row's time, and is left out when nothing fills it.
 *
 * <p>The rows are cut once, in stretches ({@link Script}); then every column of the result is made on its own, all of
 * them at once. Memory does not depend on rows or instruments, the result not on threads.
 */
public final class Bars implements FeatureExtractor<Bars.Parameters> {
  /** What fills a bar. */
  public enum By {
    TIME,
    VOLUME,
    /** Price times size. */
    DOLLAR,
    TICK
  }

  /** What a row of the input is. */
  public enum Of {
    TRADES,
    QUOTES,
    BARS,
    /** Anything: there are no columns but the aggregates that are asked for. */
    ROWS
  }

  /** Which end of a finer bar its time is. */
  public enum Stamped {
    END,
    START
  }

  /** What to do with an interval without rows. */
  public enum Empty {
    /** No bar. */
    SKIP,
    /** A bar with what was in force before, no volume and no other price. */
    FILL
  }

  /** See {@link Parameter}. */
  public record Parameters(
      @Parameter(
              help =
                  "What fills a bar: a length of time, or an amount of size, of price times size, or of"
                      + " rows.",
              defaultValue = "time")
          By by,
      @Parameter(help = "Length of a bar by time.", defaultValue = "60s") Duration interval,
      @Parameter(
              help = "How much fills a bar by volume, dollar or tick.",
              defaultValue = "0",
              min = 0)
          double threshold,
      @Parameter(
              help =
                  "What a row is: a trade (price, size), a quote (bid, ask) that stands until the next, a"
                      + " finer bar as this step makes it, or anything (rows), for aggregates alone.",
              defaultValue = "trades")
          Of of,
      @Parameter(help = "Column of the trade's price.", defaultValue = "price") String price,
      @Parameter(help = "Column of the trade's size.", defaultValue = "size") String size,
      @Parameter(help = "Column of the quote's bid.", defaultValue = "bid") String bid,
      @Parameter(help = "Column of the quote's ask.", defaultValue = "ask") String ask,
      @Parameter(help = "Column of the size bid for; none: no such column.", defaultValue = "")
          String bidSize,
      @Parameter(help = "Column of the size asked; none: no such column.", defaultValue = "")
          String askSize,
      @Parameter(
              help = "Which end of a finer bar its time is: as this step stamps it, or the start.",
              defaultValue = "end")
          Stamped stamped,
      @Parameter(
              help =
                  "More columns by name: first, last, min, max, count, sum, mean or time_mean of a column, or"
                      + " vwap of two: {depth: mean(bid_size), imbalance: time_mean(imbalance), fill: vwap(price,"
                      + " filled)}.",
              defaultValue = "")
          Map<String, String> aggregates,
      @Parameter(
              help =
                  "What an interval without rows gives: no bar (skip), or one with what was in force before"
                      + " carried forward (fill).",
              defaultValue = "skip")
          Empty empty,
      @Parameter(
              help =
                  "The time zone of sessions, such as America/New_York; one other than UTC counts intervals from"
                      + " local midnight.",
              defaultValue = "UTC")
          String timeZone,
      @Parameter(
              help =
                  "Parts of the local day, such as [09:30-16:00] or [21:00-02:30, 09:00-11:30]: intervals are"
                      + " counted from the start of each and end with it; rows outside are left out. None: the"
                      + " whole day.",
              defaultValue = "")
          List<String> sessions) {
    public Parameters {
      if (interval.compareTo(Duration.ofNanos(1)) < 0) {
        throw new IllegalArgumentException("the interval of a bar must be positive");
      }
      if (interval.compareTo(Duration.ofDays(3660)) > 0) {
        throw new IllegalArgumentException("the interval of a bar must be at most 3660d");
      }
      ZoneId zone = zone(timeZone);
      List<Calendar.Session> parsed = sessions.stream().map(Calendar.Session::parse).toList();
      for (int i = 0; i < parsed.size(); i++) {
        if (!Calendar.apart(parsed, i)) {
          throw new IllegalArgumentException(
              "session " + sessions.get(i) + " reaches into the next: write them in order");
        }
      }
      boolean daily = !parsed.isEmpty() || !zone.normalized().equals(ZoneId.of("Z"));
      if (by == By.TIME && daily && interval.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "an interval of more than a day has no place in sessions or a time zone");
      }
      if (by != By.TIME && !(threshold > 0)) {
        throw new IllegalArgumentException("a bar by " + word(by) + " needs a threshold above 0");
      }
      if (by != By.TIME && empty == Empty.FILL) {
        throw new IllegalArgumentException("only bars by time can be filled");
      }
      if ((by == By.VOLUME || by == By.DOLLAR) && (of == Of.QUOTES || of == Of.ROWS)) {
        throw new IllegalArgumentException(
            "bars by "
                + word(by)
                + " are made of trades or bars, not of "
                + of.name().toLowerCase(Locale.ROOT));
      }
      if (by != By.TIME && of == Of.BARS && stamped == Stamped.START) {
        throw new IllegalArgumentException(
            "bars by "
                + word(by)
                + " are made of bars stamped with their end: a start does not say when one is complete");
      }
      if (of == Of.ROWS && aggregates.isEmpty()) {
        throw new IllegalArgumentException("bars of rows have nothing but aggregates: name some");
      }
    }

    private static String word(By by) {
      return by.name().toLowerCase(Locale.ROOT);
    }

    private static ZoneId zone(String name) {
      try {
        return ZoneId.of(name);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            "there is no time zone '" + name + "': write it as America/New_York or UTC");
      }
    }

    ZoneId zone() {
      return zone(timeZone);
    }

    List<Calendar.Session> parsedSessions() {
      return sessions.stream().map(Calendar.Session::parse).toList();
    }
  }

  /** Filled bars of one table, some 7 GB on disk: more is a slip in the interval. */
  static final long MAX_BARS = 100_000_000;

  private static final int STRETCH = 1 << 16;

  private static final Pattern CALL = Pattern.compile("([a-z_]+)\\((.*)\\)");

  private static final List<String> FUNCTIONS =
      List.of("first", "last", "min", "max", "count", "sum", "mean", "time_mean", "vwap");

  private final long inMemory;
  private final int stretch;

  /** For the catalogue. */
  public Bars() {
    this(Output.IN_MEMORY);
  }

  /** With another bound for results in memory. */
  Bars(long inMemory) {
    this(inMemory, STRETCH);
  }

  /** With other bounds, for tests. */
  Bars(long inMemory, int stretch) {
    this.inMemory = inMemory;
    this.stretch = stretch;
  }

  @Override
  public String name() {
    return "bars";
  }

  @Override
  public String summary() {
    return "Trades, quotes or finer bars to bars by time, volume, dollar or tick: open, high, low, close,"
        + " vwap, volume, signed volume (tick rule); spread and mid weighted by time; aggregates of any"
        + " column.";
  }

  @Override
  public Class<Parameters> parameters() {
    return Parameters.class;
  }

  @Override
  public Table extract(Table input, Parameters parameters, Context context) {
    if (!input.hasTime()) {
      throw SlipstreamException.invalid(
          "bars need a time column and the table has none", "Name it in the import: time: …");
    }
    if (input.instrumentColumn().equals("time")) {
      throw SlipstreamException.invalid(
          "the instrument column is called 'time', as the bars' time is",
          "Rename it in the import.");
    }
    Plan plan = new Plan(input, parameters);
    long most = bound(input, parameters);
    try (Output output =
        new Output(
            new Schema(plan.fields), "time", input.instrumentColumn(), most, inMemory, context)) {
      Script script = new Script(stretch);
      Progress progress = context.progress();
      for (long from = 0; from < input.rows(); from += stretch) {
        progress.checkCancelled();
        progress.stage("Bars", from, input.rows(), "rows");
        plan.cutter.cut(script, from, (int) Math.min(stretch, input.rows() - from));
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < plan.aggregates.size(); i++) {
          Aggregate aggregate = plan.aggregates.get(i);
          ColumnBuilder builder = output.column(i);
          tasks.add(() -> aggregate.play(script, input.partitions(), builder, progress));
        }
        Parallel.run(tasks, context.threads(), progress);
      }
      progress.stage("Bars", input.rows(), input.rows(), "rows");
      tell(plan.cutter, input, progress);
      return output.finish();
    }
  }

  private static void tell(Cutter cutter, Table input, Progress progress) {
    if (cutter.left() > 0) {
      progress.message(
          Progress.Severity.WARNING,
          Text.format(
              "bars: %d of %d trades were left out: price unknown or infinite, or size unknown, infinite or negative",
              cutter.left(), input.rows()));
    }
    if (cutter.outside() > 0) {
      progress.message(
          Progress.Severity.INFO,
          Text.format(
              "bars: %d of %d rows are outside the sessions and were left out",
              cutter.outside(), input.rows()));
    }
  }

  /** An upper bound of the number of bars, from the times alone. */
  private static long bound(Table input, Parameters parameters) {
    if (parameters.empty() == Empty.SKIP) {
      return input.rows();
    }
    boolean counted = parameters.sessions().isEmpty() && parameters.timeZone().equals("UTC");
    long bars = 0;
    long interval = parameters.interval().toNanos();
    for (Partition partition : input.partitions()) {
      if (partition.rows() > 0) {
        long first = input.time().getLong(partition.from());
        long last = input.time().getLong(partition.to() - 1);
        // Unsigned: the times may be further apart than a long can count in nanoseconds.
        long more = Math.floorDiv(last, interval) - Math.floorDiv(first, interval);
        bars += Long.compareUnsigned(more, MAX_BARS) < 0 ? more + 1 : MAX_BARS + 1;
        if (bars > MAX_BARS) {
          if (counted) {
            throw Cutter.tooMany(parameters);
          }
          // Sessions are a part of the day, and make fewer; the cutter counts them.
          return MAX_BARS;
        }
      }
    }
    return bars + input.rows();
  }

  // --------------------------------------------------------------------------------------- columns

  /** The columns of the result, and what makes each. */
  private final class Plan {
    private final Table input;
    private final Parameters parameters;
    private final List<Field> fields = new ArrayList<>();
    private final List<Aggregate> aggregates = new ArrayList<>();
    private final Cutter cutter;

    Plan(Table input, Parameters parameters) {
      this.input = input;
      this.parameters = parameters;
      add(
          new Field(
              "time",
              ColumnType.TIMESTAMP,
              "",
              parameters.by() == By.TIME
                  ? "end of the bar, exclusive"
                  : "time of the bar's last row"),
          new Aggregate.Stamp());
      if (!input.instrumentColumn().isEmpty()) {
        add(input.schema().field(input.instrumentColumn()), new Aggregate.Instrument());
      }
      this.cutter =
          switch (parameters.of()) {
            case TRADES -> trades();
            case QUOTES -> quotes();
            case BARS -> bars();
            case ROWS -> new Cutter(input, parameters, null, null, null, stretch);
          };
      if (parameters.by() != By.TIME) {
        add(
            new Field("duration", ColumnType.FLOAT64, "s", "from the end of the bar before"),
            new Aggregate.Length());
      }
      parameters.aggregates().forEach(this::aggregate);
    }

    private void add(Field field, Aggregate aggregate) {
      if (fields.stream().anyMatch(each -> each.name().equals(field.name()))) {
        throw SlipstreamException.invalid(
            Text.format("bars: there would be two columns '%s'", field.name()),
            Place.key("aggregates"),
            "Give the aggregate another name.");
      }
      fields.add(field);
      aggregates.add(aggregate);
    }

    private void pick(
        String name, Series series, String unit, String meaning, Choice choice, Carry carry) {
      add(
          new Field(name, ColumnType.FLOAT64, unit, meaning),
          new Aggregate.Pick(series, choice, carry, stretch));
    }

    private void prices(Series price, String unit, String of, Choice close, Carry carry) {
      pick("open", price, unit, "first " + of, Choice.FIRST, Carry.NONE);
      pick("high", price, unit, "highest " + of, Choice.MAX, Carry.NONE);
      pick("low", price, unit, "lowest " + of, Choice.MIN, Carry.NONE);
      pick("close", price, unit, "last " + of, close, carry);
    }

    private Cutter trades() {
      Column price = numeric(parameters.price(), "price", "for the price of a trade");
      Column size = numeric(parameters.size(), "size", "for the size of a trade");
      Series prices = new Series.Of(price, true);
      Series sizes = new Series.Of(size, true);
      String unit = size.field().unit();
      prices(prices, price.field().unit(), "price", Choice.LAST, Carry.ALWAYS);
      add(
          new Field(
              "vwap", ColumnType.FLOAT64, price.field().unit(), "mean price weighted by size"),
          new Aggregate.WeightedMean(prices, sizes, stretch));
      add(
          new Field("volume", ColumnType.FLOAT64, unit, "sum of sizes"),
          new Aggregate.Sum(sizes, false, false, false, stretch));
      add(
          new Field(
              "signed_volume",
              ColumnType.FLOAT64,
              unit,
              "sum of sizes, buyers' positive and sellers' negative by the tick rule"),
          new Aggregate.SignedVolume(prices, sizes, stretch));
      add(
          new Field("trades", ColumnType.INT64, "trades", "number of trades"),
          new Aggregate.Count(null, stretch));
      return new Cutter(input, parameters, price, size, null, stretch);
    }

    private Cutter quotes() {
      Column bid = numeric(parameters.bid(), "bid", "for the bid of a quote");
      Column ask = numeric(parameters.ask(), "ask", "for the ask of a quote");
      String unit = bid.field().unit();
      Series mid = Series.Pair.mid(bid, ask);
      Series spread = Series.Pair.spread(bid, ask);
      prices(mid, unit, "midpoint of the quotes that came", Choice.LATEST, Carry.SESSION);
      pick("bid", new Series.Of(bid, true), unit, "bid at the end", Choice.LATEST, Carry.SESSION);
      pick("ask", new Series.Of(ask, true), unit, "ask at the end", Choice.LATEST, Carry.SESSION);
      if (!parameters.bidSize().isBlank()) {
        last("bid_size", numeric(parameters.bidSize(), "bid_size", "for the size of a bid"));
      }
      if (!parameters.askSize().isBlank()) {
        last("ask_size", numeric(parameters.askSize(), "ask_size", "for the size of an ask"));
      }
      add(
          new Field("spread", ColumnType.FLOAT64, unit, "ask less bid, mean over time"),
          new Aggregate.TimeMean(spread, false, stretch));
      add(
          new Field("mid", ColumnType.FLOAT64, unit, "midpoint, mean over time"),
          new Aggregate.TimeMean(mid, false, stretch));
      add(
          new Field("quoted", ColumnType.FLOAT64, "s", "time with both bid and ask"),
          new Aggregate.TimeMean(mid, true, stretch));
      add(
          new Field("quotes", ColumnType.INT64, "quotes", "number of quotes"),
          new Aggregate.Count(null, stretch));
      return new Cutter(input, parameters, null, null, null, stretch);
    }

    private void last(String name, Column column) {
      pick(
          name,
          new Series.Of(column, true),
          column.field().unit(),
          name.replace('_', ' ') + " at the end",
          Choice.LATEST,
          Carry.SESSION);
    }

    /** What a finer bar has, by the names that this step gives. */
    private Cutter bars() {
      Column open = numeric("open", "of", "of a bar");
      same("open", Choice.FIRST, Carry.NONE);
      same("high", Choice.MAX, Carry.NONE);
      same("low", Choice.MIN, Carry.NONE);
      boolean quotes = has("quoted");
      same("close", quotes ? Choice.LATEST : Choice.LAST, quotes ? Carry.SESSION : Carry.ALWAYS);
      for (String name : List.of("bid", "ask", "bid_size", "ask_size")) {
        if (has(name)) {
          same(name, Choice.LATEST, Carry.SESSION);
        }
      }
      weighted("vwap", "volume");
      for (String name : List.of("volume", "signed_volume")) {
        if (has(name)) {
          Column column = numeric(name, "of", "of a bar");
          add(
              asDouble(column.field()),
              new Aggregate.Sum(
                  new Series.Of(column, true),
                  false,
                  name.equals("signed_volume"),
                  false,
                  stretch));
        }
      }
      weighted("spread", "quoted");
      weighted("mid", "quoted");
      if (has("quoted")) {
        Column column = numeric("quoted", "of", "of a bar");
        add(
            asDouble(column.field()),
            new Aggregate.Sum(new Series.Of(column, true), false, false, false, stretch));
      }
      for (String name : List.of("trades", "quotes")) {
        if (has(name)) {
          Column column = numeric(name, "of", "of a bar");
          add(
              new Field(
                  name, ColumnType.INT64, column.field().unit(), column.field().description()),
              new Aggregate.Sum(new Series.Of(column, true), false, false, true, stretch));
        }
      }
      Column price = has("vwap") ? input.column("vwap") : input.column("close");
      Column size =
          switch (parameters.by()) {
            case TIME -> null;
            case VOLUME, DOLLAR -> numeric("volume", "by", "of a bar");
            case TICK -> has("trades") ? numeric("trades", "by", "of a bar") : null;
          };
      return new Cutter(
          input,
          parameters,
          parameters.by() == By.DOLLAR ? price : null,
          size,
          parameters.by() == By.TIME ? open : null,
          stretch);
    }

    private boolean has(String name) {
      return input.schema().indexOf(name) >= 0;
    }

    private static Field asDouble(Field field) {
      return new Field(field.name(), ColumnType.FLOAT64, field.unit(), field.description());
    }

    private void same(String name, Choice choice, Carry carry) {
      Column column = numeric(name, "of", "of a bar");
      add(
          asDouble(column.field()),
          new Aggregate.Pick(new Series.Of(column, true), choice, carry, stretch));
    }

    private void weighted(String name, String weight) {
      if (has(name) && has(weight)) {
        Column column = numeric(name, "of", "of a bar");
        Column by = numeric(weight, "of", "of a bar");
        add(
            asDouble(column.field()),
            new Aggregate.WeightedMean(
                new Series.Of(column, true), new Series.Of(by, true), stretch));
      }
    }

    private Column numeric(String name, String parameter, String what) {
      if (input.schema().indexOf(name) < 0) {
        throw SlipstreamException.notFound(
                Text.format("bars: there is no column '%s' %s", name, what),
                Text.format(
                    "Give %s: one of %s.", parameter, String.join(", ", input.schema().names())))
            .at(Place.key(parameter));
      }
      Column column = input.column(name);
      if (!column.type().numeric() || column.type() == ColumnType.TIMESTAMP) {
        throw SlipstreamException.invalid(
            Text.format("bars: column '%s' is %s, not a number", name, column.type()),
            Place.key(parameter),
            "Name another column as " + parameter + ", or give its type in the import.");
      }
      return column;
    }

    // ------------------------------------------------------------------------ what is asked for

    private void aggregate(String name, String text) {
      Place place = Place.key("aggregates." + name);
      Matcher call = CALL.matcher(text.strip());
      if (!call.matches() || !FUNCTIONS.contains(call.group(1))) {
        String word = call.matches() ? call.group(1) : text.strip();
        throw SlipstreamException.invalid(
            Text.format("'%s' is no aggregate", text),
            place,
            call.matches()
                ? Nearest.remedy(word, FUNCTIONS)
                : "Write it as mean(COLUMN): " + String.join(", ", FUNCTIONS) + ".");
      }
      String function = call.group(1);
      String inner = call.group(2).strip();
      String weight = "";
      if (function.equals("vwap")) {
        int comma = inner.lastIndexOf(',');
        if (comma < 0) {
          throw SlipstreamException.invalid(
              "vwap takes two columns", place, "Write it as vwap(price, size).");
        }
        weight = inner.substring(comma + 1).strip();
        inner = inner.substring(0, comma).strip();
      }
      Column column = column(inner, place);
      Field field = column.field();
      String meaning = function + " of " + inner;
      Field same = new Field(name, field.type(), field.unit(), meaning);
      Field number = new Field(name, ColumnType.FLOAT64, field.unit(), meaning);
      Series series = new Series.Of(column, false);
      switch (function) {
        case "first" -> add(same, new Aggregate.Pick(series, Choice.FIRST, Carry.NONE, stretch));
        case "last" -> add(same, new Aggregate.Pick(series, Choice.LAST, Carry.ALWAYS, stretch));
        case "count" ->
            add(
                new Field(name, ColumnType.INT64, "rows", meaning),
                new Aggregate.Count(series, stretch));
        default -> {
          if (!column.type().numeric()) {
            throw SlipstreamException.invalid(
                Text.format("column '%s' is text, and %s takes numbers", inner, function),
                place,
                "Use first, last or count, or give its type in the import.");
          }
          add(
              function.equals("min") || function.equals("max") ? same : number,
              switch (function) {
                case "min" -> new Aggregate.Pick(series, Choice.MIN, Carry.NONE, stretch);
                case "max" -> new Aggregate.Pick(series, Choice.MAX, Carry.NONE, stretch);
                case "sum" -> new Aggregate.Sum(series, false, false, false, stretch);
                case "mean" -> new Aggregate.Sum(series, true, false, false, stretch);
                case "time_mean" -> new Aggregate.TimeMean(series, false, stretch);
                default ->
                    new Aggregate.WeightedMean(
                        series, new Series.Of(number(weight, place), true), stretch);
              });
        }
      }
    }

    private Column column(String name, Place place) {
      if (input.schema().indexOf(name) < 0) {
        throw SlipstreamException.notFound(
                Text.format("there is no column '%s'", name),
                Nearest.remedy(name, input.schema().names()))
            .at(place);
      }
      return input.column(name);
    }

    private Column number(String name, Place place) {
      Column column = column(name, place);
      if (!column.type().numeric()) {
        throw SlipstreamException.invalid(
            Text.format("column '%s' is text, and a weight is a number", name), place, "");
      }
      return column;
    }
  }
}
