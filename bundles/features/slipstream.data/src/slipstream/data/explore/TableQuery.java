package slipstream.data.explore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import slipstream.core.progress.Progress;
import slipstream.core.table.Table;
import slipstream.data.internal.QueryRun;

/**
 * Filters and sorts the rows of a table by SQL, without copying the table: DuckDB reads the columns that the query names
 * from the table's own memory.
 *
 * <p>The condition may name every column (in double quotes where the name is no plain word), and {@code row}, the row's
 * number from 0 (when the table has no column of that name). Times are UTC: {@code time >= '2024-01-02 14:30'}. A null
 * and a NaN are both NULL. Subqueries may read {@code data}, which is the table. Nothing else can be reached: no file, no
 * network, no setting.
 *
 * @param where a condition; empty for all rows
 * @param order what to sort by; unknown values come last, and rows that are equal stay in the table's order
 * @param from the first row of the table that is looked at
 * @param to after the last one
 */
public record TableQuery(String where, List<Order> order, long from, long to) {
  /** A column to sort by. */
  public record Order(String column, boolean descending) {}

  public TableQuery {
    order = List.copyOf(order);
  }

  /** All rows that meet a condition, in the table's order. */
  public static TableQuery where(String where, Table table) {
    return new TableQuery(where, List.of(), 0, table.rows());
  }

  /**
   * Runs the query. Same table and query give the same rows in the same order, whatever the number of threads.
   *
   * @param scratch a folder for temporary files and for the order of sorted rows
   * @param limit how long it may take
   * @throws slipstream.core.SlipstreamException when the condition is wrong, with its place, when it takes too long or
   *     too much memory, or was cancelled
   */
  public RowSelection run(
      Table table, Path scratch, int threads, Duration limit, Progress progress) {
    if (where.isBlank() && order.isEmpty()) {
      return new RowSelection.Range(from, to);
    }
    return QueryRun.run(table, this, scratch, threads, limit, progress);
  }
}
