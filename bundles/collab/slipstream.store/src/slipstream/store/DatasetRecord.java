package slipstream.store;

import java.time.Instant;
import java.util.List;

/**
 * A dataset as the store keeps it; its table is {@code hash} in the content store.
 *
 * @param id ascending in order of registration; ignored when registering
 * @param name unique in the workspace
 * @param hash content hash of the table
 * @param timeColumn may be empty
 * @param instrumentColumn may be empty
 * @param firstTime null when there is no time column or no row
 * @param lastTime null when there is no time column or no row
 * @param source the file that it came from, as the user named it
 * @param qualityHash of the data-quality report in the content store; null until it is made
 */
public record DatasetRecord(
    long id,
    String name,
    String hash,
    long rows,
    int instruments,
    String timeColumn,
    String instrumentColumn,
    Instant firstTime,
    Instant lastTime,
    String source,
    String qualityHash,
    Instant created,
    List<Column> columns) {
  public DatasetRecord {
    columns = List.copyOf(columns);
  }

  /**
   * @param type the name of a {@link slipstream.core.table.ColumnType}
   */
  public record Column(String name, String type, String unit, String description) {}
}
