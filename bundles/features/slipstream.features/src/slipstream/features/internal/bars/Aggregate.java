package slipstream.features.internal.bars;

import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.progress.Progress;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.Partition;
import slipstream.features.internal.kernel.TickRule;

/** Makes one column of bars from rows; keeps its state from stretch to stretch. Not thread-safe. */
abstract class Aggregate {
  private static final int PIECE = 1 << 16;

  /** The rows of a stretch are about to come. */
  void load(Script script) {}

  /** The next instrument begins. */
  void reset(Partition partition) {}

  /**
   * A bar opens.
   *
   * @param start in UTC nanoseconds
   * @param fresh whether what was in force before is not any more
   */
  void open(long start, boolean fresh) {}

  /** Adds used rows [from, to) to the bar. */
  void add(Script script, int from, int to) {}

  /** Appends the bar's value, and forgets the bar. */
  abstract void close(long end, ColumnBuilder builder);

  /** Forgets the bar. */
  abstract void drop(long end);

  /** Appends the value of a bar without rows. */
  abstract void fill(long stamp, long length, boolean fresh, ColumnBuilder builder);

  /** Makes the column's values of a stretch. */
  final void play(
      Script script, List<Partition> partitions, ColumnBuilder builder, Progress progress) {
    load(script);
    int at = 0;
    for (int event = 0; event < script.size(); event++) {
      if (script.at(event) > at) {
        add(script, at, script.at(event));
        at = script.at(event);
      }
      long a = script.a(event);
      switch (script.kind(event)) {
        case RESET -> reset(partitions.get((int) a));
        case OPEN -> open(a, script.b(event) != 0);
        case CLOSE -> close(a, builder);
        case DROP -> drop(a);
        case FILL, FILL_FRESH -> {
          boolean fresh = script.kind(event) == Script.Kind.FILL_FRESH;
          for (long i = 0; i < script.c(event); i++) {
            if ((i & PIECE - 1) == PIECE - 1) {
              progress.checkCancelled();
            }
            fill(a + i * script.b(event), script.b(event), fresh, builder);
          }
        }
      }
    }
    if (script.used() > at) {
      add(script, at, script.used());
    }
  }

  private static void number(ColumnBuilder builder, double value) {
    if (Double.isFinite(value)) {
      builder.addDouble(value);
    } else {
      builder.addNull();
    }
  }

  // ------------------------------------------------------------------------------------- keys

  /** The bar's stamp. */
  static final class Stamp extends Aggregate {
    @Override
    void close(long end, ColumnBuilder builder) {
      builder.addLong(end);
    }

    @Override
    void drop(long end) {}

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      builder.addLong(stamp);
    }
  }

  /** The instrument's name. */
  static final class Instrument extends Aggregate {
    private String name;

    @Override
    void reset(Partition partition) {
      name = partition.instrument();
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      builder.addString(name);
    }

    @Override
    void drop(long end) {}

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      builder.addString(name);
    }
  }

  /** How long the bar took. */
  static final class Length extends Aggregate {
    private long start;

    @Override
    void open(long at, boolean fresh) {
      start = at;
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      builder.addDouble((end - start) / 1e9);
    }

    @Override
    void drop(long end) {}

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      throw new IllegalStateException("only bars by time are filled");
    }
  }

  // ----------------------------------------------------------------------------------- choices

  /** Which value of a bar is taken: one that is known, or that of the last row. */
  enum Choice {
    FIRST,
    LAST,
    MIN,
    MAX,
    /** What is in force at the end, even when that is unknown. */
    LATEST
  }

  /** What a bar without rows has. */
  enum Carry {
    /** Nothing. */
    NONE,
    /** What the bar before had. */
    ALWAYS,
    /** What the bar before of the same session had. */
    SESSION
  }

  /** One of the values of a bar, of any type. */
  static final class Pick extends Aggregate {
    private final Series series;
    private final Choice choice;
    private final Carry carry;
    private final double[] values;
    private final double[] spare;
    private long row = -1;
    private double best;
    private long carried = -1;

    Pick(Series series, Choice choice, Carry carry, int stretch) {
      this.series = series;
      this.choice = choice;
      this.carry = carry;
      this.values = new double[stretch];
      this.spare = series instanceof Series.Pair ? new double[stretch] : null;
    }

    @Override
    void load(Script script) {
      series.load(script, values, spare);
    }

    @Override
    void reset(Partition partition) {
      row = -1;
      carried = -1;
    }

    @Override
    void add(Script script, int from, int to) {
      switch (choice) {
        case FIRST -> {
          for (int i = from; i < to && row < 0; i++) {
            take(script, i, values[i] == values[i]);
          }
        }
        case LAST -> {
          for (int i = to - 1; i >= from; i--) {
            if (values[i] == values[i]) {
              take(script, i, true);
              return;
            }
          }
        }
        case LATEST -> take(script, to - 1, true);
        case MIN -> {
          for (int i = from; i < to; i++) {
            double value = values[i];
            take(
                script,
                i,
                row < 0
                    ? value == value
                    : value < best || value == best && series.above(row, script.row(i)));
          }
        }
        case MAX -> {
          for (int i = from; i < to; i++) {
            double value = values[i];
            take(
                script,
                i,
                row < 0
                    ? value == value
                    : value > best || value == best && series.above(script.row(i), row));
          }
        }
      }
    }

    private void take(Script script, int i, boolean better) {
      if (better) {
        row = script.row(i);
        best = values[i];
      }
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      append(builder, row);
      drop(end);
    }

    @Override
    void drop(long end) {
      carried = row;
      row = -1;
    }

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      if (fresh && carry == Carry.SESSION) {
        carried = -1;
      }
      append(builder, carry == Carry.NONE ? -1 : carried);
    }

    private void append(ColumnBuilder builder, long from) {
      if (from < 0) {
        builder.addNull();
      } else {
        series.append(builder, from);
      }
    }
  }

  // -------------------------------------------------------------------------------------- sums

  /** The rows of a bar, or those whose value is known. */
  static final class Count extends Aggregate {
    private final Series series;
    private final double[] values;
    private final double[] spare;
    private long count;

    /**
     * @param series null to count all rows
     */
    Count(Series series, int stretch) {
      this.series = series;
      this.values = series == null ? null : new double[stretch];
      this.spare = series instanceof Series.Pair ? new double[stretch] : null;
    }

    @Override
    void load(Script script) {
      if (series != null) {
        series.load(script, values, spare);
      }
    }

    @Override
    void reset(Partition partition) {
      count = 0;
    }

    @Override
    void add(Script script, int from, int to) {
      if (series == null) {
        count += to - from;
      } else {
        for (int i = from; i < to; i++) {
          count += values[i] == values[i] ? 1 : 0;
        }
      }
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      builder.addLong(count);
      count = 0;
    }

    @Override
    void drop(long end) {
      count = 0;
    }

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      builder.addLong(0);
    }
  }

  /** The sum or mean of a bar's known values, by {@link CompensatedSum}. */
  static final class Sum extends Aggregate {
    private final Series series;
    private final boolean mean;
    private final boolean strict;
    private final boolean whole;
    private final double[] values;
    private final double[] spare;
    private double sum;
    private double lost;
    private long count;

    /**
     * @param mean whether it is divided by their number
     * @param strict whether it is unknown where a value is
     * @param whole whether the column holds whole numbers
     */
    Sum(Series series, boolean mean, boolean strict, boolean whole, int stretch) {
      this.series = series;
      this.mean = mean;
      this.strict = strict;
      this.whole = whole;
      this.values = new double[stretch];
      this.spare = series instanceof Series.Pair ? new double[stretch] : null;
    }

    @Override
    void load(Script script) {
      series.load(script, values, spare);
    }

    @Override
    void reset(Partition partition) {
      clear();
    }

    private void clear() {
      sum = 0;
      lost = 0;
      count = 0;
    }

    @Override
    void add(Script script, int from, int to) {
      for (int i = from; i < to; i++) {
        double value = values[i];
        if (value == value || strict) {
          double next = sum + value;
          lost = Double.isFinite(next) ? lost + CompensatedSum.lost(sum, value, next) : 0;
          sum = next;
          count++;
        }
      }
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      if (whole) {
        builder.addLong((long) (sum + lost));
      } else {
        number(builder, mean ? (sum + lost) / count : sum + lost);
      }
      clear();
    }

    @Override
    void drop(long end) {
      clear();
    }

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      if (mean) {
        builder.addNull();
      } else if (whole) {
        builder.addLong(0);
      } else {
        builder.addDouble(0);
      }
    }
  }

  /** The sum of sizes, buyers' positive and sellers' negative by the tick rule. */
  static final class SignedVolume extends Aggregate {
    private final Series price;
    private final Series size;
    private final double[] prices;
    private final double[] sizes;
    private TickRule rule = new TickRule();
    private double sum;
    private double lost;

    SignedVolume(Series price, Series size, int stretch) {
      this.price = price;
      this.size = size;
      this.prices = new double[stretch];
      this.sizes = new double[stretch];
    }

    @Override
    void load(Script script) {
      price.load(script, prices, null);
      size.load(script, sizes, null);
    }

    @Override
    void reset(Partition partition) {
      rule = new TickRule();
      drop(0);
    }

    @Override
    void add(Script script, int from, int to) {
      for (int i = from; i < to; i++) {
        // A trade before the first price change has no side, and its bar no signed volume.
        double value = rule.next(prices[i]) * sizes[i];
        double next = sum + value;
        lost = Double.isFinite(next) ? lost + CompensatedSum.lost(sum, value, next) : 0;
        sum = next;
      }
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      number(builder, sum + lost);
      drop(end);
    }

    @Override
    void drop(long end) {
      sum = 0;
      lost = 0;
    }

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      builder.addDouble(0);
    }
  }

  /** The mean of a bar's known values weighted by others; unknown where the weights are 0. */
  static final class WeightedMean extends Aggregate {
    private final Series series;
    private final Series weight;
    private final double[] values;
    private final double[] weights;
    private final double[] spare;
    private boolean any;
    private double base;
    private double low;
    private double high;
    private double aboveBase;
    private double total;

    WeightedMean(Series series, Series weight, int stretch) {
      this.series = series;
      this.weight = weight;
      this.values = new double[stretch];
      this.weights = new double[stretch];
      this.spare = new double[stretch];
    }

    @Override
    void load(Script script) {
      series.load(script, values, spare);
      weight.load(script, weights, spare);
    }

    @Override
    void reset(Partition partition) {
      drop(0);
    }

    @Override
    void add(Script script, int from, int to) {
      for (int i = from; i < to; i++) {
        double value = values[i];
        double by = weights[i];
        if (Double.isFinite(value) && by >= 0 && by < 1 / 0.0) {
          if (!any) {
            any = true;
            base = value;
            low = value;
            high = value;
          }
          low = Math.min(low, value);
          high = Math.max(high, value);
          // Distances from the first value keep the digits that the product would lose.
          aboveBase += (value - base) * by;
          total += by;
        }
      }
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      number(builder, any ? Math.clamp(base + aboveBase / total, low, high) : Double.NaN);
      drop(end);
    }

    @Override
    void drop(long end) {
      any = false;
      aboveBase = 0;
      total = 0;
    }

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      builder.addNull();
    }
  }

  /**
   * The mean over time of a value that stays in force until the next row, or the seconds for which it is known. The value
   * that is in force when a bar opens counts from its start on.
   */
  static final class TimeMean extends Aggregate {
    private final Series series;
    private final boolean seconds;
    private final double[] values;
    private final double[] spare;
    private double inForce = Double.NaN;
    private long since;
    private boolean any;
    private double base;
    private double aboveBase;
    private double low;
    private double high;
    private double known;

    TimeMean(Series series, boolean seconds, int stretch) {
      this.series = series;
      this.seconds = seconds;
      this.values = new double[stretch];
      this.spare = new double[stretch];
    }

    @Override
    void load(Script script) {
      series.load(script, values, spare);
    }

    @Override
    void reset(Partition partition) {
      inForce = Double.NaN;
      clear();
    }

    private void clear() {
      any = false;
      aboveBase = 0;
      known = 0;
    }

    @Override
    void open(long start, boolean fresh) {
      since = start;
      if (fresh) {
        inForce = Double.NaN;
      }
    }

    @Override
    void add(Script script, int from, int to) {
      long[] times = script.times();
      for (int i = from; i < to; i++) {
        pass(times[i]);
        inForce = Double.isFinite(values[i]) ? values[i] : Double.NaN;
      }
    }

    private void pass(long until) {
      if (until > since) {
        if (inForce == inForce) {
          if (!any) {
            any = true;
            base = inForce;
            low = inForce;
            high = inForce;
          }
          low = Math.min(low, inForce);
          high = Math.max(high, inForce);
          aboveBase += (inForce - base) * (until - since);
          known += until - since;
        }
        since = until;
      }
    }

    @Override
    void close(long end, ColumnBuilder builder) {
      pass(end);
      if (seconds) {
        builder.addDouble(known / 1e9);
      } else {
        // A bar of no length has the value that it ends with.
        number(builder, any ? Math.clamp(base + aboveBase / known, low, high) : inForce);
      }
      clear();
    }

    @Override
    void drop(long end) {
      clear();
    }

    @Override
    void fill(long stamp, long length, boolean fresh, ColumnBuilder builder) {
      if (fresh) {
        inForce = Double.NaN;
      }
      if (seconds) {
        builder.addDouble(inForce == inForce ? length / 1e9 : 0);
      } else {
        number(builder, inForce);
      }
    }
  }
}
