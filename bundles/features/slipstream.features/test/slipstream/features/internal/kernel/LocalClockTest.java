package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LocalClockTest {
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "America/New_York",
          "Europe/London",
          "Asia/Tokyo",
          "Asia/Kolkata",
          "America/Sao_Paulo",
          "Australia/Lord_Howe",
          "Pacific/Apia",
          "+05:45");

  private static long reference(ZoneId zone, long time) {
    Instant instant = Instant.EPOCH.plusNanos(time);
    return time + zone.getRules().getOffset(instant).getTotalSeconds() * 1_000_000_000L;
  }

  @Test
  void anyTimes() {
    Random random = new Random(1);
    for (String name : ZONES) {
      ZoneId zone = ZoneId.of(name);
      LocalClock clock = new LocalClock(zone);
      long[] times =
          random.longs(5_000, -4_000_000_000_000_000_000L, 8_000_000_000_000_000_000L).toArray();
      for (long time : times) {
        assertEquals(reference(zone, time), clock.local(time), name + " " + time);
      }
      Arrays.sort(times);
      for (long time : times) {
        assertEquals(reference(zone, time), clock.local(time), name + " " + time);
      }
    }
  }

  @Test
  void aroundEachChangeOfTheClocks() {
    for (String name : ZONES) {
      ZoneId zone = ZoneId.of(name);
      Instant at = Instant.parse("1990-01-01T00:00:00Z");
      for (int i = 0; i < 100; i++) {
        ZoneOffsetTransition next = zone.getRules().nextTransition(at);
        if (next == null) {
          break;
        }
        long change = next.toEpochSecond() * 1_000_000_000L;
        LocalClock forward = new LocalClock(zone);
        LocalClock backward = new LocalClock(zone);
        for (long step : new long[] {-2, -1, 0, 1, 2}) {
          assertEquals(reference(zone, change + step), forward.local(change + step), name);
          assertEquals(reference(zone, change - step), backward.local(change - step), name);
        }
        at = next.getInstant();
      }
    }
  }

  @Test
  void daysBefore1970AreNegative() {
    LocalClock clock = new LocalClock(ZoneOffset.UTC);
    assertEquals(-1, clock.day(-1));
    assertEquals(0, clock.day(0));
    assertEquals(0, clock.day(LocalClock.DAY - 1));
    assertEquals(1, clock.day(LocalClock.DAY));
  }
}
