package slipstream.features.internal.kernel;

/**
 * What a bid, an ask and their sizes say, a row at a time.
 *
 * <p>A quote is usable when both prices are finite, above 0 and not crossed ({@code bid <= ask}); a locked quote (the two
 * equal) is. What is made of one that is not is NaN.
 */
public final class Quotes {
  /** Basis points of one. */
  static final double BP = 1e4;

  /** A price so near the midpoint, relatively, differs from it by rounding alone. */
  private static final double AT_MID = 1e-12;

  private Quotes() {}

  static boolean price(double x) {
    return x > 0 && x < Double.POSITIVE_INFINITY;
  }

  static boolean usable(double bid, double ask) {
    return price(bid) && price(ask) && bid <= ask;
  }

  /** {@code (bid + ask) / 2}. */
  public static double mid(double bid, double ask) {
    // Halves first: the sum of two prices may be too large for a double, the midpoint is not.
    return usable(bid, ask) ? bid + (ask - bid) / 2 : Double.NaN;
  }

  /** {@code (ask - bid) / mid} in bp; 0 when locked. */
  public static double quotedSpread(double bid, double ask) {
    return BP * (ask - bid) / mid(bid, ask);
  }

  /** {@code 2 |price - mid| / mid} in bp. */
  public static double effectiveSpread(double price, double mid) {
    return price(price) && price(mid) ? 2 * BP * Math.abs(price - mid) / mid : Double.NaN;
  }

  /** {@code side (to - from) / base} in bp: what a trade of that side (+1 buyer, -1 seller, 0 neither) sees of a move. */
  public static double signedMove(double side, double from, double to, double base) {
    return price(from) && price(to) && price(base) && Math.abs(side) <= Double.MAX_VALUE
        ? BP * Math.signum(side) * (to - from) / base
        : Double.NaN;
  }

  /** The midpoint weighted by the opposite side's size: near the ask when the bid is the longer queue. */
  public static double microprice(double bid, double ask, double bidSize, double askSize) {
    double share = bidSize / (bidSize + askSize);
    return usable(bid, ask) && sizes(bidSize, askSize) ? bid + (ask - bid) * share : Double.NaN;
  }

  /** {@code (bidSize - askSize) / (bidSize + askSize)}. */
  public static double imbalance(double bidSize, double askSize) {
    return sizes(bidSize, askSize) ? (bidSize - askSize) / (bidSize + askSize) : Double.NaN;
  }

  private static boolean sizes(double bidSize, double askSize) {
    return size(bidSize) && size(askSize) && price(bidSize + askSize);
  }

  private static boolean size(double x) {
    return x >= 0 && x < Double.POSITIVE_INFINITY;
  }

  /** +1 above the midpoint, -1 below, 0 at it (to 1e-12 of it); NaN without a usable quote. */
  public static double sign(double price, double bid, double ask) {
    double mid = mid(bid, ask);
    if (!price(price) || Double.isNaN(mid)) {
      return Double.NaN;
    }
    double distance = price - mid;
    return Math.abs(distance) <= AT_MID * mid ? 0 : Math.signum(distance);
  }

  /**
   * Order flow of the best quotes between two rows (Cont, Kukanov and Stoikov 2014): what was added to the bid or taken
   * from the ask, less the contrary.
   */
  public static double orderFlow(
      double bidBefore,
      double bidSizeBefore,
      double askBefore,
      double askSizeBefore,
      double bid,
      double bidSize,
      double ask,
      double askSize) {
    if (!Double.isFinite(bidBefore + askBefore + bid + ask)
        || !(size(bidSizeBefore) && size(askSizeBefore) && size(bidSize) && size(askSize))) {
      return Double.NaN;
    }
    double flow = 0;
    flow += bid >= bidBefore ? bidSize : 0;
    flow -= bid <= bidBefore ? bidSizeBefore : 0;
    flow -= ask <= askBefore ? askSize : 0;
    flow += ask >= askBefore ? askSizeBefore : 0;
    return flow;
  }
}
