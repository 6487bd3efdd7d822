package slipstream.features.internal.kernel;

/**
 * Spreads from prices alone, each estimate from a row and the row before it; functions take their mean over a window.
 * Prices must be finite and above 0, and no high below its low, else an estimate is NaN. All are fractions, not bp.
 */
public final class RangeSpreads {
  private static final double THREE_LESS_TWO_ROOTS = 3 - 2 * Math.sqrt(2);

  private RangeSpreads() {}

  private static boolean range(double high, double low) {
    return Quotes.price(low) && Quotes.price(high) && high >= low;
  }

  /**
   * Corwin and Schultz 2012: the ranges of two single rows hold the variance of two rows and the spread twice, the range of
   * both together the same variance and the spread once. Negative estimates are 0.
   */
  public static void corwinSchultz(double[] high, double[] low, int rows, double[] result) {
    double before = Double.NaN;
    for (int i = 0; i < rows; i++) {
      double own = range(high[i], low[i]) ? StrictMath.log(high[i] / low[i]) : Double.NaN;
      result[i] = Double.NaN;
      // Two comparisons with NaN are false: a row without a range gives none to its neighbour.
      if (own >= 0 && before >= 0) {
        double both = StrictMath.log(Math.max(high[i - 1], high[i]) / Math.min(low[i - 1], low[i]));
        result[i] = corwinSchultz(before, own, both);
      }
      before = own;
    }
  }

  private static double corwinSchultz(double first, double second, double both) {
    double beta = first * first + second * second;
    double alpha =
        (Math.sqrt(2 * beta) - Math.sqrt(beta)) / THREE_LESS_TWO_ROOTS
            - both / Math.sqrt(THREE_LESS_TWO_ROOTS);
    // 2 (e^a - 1) / (1 + e^a)
    return alpha > 0 ? 2 * StrictMath.tanh(alpha / 2) : alpha <= 0 ? 0 : Double.NaN;
  }

  /**
   * Abdi and Ranaldo 2017: the close is half a spread away from the efficient price, the mid-ranges of its own and of the
   * next row are not. Negative squares are 0.
   */
  public static void abdiRanaldo(
      double[] high, double[] low, double[] close, int rows, double[] result) {
    double midBefore = Double.NaN;
    double closeBefore = Double.NaN;
    for (int i = 0; i < rows; i++) {
      double mid =
          range(high[i], low[i])
              ? (StrictMath.log(high[i]) + StrictMath.log(low[i])) / 2
              : Double.NaN;
      double square = 4 * (closeBefore - midBefore) * (closeBefore - mid);
      result[i] = square > 0 ? Math.sqrt(square) : square <= 0 ? 0 : Double.NaN;
      midBefore = mid;
      closeBefore = Quotes.price(close[i]) ? StrictMath.log(close[i]) : Double.NaN;
    }
  }
}
