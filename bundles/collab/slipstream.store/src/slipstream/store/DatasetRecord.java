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
 * @param version from 1; each append makes the next
 * @param origin how it was imported
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
    int version,
    Origin origin,
    List<Column> columns) {
  public DatasetRecord {
    columns = List.copyOf(columns);
  }

  /** The first version, of an import that is not known. */
  public DatasetRecord(
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
    this(
        id,
        name,
        hash,
        rows,
        instruments,
        timeColumn,
        instrumentColumn,
        firstTime,
        lastTime,
        source,
        qualityHash,
        created,
        1,
        Origin.UNKNOWN,
        columns);
  }

  /** The same import, known. */
  public DatasetRecord from(Origin known) {
    return new DatasetRecord(
        id,
        name,
        hash,
        rows,
        instruments,
        timeColumn,
        instrumentColumn,
        firstTime,
        lastTime,
        source,
        qualityHash,
        created,
        version,
        known,
        columns);
  }

  /**
   * How a dataset was imported, so that more can be read in the same way.
   *
   * @param importer name of the plug-in; empty when not known
   * @param parameters as JSON
   * @param base where relative paths in them start
   */
  public record Origin(String importer, String parameters, String base) {
    public static final Origin UNKNOWN = new Origin("", "", "");
  }

  /**
   * What a dataset was, or is.
   *
   * @param number from 1
   * @param hash content hash of its table, which can be made again from the newest version's
   * @param source of what this version added
   */
  public record Version(
      int number,
      String hash,
      long rows,
      int instruments,
      Instant firstTime,
      Instant lastTime,
      String source,
      Instant created) {}

  /**
   * @param type the name of a {@link slipstream.core.table.ColumnType}
   */
  public record Column(String name, String type, String unit, String description) {}
}
