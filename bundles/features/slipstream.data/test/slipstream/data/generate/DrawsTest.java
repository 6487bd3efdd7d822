package slipstream.data.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawsTest {
  /** The known answers that come with Random123 (kat_vectors, philox4x32 10). */
  @Test
  void theCipherGivesThePublishedAnswers() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        encrypted(new int[] {0, 0, 0, 0}, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        encrypted(new int[] {-1, -1, -1, -1}, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        encrypted(
            new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0));
  }

  private static int[] encrypted(int[] counter, int key0, int key1) {
    Philox.encrypt(counter, key0, key1);
    return counter;
  }

  @Test
  void aValueDoesNotDependOnWhatWasDrawnBefore() {
    Draws one = new Draws(7);
    Draws other = new Draws(7);
    double[] forward = new double[100];
    double[] backward = new double[100];
    for (int i = 0; i < 100; i++) {
      forward[i] = one.uniform(3, 1L << 40, i);
      backward[99 - i] = other.uniform(3, 1L << 40, 99 - i);
      other.uniform(4, i, i);
    }
    assertArrayEquals(forward, backward);
    assertNotEquals(forward[0], new Draws(8).uniform(3, 1L << 40, 0));
    assertNotEquals(forward[0], new Draws(7L + (1L << 32)).uniform(3, 1L << 40, 0));
    assertNotEquals(forward[0], one.uniform(3, 1L << 41, 0));
    assertNotEquals(forward[0], one.uniform(2, 1L << 40, 0));
  }

  /** Quantiles computed with 30 digits (mpmath). */
  @ParameterizedTest
  @CsvSource({
    "0.5, 0",
    "0.25, -0.674489750196081743",
    "0.001, -3.090232306167813542",
    "0.975, 1.959963984540053856",
    "1e-20, -9.262340089798407574",
    "1e-300, -37.04709629936119924"
  })
  void normalQuantilesAreExact(double p, double expected) {
    assertEquals(expected, NormalQuantile.of(p), 1e-15 * Math.max(1, Math.abs(expected)));
  }

  @Test
  void theDistributionInvertsTheQuantile() {
    for (double x : new double[] {-6, -1.5, 0, 0.3, 4}) {
      assertEquals(x, NormalQuantile.of(NormalDistribution.of(x)), 1e-9);
    }
  }

  /** Means and variances over a million draws, within five standard errors. */
  @Test
  void momentsAreThoseOfTheDistributions() {
    Draws draws = new Draws(11);
    int n = 1_000_000;
    double[] sums = new double[6];
    for (int i = 0; i < n; i++) {
      double u = draws.uniform(1, 0, i);
      assertTrue(u > 0 && u < 1);
      double z = draws.normal(2, 0, i);
      double t = draws.student5(3, 0, i);
      sums[0] += u;
      sums[1] += z;
      sums[2] += z * z;
      sums[3] += t;
      sums[4] += t * t;
      sums[5] += Math.abs(t);
    }
    assertEquals(0.5, sums[0] / n, 5 * Math.sqrt(1 / 12.0 / n));
    assertEquals(0, sums[1] / n, 5 / Math.sqrt(n));
    assertEquals(1, sums[2] / n, 5 * Math.sqrt(2.0 / n));
    assertEquals(0, sums[3] / n, 5 * Math.sqrt(5.0 / 3 / n));
    // E t^4 = 25 for five degrees of freedom.
    assertEquals(5.0 / 3, sums[4] / n, 5 * Math.sqrt((25 - 25.0 / 9) / n));
    // E|t| = 2 sqrt(5) Γ(3) / (sqrt(π) Γ(5/2) 4).
    assertEquals(0.9490, sums[5] / n, 5 * Math.sqrt((5.0 / 3 - 0.9) / n) + 1e-4);
  }

  @Test
  void anAutoregressionHasItsDeviationAndCorrelation() {
    Draws draws = new Draws(5);
    int n = 20_000;
    double squares = 0;
    double products = 0;
    for (int i = 0; i < n; i++) {
      double now = draws.autoregression(1, i, 100, 0.8, 2, 64);
      double before = draws.autoregression(1, i, 99, 0.8, 2, 64);
      squares += now * now;
      products += now * before;
    }
    assertEquals(4, squares / n, 5 * 4 * Math.sqrt(2.0 / n));
    assertEquals(0.8, products / squares, 5 / Math.sqrt(n));
  }

  @Test
  void holidaysAreClosed() {
    for (String closed :
        List.of(
            "2019-01-21",
            "2019-04-19",
            "2020-07-04",
            "2021-11-25",
            "2022-06-20",
            "2023-01-02",
            "2024-03-29",
            "2024-12-25",
            "2025-10-13")) {
      assertTrue(!TradingDays.isOpen(LocalDate.parse(closed)), closed);
    }
    for (String open : List.of("2019-01-02", "2020-07-06", "2021-12-24", "2024-03-28")) {
      assertTrue(TradingDays.isOpen(LocalDate.parse(open)), open);
    }
  }
}
