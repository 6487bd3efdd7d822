package slipstream.ui.internal.charts;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Round times for an axis, in UTC: from nanoseconds to decades. */
public final class TimeTicks {
  /** A time and what is written below it. */
  public record Tick(long nanos, String label) {}

  private static final long MICRO = 1000;
  private static final long MILLI = 1000 * MICRO;
  private static final long SECOND = 1000 * MILLI;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long[] STEPS = {
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    MICRO,
    2 * MICRO,
    5 * MICRO,
    10 * MICRO,
    20 * MICRO,
    50 * MICRO,
    100 * MICRO,
    200 * MICRO,
    500 * MICRO,
    MILLI,
    2 * MILLI,
    5 * MILLI,
    10 * MILLI,
    20 * MILLI,
    50 * MILLI,
    100 * MILLI,
    200 * MILLI,
    500 * MILLI,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY
  };
  private static final int[] MONTHS = {1, 3, 6, 12, 24, 60, 120, 240, 600, 1200};
  private static final double DAYS_OF_MONTH = 30.4;

  private TimeTicks() {}

  /**
   * @param from UTC nanoseconds
   * @param to after it
   * @param count about how many are wanted
   * @return at least two, unless the span is a nanosecond
   */
  public static List<Tick> of(long from, long to, int count) {
    double raw = (double) (to - from) / Math.max(1, count);
    for (int i = 0; i < STEPS.length; i++) {
      if (STEPS[i] >= raw) {
        return fixed(from, to, i);
      }
    }
    int index = 0;
    while (index < MONTHS.length - 1 && MONTHS[index] * DAYS_OF_MONTH * DAY < raw) {
      index++;
    }
    for (; index >= 0; index--) {
      List<Tick> ticks = months(from, to, MONTHS[index]);
      if (ticks.size() >= 2) {
        return ticks;
      }
    }
    return fixed(from, to, STEPS.length - 1);
  }

  /** Ticks at the step, or at the next smaller one where the span misses all but one of them. */
  private static List<Tick> fixed(long from, long to, int step) {
    List<Tick> ticks = fixed(from, to, STEPS[step]);
    return ticks.size() < 2 && step > 0 ? fixed(from, to, step - 1) : ticks;
  }

  private static List<Tick> fixed(long from, long to, long step) {
    List<Tick> ticks = new ArrayList<>();
    String before = "";
    // Weeks start on Monday; 1970 began on a Thursday.
    long origin = step == 7 * DAY ? 4 * DAY : 0;
    for (long t = Math.ceilDiv(from - origin, step) * step + origin; t <= to; t += step) {
      LocalDateTime time = time(t);
      String day = time.toLocalDate().toString();
      String text = label(time, step);
      if (step < DAY && !day.equals(before)) {
        text = DateTimeFormatter.ofPattern("d MMM", Locale.ROOT).format(time) + " " + text;
        before = day;
      }
      ticks.add(new Tick(t, text));
    }
    return ticks;
  }

  private static String label(LocalDateTime time, long step) {
    if (step >= DAY) {
      return DateTimeFormatter.ofPattern("d MMM yy", Locale.ROOT).format(time);
    }
    String pattern =
        step >= MINUTE
            ? "HH:mm"
            : step >= SECOND
                ? "HH:mm:ss"
                : step >= MILLI ? "HH:mm:ss.SSS" : step >= MICRO ? "ss.SSSSSS" : "ss.SSSSSSSSS";
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time);
  }

  private static List<Tick> months(long from, long to, int step) {
    List<Tick> ticks = new ArrayList<>();
    LocalDate start = time(from).toLocalDate();
    int first = Math.ceilDiv(start.getYear() * 12 + start.getMonthValue() - 1, step) * step;
    for (int month = first; ; month += step) {
      LocalDate day = LocalDate.of(Math.floorDiv(month, 12), Math.floorMod(month, 12) + 1, 1);
      long seconds = day.atStartOfDay().toEpochSecond(ZoneOffset.UTC);
      if (seconds > Long.MAX_VALUE / SECOND || seconds * SECOND > to) {
        return ticks;
      }
      if (seconds * SECOND >= from) {
        ticks.add(
            new Tick(
                seconds * SECOND,
                step >= 12
                    ? Integer.toString(day.getYear())
                    : DateTimeFormatter.ofPattern("MMM yy", Locale.ROOT).format(day)));
      }
    }
  }

  private static LocalDateTime time(long nanos) {
    return LocalDateTime.ofInstant(
        Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND)),
        ZoneOffset.UTC);
  }
}
