package slipstream.store.internal;

import java.time.Instant;

/** Between instants and the store's UTC nanoseconds, which reach from 1677 to 2262. */
public final class Times {
  private static final long BILLION = 1_000_000_000L;

  private Times() {}

  /** UTC nanoseconds; null for null. */
  public static Long nanos(Instant time) {
    return time == null
        ? null
        : Math.addExact(Math.multiplyExact(time.getEpochSecond(), BILLION), time.getNano());
  }

  /** The instant of UTC nanoseconds; null for null. */
  public static Instant instant(Long nanos) {
    return nanos == null
        ? null
        : Instant.ofEpochSecond(Math.floorDiv(nanos, BILLION), Math.floorMod(nanos, BILLION));
  }
}
