package slipstream.data.generate;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;

/**
 * Trading days counted from 2019-01-02: weekdays but the holidays of the US bond market (SIFMA's recommendation; a
 * holiday on a Sunday moves to Monday, one on a Saturday is not kept).
 */
final class TradingDays {
  private static final LocalDate FIRST = LocalDate.of(2019, 1, 2);

  /** Days since 1970 by trading day. */
  private final int[] epochDays;

  TradingDays(int days) {
    epochDays = new int[days];
    LocalDate date = FIRST;
    for (int i = 0; i < days; date = date.plusDays(1)) {
      if (isOpen(date)) {
        epochDays[i++] = (int) date.toEpochDay();
      }
    }
  }

  int epochDay(int day) {
    return epochDays[day];
  }

  /** Of any trading day before or after, by calendar days alone. */
  static int firstEpochDay() {
    return (int) FIRST.toEpochDay();
  }

  static boolean isOpen(LocalDate date) {
    if (date.getDayOfWeek() == DayOfWeek.SATURDAY || date.getDayOfWeek() == DayOfWeek.SUNDAY) {
      return false;
    }
    int year = date.getYear();
    LocalDate[] holidays = {
      observed(LocalDate.of(year, 1, 1)),
      monday(year, Month.JANUARY, 3),
      monday(year, Month.FEBRUARY, 3),
      goodFriday(year),
      LocalDate.of(year, 5, 1).with(TemporalAdjusters.lastInMonth(DayOfWeek.MONDAY)),
      observed(LocalDate.of(year, 6, 19)),
      observed(LocalDate.of(year, 7, 4)),
      monday(year, Month.SEPTEMBER, 1),
      monday(year, Month.OCTOBER, 2),
      observed(LocalDate.of(year, 11, 11)),
      LocalDate.of(year, 11, 1).with(TemporalAdjusters.dayOfWeekInMonth(4, DayOfWeek.THURSDAY)),
      observed(LocalDate.of(year, 12, 25))
    };
    return !Arrays.asList(holidays).contains(date);
  }

  private static LocalDate observed(LocalDate holiday) {
    return holiday.getDayOfWeek() == DayOfWeek.SUNDAY ? holiday.plusDays(1) : holiday;
  }

  private static LocalDate monday(int year, Month month, int ordinal) {
    return LocalDate.of(year, month, 1)
        .with(TemporalAdjusters.dayOfWeekInMonth(ordinal, DayOfWeek.MONDAY));
  }

  /** Two days before Easter by the anonymous Gregorian computus (Meeus 1991). */
  private static LocalDate goodFriday(int year) {
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int d = b / 4;
    int e = b % 4;
    int g = (8 * b + 13) / 25;
    int h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4;
    int k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int month = (h + l - 7 * m + 114) / 31;
    int day = (h + l - 7 * m + 114) % 31 + 1;
    return LocalDate.of(year, month, day).minusDays(2);
  }
}
