package slipstream.data.internal.health;

import java.util.Arrays;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * The time of a table: where its days begin, which days are the calendar's, whether rows are daily or within days.
 *
 * <p>A day is a UTC day, shifted where trading goes on over midnight: then days are cut in the middle of the longest
 * quiet stretch of hours. A day belongs to the calendar when at least half as many of the instruments that are listed on
 * it have rows as is usual.
 */
final class Frame {
  static final long DAY = 86_400_000_000_000L;
  private static final long HOUR = 3_600_000_000_000L;
  private static final int BUCKETS = 120;
  private static final long SAMPLE = 1 << 20;

  /** Days between first and last beyond which no calendar is made: a time unit is wrong. */
  private static final long MAX_DAYS = 400 * 366;

  final boolean hasTime;
  final boolean hasCalendar;
  final long first;
  final long last;
  final long shift;
  final long firstDay;
  final int days;
  final boolean intraday;
  final boolean weekends;
  final long bucketStart;
  final long bucketWidth;
  final int buckets;

  /** Of each day from {@link #firstDay} on: whether it is in the calendar. */
  final boolean[] calendar;

  /** Calendar days before each day. */
  final int[] calendarBefore;

  private final Column time;

  Frame(Table table, Progress progress) {
    hasTime = table.hasTime() && table.rows() > 0;
    time = hasTime ? table.time() : null;
    if (!hasTime) {
      first = 0;
      last = 0;
      shift = 0;
      firstDay = 0;
      days = 0;
      hasCalendar = false;
      intraday = false;
      weekends = true;
      bucketStart = 0;
      bucketWidth = 1;
      buckets = 0;
      calendar = new boolean[0];
      calendarBefore = new int[1];
      return;
    }
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (Partition partition : table.partitions()) {
      if (partition.rows() > 0) {
        least = Math.min(least, time.getLong(partition.from()));
        most = Math.max(most, time.getLong(partition.to() - 1));
      }
    }
    first = least;
    last = most;
    shift = shift(table);
    firstDay = dayOf(first);
    long span = dayOf(last) - firstDay + 1;
    hasCalendar = span <= MAX_DAYS;
    days = hasCalendar ? (int) span : 0;
    calendar = new boolean[days];
    calendarBefore = new int[days + 1];
    long pairs = hasCalendar ? calendar(table, progress) : table.rows();
    intraday = table.rows() > 1.5 * pairs;
    long atWeekends = 0;
    for (int day = 0; day < days; day++) {
      atWeekends += calendar[day] && weekend(day) ? 1 : 0;
    }
    weekends = days < 6 || atWeekends > 0.1 * calendarBefore[days];
    // Unsigned: the times may be further apart than a long can count.
    long range = last - first;
    if (span >= 3 && hasCalendar) {
      int width = (days + BUCKETS - 1) / BUCKETS;
      bucketStart = firstDay * DAY - shift;
      bucketWidth = width * DAY;
      buckets = (days + width - 1) / width;
    } else {
      bucketStart = first;
      bucketWidth = Math.max(1, Long.divideUnsigned(range, BUCKETS) + 1);
      buckets = (int) Long.divideUnsigned(range, bucketWidth) + 1;
    }
  }

  /** The number of a time's day since 1970. */
  long dayOf(long nanos) {
    return Math.floorDiv(nanos, DAY)
        + (Math.floorMod(nanos, DAY) + shift >= DAY ? 1 : 0)
        - (Math.floorMod(nanos, DAY) + shift < 0 ? 1 : 0);
  }

  int bucket(long nanos) {
    return hasTime ? (int) Long.divideUnsigned(nanos - bucketStart, bucketWidth) : -1;
  }

  /** Saturday or Sunday. */
  boolean weekend(int day) {
    long weekday = Math.floorMod(firstDay + day + 3, 7L); // 1970-01-01 was a Thursday
    return weekday >= 5;
  }

  /** How far days begin before midnight UTC. */
  private long shift(Table table) {
    long[] hours = new long[24];
    long step = Math.max(1, table.rows() / SAMPLE);
    for (long row = 0; row < table.rows(); row += step) {
      hours[(int) (Math.floorMod(time.getLong(row), DAY) / HOUR)]++;
    }
    if (hours[0] == 0 || hours[23] == 0) {
      return 0;
    }
    long quiet = Arrays.stream(hours).sum() / 1000;
    int best = 0;
    int bestEnd = 0;
    for (int start = 0; start < 24; start++) {
      int length = 0;
      while (length < 24 && hours[(start + length) % 24] <= quiet) {
        length++;
      }
      if (length > best) {
        best = length;
        bestEnd = start + length;
      }
    }
    if (best == 0) {
      return 0; // trading never stops: the UTC day
    }
    long cut = Math.floorMod(bestEnd * HOUR - best * HOUR / 2, DAY);
    return cut > DAY / 2 ? DAY - cut : -cut;
  }

  /** The row after {@code from} at which the next day begins, or {@code to}. */
  long nextDay(long from, long to) {
    long day = dayOf(time.getLong(from));
    long reach = 1;
    long low = from;
    while (low + reach < to && dayOf(time.getLong(low + reach)) == day) {
      low += reach;
      reach *= 2;
    }
    long high = Math.min(to, low + reach);
    while (high - low > 1) {
      long middle = low + high >>> 1;
      if (dayOf(time.getLong(middle)) == day) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** Fills the calendar; returns the number of instrument days. */
  private long calendar(Table table, Progress progress) {
    int[] present = new int[days];
    int[] listed = new int[days + 1];
    long pairs = 0;
    for (Partition partition : table.partitions()) {
      progress.checkCancelled();
      int day = 0;
      for (long row = partition.from(); row < partition.to(); ) {
        day = (int) (dayOf(time.getLong(row)) - firstDay);
        if (row == partition.from()) {
          listed[day]++;
        }
        present[day]++;
        pairs++;
        row = nextDay(row, partition.to());
      }
      if (partition.rows() > 0) {
        listed[day + 1]--;
      }
    }
    double[] shares = new double[days];
    int used = 0;
    int alive = 0;
    double[] share = new double[days];
    for (int day = 0; day < days; day++) {
      alive += listed[day];
      if (present[day] > 0) {
        share[day] = (double) present[day] / alive;
        shares[used++] = share[day];
      }
    }
    Arrays.sort(shares, 0, used);
    double usual = used == 0 ? 0 : shares[used / 2];
    for (int day = 0; day < days; day++) {
      calendar[day] = present[day] > 0 && share[day] >= usual / 2;
      calendarBefore[day + 1] = calendarBefore[day] + (calendar[day] ? 1 : 0);
    }
    return pairs;
  }

  /** The first moment of a day, UTC nanoseconds. */
  long start(int day) {
    return (firstDay + day) * DAY - shift;
  }
}
