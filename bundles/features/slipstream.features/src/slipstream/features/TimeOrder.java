package slipstream.features;

import slipstream.core.table.Table;
import slipstream.features.internal.plan.RowsByTime;

/** The rows of a table by time, then in the table's order. */
public final class TimeOrder {
  private TimeOrder() {}

  /**
   * All rows in this order.
   *
   * @param table with time, of fewer than 2^31 rows
   */
  public static int[] of(Table table) {
    return RowsByTime.of(table);
  }
}
