package slipstream.features.internal.kernel;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Local time of a zone, fast for times that come in order: the offset is asked for only when a time leaves the interval
 * between two changes of the clocks. One instance serves one thread.
 */
public final class LocalClock {
  public static final long DAY = 86_400_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final ZoneRules rules;
  private long from = 1;
  private long to;
  private long offset;

  public LocalClock(ZoneId zone) {
    rules = zone.getRules();
  }

  /**
   * Nanoseconds since 1970-01-01T00:00 on the local calendar and clock.
   *
   * @param time UTC nanoseconds
   */
  public long local(long time) {
    if (time < from || time >= to) {
      find(time);
    }
    return time + offset;
  }

  /** Days since 1970-01-01 on the local calendar. */
  public long day(long time) {
    return Math.floorDiv(local(time), DAY);
  }

  private void find(long time) {
    Instant instant =
        Instant.ofEpochSecond(Math.floorDiv(time, SECOND), Math.floorMod(time, SECOND));
    ZoneOffset now = rules.getOffset(instant);
    // A transition may lie in the very instant: previousTransition looks before it only.
    ZoneOffsetTransition before =
        rules.isFixedOffset() ? null : rules.previousTransition(instant.plusNanos(1));
    ZoneOffsetTransition after = rules.isFixedOffset() ? null : rules.nextTransition(instant);
    from = before == null ? Long.MIN_VALUE : nanos(before, Long.MIN_VALUE);
    to = after == null ? Long.MAX_VALUE : nanos(after, Long.MAX_VALUE);
    offset = now.getTotalSeconds() * SECOND;
  }

  private static long nanos(ZoneOffsetTransition transition, long otherwise) {
    try {
      return Math.multiplyExact(transition.toEpochSecond(), SECOND);
    } catch (ArithmeticException e) {
      return otherwise;
    }
  }
}
