package slipstream.features.internal.prepare;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.parameters.DataSource;
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

/**
 * Contracts to continuous futures: of each product the rows of one contract at a time, the front.
 *
 * <p>Point in time: which contract is the front at t depends on the calendar, or on what was traded on days before t's. The
 * level is carried forward: prices of the first contract stay as they are, those of later ones are shifted or scaled by the
 * gaps of the rolls before them.
 */
public final class Roll implements FeatureExtractor<Roll.Parameters> {
  /** When the front changes. */
  public enum Rule {
    /** As other data say: from a time on, a contract. */
    DATES,
    /** Some days before the front expires. */
    EXPIRY,
    /** On the day after another contract traded more. */
    VOLUME,
    /** On the day after another contract had more open interest. */
    OPEN_INTEREST
  }

  /** How the gap between two contracts is closed. */
  public enum Adjustment {
    NONE,
    /** Prices of later contracts are shifted. */
    DIFFERENCE,
    /** Prices of later contracts are scaled. */
    RATIO
  }

  /** See {@link Parameter}. */
  public record Parameters(
      @Parameter(
              help =
                  "When the front changes: at given times (dates), days before it expires (expiry), or on the"
                      + " day after another contract had more volume or open interest; one that was left does not"
                      + " come back.")
          Rule rule,
      @Parameter(
              help =
                  "For dates: rows of time and contract, by product as their instrument. For expiry: rows of"
                      + " contract and expiry; none: the data have the column.",
              defaultValue = "")
          DataSource with,
      @Parameter(
              help = "Column that names a contract's product. None: all are contracts of one.",
              defaultValue = "")
          String product,
      @Parameter(help = "Name of the product where no column has it.", defaultValue = "continuous")
          String name,
      @Parameter(
              help = "Column of the other data that names the contract.",
              defaultValue = "contract")
          String contract,
      @Parameter(
              help = "Column of the contract's last day, for rule expiry.",
              defaultValue = "expiry")
          String expiry,
      @Parameter(
              help = "Calendar days before the last day on which the front changes.",
              unit = "days",
              defaultValue = "5",
              min = 0,
              max = 3660)
          int days,
      @Parameter(help = "Column of the volume, for rule volume.", defaultValue = "volume")
          String volume,
      @Parameter(
              help = "Column of the open interest, for rule open-interest.",
              defaultValue = "open_interest")
          String openInterest,
      @Parameter(help = "Time zone of days, such as Asia/Shanghai.", defaultValue = "UTC")
          String timeZone,
      @Parameter(
              help =
                  "How gaps between contracts are closed: not at all, by shifting prices of later contracts"
                      + " (difference), or by scaling them (ratio).",
              defaultValue = "none")
          Adjustment adjustment,
      @Parameter(help = "Columns of prices that are adjusted.", defaultValue = "")
          List<String> prices,
      @Parameter(
              help = "Column by which the gap is measured: the last known of both before the roll.",
              defaultValue = "close")
          String close) {
    public Parameters {
      try {
        ZoneId.of(timeZone);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            "there is no time zone '" + timeZone + "': write it as Asia/Shanghai or UTC");
      }
      if (adjustment != Adjustment.NONE && prices.isEmpty()) {
        throw new IllegalArgumentException("no column of prices is named to adjust");
      }
      if (adjustment == Adjustment.NONE && !prices.isEmpty()) {
        throw new IllegalArgumentException("prices are named, but adjustment is none");
      }
      if (product.isBlank() && name.isBlank()) {
        throw new IllegalArgumentException("the product needs a name");
      }
    }
  }

  private static final String CONTRACT = "contract";
  private static final String ROLL = "roll";
  private static final String ADJUSTMENT = "adjustment";
  private static final String PRODUCT = "product";

  private static final int STRETCH = 1 << 18;

  private final long inMemory;
  private final int stretch;

  /** For the catalogue. */
  public Roll() {
    this(Output.IN_MEMORY, STRETCH);
  }

  /** With other bounds, for tests. */
  Roll(long inMemory, int stretch) {
    this.inMemory = inMemory;
    this.stretch = stretch;
  }

  @Override
  public String name() {
    return "roll";
  }

  @Override
  public String summary() {
    return "Contracts to continuous futures, rolled by dates, expiry, volume or open interest; gaps closed"
        + " forward, point in time.";
  }

  @Override
  public Class<Parameters> parameters() {
    return Parameters.class;
  }

  @Override
  public Table extract(Table input, Parameters parameters, Context context) {
    if (!input.hasTime() || input.instrumentColumn().isEmpty()) {
      throw SlipstreamException.invalid(
          "a roll needs the time and the contract of each row",
          "Name time and instrument in the import of the data.");
    }
    return new Run(input, parameters, context).run();
  }

  /** A contract is the front from a time on. */
  private record Front(long from, Partition contract) {}

  /** Consecutive rows of the input that go to the result. */
  private record Range(
      String product, Partition contract, long from, long to, boolean rolled, double adjustment) {}

  private final class Run {
    private final Table input;
    private final Parameters parameters;
    private final Context context;
    private final ZoneId zone;
    private final Column time;

    Run(Table input, Parameters parameters, Context context) {
      this.input = input;
      this.parameters = parameters;
      this.context = context;
      this.zone = ZoneId.of(parameters.timeZone());
      this.time = input.time();
    }

    Table run() {
      Map<String, List<Partition>> products = products();
      Map<String, List<Front>> fronts = new LinkedHashMap<>();
      switch (parameters.rule()) {
        case DATES -> byDates(products, fronts);
        case EXPIRY -> byExpiry(products, fronts);
        case VOLUME ->
            products.forEach(
                (name, contracts) ->
                    fronts.put(
                        name, byTrading(contracts, number(parameters.volume(), "volume"), true)));
        case OPEN_INTEREST ->
            products.forEach(
                (name, contracts) ->
                    fronts.put(
                        name,
                        byTrading(
                            contracts, number(parameters.openInterest(), "open_interest"), false)));
      }
      List<Range> ranges = new ArrayList<>();
      fronts.forEach((product, list) -> ranges(product, list, ranges));
      return write(ranges);
    }

    private Column number(String name, String key) {
      return Columns.number(input, name, key, "the data");
    }

    private Map<String, List<Partition>> products() {
      Map<String, List<Partition>> products = new LinkedHashMap<>();
      Column column =
          parameters.product().isBlank()
              ? null
              : Columns.text(input, parameters.product(), "product", "the data");
      for (Partition contract : input.partitions()) {
        String product = parameters.name();
        if (column != null && contract.rows() > 0) {
          product = column.getString(contract.from());
          for (long row = contract.from(); row < contract.to(); row++) {
            if (product == null || !product.equals(column.getString(row))) {
              throw SlipstreamException.invalid(
                  Text.format(
                      "contract %s has no product, or more than one", contract.instrument()),
                  Place.key("product"),
                  "Mend the column, or leave those rows out by 'where'.");
            }
          }
        }
        if (contract.rows() > 0) {
          products.computeIfAbsent(product, key -> new ArrayList<>()).add(contract);
        }
      }
      return products;
    }

    // ------------------------------------------------------------------------------- rules

    private void byDates(Map<String, List<Partition>> products, Map<String, List<Front>> fronts) {
      Table dates = context.inputs().require("with", parameters.with());
      if (!dates.hasTime()) {
        throw SlipstreamException.invalid(
            "the dates have no time column", Place.key("with"), "Add 'time: COLUMN'.");
      }
      boolean many = !parameters.product().isBlank();
      if (many == dates.instrumentColumn().isEmpty()) {
        throw SlipstreamException.invalid(
            many
                ? "the dates do not say which product they are of"
                : "the dates are of several products, and the data of one",
            Place.key("with"),
            many ? "Add 'instrument: COLUMN'." : "Name the data's column of products as product.");
      }
      Column names = Columns.text(dates, parameters.contract(), "contract", "the dates");
      Map<String, Partition> byProduct = new LinkedHashMap<>();
      dates
          .partitions()
          .forEach(each -> byProduct.put(many ? each.instrument() : parameters.name(), each));
      products.forEach(
          (product, contracts) -> {
            Partition own = byProduct.get(product);
            if (own == null) {
              throw SlipstreamException.invalid(
                  Text.format("there are no dates of product %s", product),
                  Place.key("with"),
                  "Add them, or leave the product out by 'where'.");
            }
            Map<String, Partition> byName = new LinkedHashMap<>();
            contracts.forEach(each -> byName.put(each.instrument(), each));
            List<Front> list = new ArrayList<>();
            for (long row = own.from(); row < own.to(); row++) {
              long from = dates.time().getLong(row);
              String name = names.getString(row);
              if (row > own.from() && dates.time().getLong(row - 1) == from) {
                throw SlipstreamException.invalid(
                    Text.format(
                        "from %s on there are two fronts of %s: %s and %s",
                        Times.text(from), product, names.getString(row - 1), name),
                    Place.key("with"),
                    "Leave one out.");
              }
              // A contract that is yet to be listed, or that the data leave out, has no rows.
              list.add(new Front(from, name == null ? null : byName.get(name)));
            }
            if (list.stream().allMatch(each -> each.contract() == null)) {
              String name = names.getString(own.from());
              throw SlipstreamException.notFound(
                      Text.format(
                          "none of the contracts that the dates of %s name is in the data",
                          product),
                      Nearest.remedy(
                          String.valueOf(name), byName.keySet().stream().limit(20).toList()))
                  .at(Place.key("contract"));
            }
            fronts.put(product, list);
          });
    }

    private void byExpiry(Map<String, List<Partition>> products, Map<String, List<Front>> fronts) {
      Map<String, Long> expiries = expiries();
      products.forEach(
          (product, contracts) -> {
            List<Partition> ordered = new ArrayList<>(contracts);
            for (Partition each : ordered) {
              if (expiries.get(each.instrument()) == null) {
                throw SlipstreamException.notFound(
                        Text.format("contract %s has no expiry", each.instrument()),
                        "Add it, or leave the contract out by 'where'.")
                    .at(Place.key("expiry"));
              }
            }
            ordered.sort(Comparator.comparingLong(each -> expiries.get(each.instrument())));
            List<Front> list = new ArrayList<>();
            long from = Long.MIN_VALUE;
            for (int i = 0; i < ordered.size(); i++) {
              Partition each = ordered.get(i);
              long expiry = expiries.get(each.instrument());
              if (i > 0 && expiry == expiries.get(ordered.get(i - 1).instrument())) {
                throw SlipstreamException.invalid(
                    Text.format(
                        "contracts %s and %s of %s expire on the same day",
                        ordered.get(i - 1).instrument(), each.instrument(), product),
                    Place.key("expiry"),
                    "Leave one out by 'where', or name the column of products as product.");
              }
              list.add(new Front(from, each));
              from = startOfDay(lastDay(expiry).minusDays(parameters.days()));
            }
            list.add(new Front(from, null));
            fronts.put(product, list);
          });
    }

    private Map<String, Long> expiries() {
      Map<String, Long> expiries = new TreeMap<>();
      if (parameters.with() == null) {
        Column column = date(input, "the data");
        for (Partition each : input.partitions()) {
          for (long row = each.from(); row < each.to(); row++) {
            put(expiries, each.instrument(), column, row);
          }
        }
      } else {
        Table other = context.inputs().require("with", parameters.with());
        Column column = date(other, "the other data");
        Column names = Columns.text(other, parameters.contract(), "contract", "the other data");
        for (long row = 0; row < other.rows(); row++) {
          if (!names.isNull(row)) {
            put(expiries, names.getString(row), column, row);
          }
        }
      }
      return expiries;
    }

    private Column date(Table table, String who) {
      Column column = Columns.any(table, parameters.expiry(), "expiry", who);
      if (column.type() != ColumnType.TIMESTAMP) {
        throw SlipstreamException.invalid(
            Text.format("column '%s' of %s is %s, not a date", column.name(), who, column.type()),
            Place.key("expiry"),
            Text.format("Import it as one: columns: {%s: timestamp}.", column.name()));
      }
      return column;
    }

    private void put(Map<String, Long> expiries, String contract, Column column, long row) {
      if (column.isNull(row)) {
        return;
      }
      Long before = expiries.putIfAbsent(contract, column.getLong(row));
      if (before != null && before != column.getLong(row)) {
        throw SlipstreamException.invalid(
            Text.format(
                "contract %s expires at %s and at %s",
                contract, Times.text(before), Times.text(column.getLong(row))),
            Place.key("expiry"),
            "Leave one out.");
      }
    }

    /** A date without a time of day is that date everywhere. */
    private LocalDate lastDay(long expiry) {
      boolean dated = Math.floorMod(expiry, 86_400_000_000_000L) == 0;
      return day(expiry, dated ? ZoneOffset.UTC : zone);
    }

    private static LocalDate day(long nanos, ZoneId zone) {
      return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L)).atZone(zone).toLocalDate();
    }

    private long startOfDay(LocalDate day) {
      return Math.multiplyExact(day.atStartOfDay(zone).toEpochSecond(), 1_000_000_000L);
    }

    /** The front of a day is told from the trading day before. */
    private List<Front> byTrading(List<Partition> contracts, Column column, boolean sum) {
      TreeMap<LocalDate, double[]> days = new TreeMap<>();
      for (int c = 0; c < contracts.size(); c++) {
        Partition contract = contracts.get(c);
        LocalDate day = null;
        long next = Long.MIN_VALUE;
        double[] totals = null;
        for (long row = contract.from(); row < contract.to(); row++) {
          if (day == null || time.getLong(row) >= next) {
            day = day(time.getLong(row), zone);
            next = startOfDay(day.plusDays(1));
            totals = days.computeIfAbsent(day, key -> new double[contracts.size()]);
          }
          double value = column.getDouble(row);
          if (value > 0) {
            totals[c] = sum ? totals[c] + value : value;
          }
        }
      }
      List<Front> fronts = new ArrayList<>();
      Set<Integer> left = new HashSet<>();
      int front = -1;
      double[] before = null;
      for (var each : days.entrySet()) {
        if (before != null) {
          int best = front;
          for (int c = 0; c < before.length; c++) {
            if (!left.contains(c) && before[c] > (best < 0 ? 0 : before[best])) {
              best = c;
            }
          }
          if (best != front) {
            if (front >= 0) {
              left.add(front);
            }
            front = best;
            fronts.add(new Front(startOfDay(each.getKey()), contracts.get(front)));
          }
        }
        before = each.getValue();
      }
      return fronts;
    }

    // ------------------------------------------------------------------------------- rows

    private void ranges(String product, List<Front> fronts, List<Range> ranges) {
      boolean ratio = parameters.adjustment() == Adjustment.RATIO;
      double adjustment = ratio ? 1 : 0;
      Column close =
          parameters.adjustment() == Adjustment.NONE ? null : number(parameters.close(), "close");
      Partition last = null;
      for (int i = 0; i < fronts.size(); i++) {
        Front front = fronts.get(i);
        Partition contract = front.contract();
        if (contract == null) {
          continue;
        }
        long from = Columns.firstAt(time, contract.from(), contract.to(), front.from());
        long to =
            i + 1 == fronts.size()
                ? contract.to()
                : Columns.firstAt(time, contract.from(), contract.to(), fronts.get(i + 1).from());
        if (from >= to) {
          continue;
        }
        boolean rolled = last != null && last != contract;
        if (rolled && close != null) {
          double mine = price(close, contract, front.from(), product, contract);
          double theirs = price(close, last, front.from(), product, contract);
          adjustment = ratio ? adjustment * (theirs / mine) : adjustment + (theirs - mine);
        }
        ranges.add(new Range(product, contract, from, to, rolled, adjustment));
        last = contract;
      }
    }

    /** The last price of a contract before a roll. */
    private double price(Column close, Partition of, long roll, String product, Partition to) {
      long end = Columns.firstAt(time, of.from(), of.to(), roll);
      double price = Columns.lastKnown(close, of.from(), end);
      boolean ratio = parameters.adjustment() == Adjustment.RATIO;
      if (Double.isNaN(price) || ratio && !(price > 0)) {
        throw SlipstreamException.invalid(
            Text.format(
                "at the roll of %s to %s at %s %s has no %s before it, so that the gap is unknown",
                product,
                to.instrument(),
                Times.text(roll),
                of.instrument(),
                ratio ? "price above 0" : "price"),
            Place.key("adjustment"),
            ratio
                ? "Use adjustment: difference or none."
                : "Use adjustment: none, or another rule.");
      }
      return price;
    }

    private Table write(List<Range> ranges) {
      List<Field> fields = new ArrayList<>();
      List<Column> columns = new ArrayList<>();
      String product = parameters.product().isBlank() ? PRODUCT : parameters.product();
      fields.add(time.field());
      fields.add(new Field(product, ColumnType.STRING));
      fields.add(new Field(CONTRACT, ColumnType.STRING, "", "the front"));
      for (Column column : input.columns()) {
        String name = column.name();
        if (name.equals(input.timeColumn())
            || name.equals(input.instrumentColumn())
            || name.equals(parameters.product())) {
          continue;
        }
        Field field = column.field();
        columns.add(column);
        fields.add(
            parameters.prices().contains(name)
                ? new Field(name, ColumnType.FLOAT64, field.unit(), field.description())
                : field);
      }
      for (String name : parameters.prices()) {
        Columns.number(input, name, "prices", "the data");
      }
      fields.add(new Field(ROLL, ColumnType.BOOLEAN, "", "the first row of a new front"));
      boolean adjusted = parameters.adjustment() != Adjustment.NONE;
      if (adjusted) {
        fields.add(
            new Field(
                ADJUSTMENT,
                ColumnType.FLOAT64,
                "",
                parameters.adjustment() == Adjustment.RATIO
                    ? "what prices were multiplied by"
                    : "what was added to prices"));
      }
      Set<String> names = new HashSet<>();
      for (Field field : fields) {
        if (!names.add(field.name())) {
          throw SlipstreamException.invalid(
              Text.format("there would be two columns '%s'", field.name()),
              "Rename the data's own in the import.");
        }
      }
      long rows = ranges.stream().mapToLong(each -> each.to() - each.from()).sum();
      if (rows < input.rows()) {
        context
            .progress()
            .message(
                Progress.Severity.INFO,
                Text.format(
                    "roll: %,d of %,d rows are of the front contract, the others were left out",
                    rows, input.rows()));
      }
      try (Output output =
          new Output(new Schema(fields), input.timeColumn(), product, rows, inMemory, context)) {
        long done = 0;
        List<Range> batch = new ArrayList<>();
        long size = 0;
        for (Range range : ranges) {
          for (long from = range.from(); from < range.to(); ) {
            long to = Math.min(range.to(), from + stretch - size);
            batch.add(
                new Range(
                    range.product(),
                    range.contract(),
                    from,
                    to,
                    range.rolled() && from == range.from(),
                    range.adjustment()));
            size += to - from;
            from = to;
            if (size == stretch) {
              context.progress().checkCancelled();
              context.progress().stage("Roll", done, rows, "rows");
              write(output, columns, batch, adjusted);
              done += size;
              size = 0;
              batch.clear();
            }
          }
        }
        write(output, columns, batch, adjusted);
        context.progress().stage("Roll", rows, rows, "rows");
        return output.finish();
      }
    }

    private void write(Output output, List<Column> columns, List<Range> batch, boolean adjusted) {
      List<Runnable> tasks = new ArrayList<>();
      tasks.add(() -> copy(output.column(0), time, batch));
      tasks.add(() -> name(output.column(1), batch, true));
      tasks.add(() -> name(output.column(2), batch, false));
      for (int i = 0; i < columns.size(); i++) {
        Column column = columns.get(i);
        ColumnBuilder builder = output.column(3 + i);
        tasks.add(
            parameters.prices().contains(column.name())
                ? () -> adjust(builder, column, batch)
                : () -> copy(builder, column, batch));
      }
      tasks.add(() -> flag(output.column(3 + columns.size()), batch));
      if (adjusted) {
        tasks.add(
            () -> {
              ColumnBuilder builder = output.column(4 + columns.size());
              for (Range range : batch) {
                for (long row = range.from(); row < range.to(); row++) {
                  builder.addDouble(range.adjustment());
                }
              }
            });
      }
      Parallel.run(tasks, context.threads(), context.progress());
    }

    private static void copy(ColumnBuilder builder, Column column, List<Range> batch) {
      for (Range range : batch) {
        builder.addRange(column, range.from(), range.to());
      }
    }

    private static void name(ColumnBuilder builder, List<Range> batch, boolean product) {
      for (Range range : batch) {
        for (long row = range.from(); row < range.to(); row++) {
          builder.addString(product ? range.product() : range.contract().instrument());
        }
      }
    }

    private static void flag(ColumnBuilder builder, List<Range> batch) {
      for (Range range : batch) {
        for (long row = range.from(); row < range.to(); row++) {
          builder.addLong(range.rolled() && row == range.from() ? 1 : 0);
        }
      }
    }

    private void adjust(ColumnBuilder builder, Column column, List<Range> batch) {
      boolean ratio = parameters.adjustment() == Adjustment.RATIO;
      for (Range range : batch) {
        for (long row = range.from(); row < range.to(); row++) {
          if (column.isNull(row)) {
            builder.addNull();
          } else {
            double value = column.getDouble(row);
            builder.addDouble(ratio ? value * range.adjustment() : value + range.adjustment());
          }
        }
      }
    }
  }
}
