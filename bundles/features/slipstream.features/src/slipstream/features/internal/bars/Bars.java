package slipstream.features.internal.bars;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parameters.Durations;
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
import slipstream.core.table.TableWriter;
import slipstream.features.internal.kernel.TickRule;

/**
 * Trades to time bars per instrument.
 *
 * <p>A bar stamped t holds the trades of [t - interval, t): at t it is complete, and nothing at or after t is in it.
 * Stamps are multiples of the interval since 1970-01-01T00:00:00Z. The last bar of an instrument ends after its last
 * trade and may lack trades that are yet to come.
 */
public final class Bars implements FeatureExtractor<Bars.Parameters> {
  /** What to do with an interval without trades. */
  public enum Empty {
    /** No bar. */
    SKIP,
    /** A bar with the close of the one before, no volume and no other price. */
    FILL
  }

  /** See {@link Parameter}. */
  public record Parameters(
      @Parameter(help = "Length of a bar.", defaultValue = "60s") Duration interval,
      @Parameter(help = "Column of the trade's price.", defaultValue = "price") String price,
      @Parameter(help = "Column of the trade's size.", defaultValue = "size") String size,
      @Parameter(
              help =
                  "What an interval without trades gives: no bar (skip), or one with the close"
                      + " carried forward (fill).",
              defaultValue = "skip")
          Empty empty) {
    public Parameters {
      if (interval.compareTo(Duration.ofNanos(1)) < 0) {
        throw new IllegalArgumentException("the interval of a bar must be positive");
      }
      if (interval.compareTo(Duration.ofDays(3660)) > 0) {
        throw new IllegalArgumentException("the interval of a bar must be at most 3660d");
      }
    }
  }

  /** Filled bars of one table, some 7 GB on disk: more is a slip in the interval. */
  static final long MAX_BARS = 100_000_000;

  /** Results with at most this many rows stay in memory. */
  private static final long IN_MEMORY = 4_000_000;

  private static final int CHUNK = 1 << 16;

  private static final int OPEN = 0;
  private static final int HIGH = 1;
  private static final int LOW = 2;
  private static final int CLOSE = 3;
  private static final int VWAP = 4;
  private static final int VOLUME = 5;
  private static final int SIGNED_VOLUME = 6;
  private static final int TRADES = 7;

  private final long inMemory;

  /** For the catalogue. */
  public Bars() {
    this(IN_MEMORY);
  }

  /** With another bound for results in memory. */
  Bars(long inMemory) {
    this.inMemory = inMemory;
  }

  @Override
  public String name() {
    return "bars";
  }

  @Override
  public String summary() {
    return "Trades to time bars: open, high, low, close, vwap, volume, signed volume (tick rule) and"
        + " number of trades.";
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
    Column price = numeric(input, parameters.price(), "price");
    Column size = numeric(input, parameters.size(), "size");
    if (input.instrumentColumn().equals("time")) {
      throw SlipstreamException.invalid(
          "the instrument column is called 'time', as the bars' time is",
          "Rename it in the import.");
    }
    Schema schema = schema(input, price.field().unit(), size.field().unit());
    String instrument = input.instrumentColumn();
    long most = bound(input, parameters);
    if (most <= inMemory) {
      List<ColumnBuilder> builders = schema.fields().stream().map(ColumnBuilder::inMemory).toList();
      fill(input, price, size, parameters, builders, context.progress());
      return Table.of(builders.stream().map(ColumnBuilder::build).toList(), "time", instrument);
    }
    try (TableWriter writer = new TableWriter(context.target(), schema, "time", instrument)) {
      List<ColumnBuilder> builders = new ArrayList<>();
      for (int i = 0; i < schema.size(); i++) {
        builders.add(writer.column(i));
      }
      fill(input, price, size, parameters, builders, context.progress());
      return writer.finish();
    }
  }

  private static Column numeric(Table input, String name, String parameter) {
    if (input.schema().indexOf(name) < 0) {
      throw SlipstreamException.notFound(
          Text.format("bars: there is no column '%s' for the %s of a trade", name, parameter),
          Text.format("Give %s: one of %s.", parameter, String.join(", ", input.schema().names())));
    }
    Column column = input.column(name);
    if (!column.type().numeric() || column.type() == ColumnType.TIMESTAMP) {
      throw SlipstreamException.invalid(
          Text.format("bars: column '%s' is %s, not a number", name, column.type()),
          "Name another column as " + parameter + ", or give its type in the import.");
    }
    return column;
  }

  private static Schema schema(Table input, String priceUnit, String sizeUnit) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("time", ColumnType.TIMESTAMP, "", "end of the bar, exclusive"));
    if (!input.instrumentColumn().isEmpty()) {
      fields.add(input.schema().field(input.instrumentColumn()));
    }
    fields.add(new Field("open", ColumnType.FLOAT64, priceUnit, "first price"));
    fields.add(new Field("high", ColumnType.FLOAT64, priceUnit, "highest price"));
    fields.add(new Field("low", ColumnType.FLOAT64, priceUnit, "lowest price"));
    fields.add(new Field("close", ColumnType.FLOAT64, priceUnit, "last price"));
    fields.add(new Field("vwap", ColumnType.FLOAT64, priceUnit, "mean price weighted by size"));
    fields.add(new Field("volume", ColumnType.FLOAT64, sizeUnit, "sum of sizes"));
    fields.add(
        new Field(
            "signed_volume",
            ColumnType.FLOAT64,
            sizeUnit,
            "sum of sizes, buyers' positive and sellers' negative by the tick rule"));
    fields.add(new Field("trades", ColumnType.INT64, "trades", "number of trades"));
    return new Schema(fields);
  }

  /** An upper bound of the number of bars, from the times alone. */
  private static long bound(Table input, Parameters parameters) {
    if (parameters.empty() == Empty.SKIP) {
      return input.rows();
    }
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
          throw SlipstreamException.invalid(
              Text.format(
                  "bars: empty: fill with an interval of %s would make more than %,d bars",
                  Durations.format(parameters.interval()), MAX_BARS),
              "Use a longer interval, or empty: skip.");
        }
      }
    }
    return bars;
  }

  private static void fill(
      Table input,
      Column price,
      Column size,
      Parameters parameters,
      List<ColumnBuilder> builders,
      Progress progress) {
    long interval = parameters.interval().toNanos();
    boolean named = !input.instrumentColumn().isEmpty();
    ColumnBuilder time = builders.get(0);
    ColumnBuilder instrument = named ? builders.get(1) : null;
    List<ColumnBuilder> values = builders.subList(named ? 2 : 1, builders.size());
    long left = 0;
    double[] prices = new double[CHUNK];
    double[] sizes = new double[CHUNK];
    for (Partition partition : input.partitions()) {
      Bar bar = new Bar();
      long end = 0;
      double close = Double.NaN;
      for (long from = partition.from(); from < partition.to(); from += CHUNK) {
        progress.checkCancelled();
        progress.stage("Bars", from, input.rows(), "rows");
        long to = Math.min(partition.to(), from + CHUNK);
        price.copyDoubles(from, to, prices, 0);
        size.copyDoubles(from, to, sizes, 0);
        for (long row = from; row < to; row++) {
          double tradePrice = prices[(int) (row - from)];
          double tradeSize = sizes[(int) (row - from)];
          if (!Double.isFinite(tradePrice) || !(tradeSize >= 0 && tradeSize < 1 / 0.0)) {
            left++;
            continue;
          }
          long stamp = end(input.time().getLong(row), interval);
          if (bar.trades > 0 && stamp != end) {
            add(time, instrument, partition, end);
            bar.write(values);
            close = bar.close;
            bar.clear();
            if (parameters.empty() == Empty.FILL) {
              long filled = 0;
              for (long each = end + interval; each < stamp; each += interval) {
                if ((++filled & (CHUNK - 1)) == 0) {
                  progress.checkCancelled();
                }
                add(time, instrument, partition, each);
                writeEmpty(values, close);
              }
            }
          }
          end = stamp;
          bar.add(tradePrice, tradeSize);
        }
      }
      if (bar.trades > 0) {
        add(time, instrument, partition, end);
        bar.write(values);
      }
    }
    progress.stage("Bars", input.rows(), input.rows(), "rows");
    if (left > 0) {
      progress.message(
          Progress.Severity.WARNING,
          Text.format(
              "bars: %d of %d trades were left out: price unknown or infinite, or size unknown, infinite or negative",
              left, input.rows()));
    }
  }

  /** The end of the bar that a trade at this time falls in. */
  private static long end(long time, long interval) {
    try {
      return Math.multiplyExact(Math.floorDiv(time, interval) + 1, interval);
    } catch (ArithmeticException e) {
      throw SlipstreamException.invalid(
          Text.format("bars: a trade's time is out of range (%d ns since 1970)", time),
          "Check the time column and its unit in the import.");
    }
  }

  private static void add(
      ColumnBuilder time, ColumnBuilder instrument, Partition partition, long stamp) {
    time.addLong(stamp);
    if (instrument != null) {
      instrument.addString(partition.instrument());
    }
  }

  private static void writeEmpty(List<ColumnBuilder> values, double close) {
    values.get(OPEN).addNull();
    values.get(HIGH).addNull();
    values.get(LOW).addNull();
    values.get(CLOSE).addDouble(close);
    values.get(VWAP).addNull();
    values.get(VOLUME).addDouble(0);
    values.get(SIGNED_VOLUME).addDouble(0);
    values.get(TRADES).addLong(0);
  }

  /** The bar that trades are added to; the tick rule goes on from bar to bar. */
  private static final class Bar {
    private final TickRule rule = new TickRule();
    private double open;
    private double high;
    private double low;
    private double close;
    private double volume;
    private double signedVolume;
    private double aboveOpen;
    private long trades;

    void clear() {
      volume = 0;
      signedVolume = 0;
      aboveOpen = 0;
      trades = 0;
    }

    void add(double price, double size) {
      if (trades == 0) {
        open = price;
        high = price;
        low = price;
      }
      high = Math.max(high, price);
      low = Math.min(low, price);
      close = price;
      volume += size;
      // A trade before the first price change has no side, and its bar no signed volume.
      signedVolume += rule.next(price) * size;
      // Distances from the open keep the digits that price times size would lose.
      aboveOpen += (price - open) * size;
      trades++;
    }

    void write(List<ColumnBuilder> values) {
      values.get(OPEN).addDouble(open);
      values.get(HIGH).addDouble(high);
      values.get(LOW).addDouble(low);
      values.get(CLOSE).addDouble(close);
      number(values.get(VWAP), Math.clamp(open + aboveOpen / volume, low, high));
      values.get(VOLUME).addDouble(volume);
      number(values.get(SIGNED_VOLUME), signedVolume);
      values.get(TRADES).addLong(trades);
    }

    private static void number(ColumnBuilder builder, double value) {
      if (Double.isFinite(value)) {
        builder.addDouble(value);
      } else {
        builder.addNull();
      }
    }
  }
}
