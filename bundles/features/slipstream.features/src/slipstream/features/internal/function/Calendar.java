package slipstream.features.internal.function;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.Reach;
import slipstream.features.internal.kernel.LocalClock;
import slipstream.features.internal.kernel.TradingCalendar;

/** Functions of the row's time on a local calendar and clock. */
public final class Calendar {
  static final String NO_TIME = "unknown where the table has no time";
  private static final double NANOS_A_MINUTE = 60e9;

  private Calendar() {}

  /** A zone of the IANA database by name, UTC where it is left out. */
  static Argument zone() {
    return Argument.text("zone").orElse("UTC");
  }

  static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "there is no time zone '" + name + "'; one is \"America/New_York\"", e);
    }
  }

  /** What one local day and the nanoseconds since its start give. */
  private interface OfDay {
    double at(long nanos);
  }

  private interface Days {
    OfDay of(LocalDate day);
  }

  /** A kernel that looks at each day once. */
  private static Kernel byDay(ZoneId zone, Days days) {
    return BuiltIn.lookingBackInTime(
        Reach.NONE,
        (rows, series, result) -> {
          long[] times = rows.times();
          if (times == null) {
            Arrays.fill(result, 0, rows.count(), Double.NaN);
            return;
          }
          LocalClock clock = new LocalClock(zone);
          long today = Long.MIN_VALUE;
          OfDay of = null;
          for (int i = 0; i < rows.count(); i++) {
            long local = clock.local(times[i]);
            long day = Math.floorDiv(local, LocalClock.DAY);
            if (day != today) {
              today = day;
              of = days.of(LocalDate.ofEpochDay(day));
            }
            result[i] = of.at(local - day * LocalClock.DAY);
          }
        });
  }

  /** {@code time_of_day(zone)}. */
  public static final class TimeOfDay extends BuiltIn {
    public TimeOfDay() {
      super(
          "time_of_day",
          List.of(zone()),
          new Documentation(
              "Time of the local clock, by which clocks set forward or back make a day no longer.",
              "hours * 3600 + minutes * 60 + seconds of the clock in the zone",
              "s",
              NO_TIME,
              ""));
    }

    @Override
    public Kernel bind(Constants constants) {
      return byDay(zone(constants.text(0)), day -> nanos -> nanos / 1e9);
    }
  }

  private abstract static class OfDate extends BuiltIn {
    private final ToDoubleFunction<LocalDate> value;

    OfDate(
        String name,
        String summary,
        String formula,
        String unit,
        ToDoubleFunction<LocalDate> value) {
      super(name, List.of(zone()), new Documentation(summary, formula, unit, NO_TIME, ""));
      this.value = value;
    }

    @Override
    public Kernel bind(Constants constants) {
      return byDay(
          zone(constants.text(0)),
          day -> {
            double each = value.applyAsDouble(day);
            return nanos -> each;
          });
    }
  }

  /** {@code day_of_week(zone)}. */
  public static final class DayOfWeek extends OfDate {
    public DayOfWeek() {
      super(
          "day_of_week",
          "Day of the week of the local date.",
          "1 on Monday … 7 on Sunday",
          "1 to 7",
          day -> day.getDayOfWeek().getValue());
    }
  }

  /** {@code day_of_month(zone)}. */
  public static final class DayOfMonth extends OfDate {
    public DayOfMonth() {
      super(
          "day_of_month",
          "Day of the month of the local date.",
          "1 on the first",
          "1 to 31",
          LocalDate::getDayOfMonth);
    }
  }

  /** {@code month(zone)}. */
  public static final class Month extends OfDate {
    public Month() {
      super(
          "month",
          "Month of the local date.",
          "1 in January … 12 in December",
          "1 to 12",
          LocalDate::getMonthValue);
    }
  }

  private abstract static class PeriodEnd extends BuiltIn {
    private final int months;

    PeriodEnd(String name, String period, int months) {
      super(
          name,
          List.of(Argument.text("calendar").orElse("UTC")),
          new Documentation(
              "Whether the local date is the last trading day of a " + period + ".",
              "1 on the last trading day of the "
                  + period
                  + ", else 0; calendar is \"XNYS\" or \"XNAS\" for the trading days of New York, or a"
                  + " time zone, where all days from Monday to Friday are trading days",
              "0 or 1",
              NO_TIME,
              ""));
      this.months = months;
    }

    @Override
    public Kernel bind(Constants constants) {
      TradingCalendar market = TradingCalendar.ofMarket(constants.text(0));
      ZoneId zone = market != null ? market.zone() : zone(constants.text(0));
      return byDay(
          zone,
          day -> {
            double last = last(day, market) ? 1 : 0;
            return nanos -> last;
          });
    }

    private boolean last(LocalDate day, TradingCalendar market) {
      if (!trades(day, market)) {
        return false;
      }
      LocalDate next = day.plusDays(1);
      while (!trades(next, market)) {
        next = next.plusDays(1);
      }
      return period(next) != period(day);
    }

    private int period(LocalDate day) {
      return (day.getMonthValue() - 1) / months;
    }

    private static boolean trades(LocalDate day, TradingCalendar market) {
      return market != null ? market.trades(day) : TradingCalendar.weekday(day);
    }
  }

  /** {@code month_end(calendar)}. */
  public static final class MonthEnd extends PeriodEnd {
    public MonthEnd() {
      super("month_end", "month", 1);
    }
  }

  /** {@code quarter_end(calendar)}. */
  public static final class QuarterEnd extends PeriodEnd {
    public QuarterEnd() {
      super("quarter_end", "quarter", 3);
    }
  }

  private abstract static class OfSession extends BuiltIn {
    OfSession(String name, String summary, String formula) {
      super(
          name,
          List.of(Argument.text("market", "XNYS", "XNAS")),
          new Documentation(
              summary,
              formula
                  + "; hours are 9:30 to 16:00 in New York, to 13:00 before some holidays. For other"
                  + " hours: (time_of_day(\"Europe/London\") - 8 * 3600) / 60",
              "min",
              NO_TIME + ", and on days without trading",
              "Rule 7.2 of the New York Stock Exchange, for dates since 1998"));
    }

    abstract double minutes(long nanos, long open, long close);

    @Override
    public Kernel bind(Constants constants) {
      TradingCalendar market = TradingCalendar.ofMarket(constants.text(0));
      return byDay(
          market.zone(),
          day -> {
            long open = market.open().toNanoOfDay();
            long close = market.close(day).toNanoOfDay();
            return market.trades(day) ? nanos -> minutes(nanos, open, close) : nanos -> Double.NaN;
          });
    }
  }

  /** {@code minutes_since_open(market)}. */
  public static final class MinutesSinceOpen extends OfSession {
    public MinutesSinceOpen() {
      super(
          "minutes_since_open",
          "Time since the day's opening of a market.",
          "time of the local clock less that of the opening; negative before it");
    }

    @Override
    double minutes(long nanos, long open, long close) {
      return (nanos - open) / NANOS_A_MINUTE;
    }
  }

  /** {@code minutes_until_close(market)}. */
  public static final class MinutesUntilClose extends OfSession {
    public MinutesUntilClose() {
      super(
          "minutes_until_close",
          "Time until the day's close of a market.",
          "time of the close less that of the local clock; negative after it");
    }

    @Override
    double minutes(long nanos, long open, long close) {
      return (close - nanos) / NANOS_A_MINUTE;
    }
  }
}
