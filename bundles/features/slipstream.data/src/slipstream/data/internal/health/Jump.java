package slipstream.data.internal.health;

/**
 * A day's price far from the day before.
 *
 * @param day from the frame's first
 * @param row the day's first
 * @param move log of close over the close before
 * @param overnight log of open over the close before; the whole move where there is no open
 * @param next log of the next day's close over this one; NaN on the last day
 * @param volume the day's volume over the median of up to 20 days before; NaN when unknown
 * @param z of the move
 */
record Jump(
    int partition,
    int day,
    long row,
    double before,
    double open,
    double close,
    double move,
    double overnight,
    double next,
    double volume,
    double z) {

  /** Robust z and size beyond which a day's move is a jump. */
  static final double Z = 10;

  static final double SIZE = 0.15;

  /** Volume over its median beyond which the day had news. */
  private static final double NEWS = 8;

  /** Shares that one share becomes. */
  private static final double[] RATIOS = {
    2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100, 1.5, 1 / 2.0, 1 / 3.0, 1 / 4.0, 1 / 5.0,
    1 / 8.0, 1 / 10.0, 1 / 20.0, 1 / 25.0, 1 / 30.0, 1 / 50.0, 1 / 100.0, 2 / 3.0
  };

  boolean glitch() {
    return Math.abs(move + next) < 0.25 * Math.abs(move);
  }

  private boolean news() {
    return volume > NEWS;
  }

  /** Shares that one became, or NaN: the overnight ratio is near a simple one, and the close does not gainsay it. */
  double split() {
    if (news()) {
      return Double.NaN;
    }
    for (double ratio : RATIOS) {
      double atOpen = Math.abs(-overnight - Math.log(ratio));
      double atClose = Math.abs(-move - Math.log(ratio));
      if (Math.min(atOpen, atClose) < 0.03 && Math.max(atOpen, atClose) < 0.06) {
        return ratio;
      }
    }
    return Double.NaN;
  }

  boolean spinOff() {
    return move < -0.18 && !news() && overnight < 0.6 * move && -overnight > 0.18 && z > 15;
  }
}
