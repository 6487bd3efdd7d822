package slipstream.features.internal.kernel;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Set;

/**
 * Days and hours of trading.
 *
 * <p>{@link #NEW_YORK} follows the published rules of the New York Stock Exchange and Nasdaq (NYSE Rule 7.2) as they have
 * been since 1998, with the unscheduled closings of whole days since then.
 */
public final class TradingCalendar {
  private static final LocalTime ONE = LocalTime.of(13, 0);

  /** Whole days on which New York closed for a reason that no rule tells. */
  private static final Set<LocalDate> CLOSED =
      Set.of(
          LocalDate.of(2001, 9, 11),
          LocalDate.of(2001, 9, 12),
          LocalDate.of(2001, 9, 13),
          LocalDate.of(2001, 9, 14),
          LocalDate.of(2004, 6, 11),
          LocalDate.of(2007, 1, 2),
          LocalDate.of(2012, 10, 29),
          LocalDate.of(2012, 10, 30),
          LocalDate.of(2018, 12, 5),
          LocalDate.of(2025, 1, 9));

  /** Regular hours of New York's exchanges: 9:30 to 16:00, 13:00 before some holidays. */
  public static final TradingCalendar NEW_YORK =
      new TradingCalendar(
          ZoneId.of("America/New_York"), LocalTime.of(9, 30), LocalTime.of(16, 0), true);

  private final ZoneId zone;
  private final LocalTime open;
  private final LocalTime close;
  private final boolean newYork;

  private TradingCalendar(ZoneId zone, LocalTime open, LocalTime close, boolean newYork) {
    this.zone = zone;
    this.open = open;
    this.close = close;
    this.newYork = newYork;
  }

  /** The same hours on every day of the week. */
  public static TradingCalendar daily(ZoneId zone, LocalTime open, LocalTime close) {
    return new TradingCalendar(zone, open, close, false);
  }

  /** The calendar of a market identifier code (ISO 10383), or null. */
  public static TradingCalendar ofMarket(String code) {
    return code.equals("XNYS") || code.equals("XNAS") ? NEW_YORK : null;
  }

  public ZoneId zone() {
    return zone;
  }

  public LocalTime open() {
    return open;
  }

  public LocalTime close(LocalDate date) {
    return newYork && closesEarly(date) ? ONE : close;
  }

  public boolean trades(LocalDate date) {
    return !newYork || weekday(date) && !closed(date);
  }

  /** Monday to Friday. */
  public static boolean weekday(LocalDate date) {
    return date.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) < 0;
  }

  private static boolean closed(LocalDate date) {
    int day = date.getDayOfMonth();
    return switch (date.getMonth()) {
          // A New Year's Day on a Saturday is not made up for on the Friday, which ends the year.
          case JANUARY -> day == 1 || day == 2 && monday(date) || third(date, DayOfWeek.MONDAY);
          case FEBRUARY -> third(date, DayOfWeek.MONDAY);
          case MARCH, APRIL -> date.equals(easter(date.getYear()).minusDays(2));
          case MAY -> monday(date) && day > 24;
          case JUNE -> date.getYear() >= 2022 && observed(date, Month.JUNE, 19);
          case JULY -> observed(date, Month.JULY, 4);
          case SEPTEMBER -> monday(date) && day <= 7;
          case NOVEMBER -> date.equals(thanksgiving(date.getYear()));
          case DECEMBER -> observed(date, Month.DECEMBER, 25);
          default -> false;
        }
        || CLOSED.contains(date);
  }

  private static boolean closesEarly(LocalDate date) {
    int day = date.getDayOfMonth();
    return switch (date.getMonth()) {
      case JULY -> {
        // Until 2012 it was the Friday after an Independence Day on a Thursday, not the Wednesday.
        boolean friday =
            date.getYear() < 2013 && date.withDayOfMonth(4).getDayOfWeek() == DayOfWeek.THURSDAY;
        yield friday ? day == 5 : day == 3 && weekday(date.plusDays(1));
      }
      case NOVEMBER -> date.equals(thanksgiving(date.getYear()).plusDays(1));
      case DECEMBER -> day == 24 || day == 26 && date.getYear() == 2003;
      default -> false;
    };
  }

  /** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
  private static boolean observed(LocalDate date, Month month, int day) {
    LocalDate holiday = LocalDate.of(date.getYear(), month, day);
    return date.equals(
        switch (holiday.getDayOfWeek()) {
          case SATURDAY -> holiday.minusDays(1);
          case SUNDAY -> holiday.plusDays(1);
          default -> holiday;
        });
  }

  private static boolean monday(LocalDate date) {
    return date.getDayOfWeek() == DayOfWeek.MONDAY;
  }

  private static boolean third(LocalDate date, DayOfWeek day) {
    return date.getDayOfWeek() == day && (date.getDayOfMonth() - 1) / 7 == 2;
  }

  private static LocalDate thanksgiving(int year) {
    return LocalDate.of(year, Month.NOVEMBER, 1)
        .with(TemporalAdjusters.dayOfWeekInMonth(4, DayOfWeek.THURSDAY));
  }

  /** Easter Sunday by the Gregorian computus (Meeus, Astronomical Algorithms, 1991, chapter 8). */
  private static LocalDate easter(int year) {
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return LocalDate.of(year, n / 31, n % 31 + 1);
  }
}
