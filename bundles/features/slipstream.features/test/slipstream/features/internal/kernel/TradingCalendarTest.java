package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TradingCalendarTest {
  private static List<String> closedWeekdays(int year) {
    return LocalDate.of(year, 1, 1)
        .datesUntil(LocalDate.of(year + 1, 1, 1))
        .filter(TradingCalendar::weekday)
        .filter(day -> !TradingCalendar.NEW_YORK.trades(day))
        .map(day -> day.toString().substring(5))
        .toList();
  }

  private static List<String> shortDays(int year) {
    return LocalDate.of(year, 1, 1)
        .datesUntil(LocalDate.of(year + 1, 1, 1))
        .filter(TradingCalendar.NEW_YORK::trades)
        .filter(day -> TradingCalendar.NEW_YORK.close(day).equals(LocalTime.of(13, 0)))
        .map(day -> day.toString().substring(5))
        .toList();
  }

  /** The exchange's published calendars. */
  @Test
  void holidays() {
    assertEquals(
        List.of(
            "01-01", "01-15", "02-19", "03-29", "05-27", "06-19", "07-04", "09-02", "11-28",
            "12-25"),
        closedWeekdays(2024));
    assertEquals(List.of("07-03", "11-29", "12-24"), shortDays(2024));
    assertEquals(
        List.of("01-17", "02-21", "04-15", "05-30", "06-20", "07-04", "09-05", "11-24", "12-26"),
        closedWeekdays(2022),
        "New Year's Day was a Saturday, Juneteenth and Christmas Sundays");
    assertEquals(List.of("11-25"), shortDays(2022));
    assertEquals(
        List.of(
            "01-02", "01-16", "02-20", "04-06", "05-28", "07-04", "09-03", "10-29", "10-30",
            "11-22", "12-25"),
        closedWeekdays(2012),
        "Hurricane Sandy");
    assertEquals(List.of("07-03", "11-23", "12-24"), shortDays(2012));
    assertEquals(
        List.of("01-01", "01-18", "02-15", "04-02", "05-31", "07-05", "09-06", "11-25", "12-24"),
        closedWeekdays(2010));
    assertEquals(List.of("11-26"), shortDays(2010), "Christmas was kept on its Eve");
    assertEquals(List.of("07-05", "11-29", "12-24"), shortDays(2002), "the Friday after");
    assertEquals(List.of("07-03", "11-28", "12-24", "12-26"), shortDays(2003));
    assertEquals(List.of("07-03", "11-29", "12-24"), shortDays(2013), "the Wednesday before");
  }

  /** Published numbers of trading days. */
  @Test
  void tradingDaysOfAYear() {
    Map<Integer, Integer> published =
        Map.ofEntries(
            Map.entry(1999, 252),
            Map.entry(2000, 252),
            Map.entry(2001, 248),
            Map.entry(2002, 252),
            Map.entry(2003, 252),
            Map.entry(2004, 252),
            Map.entry(2005, 252),
            Map.entry(2006, 251),
            Map.entry(2007, 251),
            Map.entry(2008, 253),
            Map.entry(2009, 252),
            Map.entry(2010, 252),
            Map.entry(2011, 252),
            Map.entry(2012, 250),
            Map.entry(2013, 252),
            Map.entry(2014, 252),
            Map.entry(2015, 252),
            Map.entry(2016, 252),
            Map.entry(2017, 251),
            Map.entry(2018, 251),
            Map.entry(2019, 252),
            Map.entry(2020, 253),
            Map.entry(2021, 252),
            Map.entry(2022, 251),
            Map.entry(2023, 250),
            Map.entry(2024, 252),
            Map.entry(2025, 250));
    Map<Integer, Integer> found =
        published.keySet().stream()
            .collect(
                Collectors.toMap(
                    year -> year,
                    year ->
                        (int)
                            LocalDate.of(year, 1, 1)
                                .datesUntil(LocalDate.of(year + 1, 1, 1))
                                .filter(TradingCalendar.NEW_YORK::trades)
                                .count()));
    assertEquals(published, found);
  }

  @Test
  void codes() {
    assertEquals(TradingCalendar.NEW_YORK, TradingCalendar.ofMarket("XNYS"));
    assertEquals(TradingCalendar.NEW_YORK, TradingCalendar.ofMarket("XNAS"));
    assertEquals(null, TradingCalendar.ofMarket("UTC"));
    assertTrue(TradingCalendar.weekday(LocalDate.of(2024, 3, 8)));
    assertFalse(TradingCalendar.weekday(LocalDate.of(2024, 3, 9)));
  }
}
