package slipstream.features.internal.function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static slipstream.features.internal.function.Evaluated.dates;
import static slipstream.features.internal.function.Evaluated.of;
import static slipstream.features.internal.function.Evaluated.times;
import static slipstream.features.internal.function.Evaluated.with;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalendarTest {
  private static final double NAN = Double.NaN;

  /** Every function of a date against java.time, row by row. */
  @Test
  void datesAndTimesOfTheZone() {
    Random random = new Random(1);
    for (String zone :
        new String[] {"UTC", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"}) {
      long[] times =
          random
              .longs(3_000, -1_000_000_000_000_000_000L, 3_000_000_000_000_000_000L)
              .sorted()
              .toArray();
      double[] time = of("time_of_day", times, with(zone));
      double[] week = of("day_of_week", times, with(zone));
      double[] day = of("day_of_month", times, with(zone));
      double[] month = of("month", times, with(zone));
      for (int i = 0; i < times.length; i++) {
        ZonedDateTime local = Instant.EPOCH.plusNanos(times[i]).atZone(ZoneId.of(zone));
        assertEquals(local.toLocalTime().toNanoOfDay() / 1e9, time[i]);
        assertEquals(local.getDayOfWeek().getValue(), week[i]);
        assertEquals(local.getDayOfMonth(), day[i]);
        assertEquals(local.getMonthValue(), month[i]);
      }
    }
  }

  @Test
  void theClockIsNotStoppedByItsChanges() {
    // 10 March 2024: New York's clocks go from 2:00 to 3:00.
    long[] times = times("2024-03-10T06:59:59Z", "2024-03-10T07:00:00Z", "2024-11-03T06:30:00Z");
    assertArrayEquals(
        of(2 * 3600 - 1, 3 * 3600, 1.5 * 3600), of("time_of_day", times, with("America/New_York")));
  }

  @Test
  void aZoneThatIsNoneIsNamed() {
    Exception problem =
        assertThrows(
            IllegalArgumentException.class, () -> of("time_of_day", new long[1], with("New York")));
    assertTrue(problem.getMessage().contains("'New York'"));
  }

  @Test
  void withoutTimesNothingIsKnown() {
    for (String name :
        new String[] {"time_of_day", "day_of_week", "day_of_month", "month", "month_end"}) {
      double[] none = new double[2];
      Evaluated.PLUGINS
          .function(name)
          .orElseThrow()
          .bind(slipstream.core.spi.Constants.of("UTC"))
          .evaluate(
              new slipstream.core.spi.FeatureFunction.Rows(2, null, ""), new double[0][], none);
      assertArrayEquals(of(NAN, NAN), none);
    }
  }

  @Test
  void endsOfMonthsAndQuarters() {
    long[] times =
        times(
            "2024-03-28T20:00:00Z", // Maundy Thursday: New York is closed on Good Friday
            "2024-03-29T12:00:00Z",
            "2024-03-30T12:00:00Z",
            "2024-05-31T12:00:00Z",
            "2024-06-28T12:00:00Z",
            "2024-06-29T12:00:00Z",
            "2024-07-01T02:00:00Z"); // still Sunday, 30 June, in New York
    assertArrayEquals(of(1, 0, 0, 1, 1, 0, 0), of("month_end", times, with("XNYS")));
    assertArrayEquals(of(1, 0, 0, 0, 1, 0, 0), of("quarter_end", times, with("XNAS")));
    assertArrayEquals(of(0, 1, 0, 1, 1, 0, 0), of("month_end", times, with("UTC")));
    assertArrayEquals(of(0, 1, 0, 0, 1, 0, 0), of("quarter_end", times, with("America/New_York")));
  }

  @Test
  void hoursOfNewYork() {
    long[] times =
        times(
            "2024-03-08T14:30:00Z", // winter: 9:30
            "2024-03-11T13:30:00Z", // summer: 9:30
            "2024-03-11T12:00:00Z",
            "2024-07-03T16:30:00Z", // closes at 13:00
            "2024-07-04T16:30:00Z", // closed
            "2024-07-06T16:30:00Z"); // Saturday
    assertArrayEquals(of(0, 0, -90, 180, NAN, NAN), of("minutes_since_open", times, with("XNYS")));
    assertArrayEquals(
        of(390, 390, 480, 30, NAN, NAN), of("minutes_until_close", times, with("XNYS")));
  }

  @Test
  void yearsToMaturityAndSinceIssue() {
    long[] times =
        times(
            "2024-01-10T23:59:59Z",
            "2024-01-10T00:00:00Z",
            "2024-01-11T12:00:00Z",
            "2024-01-12T00:00:00Z");
    double[] years =
        of(
            "time_to_maturity",
            times,
            with(),
            dates("2025-01-09", "2024-01-10", "2024-01-10", null));
    assertArrayEquals(of(1, 0, NAN, NAN), years);
    double[] age =
        of("issue_age", times, with(), dates("2023-01-10", "2024-01-10", "2024-01-12", null));
    assertArrayEquals(of(1, 0, NAN, NAN), age);
    assertEquals(0, Arrays.stream(age).filter(x -> x == 0 && 1 / x < 0).count(), "no -0");
  }
}
