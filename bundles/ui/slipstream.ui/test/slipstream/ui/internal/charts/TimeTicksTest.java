package slipstream.ui.internal.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimeTicksTest {
  private static long nanos(String time) {
    return Instant.parse(time).getEpochSecond() * 1_000_000_000L + Instant.parse(time).getNano();
  }

  private static List<String> labels(String from, String to, int count) {
    return TimeTicks.of(nanos(from), nanos(to), count).stream().map(TimeTicks.Tick::label).toList();
  }

  @Test
  void ticksAreRoundTimes() {
    assertEquals(
        List.of("1 Mar 14:00", "14:30", "15:00"),
        labels("2024-03-01T13:45:00Z", "2024-03-01T15:10:00Z", 3));
    assertEquals(
        List.of("2020", "2022", "2024"), labels("2019-06-01T00:00:00Z", "2024-02-01T00:00:00Z", 3));
    assertEquals(
        List.of("1 Feb 24", "2 Feb 24"), labels("2024-01-31T12:00:00Z", "2024-02-02T12:00:00Z", 2));
  }

  @Test
  void aSpanBetweenTwoRoundTimesHasSmallerSteps() {
    assertEquals(
        List.of("6 Mar 24", "8 Mar 24"), labels("2024-03-05T01:00:00Z", "2024-03-09T23:00:00Z", 1));
  }

  @Test
  void anySpanHasAFewTicksWithinIt() {
    long from = nanos("2013-10-07T13:30:00.123456789Z");
    for (long span = 10; span > 0 && span < Long.MAX_VALUE / 4; span *= 7) {
      for (int count : new int[] {2, 5, 12}) {
        long start = from;
        long end = from + span;
        List<TimeTicks.Tick> ticks = TimeTicks.of(start, end, count);
        assertTrue(ticks.size() >= 2, span + ": " + ticks.size());
        assertTrue(ticks.size() <= 2 * count + 2, span + ": " + ticks.size());
        assertTrue(ticks.stream().allMatch(t -> t.nanos() >= start && t.nanos() <= end));
      }
    }
  }
}
