package slipstream.training.evaluation;

import java.util.List;
import slipstream.training.evaluation.Report.BreakdownKind;

/**
 * Transaction-cost analysis of the parent orders of the prepared table. All costs are in bp, positive is a cost; standard errors
 * come from blocks of orders in order of time, as {@link BlockSums} says.
 *
 * @param orders that were analysed
 * @param fills of these: rows with a quantity
 * @param notional quantity times decision price, added up over the orders
 * @param filledShare of the orders' value at arrival that was done
 * @param leftOut orders that could not be analysed, by reason
 * @param shortfall delay, execution, opportunity, explicit and total, by the decision's value ({@link ImplementationShortfall})
 * @param slippage of what was done against benchmarks: side (average price / benchmark - 1)
 * @param markouts of fills: side (price later / fill's price - 1), by horizon; positive is a gain of who paid
 * @param reversions after the last fill: side (price later - price then) / arrival price, by horizon; below 0 the price comes back
 * @param breakdowns the orders told apart, by their first rows; shortfall and slippages in every bucket
 */
public record OrdersReport(
    long orders,
    long fills,
    double notional,
    double filledShare,
    List<LeftOut> leftOut,
    List<Cost> shortfall,
    List<Cost> slippage,
    List<Horizon> markouts,
    List<Horizon> reversions,
    List<OrderBreakdown> breakdowns) {

  /**
   * Orders that could not be analysed.
   *
   * @param reason for people: {@code no arrival price}
   */
  public record LeftOut(String reason, long orders) {}

  /**
   * An average cost.
   *
   * @param orders that have it
   * @param mean weighted by value: money over the value that it is measured against
   * @param equalMean each order counting once
   * @param amount in money
   */
  public record Cost(
      String name,
      long orders,
      double mean,
      double standardError,
      double equalMean,
      double equalError,
      double amount) {}

  /**
   * A point of a curve over time after fills.
   *
   * @param horizon as the experiment names it: {@code 5m}
   * @param count fills or orders
   * @param mean weighted by value, bp
   */
  public record Horizon(String horizon, long count, double mean, double standardError) {}

  /** Orders told apart by something: see {@link Report.Breakdown}. */
  public record OrderBreakdown(
      String name,
      String expression,
      String unit,
      BreakdownKind kind,
      String zone,
      List<OrderBucket> buckets) {}

  /**
   * @param low least value in it; NaN for names
   * @param costs the shortfall's, then the slippages
   */
  public record OrderBucket(
      String label, double low, double high, long orders, double notional, List<Cost> costs) {}
}
