package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeSpreadsTest {
  /** Days of prices seen through a spread. */
  private record Market(double[] high, double[] low, double[] close) {
    static Market simulate(int days, int ticks, double spread, double volatility, long seed) {
      Random random = new Random(seed);
      double[][] prices = new double[3][days];
      double log = Math.log(50);
      for (int day = 0; day < days; day++) {
        double high = 0;
        double low = Double.POSITIVE_INFINITY;
        for (int tick = 0; tick < ticks; tick++) {
          log += volatility / Math.sqrt(ticks) * random.nextGaussian();
          double price = Math.exp(log) * (1 + (random.nextBoolean() ? 0.5 : -0.5) * spread);
          high = Math.max(high, price);
          low = Math.min(low, price);
          prices[2][day] = price;
        }
        prices[0][day] = high;
        prices[1][day] = low;
      }
      return new Market(prices[0], prices[1], prices[2]);
    }
  }

  /** Equations (8), (14), (15) and (18) of the paper for each pair of days, as they stand there. */
  private static double corwinSchultz(double h1, double l1, double h2, double l2) {
    double beta = Math.pow(Math.log(h1 / l1), 2) + Math.pow(Math.log(h2 / l2), 2);
    double gamma = Math.pow(Math.log(Math.max(h1, h2) / Math.min(l1, l2)), 2);
    double k = 3 - 2 * Math.sqrt(2);
    double alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / k - Math.sqrt(gamma / k);
    return Math.max(0, 2 * (Math.exp(alpha) - 1) / (1 + Math.exp(alpha)));
  }

  @Test
  void corwinSchultzIsThePapersFormula() {
    Market market = Market.simulate(500, 50, 0.02, 0.02, 1);
    double[] fast = new double[500];
    RangeSpreads.corwinSchultz(market.high, market.low, 500, fast);
    assertEquals(Double.NaN, fast[0]);
    for (int i = 1; i < 500; i++) {
      double expected =
          corwinSchultz(market.high[i - 1], market.low[i - 1], market.high[i], market.low[i]);
      assertEquals(expected, fast[i], 1e-13);
    }
  }

  @Test
  void abdiRanaldoIsThePapersFormula() {
    Market market = Market.simulate(500, 50, 0.02, 0.02, 2);
    double[] fast = new double[500];
    RangeSpreads.abdiRanaldo(market.high, market.low, market.close, 500, fast);
    assertEquals(Double.NaN, fast[0]);
    for (int i = 1; i < 500; i++) {
      double close = Math.log(market.close[i - 1]);
      double eta = (Math.log(market.high[i - 1]) + Math.log(market.low[i - 1])) / 2;
      double next = (Math.log(market.high[i]) + Math.log(market.low[i])) / 2;
      double expected = Math.sqrt(Math.max(4 * (close - eta) * (close - next), 0));
      // Differences of logarithms near 4: a square that is 0 by rounding may be 1e-16 here.
      assertEquals(expected, fast[i], 1e-9);
    }
  }

  /** A spread far above the volatility is found by both. */
  @Test
  void aWideSpreadIsFound() {
    Market market = Market.simulate(4_000, 390, 0.05, 0.01, 3);
    double[] estimate = new double[4_000];
    RangeSpreads.corwinSchultz(market.high, market.low, 4_000, estimate);
    assertEquals(0.05, Arrays.stream(estimate).skip(1).average().orElseThrow(), 0.0025);
    RangeSpreads.abdiRanaldo(market.high, market.low, market.close, 4_000, estimate);
    assertEquals(0.05, Arrays.stream(estimate).skip(1).average().orElseThrow(), 0.0025);
  }

  @Test
  void aRowThatIsNoneSpoilsItselfAndTheNext() {
    double[][] bad = {
      {Double.NaN, 9}, {10, Double.NaN}, {9, 10}, {10, 0}, {10, -1}, {Double.POSITIVE_INFINITY, 9}
    };
    for (double[] each : bad) {
      double[] high = {10, 10, each[0], 10, 10};
      double[] low = {9, 9, each[1], 9, 9};
      double[] close = {9.5, 9.5, 9.5, 9.5, 9.5};
      double[] result = new double[5];
      RangeSpreads.corwinSchultz(high, low, 5, result);
      assertEquals("[true, false, true, true, false]", unknown(result), Arrays.toString(each));
      RangeSpreads.abdiRanaldo(high, low, close, 5, result);
      assertEquals("[true, false, true, true, false]", unknown(result), Arrays.toString(each));
    }
    double[] result = new double[3];
    double[] close = {9.5, 0, 9.5};
    RangeSpreads.abdiRanaldo(new double[] {10, 10, 10}, new double[] {9, 9, 9}, close, 3, result);
    assertEquals("[true, false, true]", unknown(result));
  }

  private static String unknown(double[] values) {
    return Arrays.toString(Arrays.stream(values).mapToObj(Double::isNaN).toArray(Boolean[]::new));
  }

  @Test
  void pricesThatDoNotMoveHaveNoSpread() {
    double[] same = {10, 10, 10};
    double[] result = new double[3];
    RangeSpreads.corwinSchultz(same, same, 3, result);
    assertEquals(0, result[2]);
    RangeSpreads.abdiRanaldo(same, same, same, 3, result);
    assertEquals(0, result[2]);
  }
}
