package slipstream.data.internal.health;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.health.Defect;
import slipstream.data.health.Role;
import slipstream.data.health.Roles;

/**
 * All checks of one instrument's rows, a chunk at a time. One worker's: it goes from partition to partition. Memory depends on
 * the chunk and the instrument's days, not on its rows.
 */
final class PartitionPass {
  /** Rows in a row with the same price that make a stale run. */
  static final int STALE_ROWS = 50;

  /** The same, of rows that are a day each. */
  static final int STALE_DAYS = 10;

  /** A stale run within days lasts at least this. */
  static final long STALE_NANOS = 30L * 60 * 1_000_000_000;

  /** A pause is longer than this many medians of the instrument's time steps, … */
  static final double PAUSE_MEDIANS = 20;

  /** … than this many of its 99th percentiles … */
  static final double PAUSE_P99S = 5;

  /** … and than a minute. */
  static final long PAUSE_NANOS = 60_000_000_000L;

  /** Lower edges of the bins of the moves' robust z. */
  static final double[] Z_EDGES = {0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 40, 50, 75, 100};

  /** Days with a price below which an instrument's usual day is unknown. */
  private static final int USUAL_DAYS = 20;

  /** Rows of one time that are compared with one another. */
  private static final int DUPLICATES_BACK = 64;

  /** Rows without a time that are compared with one another; beyond, only neighbours are. */
  private static final long HASHED_ROWS = 1 << 22;

  private static final int CHUNK = 1 << 13;

  /** What all workers share: days on which many instruments move, to be told from one's own jump. */
  static final class Market {
    final AtomicIntegerArray moved;
    final AtomicIntegerArray up;
    final AtomicIntegerArray down;

    Market(int days) {
      moved = new AtomicIntegerArray(days);
      up = new AtomicIntegerArray(days);
      down = new AtomicIntegerArray(days);
    }
  }

  final Tally tally;
  final List<Jump> jumps = new ArrayList<>();
  final long[] zCounts = new long[Z_EDGES.length];

  /** By period and series: spreads, for changes of level. */
  final LogHistogram[][] levels;

  private final Table table;
  private final Roles roles;
  private final Frame frame;
  private final Levels periods;
  private final Market market;
  private final double outlierZ;
  private final Progress progress;

  private final List<Column> columns;
  private final int[] loaded;
  private final double[][] values;
  private final double[] last;
  private final int[] slot;
  private final long[] times = new long[CHUNK];
  private final int[] days = new int[CHUNK];
  private final int[] prices;
  private final List<Integer> nullable;
  private final LogHistogram moves = new LogHistogram();
  private final LogHistogram steps = new LogHistogram();
  private final int primary;
  private final int primaryOpen;
  private final int volume;
  private final int openInterest;
  private final int trade;
  private final Roles.Quote nbbo;

  private int partition;

  // The instrument's days.
  private int dayCount;
  private int[] dayIndex = new int[64];
  private long[] dayRow = new long[64];
  private double[] dayOpen = new double[64];
  private double[] dayClose = new double[64];
  private double[] dayVolume = new double[64];

  PartitionPass(
      Table table,
      Roles roles,
      Frame frame,
      Levels periods,
      Market market,
      double outlierZ,
      Progress progress) {
    this.table = table;
    this.roles = roles;
    this.frame = frame;
    this.periods = periods;
    this.market = market;
    this.outlierZ = outlierZ;
    this.progress = progress;
    this.columns = table.columns();
    this.tally = new Tally(frame.buckets);
    this.levels = new LogHistogram[periods.count()][periods.series().size()];
    Roles.Bar bar = roles.bar();
    Roles.Quote quote = roles.quotes().isEmpty() ? null : roles.quotes().getFirst();
    this.volume = first(Role.VOLUME, Role.SIZE);
    this.openInterest = roles.first(Role.OPEN_INTEREST);
    this.primary =
        bar != null && bar.close() >= 0
            ? bar.close()
            : first(Role.CLOSE, Role.PRICE, Role.MID, Role.BID, Role.ASK);
    this.primaryOpen = bar != null && bar.close() == primary ? bar.open() : -1;
    boolean ticks = frame.intraday && bar == null && quote != null && roles.first(Role.SIZE) >= 0;
    this.trade = ticks ? roles.first(Role.PRICE) : -1;
    this.nbbo = trade >= 0 ? quote : null;
    this.prices =
        IntStream.range(0, roles.roles().size())
            .filter(i -> roles.roles().get(i).price())
            .toArray();
    loaded =
        IntStream.range(0, roles.roles().size())
            .filter(
                i ->
                    switch (roles.roles().get(i)) {
                      case VOLUME, SIZE, OPEN_INTEREST, SPREAD, BID_SIZE, ASK_SIZE -> true;
                      default -> roles.roles().get(i).price();
                    })
            .toArray();
    slot = new int[columns.size()];
    Arrays.fill(slot, -1);
    for (int i = 0; i < loaded.length; i++) {
      slot[loaded[i]] = i;
    }
    values = new double[loaded.length][CHUNK];
    last = new double[loaded.length];
    nullable =
        IntStream.range(0, columns.size()).filter(i -> columns.get(i).hasNulls()).boxed().toList();
  }

  private int first(Role... wanted) {
    for (Role role : wanted) {
      int at = roles.first(role);
      if (at >= 0) {
        return at;
      }
    }
    return -1;
  }

  private double value(int column, int i) {
    return values[slot[column]][i];
  }

  /** Checks a partition; returns its counts by defect, or null when nothing was found. */
  long[] run(int index, Partition rows) {
    partition = index;
    dayCount = 0;
    if (!frame.hasTime) {
      withoutTime(rows);
    }
    Arrays.fill(last, Double.NaN);
    Stale[] stale = stale();
    steps.clear();
    long group = rows.from();
    long before = 0;
    int dayBefore = -1;
    double interest = Double.NaN;
    for (long from = rows.from(); from < rows.to(); from += CHUNK) {
      progress.checkCancelled();
      int count = (int) Math.min(CHUNK, rows.to() - from);
      for (int i = 0; i < loaded.length; i++) {
        columns.get(loaded[i]).copyDoubles(from, from + count, values[i], 0);
      }
      if (frame.hasTime) {
        Column time = table.time();
        for (int i = 0; i < count; i++) {
          long row = from + i;
          long now = time.getLong(row);
          times[i] = now;
          int day = frame.hasCalendar ? (int) (frame.dayOf(now) - frame.firstDay) : 0;
          days[i] = day;
          int bucket = frame.bucket(now);
          tally.rowsByBucket[bucket]++;
          boolean firstRow = row == rows.from();
          if (!firstRow && now == before) {
            tally.hit(Defect.DUPLICATE_TIME, partition, row, bucket, -1, 0);
            duplicate(group, row, bucket);
          } else {
            group = row;
            if (!firstRow && day == dayBefore && frame.intraday) {
              steps.add(now - before);
            }
          }
          if (day != dayBefore) {
            startDay(day, row);
            if (!frame.weekends && frame.weekend(day)) {
              long to = frame.nextDay(row, rows.to());
              tally.hit(Defect.WEEKEND, to - row, partition, row, bucket, -1, 0, null);
            }
            if (openInterest >= 0) {
              roll(interest, value(openInterest, i), row, bucket);
            }
          }
          extendDay(i);
          if (openInterest >= 0) {
            interest = value(openInterest, i);
          }
          before = now;
          dayBefore = day;
        }
      } else {
        for (int i = 0; i < count; i++) {
          times[i] = 0;
          days[i] = 0;
        }
      }
      rowChecks(from, count);
      for (Stale each : stale) {
        each.add(from, count);
      }
      for (int i = 0; i < loaded.length; i++) {
        last[i] = values[i][count - 1];
      }
    }
    for (Stale each : stale) {
      each.end(rows.to());
    }
    pauses(rows);
    outliers(rows);
    nulls(rows);
    jumps();
    return tally.endPartition();
  }

  int days() {
    return dayCount;
  }

  int bucket(int i) {
    return frame.bucket(times[i]);
  }

  // --------------------------------------------------------------- duplicates

  private void duplicate(long group, long row, int bucket) {
    for (long other = Math.max(group, row - DUPLICATES_BACK); other < row; other++) {
      if (same(other, row)) {
        tally.hit(Defect.DUPLICATE_ROW, partition, row, bucket, -1, 0);
        return;
      }
    }
  }

  private boolean same(long a, long b) {
    for (Column column : columns) {
      boolean none = column.isNull(a);
      if (none != column.isNull(b) || !none && bits(column, a) != bits(column, b)) {
        return false;
      }
    }
    return true;
  }

  private static long bits(Column column, long row) {
    return column.type() == ColumnType.FLOAT64 || column.type() == ColumnType.FLOAT32
        ? Double.doubleToLongBits(column.getDouble(row))
        : column.getLong(row);
  }

  /** Without a time equal rows may stand anywhere. */
  private void withoutTime(Partition rows) {
    if (rows.rows() > HASHED_ROWS) {
      for (long row = rows.from() + 1; row < rows.to(); row++) {
        if (same(row - 1, row)) {
          tally.hit(Defect.DUPLICATE_ROW, partition, row, -1, -1, 0);
        }
      }
      return;
    }
    // Hash and place in one number: 42 bits and 22.
    long[] hashes = new long[(int) rows.rows()];
    for (int i = 0; i < hashes.length; i++) {
      if ((i & 0xffff) == 0) {
        progress.checkCancelled();
      }
      long hash = 1;
      for (Column column : columns) {
        long part = column.isNull(rows.from() + i) ? 0x7265 : bits(column, rows.from() + i);
        hash = (hash ^ part) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 29;
      }
      hashes[i] = hash << 22 | i;
    }
    Arrays.sort(hashes);
    List<Long> found = new ArrayList<>();
    for (int i = 1, start = 0; i < hashes.length; i++) {
      if (hashes[i] >>> 22 != hashes[i - 1] >>> 22) {
        start = i;
      }
      for (int other = Math.max(start, i - DUPLICATES_BACK); other < i; other++) {
        long row = rows.from() + (hashes[i] & 0x3fffff);
        if (same(rows.from() + (hashes[other] & 0x3fffff), row)) {
          found.add(row);
          break;
        }
      }
    }
    found.sort(null);
    found.forEach(row -> tally.hit(Defect.DUPLICATE_ROW, partition, row, -1, -1, 0));
  }

  // --------------------------------------------------------------------- days

  private void startDay(int day, long row) {
    if (dayCount == dayIndex.length) {
      int size = dayCount * 2;
      dayIndex = Arrays.copyOf(dayIndex, size);
      dayRow = Arrays.copyOf(dayRow, size);
      dayOpen = Arrays.copyOf(dayOpen, size);
      dayClose = Arrays.copyOf(dayClose, size);
      dayVolume = Arrays.copyOf(dayVolume, size);
    }
    dayIndex[dayCount] = day;
    dayRow[dayCount] = row;
    dayOpen[dayCount] = Double.NaN;
    dayClose[dayCount] = Double.NaN;
    dayVolume[dayCount++] = 0;
  }

  private void extendDay(int i) {
    int day = dayCount - 1;
    if (primary >= 0) {
      double price = value(primary, i);
      if (Double.isNaN(dayOpen[day])) {
        dayOpen[day] = primaryOpen >= 0 ? value(primaryOpen, i) : price;
      }
      if (price > 0) {
        dayClose[day] = price;
      }
    }
    if (volume >= 0 && value(volume, i) > 0) {
      dayVolume[day] += value(volume, i);
    }
  }

  private void roll(double before, double now, long row, int bucket) {
    double change = Math.abs(Math.log(now / before));
    if (change > 0.2 && change < Double.POSITIVE_INFINITY) {
      tally.hit(
          Defect.ROLL,
          1,
          partition,
          row,
          bucket,
          openInterest,
          change,
          Text.format("%s %,.0f after %,.0f", columns.get(openInterest).name(), now, before));
    }
  }

  // --------------------------------------------------------------------- rows

  private void rowChecks(long from, int count) {
    for (int i = 0; i < count; i++) {
      long row = from + i;
      boolean zero = false;
      boolean negative = false;
      int example = -1;
      double least = 0;
      for (int column : prices) {
        double price = value(column, i);
        if (price == 0) {
          tally.column(Defect.ZERO_PRICE, column, 1);
          example = zero ? example : column;
          zero = true;
        } else if (price < 0) {
          tally.column(Defect.NEGATIVE_PRICE, column, 1);
          negative = true;
          least = Math.min(least, price);
        }
      }
      if (zero) {
        tally.hit(Defect.ZERO_PRICE, partition, row, bucket(i), example, 0);
      }
      if (negative) {
        tally.hit(Defect.NEGATIVE_PRICE, partition, row, bucket(i), -1, -least);
      }
    }
    for (Roles.Quote quote : roles.quotes()) {
      quotes(quote, from, count);
    }
    for (Roles.Bar bar : roles.bars()) {
      bars(bar, from, count);
    }
    volumes(from, count);
    if (trade >= 0) {
      trades(from, count);
    }
    levels(count);
  }

  private void quotes(Roles.Quote quote, long from, int count) {
    double[] bids = values[slot[quote.bid()]];
    double[] asks = values[slot[quote.ask()]];
    for (int i = 0; i < count; i++) {
      double bid = bids[i];
      double ask = asks[i];
      boolean hasBid = bid > 0;
      boolean hasAsk = ask > 0;
      Defect defect =
          hasBid && hasAsk
              ? bid > ask ? Defect.CROSSED_QUOTE : bid == ask ? Defect.LOCKED_QUOTE : null
              : hasBid == hasAsk ? Defect.NO_QUOTE : Defect.ONE_SIDED_QUOTE;
      if (defect != null) {
        double measure = defect == Defect.CROSSED_QUOTE ? (bid - ask) / ask : 0;
        tally.hit(defect, partition, from + i, bucket(i), quote.bid(), measure);
        tally.column(defect, quote.bid(), 1);
      }
    }
  }

  private void bars(Roles.Bar bar, long from, int count) {
    List<Integer> parts = bar.columns();
    double[] highs = values[slot[bar.high()]];
    double[] lows = values[slot[bar.low()]];
    for (int i = 0; i < count; i++) {
      int missing = 0;
      for (int part : parts) {
        missing += Double.isNaN(value(part, i)) ? 1 : 0;
      }
      if (missing > 0) {
        boolean empty = missing == parts.size();
        // An empty bar of quotes is a row without a quote, which is counted as that.
        if (!empty || bar.name().isEmpty()) {
          Defect defect = empty ? Defect.EMPTY_BAR : Defect.PARTIAL_BAR;
          tally.hit(defect, partition, from + i, bucket(i), parts.getLast(), 0);
          for (int part : parts) {
            if (Double.isNaN(value(part, i))) {
              tally.column(defect, part, 1);
            }
          }
        }
      }
      double high = highs[i];
      double low = lows[i];
      int wrong = -1;
      double by = 0;
      if (high < low) {
        tally.column(Defect.INCONSISTENT_BAR, bar.high(), 1);
        wrong = bar.high();
        by = (low - high) / low;
      }
      for (int part : new int[] {bar.open(), bar.close()}) {
        if (part >= 0) {
          double price = value(part, i);
          if (price > high || price < low) {
            tally.column(Defect.INCONSISTENT_BAR, part, 1);
            double distance = Math.max(price - high, low - price) / price;
            wrong = wrong < 0 || distance > by ? part : wrong;
            by = Math.max(by, distance);
          }
        }
      }
      if (wrong >= 0) {
        tally.hit(Defect.INCONSISTENT_BAR, partition, from + i, bucket(i), wrong, by);
      }
    }
  }

  private void volumes(long from, int count) {
    for (int column : loaded) {
      Role role = roles.roles().get(column);
      if (role != Role.VOLUME && role != Role.SIZE) {
        continue;
      }
      double[] each = values[slot[column]];
      for (int i = 0; i < count; i++) {
        if (each[i] <= 0) {
          Defect defect = each[i] < 0 ? Defect.NEGATIVE_VOLUME : Defect.ZERO_VOLUME;
          if (defect == Defect.ZERO_VOLUME && primary >= 0 && Double.isNaN(value(primary, i))) {
            continue; // no price and no volume: nothing happened
          }
          tally.hit(defect, partition, from + i, bucket(i), column, -each[i]);
          tally.column(defect, column, 1);
        }
      }
    }
  }

  private void trades(long from, int count) {
    double[] bids = values[slot[nbbo.bid()]];
    double[] asks = values[slot[nbbo.ask()]];
    double[] trades = values[slot[trade]];
    for (int i = 0; i < count; i++) {
      if (!(bids[i] > 0 && asks[i] > bids[i])) {
        tally.hit(Defect.BAD_QUOTE, partition, from + i, bucket(i), trade, 0);
      } else if (trades[i] < bids[i] || trades[i] > asks[i]) {
        double by = Math.max(bids[i] - trades[i], trades[i] - asks[i]) / trades[i];
        tally.hit(Defect.TRADE_OUTSIDE_QUOTE, partition, from + i, bucket(i), trade, by);
      }
    }
  }

  private void levels(int count) {
    for (int s = 0; s < periods.series().size(); s++) {
      Levels.Series series = periods.series().get(s);
      for (int i = 0; i < count; i++) {
        double value =
            series.column() >= 0
                ? value(series.column(), i)
                : (value(series.ask(), i) - value(series.bid(), i))
                    / (value(series.ask(), i) + value(series.bid(), i))
                    * 1e4;
        if (value > 0 && value < Double.POSITIVE_INFINITY) {
          LogHistogram[] period = levels[periods.of(days[i])];
          if (period[s] == null) {
            period[s] = new LogHistogram();
          }
          period[s].add(value);
        }
      }
    }
  }

  // -------------------------------------------------------------------- stale

  /** Runs of equal prices: of both sides of a quote, or of the price of trades or bars. */
  private Stale[] stale() {
    List<Stale> found = new ArrayList<>();
    for (Roles.Quote quote : roles.quotes()) {
      found.add(new Stale(quote.bid(), quote.ask()));
    }
    if (roles.quotes().isEmpty() && primary >= 0) {
      found.add(new Stale(primary, -1));
    }
    return found.toArray(Stale[]::new);
  }

  private final class Stale {
    private final int one;
    private final int other;
    private double a = Double.NaN;
    private double b = Double.NaN;
    private long start;
    private long startTime;
    private int startDay;
    private long lastTime;
    private int lastDay;
    private long length;

    Stale(int one, int other) {
      this.one = one;
      this.other = other;
    }

    void add(long from, int count) {
      for (int i = 0; i < count; i++) {
        double x = value(one, i);
        double y = other < 0 ? 0 : value(other, i);
        if (Double.isNaN(x) && Double.isNaN(y)) {
          continue; // no price is no new price
        }
        boolean sameOne = x == a;
        boolean sameOther = other >= 0 && y == b;
        if (frame.hasTime && !frame.intraday && length > 0) {
          if (sameOne) {
            tally.column(Defect.UNCHANGED_PRICE, one, 1);
          }
          if (sameOther) {
            tally.column(Defect.UNCHANGED_PRICE, other, 1);
          }
          if (sameOne && (other < 0 || sameOther)) {
            tally.hit(Defect.UNCHANGED_PRICE, partition, from + i, bucket(i), one, 0);
          }
        }
        if (sameOne && (other < 0 || sameOther)) {
          length++;
        } else {
          close();
          a = x;
          b = y;
          start = from + i;
          startTime = times[i];
          startDay = days[i];
          length = 1;
        }
        lastTime = times[i];
        lastDay = days[i];
      }
    }

    private void close() {
      boolean stale =
          frame.hasTime && !frame.intraday
              ? length >= STALE_DAYS
              : length >= STALE_ROWS
                  && (!frame.hasTime || lastTime - startTime >= STALE_NANOS || lastDay != startDay);
      if (stale && (a != 0 || b != 0)) {
        tally.hit(
            Defect.STALE_RUN,
            1,
            partition,
            start,
            frame.bucket(startTime),
            one,
            frame.hasTime ? lastTime - startTime : length,
            Text.format(
                "%,d rows%s",
                length, frame.hasTime ? " over " + Words.length(lastTime - startTime) : ""));
        tally.column(Defect.STALE_RUN, one, 1);
      }
    }

    void end(long to) {
      close();
      length = 0;
    }
  }

  // ---------------------------------------------------------- pauses, outliers

  private void pauses(Partition rows) {
    if (steps.total() < 100) {
      return;
    }
    double limit =
        Math.max(
            PAUSE_NANOS,
            Math.max(PAUSE_MEDIANS * steps.quantile(0.5), PAUSE_P99S * steps.quantile(0.99)));
    Column time = table.time();
    for (int day = 0; day < dayCount; day++) {
      progress.checkCancelled();
      long to = day + 1 < dayCount ? dayRow[day + 1] : rows.to();
      long before = time.getLong(dayRow[day]);
      for (long row = dayRow[day] + 1; row < to; row++) {
        long now = time.getLong(row);
        if (now - before > limit) {
          tally.hit(
              Defect.PAUSE,
              1,
              partition,
              row,
              frame.bucket(now),
              -1,
              now - before,
              "after " + Words.length(now - before));
        }
        before = now;
      }
    }
  }

  /**
   * Robust z of each move: |log(price / price before)| over 1.4826 times the median of those that are not zero (ticks
   * that do not move would make the usual move zero). Over night, prices within days are not compared.
   */
  private void outliers(Partition rows) {
    double[] each = values.length == 0 ? new double[0] : values[0];
    for (int column : prices) {
      moves.clear();
      walk(rows, column, each, (row, day, size) -> moves.add(size));
      if (moves.total() < USUAL_DAYS) {
        continue;
      }
      double usual = 1.4826 * moves.quantile(0.5);
      walk(
          rows,
          column,
          each,
          (row, day, size) -> {
            double z = Math.log1p(size) / usual;
            int bin = 0;
            while (bin + 1 < Z_EDGES.length && z >= Z_EDGES[bin + 1]) {
              bin++;
            }
            zCounts[bin]++;
            if (z > outlierZ && Math.log1p(size) > 0.002) {
              int bucket = frame.hasTime ? frame.bucket(table.time().getLong(row)) : -1;
              tally.hit(
                  Defect.OUTLIER,
                  1,
                  partition,
                  row,
                  bucket,
                  column,
                  z,
                  Text.format("%.0f times the usual move", z));
              tally.column(Defect.OUTLIER, column, 1);
            }
          });
    }
  }

  private interface Move {
    /**
     * @param size larger over smaller price, less one
     */
    void is(long row, int day, double size);
  }

  private void walk(Partition rows, int column, double[] chunk, Move move) {
    double before = Double.NaN;
    int day = 0;
    for (long from = rows.from(); from < rows.to(); from += CHUNK) {
      progress.checkCancelled();
      int count = (int) Math.min(CHUNK, rows.to() - from);
      columns.get(column).copyDoubles(from, from + count, chunk, 0);
      for (int i = 0; i < count; i++) {
        boolean newDay = false;
        while (day < dayCount && dayRow[day] <= from + i) {
          newDay = true;
          day++;
        }
        double now = chunk[i];
        if (!(now > 0 && now < Double.POSITIVE_INFINITY)) {
          continue;
        }
        if (newDay && frame.intraday) {
          before = now;
          continue;
        }
        if (now != before && before > 0) {
          double size = Math.abs(now - before) / Math.min(now, before);
          if (size > 0 && size < Double.POSITIVE_INFINITY) {
            move.is(from + i, day, size);
          }
        }
        before = now;
      }
    }
  }

  // -------------------------------------------------------------------- nulls

  /** What {@link Nulls} says about each column, of all partitions. */
  final java.util.Map<Integer, Nulls> nulls = new java.util.HashMap<>();

  /** Where a column's nulls stand. */
  static final class Nulls {
    long count;
    long atDayEnd;
    long atStart;

    /** Of instruments that have no value at all. */
    long whole;

    long longest;
    int daysWithout;

    void add(Nulls other) {
      count += other.count;
      atDayEnd += other.atDayEnd;
      atStart += other.atStart;
      whole += other.whole;
      longest = Math.max(longest, other.longest);
      daysWithout += other.daysWithout;
    }
  }

  private void nulls(Partition rows) {
    for (int c : nullable) {
      progress.checkCancelled();
      Column column = columns.get(c);
      long count = 0;
      long first = -1;
      for (long row = rows.from(); row < rows.to(); row++) {
        if (column.isNull(row)) {
          first = first < 0 ? row : first;
          count++;
        }
      }
      if (count == 0) {
        continue;
      }
      Nulls where = nulls.computeIfAbsent(c, each -> new Nulls());
      where.count += count;
      long lead = rows.from();
      while (lead < rows.to() && column.isNull(lead)) {
        lead++;
      }
      where.atStart += lead - rows.from();
      where.whole += lead == rows.to() ? count : 0;
      for (int day = 0; day < dayCount; day++) {
        long to = day + 1 < dayCount ? dayRow[day + 1] : rows.to();
        long row = to;
        while (row > dayRow[day] && column.isNull(row - 1)) {
          row--;
        }
        where.atDayEnd += to - row;
        if (row < to) {
          Column time = table.time();
          where.longest = Math.max(where.longest, time.getLong(to - 1) - time.getLong(row));
        }
        where.daysWithout += row == dayRow[day] ? 1 : 0;
      }
      tally.column(Defect.NULLS, c, count);
      tally.hit(Defect.NULLS, count, partition, first, -1, c, 0, null);
    }
  }

  // -------------------------------------------------------------------- jumps

  private void jumps() {
    if (primary < 0 || dayCount < USUAL_DAYS) {
      return;
    }
    int[] at = new int[dayCount];
    int known = 0;
    for (int day = 0; day < dayCount; day++) {
      if (dayClose[day] > 0 && dayClose[day] < Double.POSITIVE_INFINITY) {
        at[known++] = day;
      }
    }
    if (known < USUAL_DAYS) {
      return;
    }
    double[] move = new double[known];
    double[] sizes = new double[known];
    int moved = 0;
    for (int i = 1; i < known; i++) {
      move[i] = Math.log(dayClose[at[i]] / dayClose[at[i - 1]]);
      if (move[i] != 0) {
        sizes[moved++] = Math.abs(move[i]);
      }
    }
    if (moved < USUAL_DAYS / 2) {
      return;
    }
    Arrays.sort(sizes, 0, moved);
    double usual = 1.4826 * sizes[moved / 2];
    double[] window = new double[20];
    for (int i = 1; i < known; i++) {
      int day = at[i];
      market.moved.incrementAndGet(dayIndex[day]);
      if (Math.abs(move[i]) > 3 * usual) {
        (move[i] > 0 ? market.up : market.down).incrementAndGet(dayIndex[day]);
      }
      double z = Math.abs(move[i]) / usual;
      if (z < Jump.Z || Math.abs(move[i]) < Jump.SIZE) {
        continue;
      }
      int volumes = 0;
      for (int j = Math.max(0, day - window.length); j < day; j++) {
        if (dayVolume[j] > 0) {
          window[volumes++] = dayVolume[j];
        }
      }
      double usualVolume = Double.NaN;
      if (volumes >= 5) {
        Arrays.sort(window, 0, volumes);
        usualVolume = window[volumes / 2];
      }
      double before = dayClose[at[i - 1]];
      double open = dayOpen[day] > 0 ? dayOpen[day] : dayClose[day];
      jumps.add(
          new Jump(
              partition,
              dayIndex[day],
              dayRow[day],
              before,
              open,
              dayClose[day],
              move[i],
              Math.log(open / before),
              i + 1 < known ? move[i + 1] : Double.NaN,
              dayVolume[day] / usualVolume,
              z));
      if (jumps.getLast().glitch()) {
        i++; // the way back is no jump of its own
        market.moved.incrementAndGet(dayIndex[at[i]]);
      }
    }
  }
}
