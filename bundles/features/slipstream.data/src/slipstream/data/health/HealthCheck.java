package slipstream.data.health;

import slipstream.core.progress.Progress;
import slipstream.core.table.Table;
import slipstream.data.ImportReport;
import slipstream.data.internal.health.Inspection;

/**
 * Looks for what is odd about a table. Reads only; nothing is repaired.
 *
 * <p>The report depends on the table and the options alone, not on threads. Columns are read in chunks; memory depends
 * on instruments, their days and the columns, not on rows.
 */
public final class HealthCheck {
  private HealthCheck() {}

  /**
   * Checks a table.
   *
   * @param imported what its import met, or null when unknown
   * @throws slipstream.core.SlipstreamException CANCELLED, or NOT_FOUND for a role of a column that is not there
   */
  public static HealthReport of(
      Table table, HealthOptions options, ImportReport imported, Progress progress) {
    return new Inspection(table, options, imported, progress).run();
  }
}
