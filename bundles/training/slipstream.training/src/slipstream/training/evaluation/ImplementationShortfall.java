package slipstream.training.evaluation;

/**
 * What a parent order cost against a paper portfolio that does all of it at the decision's price for nothing (Perold 1988, "The
 * implementation shortfall: paper versus reality"), in the parts of Wagner and Edwards (1993, "Best execution"). With side s = ±1,
 * quantity Q, fills q_j at p_j that add up to X, prices P_d at the decision, P_0 at arrival and P_n at the end, and fees F:
 *
 * <pre>
 * delay        s Q (P_0 - P_d)              the market's move until the order reached it
 * execution    s (Σ q_j p_j - X P_0)        fills against arrival
 * opportunity  s (Q - X) (P_n - P_0)        what was not done, against arrival
 * explicit     F
 * total        s (Σ q_j p_j - X P_d + (Q - X) (P_n - P_d)) + F
 * </pre>
 *
 * All in money; positive is a cost. The parts add up to the total.
 */
public record ImplementationShortfall(
    double delay, double execution, double opportunity, double explicit) {

  /**
   * @param side above 0 for a buy, below for a sell
   * @param quantity Q, in all
   * @param filled X
   * @param paid Σ q_j p_j, what the fills came to
   * @param decision P_d
   * @param arrival P_0
   * @param last P_n; not used when all was filled
   * @param fees F
   */
  public static ImplementationShortfall of(
      double side,
      double quantity,
      double filled,
      double paid,
      double decision,
      double arrival,
      double last,
      double fees) {
    double s = Math.signum(side);
    double open = quantity - filled;
    return new ImplementationShortfall(
        s * quantity * (arrival - decision),
        s * (paid - filled * arrival),
        open == 0 ? 0 : s * open * (last - arrival),
        fees);
  }

  /** Perold's shortfall. */
  public double total() {
    return delay + execution + opportunity + explicit;
  }
}
