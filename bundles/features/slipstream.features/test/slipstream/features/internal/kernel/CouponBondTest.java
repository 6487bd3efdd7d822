package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CouponBondTest {
  private static final int[] FREQUENCIES = {1, 2, 3, 4, 6, 12};

  private static long nanos(LocalDate date) {
    return date.toEpochDay() * LocalClock.DAY;
  }

  private static CouponBond at(String settlement, String maturity, int frequency, DayCount count) {
    CouponBond bond = new CouponBond(frequency, count, 0);
    assertTrue(bond.at(nanos(LocalDate.parse(settlement)), nanos(LocalDate.parse(maturity))));
    return bond;
  }

  // ----------------------------------------------------- published examples

  /** Microsoft's documentation of PRICE: 94.63436, and of YIELD: 6.5 %. */
  @Test
  void priceAndYieldOfMicrosoftsExamples() {
    CouponBond bond = at("2008-02-15", "2017-11-15", 2, DayCount.THIRTY_360);
    assertEquals(94.63436, bond.price(6.5, 5.75), 0.5e-5);
    bond = at("2008-02-15", "2016-11-15", 2, DayCount.THIRTY_360);
    assertEquals(6.5, bond.yieldToMaturity(95.04287, 5.75), 0.5e-5);
  }

  /** Microsoft knowledge base Q93253, of MDURATION with actual days: 5.73567. */
  @Test
  void modifiedDurationOfMicrosoftsExample() {
    CouponBond bond = at("1986-01-01", "1994-01-01", 2, DayCount.ACTUAL_ACTUAL);
    assertEquals(5.73567, bond.modifiedDuration(9, 8), 0.5e-5);
  }

  /** 31 CFR part 356, appendix B, II.A: 8 3/4 % of 15 May 1990 due 15 May 2020 at 8.84 %. */
  @Test
  void priceOfTheTreasurysExample() {
    CouponBond bond = at("1990-05-15", "2020-05-15", 2, DayCount.ACTUAL_ACTUAL);
    assertEquals(99.057893, bond.price(8.84, 8.75), 0.5e-6);
  }

  /** HP 12C owner's handbook: a 6 3/4 % Treasury of 4 June 2018 on 28 April 2004 at 8.25 %: 87.62, in all 90.31. */
  @Test
  void priceOfHewlettPackardsExample() {
    CouponBond bond = at("2004-04-28", "2018-06-04", 2, DayCount.ACTUAL_ACTUAL);
    assertEquals(87.62, bond.price(8.25, 6.75), 0.005);
    assertEquals(90.31, bond.dirty(8.25, 6.75), 0.005);
  }

  // --------------------------------------------------------------- reference

  private record Payment(double periods, double amount) {}

  /** The coming payments, from the calendar: coupons count back from maturity. */
  private static List<Payment> payments(
      LocalDate settlement, LocalDate maturity, int frequency, double coupon, DayCount count) {
    List<LocalDate> dates = new ArrayList<>();
    LocalDate date = maturity;
    boolean last = maturity.plusDays(1).getDayOfMonth() == 1;
    for (int k = 1; date.isAfter(settlement); k++) {
      dates.addFirst(date);
      date = maturity.minusMonths(12L / frequency * k);
      if (last) {
        date = date.plusMonths(1).withDayOfMonth(1).minusDays(1);
      }
    }
    double period = count.period(date, dates.getFirst(), frequency);
    double wait = count.left(date, settlement, dates.getFirst(), frequency) / period;
    List<Payment> payments = new ArrayList<>();
    for (int k = 0; k < dates.size(); k++) {
      double face = k == dates.size() - 1 ? 100 : 0;
      payments.add(new Payment(wait + k, coupon / frequency + face));
    }
    return payments;
  }

  private static double dirty(List<Payment> payments, double percent, int frequency) {
    double growth = percent / 100 / frequency;
    if (payments.size() == 1) {
      return payments.getFirst().amount() / (1 + payments.getFirst().periods() * growth);
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (Payment each : payments) {
      double value = each.amount() * Math.pow(1 + growth, -each.periods());
      sum = sum.add(new BigDecimal(value), MathContext.DECIMAL128);
    }
    return sum.doubleValue();
  }

  private record Case(
      LocalDate settlement,
      LocalDate maturity,
      int frequency,
      DayCount count,
      double coupon,
      double percent) {
    static Case random(Random random) {
      LocalDate settlement = LocalDate.of(1990, 1, 1).plusDays(random.nextInt(15_000));
      LocalDate maturity = settlement.plusDays(1 + random.nextInt(15_000));
      if (random.nextInt(4) == 0) {
        maturity = maturity.withDayOfMonth(maturity.lengthOfMonth());
      }
      if (!maturity.isAfter(settlement)) {
        maturity = maturity.plusYears(1);
      }
      int frequency = FREQUENCIES[random.nextInt(FREQUENCIES.length)];
      DayCount count = DayCount.values()[random.nextInt(DayCount.values().length)];
      double coupon = random.nextInt(4) == 0 ? 0 : random.nextInt(120) / 8.0;
      double percent = random.nextInt(6) == 0 ? 0 : random.nextDouble() * 20 - 2;
      return new Case(settlement, maturity, frequency, count, coupon, percent);
    }

    CouponBond bond() {
      CouponBond bond = new CouponBond(frequency, count, 0);
      assertTrue(bond.at(nanos(settlement), nanos(maturity)), toString());
      return bond;
    }
  }

  @Test
  void priceIsTheSumOfDiscountedPayments() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      Case each = Case.random(random);
      List<Payment> payments =
          payments(each.settlement, each.maturity, each.frequency, each.coupon, each.count);
      double expected = dirty(payments, each.percent, each.frequency);
      CouponBond bond = each.bond();
      assertEquals(expected, bond.dirty(each.percent, each.coupon), 1e-11 * expected, each + "");
      assertEquals(
          expected - bond.accrued(each.coupon),
          bond.price(each.percent, each.coupon),
          1e-11 * expected);
    }
  }

  @Test
  void yieldOfAPriceIsTheYieldItWasMadeOf() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      Case each = Case.random(random);
      CouponBond bond = each.bond();
      double price = bond.price(each.percent, each.coupon);
      double yield = bond.yieldToMaturity(price, each.coupon);
      double back = bond.price(yield, each.coupon);
      assertEquals(price, back, 1e-10 * (1 + price), each + "");
      // A bond that matures tomorrow has hardly any yield in its price.
      double slope = bond.dv01(each.percent, each.coupon) * 100;
      assertEquals(each.percent, yield, 1e-10 + 1e-12 / slope * price, each + "");
    }
  }

  @Test
  void sensitivitiesAreDerivatives() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      Case each = Case.random(random);
      CouponBond bond = each.bond();
      double h = 1e-3;
      double up = bond.dirty(each.percent + h, each.coupon);
      double at = bond.dirty(each.percent, each.coupon);
      double down = bond.dirty(each.percent - h, each.coupon);
      double duration = -(up - down) / (2 * h / 100) / at;
      double convexity = (up - 2 * at + down) / (h / 100) / (h / 100) / at;
      double found = bond.modifiedDuration(each.percent, each.coupon);
      assertEquals(duration, found, 1e-6 * (1 + duration), each + "");
      assertEquals(
          convexity, bond.convexity(each.percent, each.coupon), 1e-3 * (1 + convexity), each + "");
      assertEquals(found * at / 1e4, bond.dv01(each.percent, each.coupon), 1e-12);
    }
  }

  // ------------------------------------------------------------------ rules

  @Test
  void couponsOfTheLastOfAMonthFallOnTheLast() {
    // 31 August's coupon before is 28 February's: 184 days and none passed on it.
    CouponBond bond = at("2023-02-28", "2023-08-31", 2, DayCount.ACTUAL_ACTUAL);
    assertEquals(0, bond.accrued(6));
    bond = at("2023-08-30", "2025-02-28", 2, DayCount.ACTUAL_ACTUAL);
    assertEquals(3 * 183 / 184.0, bond.accrued(6), 1e-15, "28 February to 31 August");
    bond = at("2023-08-30", "2025-02-27", 2, DayCount.ACTUAL_ACTUAL);
    assertEquals(3 * 3 / 184.0, bond.accrued(6), 1e-15, "27 August to 27 February");
  }

  @Test
  void daysOfEachConvention() {
    LocalDate from = LocalDate.of(2007, 1, 31);
    LocalDate to = LocalDate.of(2007, 3, 31);
    assertEquals(59, DayCount.ACTUAL_ACTUAL.passed(from, to));
    assertEquals(60, DayCount.THIRTY_360.passed(from, to));
    assertEquals(60, DayCount.THIRTY_E_360.passed(from, to));
    LocalDate february = LocalDate.of(2007, 2, 28);
    assertEquals(28, DayCount.THIRTY_360.passed(from, february), "ends on the 28th");
    assertEquals(30, DayCount.THIRTY_360.passed(february, to), "the last of February is a 30th");
    assertEquals(32, DayCount.THIRTY_E_360.passed(february, to), "the 28th is the 28th");
    assertEquals(
        360, DayCount.THIRTY_360.passed(february, LocalDate.of(2008, 2, 29)), "both are a 30th");
    assertEquals(
        31, DayCount.THIRTY_360.passed(LocalDate.of(2007, 5, 1), LocalDate.of(2007, 6, 2)));
    assertEquals(
        30, DayCount.THIRTY_360.passed(LocalDate.of(2007, 5, 1), LocalDate.of(2007, 5, 31)));
    assertEquals(
        29, DayCount.THIRTY_E_360.passed(LocalDate.of(2007, 5, 1), LocalDate.of(2007, 5, 31)));
    for (DayCount each : DayCount.values()) {
      assertEquals(each, DayCount.of(each.text()));
    }
    assertThrows(IllegalArgumentException.class, () -> DayCount.of("BUS/252"));
  }

  @Test
  void settlementPassesOverWeekends() {
    long friday = LocalDate.of(2024, 3, 8).toEpochDay();
    assertEquals(friday, CouponBond.addWeekdays(friday, 0));
    assertEquals(friday + 3, CouponBond.addWeekdays(friday, 1));
    assertEquals(friday + 7, CouponBond.addWeekdays(friday, 5));
    assertEquals(friday + 3, CouponBond.addWeekdays(friday + 1, 1), "from Saturday to Monday");
    assertEquals(1, CouponBond.addWeekdays(-1, 2), "Wednesday before 1970 to Friday");
  }

  @Test
  void aBondThatIsGoneHasNothing() {
    CouponBond bond = new CouponBond(2, DayCount.ACTUAL_ACTUAL, 1);
    double maturity = nanos(LocalDate.of(2024, 3, 11));
    assertTrue(bond.at(nanos(LocalDate.of(2024, 3, 7)), maturity));
    // It settles on Monday, when it is paid back.
    assertFalse(bond.at(nanos(LocalDate.of(2024, 3, 8)), maturity));
    assertEquals(Double.NaN, bond.price(5, 5));
    assertEquals(Double.NaN, bond.yieldToMaturity(100, 5));
    assertEquals(Double.NaN, bond.accrued(5));
    assertEquals(Double.NaN, bond.modifiedDuration(5, 5));
    assertEquals(Double.NaN, bond.convexity(5, 5));
    for (double none : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e300, 1e300}) {
      assertFalse(bond.at(0, none));
    }
  }

  @Test
  void whatIsNoPriceOrCouponHasNoYield() {
    CouponBond bond = at("2024-01-10", "2034-02-15", 2, DayCount.ACTUAL_ACTUAL);
    for (double none : new double[] {Double.NaN, 0, -1, Double.POSITIVE_INFINITY}) {
      assertEquals(Double.NaN, bond.yieldToMaturity(none, 5));
    }
    for (double none : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
      assertEquals(Double.NaN, bond.yieldToMaturity(100, none));
      assertEquals(Double.NaN, bond.price(5, none));
      assertEquals(Double.NaN, bond.accrued(none));
    }
    for (double none : new double[] {Double.NaN, -200, -300, Double.POSITIVE_INFINITY}) {
      assertEquals(Double.NaN, bond.price(none, 5));
      assertEquals(Double.NaN, bond.modifiedDuration(none, 5));
      assertEquals(Double.NaN, bond.convexity(none, 5));
    }
  }

  @Test
  void absurdPricesEndInAYieldOrInNone() {
    for (String maturity : new String[] {"2024-02-15", "2034-02-15", "2123-02-15"}) {
      for (int frequency : FREQUENCIES) {
        CouponBond bond = at("2024-01-10", maturity, frequency, DayCount.ACTUAL_ACTUAL);
        for (double price = 1e-300; price < 1e300; price *= 17) {
          for (double coupon : new double[] {0, 1e-9, 5, 1e6}) {
            double yield = bond.yieldToMaturity(price, coupon);
            // Beyond, a yield near -100 percent a period has too few digits to tell its price.
            if (!Double.isNaN(yield) && price < 1e6) {
              double dirty = price + bond.accrued(coupon);
              assertEquals(dirty, bond.dirty(yield, coupon), 1e-6 * dirty, price + " " + coupon);
            }
          }
        }
      }
    }
  }

  @Test
  void theSameBitsWhateverWasAskedBefore() {
    Random random = new Random(4);
    CouponBond used = new CouponBond(2, DayCount.ACTUAL_ACTUAL, 2);
    for (int i = 0; i < 2_000; i++) {
      Case each = Case.random(random);
      CouponBond fresh = new CouponBond(2, DayCount.ACTUAL_ACTUAL, 2);
      long time = nanos(each.settlement) + random.nextLong(LocalClock.DAY);
      boolean live = used.at(time, nanos(each.maturity));
      assertEquals(live, fresh.at(time, nanos(each.maturity)));
      assertEquals(fresh.yieldToMaturity(99, 4), used.yieldToMaturity(99, 4));
    }
  }

  @Test
  void frequenciesThatDivideNoYear() {
    for (int frequency : new int[] {0, -1, 5, 7, 24}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new CouponBond(frequency, DayCount.ACTUAL_ACTUAL, 0));
    }
  }
}
