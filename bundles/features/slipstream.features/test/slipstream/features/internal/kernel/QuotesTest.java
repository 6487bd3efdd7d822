package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuotesTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double[] NO_PRICE = {NAN, INF, -INF, 0, -0.0, -10};

  @Test
  void aQuote() {
    assertEquals(10.5, Quotes.mid(10, 11));
    assertEquals(1e4 / 10.5, Quotes.quotedSpread(10, 11), 1e-12);
    assertEquals(10.75, Quotes.microprice(10, 11, 300, 100));
    assertEquals(0.5, Quotes.imbalance(300, 100));
    assertEquals(2e4 * 0.25 / 10.5, Quotes.effectiveSpread(10.75, 10.5), 1e-12);
    assertEquals(2e4 * 0.25 / 10.5, Quotes.effectiveSpread(10.25, 10.5), 1e-12);
  }

  @Test
  void aLockedQuoteHasNoSpreadACrossedOneIsNone() {
    assertEquals(0, Quotes.quotedSpread(10, 10));
    assertEquals(10, Quotes.mid(10, 10));
    assertEquals(10, Quotes.microprice(10, 10, 1, 2));
    assertEquals(0, Quotes.sign(10, 10, 10));
    assertEquals(NAN, Quotes.quotedSpread(10.01, 10));
    assertEquals(NAN, Quotes.mid(10.01, 10));
    assertEquals(NAN, Quotes.microprice(10.01, 10, 1, 2));
    assertEquals(NAN, Quotes.sign(10, 10.01, 10));
  }

  @Test
  void whatIsNoPriceGivesNothing() {
    for (double none : NO_PRICE) {
      assertEquals(NAN, Quotes.mid(none, 11));
      assertEquals(NAN, Quotes.mid(10, none));
      assertEquals(NAN, Quotes.quotedSpread(none, 11));
      assertEquals(NAN, Quotes.quotedSpread(10, none));
      assertEquals(NAN, Quotes.microprice(none, 11, 1, 1));
      assertEquals(NAN, Quotes.effectiveSpread(none, 11));
      assertEquals(NAN, Quotes.effectiveSpread(10, none));
      assertEquals(NAN, Quotes.sign(none, 10, 11));
      assertEquals(NAN, Quotes.sign(10, none, 11));
      assertEquals(NAN, Quotes.signedMove(1, none, 10, 10));
      assertEquals(NAN, Quotes.signedMove(1, 10, none, 10));
      assertEquals(NAN, Quotes.signedMove(1, 10, 10, none));
    }
    for (double side : new double[] {NAN, INF, -INF}) {
      assertEquals(NAN, Quotes.signedMove(side, 10, 11, 10));
    }
  }

  @Test
  void sizesMayBeZeroButNotBoth() {
    assertEquals(1, Quotes.imbalance(5, 0));
    assertEquals(-1, Quotes.imbalance(0, 5));
    assertEquals(11, Quotes.microprice(10, 11, 5, 0));
    assertEquals(10, Quotes.microprice(10, 11, 0, 5));
    double[][] none = {
      {0, 0}, {-1, 2}, {2, -1}, {NAN, 1}, {1, NAN}, {INF, 1}, {1, INF}, {1e308, 1e308}
    };
    for (double[] sizes : none) {
      assertEquals(NAN, Quotes.imbalance(sizes[0], sizes[1]));
      assertEquals(NAN, Quotes.microprice(10, 11, sizes[0], sizes[1]));
    }
  }

  @Test
  void aMoveIsSeenFromTheSideOfTheTrade() {
    assertEquals(100, Quotes.signedMove(1, 100, 101, 100), 1e-12);
    assertEquals(-100, Quotes.signedMove(-1, 100, 101, 100), 1e-12);
    assertEquals(-100, Quotes.signedMove(-7, 100, 101, 100), 1e-12, "a signed size is a side");
    assertEquals(0, Quotes.signedMove(0, 100, 101, 100));
  }

  /** Decimal prices at the very midpoint of decimal quotes, whatever binary fractions make of them. */
  @Test
  void atTheMidpointIsExactInDecimals() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      BigDecimal bid = BigDecimal.valueOf(1 + random.nextInt(100_000), 2);
      BigDecimal ask = bid.add(BigDecimal.valueOf(random.nextInt(50), 2));
      BigDecimal mid = bid.add(ask).divide(BigDecimal.TWO, MathContext.DECIMAL64);
      BigDecimal tick = BigDecimal.valueOf(random.nextInt(3) - 1, 4);
      double sign = Quotes.sign(mid.add(tick).doubleValue(), bid.doubleValue(), ask.doubleValue());
      assertEquals(tick.signum(), sign, bid + " " + ask + " " + tick);
    }
  }

  @Test
  void orderFlowOfEachEvent() {
    // Cont, Kukanov and Stoikov 2014, section 2.1: what happens at one side of the book at a time.
    assertEquals(5, flow(10, 100, 11, 80, 10, 105, 11, 80), "added to the bid");
    assertEquals(-5, flow(10, 100, 11, 80, 10, 95, 11, 80), "taken from the bid");
    assertEquals(30, flow(10, 100, 11, 80, 10.5, 30, 11, 80), "a better bid");
    assertEquals(-100, flow(10, 100, 11, 80, 9.5, 70, 11, 80), "the bid is gone");
    assertEquals(-5, flow(10, 100, 11, 80, 10, 100, 11, 85), "added to the ask");
    assertEquals(5, flow(10, 100, 11, 80, 10, 100, 11, 75), "taken from the ask");
    assertEquals(-30, flow(10, 100, 11, 80, 10, 100, 10.5, 30), "a better ask");
    assertEquals(80, flow(10, 100, 11, 80, 10, 100, 11.5, 60), "the ask is gone");
    assertEquals(0, flow(10, 100, 11, 80, 10, 100, 11, 80));
    assertEquals(0, flow(10, 0, 11, 0, 10, 0, 11, 0));
  }

  @Test
  void orderFlowNeedsBothQuotes() {
    double[] event = {10, 100, 11, 80, 10, 105, 11, 80};
    for (int i = 0; i < event.length; i++) {
      for (double bad : new double[] {NAN, INF, -INF}) {
        double[] with = event.clone();
        with[i] = bad;
        double flow = flow(with[0], with[1], with[2], with[3], with[4], with[5], with[6], with[7]);
        assertTrue(Double.isNaN(flow), i + ": " + bad);
      }
    }
    assertEquals(NAN, flow(10, -1, 11, 80, 10, 105, 11, 80), "a negative size");
  }

  private static double flow(
      double bid0,
      double bidSize0,
      double ask0,
      double askSize0,
      double bid,
      double bidSize,
      double ask,
      double askSize) {
    return Quotes.orderFlow(bid0, bidSize0, ask0, askSize0, bid, bidSize, ask, askSize);
  }
}
