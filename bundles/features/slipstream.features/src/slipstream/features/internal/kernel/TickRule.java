package slipstream.features.internal.kernel;

/**
 * The side of a trade by the tick rule: the sign of the last price change that was not zero (Lee and Ready, 1991).
 *
 * <p>One instance follows one instrument's trades in order of time.
 */
public final class TickRule {
  private double last = Double.NaN;
  private double sign = Double.NaN;

  /**
   * @param price of the next trade; when it is not finite the trade is passed over
   * @return +1 for a buyer's trade, -1 for a seller's, NaN when the price is not finite or no price has differed yet
   */
  public double next(double price) {
    if (!Double.isFinite(price)) {
      return Double.NaN;
    }
    if (price > last) {
      sign = 1;
    } else if (price < last) {
      sign = -1;
    }
    last = price;
    return sign;
  }
}
