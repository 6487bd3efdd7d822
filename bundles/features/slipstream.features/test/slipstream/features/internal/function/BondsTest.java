package slipstream.features.internal.function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static slipstream.features.internal.function.Evaluated.dates;
import static slipstream.features.internal.function.Evaluated.of;
import static slipstream.features.internal.function.Evaluated.times;
import static slipstream.features.internal.function.Evaluated.with;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BondsTest {
  private static final double NAN = Double.NaN;
  private static final Object[] TREASURY = with(2, "ACT/ACT", 0);

  /** 31 CFR part 356, appendix B: 8 3/4 % due 15 May 2020 at 8.84 % on 15 May 1990. */
  @Test
  void ofATreasury() {
    long[] times = times("1990-05-15T15:00:00Z");
    double[] coupon = {8.75};
    double[] maturity = dates("2020-05-15");
    double[] price = of("bond_price", times, TREASURY, of(8.84), coupon, maturity);
    assertEquals(99.057893, price[0], 0.5e-6);
    assertEquals(8.84, of("bond_yield", times, TREASURY, price, coupon, maturity)[0], 1e-12);
    assertEquals(0, of("accrued_interest", times, TREASURY, coupon, maturity)[0]);
    double duration = of("modified_duration", times, TREASURY, of(8.84), coupon, maturity)[0];
    double dv01 = of("dv01", times, TREASURY, of(8.84), coupon, maturity)[0];
    double up = of("bond_price", times, TREASURY, of(8.85), coupon, maturity)[0];
    assertEquals(duration * price[0] / 1e4, dv01, 1e-15);
    assertEquals(price[0] - up, dv01, 1e-4);
    double convexity = of("convexity", times, TREASURY, of(8.84), coupon, maturity)[0];
    assertEquals(price[0] - up, dv01 - 0.5 * convexity * price[0] * 1e-8, 2e-7);
  }

  @Test
  void settlementTakesATradesInterest() {
    // Friday to Monday: three days of interest more.
    long[] times = times("2024-03-08T15:00:00Z");
    double[] maturity = dates("2030-02-15");
    double today = of("accrued_interest", times, with(2, "ACT/ACT", 0), of(4), maturity)[0];
    double next = of("accrued_interest", times, with(2, "ACT/ACT", 1), of(4), maturity)[0];
    assertEquals(2 * 22 / 182.0, today, 1e-15);
    assertEquals(2 * 25 / 182.0, next, 1e-15);
  }

  @Test
  void unknownAndGone() {
    long[] times =
        times(
            "2024-03-08T00:00:00Z",
            "2024-03-08T00:00:00Z",
            "2024-03-08T00:00:00Z",
            "2024-03-08T00:00:00Z");
    double[] maturity = dates("2024-03-08", null, "2030-01-01", "2030-01-01");
    double[] coupon = {4, 4, NAN, 4};
    double[] price = {100, 100, 100, NAN};
    for (String name :
        new String[] {"bond_price", "bond_yield", "modified_duration", "convexity", "dv01"}) {
      double[] found = of(name, times, TREASURY, price, coupon, maturity);
      assertArrayEquals(of(NAN, NAN, NAN, NAN), found, name);
    }
  }

  @Test
  void aFrequencyThatDividesNoYear() {
    assertThrows(
        IllegalArgumentException.class,
        () -> of("bond_yield", new long[1], with(5, "ACT/ACT", 0), of(1), of(1), of(1)));
  }

  @Test
  void theLatestIssueOfAGroup() {
    String now = "2024-03-08T15:00:00Z";
    long[] times = times(now, now, now, now, now, now, now);
    double[] issue =
        dates(
            "2024-02-15",
            "2023-11-15",
            "2024-02-29",
            "2024-03-15",
            null,
            "2024-02-15",
            "2024-02-15");
    double[] tenor = {10, 10, 5, 10, 10, 10, NAN};
    assertArrayEquals(
        of(1, 0, 1, NAN, NAN, 1, NAN), of(new Bonds.OnTheRun(), times, with(), issue, tenor));
    assertArrayEquals(
        of(0, 0, 1, NAN, NAN, 0, 0), of(new Bonds.OnTheRun(), times, with(), issue, new double[7]));
  }

  @Test
  void distancesAreWithinAGroup() {
    double[] years = {1, 2, 3, 5, 7, 10, 1, 2, 3, 5, 7, 10, 30};
    double[] by = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, NAN};
    double[] yields = new double[13];
    Arrays.fill(yields, 0, 6, 4);
    Arrays.fill(yields, 6, 13, 9);
    yields[2] += 0.25;
    yields[8] -= 0.5;
    double[] found = of(new Bonds.CurveDistance(), new long[13], with(), yields, years, by);
    assertEquals(0.25, found[2], 1e-9);
    assertEquals(-0.5, found[8], 1e-9);
    assertEquals(NAN, found[12]);
    yields[0] = NAN;
    years[1] = -1;
    found = of(new Bonds.CurveDistance(), new long[13], with(), yields, years, by);
    assertArrayEquals(
        of(NAN, NAN, NAN, NAN, NAN, NAN), Arrays.copyOf(found, 6), "too few are left");
    assertEquals(-0.5, found[8], 1e-9);
  }
}
