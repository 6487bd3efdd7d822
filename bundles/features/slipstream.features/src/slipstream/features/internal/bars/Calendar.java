package slipstream.features.internal.bars;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;

/**
 * Which interval a time falls in.
 *
 * <p>Without sessions and in UTC intervals are counted from 1970. Else they are counted from the start of each session of
 * a local day, none reaches across its end, and times outside all sessions are in no interval. Not thread-safe.
 */
final class Calendar {
  /**
   * A part of the trading day in local time.
   *
   * @param nights 1 when it ends on the day after
   */
  record Session(LocalTime open, LocalTime close, int nights) {
    private static final Pattern FORM =
        Pattern.compile("(\\d{1,2}:\\d{2}(?::\\d{2})?)\\s*-\\s*(\\d{1,2}:\\d{2}(?::\\d{2})?)");

    static final Session DAY = new Session(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, 1);

    /**
     * @param text {@code 09:30-16:00}; an end that is not after the start is on the next day
     * @throws IllegalArgumentException when it is no session
     */
    static Session parse(String text) {
      Matcher matcher = FORM.matcher(text.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "'" + text + "' is not a session: write it as 09:30-16:00");
      }
      LocalTime open = time(matcher.group(1), text);
      LocalTime close = time(matcher.group(2), text);
      return new Session(open, close, close.isAfter(open) ? 0 : 1);
    }

    private static LocalTime time(String word, String text) {
      String padded = word.indexOf(':') == 1 ? "0" + word : word;
      try {
        return padded.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(padded);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            "'" + text + "' is not a session: '" + word + "' is no time of day");
      }
    }
  }

  /** Whether a session ends before the next one starts, which for the last is the first of the next day. */
  static boolean apart(List<Session> sessions, int index) {
    Session each = sessions.get(index);
    Session next = sessions.get((index + 1) % sessions.size());
    boolean last = index == sessions.size() - 1;
    // Minutes of a day count on from the first session's start, so that it may start in the
    // evening.
    long origin = sessions.getFirst().open().toNanoOfDay();
    long close = Math.floorMod(each.close().toNanoOfDay() - origin - 1, DAY_NANOS) + 1;
    long open = Math.floorMod(each.open().toNanoOfDay() - origin, DAY_NANOS);
    long then = last ? DAY_NANOS : Math.floorMod(next.open().toNanoOfDay() - origin, DAY_NANOS);
    return open < close && close <= then;
  }

  private record Window(long open, long close) {}

  private static final long DAY_NANOS = 86_400_000_000_000L;

  private final long interval;
  private final ZoneId zone;
  private final List<Session> sessions;
  private final boolean counted;
  private final Map<LocalDate, List<Window>> days = new HashMap<>();

  private long sessionOpen;
  private long sessionClose;
  private long start;
  private long end;

  /**
   * @param sessions in order and apart; none: the whole day
   */
  Calendar(Duration interval, ZoneId zone, List<Session> sessions) {
    this.interval = interval.toNanos();
    this.zone = zone;
    this.sessions = sessions.isEmpty() ? List.of(Session.DAY) : sessions;
    this.counted = sessions.isEmpty() && zone.normalized().equals(ZoneOffset.UTC);
  }

  /**
   * Finds the interval of a time.
   *
   * @return false when it is outside all sessions
   * @throws SlipstreamException when the interval cannot be told in nanoseconds since 1970
   */
  boolean locate(long time) {
    try {
      if (counted) {
        start = Math.multiplyExact(Math.floorDiv(time, interval), interval);
        end = Math.addExact(start, interval);
        return true;
      }
      if (!(time >= sessionOpen && time < sessionClose) && !locateSession(time)) {
        return false;
      }
      start = sessionOpen + (time - sessionOpen) / interval * interval;
      end = sessionClose - start > interval ? start + interval : sessionClose;
      return true;
    } catch (ArithmeticException | DateTimeException e) {
      throw SlipstreamException.invalid(
          Text.format("bars: a trade's time is out of range (%d ns since 1970)", time),
          "Check the time column and its unit in the import.");
    }
  }

  private boolean locateSession(long time) {
    long second = Math.floorDiv(time, 1_000_000_000L);
    LocalDate day = Instant.ofEpochSecond(second).atZone(zone).toLocalDate();
    for (LocalDate each = day.minusDays(1); !each.isAfter(day); each = each.plusDays(1)) {
      for (Window window : days.computeIfAbsent(each, this::windows)) {
        if (time >= window.open && time < window.close) {
          sessionOpen = window.open;
          sessionClose = window.close;
          return true;
        }
      }
    }
    return false;
  }

  private List<Window> windows(LocalDate day) {
    List<Window> windows = new ArrayList<>();
    for (Session each : sessions) {
      windows.add(new Window(nanos(day, each.open), nanos(day.plusDays(each.nights), each.close)));
    }
    return windows;
  }

  private long nanos(LocalDate day, LocalTime time) {
    // A time that a change of clocks leaves out is the first that there is.
    return Math.multiplyExact(day.atTime(time).atZone(zone).toEpochSecond(), 1_000_000_000L);
  }

  /** The start of the interval that was found last. */
  long start() {
    return start;
  }

  /** The end of the interval that was found last, exclusive. */
  long end() {
    return end;
  }

  /** The end of the session that was found last; beyond all times where there is none. */
  long sessionClose() {
    return counted ? Long.MAX_VALUE : sessionClose;
  }

  /** The start of the session that was found last; before all times where there is none. */
  long sessionOpen() {
    return counted ? Long.MIN_VALUE : sessionOpen;
  }
}
