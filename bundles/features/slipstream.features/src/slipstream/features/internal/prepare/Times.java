package slipstream.features.internal.prepare;

import java.time.Instant;

/** Times of tables, UTC nanoseconds, for people. */
final class Times {
  private static final long SECOND = 1_000_000_000L;

  private Times() {}

  /** ISO 8601, in UTC. */
  static String text(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND))
        .toString();
  }
}
