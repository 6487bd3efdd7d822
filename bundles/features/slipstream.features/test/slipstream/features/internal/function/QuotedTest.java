package slipstream.features.internal.function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static slipstream.features.internal.function.Evaluated.of;
import static slipstream.features.internal.function.Evaluated.with;

import java.util.Random;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;

class QuotedTest {
  private static final double NAN = Double.NaN;
  private static final long SECOND = 1_000_000_000L;

  @Test
  void ofAQuote() {
    double[] bid = {10, 10, 11, NAN};
    double[] ask = {11, 10, 10, 10};
    assertArrayEquals(of(10.5, 10, NAN, NAN), of("mid", null, with(), bid, ask));
    assertArrayEquals(
        of(1e4 / 10.5, 0, NAN, NAN), of("quoted_spread", null, with(), bid, ask), 1e-12);
    double[] sizes = {1, 2, 3, 4};
    double[] others = {3, 2, 1, 0};
    assertArrayEquals(of(-0.5, 0, 0.5, 1), of("queue_imbalance", null, with(), sizes, others));
    assertArrayEquals(
        of(10.25, 10, NAN, NAN), of("microprice", null, with(), bid, ask, sizes, others));
  }

  @Test
  void sidesByQuoteAndByTick() {
    double[] price = {10.2, 10.5, 10.8, 10.5, 10.5, 10.6, NAN};
    double[] bid = {10, 10, 10, 10, NAN, 11, 10};
    double[] ask = {11, 11, 11, 11, 11, 10, 11};
    assertArrayEquals(
        of(-1, 0, 1, 0, NAN, NAN, NAN), of("quote_sign", null, with(), price, bid, ask));
    // At the midpoint, without a quote and with a crossed one the tick rule tells.
    assertArrayEquals(of(-1, 1, 1, -1, -1, 1, NAN), of("lee_ready", null, with(), price, bid, ask));
  }

  /** What a trade pays is what the market keeps and what the price moves. */
  @Test
  void theEffectiveSpreadIsRealisedAndImpact() {
    Random random = new Random(1);
    int rows = 500;
    long[] times = new long[rows];
    double[] price = new double[rows];
    double[] mid = new double[rows];
    double[] side = new double[rows];
    for (int i = 0; i < rows; i++) {
      times[i] = (i == 0 ? 0 : times[i - 1]) + random.nextInt(3) * SECOND;
      mid[i] = (i == 0 ? 100 : mid[i - 1]) + 0.01 * random.nextGaussian();
      side[i] = random.nextInt(3) - 1;
      price[i] = mid[i] + 0.005 * side[i];
    }
    for (Window h : new Window[] {new Window.OfRows(3), new Window.OfTime(5 * SECOND)}) {
      double[] paid = of("effective_spread_signed", times, with(), price, mid, side);
      double[] realised = of("realised_spread", times, with(h), price, mid, side);
      double[] impact = of("price_impact", times, with(h), mid, side);
      double[] markout = of("markout", times, with(h), price, mid, side);
      int known = 0;
      for (int i = 0; i < rows; i++) {
        if (!Double.isNaN(realised[i])) {
          assertEquals(paid[i], realised[i] + impact[i], 1e-9);
          assertEquals(-realised[i] / 2, markout[i] * price[i] / mid[i], 1e-9);
          known++;
        }
      }
      assertEquals(true, known > rows - 10 && known < rows, "all but the last");
    }
  }

  @Test
  void theHorizonByTimeIsTheLastRowNotAfterIt() {
    long[] times = {0, 4 * SECOND, 5 * SECOND, 5 * SECOND, 6 * SECOND, 20 * SECOND};
    double[] mid = {100, 101, 102, 103, 104, 105};
    double[] side = {1, 1, 1, 1, 1, 1};
    Object[] h = with(new Window.OfTime(5 * SECOND));
    double[] impact = of("price_impact", times, h, mid, side);
    // From 6 s on 11 s is reached only by 20 s, before which 104 still stands.
    assertArrayEquals(of(600, 2e4 * 3 / 101, 2e4 * 2 / 102, 2e4 / 103, 0, NAN), impact, 1e-9);
  }

  @Test
  void theHorizonIsDeclared() {
    var function = Evaluated.PLUGINS.function("markout").orElseThrow();
    assertEquals(Reach.ofRows(7), function.bind(Constants.of(new Window.OfRows(7))).lookAhead());
    assertEquals(
        new Reach(1, SECOND + 1),
        function.bind(Constants.of(new Window.OfTime(SECOND))).lookAhead());
  }
}
