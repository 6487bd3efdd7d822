package slipstream.features.internal.kernel;

import java.time.LocalDate;

/**
 * Price, yield and sensitivities of a bullet bond with equal coupons, by the street convention (Mayle 1993, Standard
 * Securities Calculation Methods): compounded as often as it pays, simple interest within the last coupon period. All
 * per 100 of face value, rates in percent.
 *
 * <p>Coupons fall on the maturity's day of the month counted back from it; when it matures on the last of a month all
 * fall on the last of theirs. A first coupon of another length is not known here.
 *
 * <p>{@link #at} moves to a date and a maturity, and is cheap while these stay; the other methods speak of where it was
 * moved to last. One instance serves one thread.
 */
public final class CouponBond {
  /** Nothing pays longer, and dates stay within what can be told. */
  private static final int LONGEST_YEARS = 200;

  private static final int MOST_STEPS = 100;
  private static final double FACE = 100;

  private final int frequency;
  private final DayCount dayCount;
  private final int settlementDays;

  private long day = Long.MIN_VALUE;
  private long maturityDay;
  private boolean live;

  /** Coupons to come. */
  private int coupons;

  /** Share of a coupon period until the next one. */
  private double wait;

  /** Share of a coupon that has accrued. */
  private double accrued;

  // Sums over coming payments, the next one 0: of payment x v^k, of these x k, and x k^2.
  private double sum0;
  private double sum1;
  private double sum2;

  /**
   * @param frequency coupons a year: 1, 2, 3, 4, 6 or 12
   * @param settlementDays Mondays to Fridays between a trade and its settlement
   */
  public CouponBond(int frequency, DayCount dayCount, int settlementDays) {
    if (frequency < 1 || 12 % frequency != 0) {
      throw new IllegalArgumentException("a year has no " + frequency + " equal coupon periods");
    }
    this.frequency = frequency;
    this.dayCount = dayCount;
    this.settlementDays = settlementDays;
  }

  /**
   * @param time of the trade, UTC nanoseconds; its UTC date counts
   * @param maturity as nanoseconds, NaN where unknown; its UTC date counts
   * @return false when the bond is not there any more at settlement, or its maturity is unknown or out of reach: what the
   *     other methods then give is NaN
   */
  public boolean at(long time, double maturity) {
    double matures = Math.floor(maturity / LocalClock.DAY);
    long today = Math.floorDiv(time, LocalClock.DAY);
    if (!(Math.abs(matures) < Integer.MAX_VALUE)) {
      day = Long.MIN_VALUE;
      live = false;
    } else if (today != day || (long) matures != maturityDay) {
      day = today;
      maturityDay = (long) matures;
      live = schedule(addWeekdays(today, settlementDays));
    }
    return live;
  }

  static long addWeekdays(long day, int count) {
    long moved = day;
    for (int left = count; left > 0; ) {
      moved++;
      // 1970-01-01 was a Thursday.
      left -= Math.floorMod(moved + 3, 7) < 5 ? 1 : 0;
    }
    return moved;
  }

  private boolean schedule(long settlementDay) {
    if (settlementDay >= maturityDay || maturityDay - settlementDay > LONGEST_YEARS * 366L) {
      return false;
    }
    LocalDate settlement = LocalDate.ofEpochDay(settlementDay);
    LocalDate maturity = LocalDate.ofEpochDay(maturityDay);
    int step = 12 / frequency;
    int months =
        12 * (maturity.getYear() - settlement.getYear())
            + maturity.getMonthValue()
            - settlement.getMonthValue();
    coupons = Math.max(1, months / step);
    while (coupon(maturity, coupons * step).isAfter(settlement)) {
      coupons++;
    }
    LocalDate previous = coupon(maturity, coupons * step);
    LocalDate next = coupon(maturity, (coupons - 1) * step);
    double period = dayCount.period(previous, next, frequency);
    accrued = dayCount.passed(previous, settlement) / period;
    wait = dayCount.left(previous, settlement, next, frequency) / period;
    return true;
  }

  private static LocalDate coupon(LocalDate maturity, int monthsBefore) {
    LocalDate date = maturity.minusMonths(monthsBefore);
    return maturity.getDayOfMonth() == maturity.lengthOfMonth()
        ? date.withDayOfMonth(date.lengthOfMonth())
        : date;
  }

  private static boolean rate(double coupon) {
    return coupon >= 0 && coupon < Double.POSITIVE_INFINITY;
  }

  /** Interest since the last coupon; NaN for a coupon that is unknown or negative. */
  public double accrued(double coupon) {
    return live && rate(coupon) ? coupon / frequency * accrued : Double.NaN;
  }

  /** Price without accrued interest at a yield; NaN for a yield at or below -100 percent a period. */
  public double price(double percent, double coupon) {
    return dirty(percent, coupon) - accrued(coupon);
  }

  /** Price with accrued interest. */
  public double dirty(double percent, double coupon) {
    double growth = growth(percent, coupon);
    if (Double.isNaN(growth)) {
      return Double.NaN;
    }
    if (coupons == 1) {
      double factor = 1 + wait * growth;
      return factor > 0 ? (FACE + coupon / frequency) / factor : Double.NaN;
    }
    return sum0 * StrictMath.exp(-wait * StrictMath.log1p(growth));
  }

  /** Years: the relative fall of the price with accrued interest for a rise of the yield by 1 = 100 percent. */
  public double modifiedDuration(double percent, double coupon) {
    double growth = growth(percent, coupon);
    double periods = coupons == 1 ? last(growth) : (wait + sum1 / sum0) / (1 + growth);
    return periods / frequency;
  }

  /** Years squared: second derivative of the price with accrued interest to the yield, over the price. */
  public double convexity(double percent, double coupon) {
    double growth = growth(percent, coupon);
    double periods;
    if (coupons == 1) {
      periods = 2 * last(growth) * last(growth);
    } else {
      double squares = wait * wait + wait + (2 * wait + 1) * (sum1 / sum0) + sum2 / sum0;
      periods = squares / ((1 + growth) * (1 + growth));
    }
    return periods / ((double) frequency * frequency);
  }

  /** Periods of modified duration when one payment is left. */
  private double last(double growth) {
    double factor = 1 + wait * growth;
    return factor > 0 ? wait / factor : Double.NaN;
  }

  /** Fall of the price for a rise of the yield by one basis point. */
  public double dv01(double percent, double coupon) {
    return modifiedDuration(percent, coupon) * dirty(percent, coupon) / 1e4;
  }

  /** Growth per period, with the sums of the payments at it; NaN when there is no price. */
  private double growth(double percent, double coupon) {
    double growth = percent / 100 / frequency;
    if (!live || !rate(coupon) || !(growth > -1 && growth < Double.POSITIVE_INFINITY)) {
      return Double.NaN;
    }
    if (coupons > 1) {
      sums(1 / (1 + growth), coupon);
    }
    return growth;
  }

  private void sums(double discount, double coupon) {
    double payment = coupon / frequency;
    int last = coupons - 1;
    // Backwards, so that each step is one multiplication by the discount of one period: with s_k
    // the sum from payment k on, sums of k and k^2 times it follow from sums of s_k.
    double s0 = payment + FACE;
    double s1 = 0;
    double s2 = 0;
    for (int k = last - 1; k >= 0; k--) {
      // Payments move one period away: k becomes k + 1, k^2 becomes k^2 + 2 k + 1.
      s2 = (s2 + 2 * s1 + s0) * discount;
      s1 = (s1 + s0) * discount;
      s0 = s0 * discount + payment;
    }
    sum0 = s0;
    sum1 = s1;
    sum2 = s2;
  }

  /**
   * Yield at which {@link #price} is the price, in percent; NaN where there is none above -100 percent a period.
   *
   * <p>The logarithm of the price is a convex, falling function of the logarithm of the growth of a period: Newton's
   * method comes to its zero from the left, from any start, and stops where rounding ends its way.
   */
  public double yieldToMaturity(double price, double coupon) {
    double dirty = price + accrued(coupon);
    if (!Quotes.price(price) || !Quotes.price(dirty)) {
      return Double.NaN;
    }
    if (coupons == 1) {
      double growth = ((FACE + coupon / frequency) / dirty - 1) / wait;
      return wait > 0 && growth > -1 ? 100 * frequency * growth : Double.NaN;
    }
    double target = StrictMath.log(dirty);
    double log = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
      sums(StrictMath.exp(-log), coupon);
      double excess = StrictMath.log(sum0) - wait * log - target;
      double next = log + excess / (wait + sum1 / sum0);
      if (!Double.isFinite(next)) {
        return Double.NaN;
      }
      if (step > 0 && !(next > log)) {
        break;
      }
      log = next;
    }
    double result = 100 * frequency * StrictMath.expm1(log);
    return Math.abs(result) < Double.POSITIVE_INFINITY ? result : Double.NaN;
  }
}
