package slipstream.features.internal.kernel;

import java.time.LocalDate;
import java.util.Arrays;

/** How days of interest are counted; E is the days of a coupon period, A those of it that have passed. */
public enum DayCount {
  /** E and A are days of the calendar (ICMA rule 251): US Treasuries. */
  ACTUAL_ACTUAL("ACT/ACT"),
  /** Months of 30 days with the NASD's rule for the end of February; E is 360 / frequency: US corporate bonds. */
  THIRTY_360("30/360"),
  /** Months of 30 days, every 31st a 30th; E is 360 / frequency: eurobonds. */
  THIRTY_E_360("30E/360"),
  /** A in days of the calendar; E is 360 / frequency. */
  ACTUAL_360("ACT/360"),
  /** A in days of the calendar; E is 365 / frequency. */
  ACTUAL_365("ACT/365");

  private final String text;

  DayCount(String text) {
    this.text = text;
  }

  /** As the market writes it. */
  public String text() {
    return text;
  }

  /** All of them as the market writes them. */
  public static String[] texts() {
    return Arrays.stream(values()).map(DayCount::text).toArray(String[]::new);
  }

  /**
   * @throws IllegalArgumentException when there is none
   */
  public static DayCount of(String text) {
    return Arrays.stream(values())
        .filter(each -> each.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no day count '" + text + "'"));
  }

  double period(LocalDate from, LocalDate to, int frequency) {
    return switch (this) {
      case ACTUAL_ACTUAL -> to.toEpochDay() - from.toEpochDay();
      case THIRTY_360, THIRTY_E_360, ACTUAL_360 -> 360.0 / frequency;
      case ACTUAL_365 -> 365.0 / frequency;
    };
  }

  double passed(LocalDate from, LocalDate now) {
    return switch (this) {
      case ACTUAL_ACTUAL, ACTUAL_360, ACTUAL_365 -> now.toEpochDay() - from.toEpochDay();
      case THIRTY_360 -> thirty(from, now);
      case THIRTY_E_360 ->
          thirty(from, Math.min(30, from.getDayOfMonth()), now, Math.min(30, now.getDayOfMonth()));
    };
  }

  /** Days from now to the next coupon. */
  double left(LocalDate from, LocalDate now, LocalDate to, int frequency) {
    return switch (this) {
      case ACTUAL_ACTUAL, ACTUAL_360, ACTUAL_365 -> to.toEpochDay() - now.toEpochDay();
      case THIRTY_360, THIRTY_E_360 -> period(from, to, frequency) - passed(from, now);
    };
  }

  private static double thirty(LocalDate from, LocalDate to) {
    int first = from.getDayOfMonth();
    int second = to.getDayOfMonth();
    if (endOfFebruary(from)) {
      second = endOfFebruary(to) ? 30 : second;
      first = 30;
    }
    first = Math.min(first, 30);
    second = second == 31 && first == 30 ? 30 : second;
    return thirty(from, first, to, second);
  }

  private static double thirty(LocalDate from, int first, LocalDate to, int second) {
    return 360.0 * (to.getYear() - from.getYear())
        + 30.0 * (to.getMonthValue() - from.getMonthValue())
        + (second - first);
  }

  private static boolean endOfFebruary(LocalDate date) {
    return date.getMonthValue() == 2 && date.getDayOfMonth() == date.lengthOfMonth();
  }
}
