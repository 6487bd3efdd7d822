package slipstream.features.internal.bars;

import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parameters.Durations;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.bars.Script.Kind;

/** Tells which rows are used and where bars begin and end. */
final class Cutter {
  private final Table input;
  private final List<Partition> partitions;
  private final Bars.Parameters parameters;
  private final Calendar calendar;
  private final boolean sessions;
  private final boolean byTime;
  private final boolean fill;
  private final long interval;
  private final Column price;
  private final Column size;
  private final Column real;
  private final double[] prices;
  private final double[] sizes;
  private final double[] reals;

  private int partition = -1;
  private boolean open;
  private boolean anyReal;
  private boolean begun;
  private long end;
  private long sessionOpen;
  private long sessionClose;
  private double filled;
  private long left;
  private long outside;
  private long fills;

  /**
   * @param price of a trade, or null; rows without one are left out
   * @param size of a trade, or null; or what a row counts in bars by volume, dollar or tick
   * @param real a column that is unknown in bars that were filled, or null
   */
  Cutter(
      Table input,
      Bars.Parameters parameters,
      Column price,
      Column size,
      Column real,
      int stretch) {
    this.input = input;
    this.partitions = input.partitions();
    this.parameters = parameters;
    this.calendar =
        new Calendar(parameters.interval(), parameters.zone(), parameters.parsedSessions());
    this.sessions = !parameters.sessions().isEmpty();
    this.byTime = parameters.by() == Bars.By.TIME;
    this.fill = parameters.empty() == Bars.Empty.FILL;
    this.interval = parameters.interval().toNanos();
    this.price = price;
    this.size = size;
    this.real = real;
    this.prices = price == null ? null : new double[stretch];
    this.sizes = size == null ? null : new double[stretch];
    this.reals = real == null ? null : new double[stretch];
  }

  /** Rows left out because price or size is unusable. */
  long left() {
    return left;
  }

  /** Rows left out because they are outside all sessions. */
  long outside() {
    return outside;
  }

  /** Writes the script of rows [from, from + count), which follow those before. */
  void cut(Script script, long from, int count) {
    script.begin(from, count);
    load(price, prices, from, count);
    load(size, sizes, from, count);
    load(real, reals, from, count);
    Column time = input.time();
    for (int i = 0; i < count; ) {
      while (partition < 0 || from + i >= partitions.get(partition).to()) {
        partition++;
        if (partitions.get(partition).rows() > 0) {
          script.note(Kind.RESET, partition, 0, 0);
          open = false;
          begun = false;
          filled = 0;
        }
      }
      long last = partitions.get(partition).to();
      int to = (int) Math.min(count, last - from);
      for (; i < to; i++) {
        if (usable(i)) {
          if (byTime) {
            inTime(script, i, time.getLong(from + i));
          } else {
            inTurn(script, i, time.getLong(from + i));
          }
        } else {
          left++;
        }
      }
      if (from + i == last && open && byTime) {
        close(script);
      }
    }
  }

  private static void load(Column column, double[] values, long from, int count) {
    if (column != null) {
      column.copyDoubles(from, from + count, values, 0);
    }
  }

  private boolean usable(int i) {
    return parameters.of() != Bars.Of.TRADES
        || Double.isFinite(prices[i]) && sizes[i] >= 0 && sizes[i] < 1 / 0.0;
  }

  // ------------------------------------------------------------------------------ bars by time

  private void inTime(Script script, int i, long time) {
    long effective = effective(time);
    if (!open || effective >= end) {
      if (!calendar.locate(effective)) {
        outside++;
        return;
      }
      boolean fresh = sessions && begun && calendar.sessionOpen() != sessionOpen;
      if (open) {
        close(script);
      }
      if (fill && begun) {
        fill(script, fresh);
      }
      script.note(Kind.OPEN, calendar.start(), fresh ? 1 : 0, 0);
      open = true;
      begun = true;
      anyReal = false;
      end = calendar.end();
      sessionOpen = calendar.sessionOpen();
      sessionClose = calendar.sessionClose();
    }
    anyReal |= reals == null || reals[i] == reals[i];
    script.use(i, time);
  }

  /** A bar that is stamped with its end stands for what is before that. */
  private long effective(long time) {
    return parameters.of() == Bars.Of.BARS && parameters.stamped() == Bars.Stamped.END
        ? time - (time == Long.MIN_VALUE ? 0 : 1)
        : time;
  }

  private void close(Script script) {
    script.note(anyReal || fill ? Kind.CLOSE : Kind.DROP, end, 0, 0);
    open = false;
  }

  /** Bars between the one that closed and the one that opens. */
  private void fill(Script script, boolean fresh) {
    if (calendar.sessionOpen() == sessionOpen) {
      fill(script, Kind.FILL, end, calendar.start());
    } else {
      // A day without rows may be a holiday: none of its bars is made up.
      fill(script, Kind.FILL, end, sessionClose);
      fill(script, fresh ? Kind.FILL_FRESH : Kind.FILL, calendar.sessionOpen(), calendar.start());
    }
  }

  private void fill(Script script, Kind kind, long from, long to) {
    // Unsigned: the times may be further apart than a long can count in nanoseconds.
    long whole = Long.divideUnsigned(to - from, interval);
    if (whole > 0) {
      script.note(kind, from + interval, interval, whole);
    }
    long rest = Long.remainderUnsigned(to - from, interval);
    if (rest > 0) {
      script.note(kind, to, rest, 1);
    }
    fills += whole + (rest > 0 ? 1 : 0);
    if (Long.compareUnsigned(whole, Bars.MAX_BARS) > 0 || fills > Bars.MAX_BARS) {
      throw tooMany(parameters);
    }
  }

  static SlipstreamException tooMany(Bars.Parameters parameters) {
    return SlipstreamException.invalid(
        Text.format(
            "bars: empty: fill with an interval of %s would make more than %,d bars",
            Durations.format(parameters.interval()), Bars.MAX_BARS),
        "Use a longer interval, or empty: skip.");
  }

  // ---------------------------------------------------------------- bars by what was traded

  private void inTurn(Script script, int i, long time) {
    if (sessions && !calendar.locate(effective(time))) {
      outside++;
      return;
    }
    if (!open) {
      script.note(Kind.OPEN, begun ? end : time, 0, 0);
      open = true;
      begun = true;
    }
    script.use(i, time);
    double more =
        switch (parameters.by()) {
          case TIME -> throw new IllegalStateException();
          case VOLUME -> sizes[i];
          case DOLLAR -> Math.abs(prices[i] * sizes[i]);
          case TICK -> sizes == null || parameters.of() == Bars.Of.TRADES ? 1 : sizes[i];
        };
    filled += more > 0 ? more : 0;
    if (filled >= parameters.threshold()) {
      script.note(Kind.CLOSE, time, 0, 0);
      open = false;
      end = time;
      filled = 0;
    }
  }
}
