package slipstream.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import slipstream.store.internal.Durable;
import slipstream.store.internal.Times;

/** The datasets of a workspace. */
public final class Datasets {
  private final Jdbi jdbi;

  Datasets(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Registers a dataset; its name must be new. */
  public DatasetRecord register(DatasetRecord dataset) {
    return Durable.write(
        jdbi,
        handle -> {
          insert(handle, dataset);
          return one(handle, "name", dataset.name()).orElseThrow();
        });
  }

  private static void insert(Handle handle, DatasetRecord dataset) {
    long id =
        handle
            .createUpdate(
                """
                INSERT INTO datasets (name, hash, row_count, instruments, time_column,
                  instrument_column, first_time, last_time, source, quality_hash, create_time,
                  version, importer, parameters, base)
                VALUES (:name, :hash, :rows, :instruments, :time_column,
                  :instrument_column, :first, :last, :source, :quality, :created,
                  1, :importer, :parameters, :base)
                """)
            .bind("name", dataset.name())
            .bind("hash", dataset.hash())
            .bind("rows", dataset.rows())
            .bind("instruments", dataset.instruments())
            .bind("time_column", dataset.timeColumn())
            .bind("instrument_column", dataset.instrumentColumn())
            .bind("first", Times.nanos(dataset.firstTime()))
            .bind("last", Times.nanos(dataset.lastTime()))
            .bind("source", dataset.source())
            .bind("quality", dataset.qualityHash())
            .bind("created", Times.nanos(dataset.created()))
            .bind("importer", dataset.origin().importer())
            .bind("parameters", dataset.origin().parameters())
            .bind("base", dataset.origin().base())
            .executeAndReturnGeneratedKeys("id")
            .mapTo(long.class)
            .one();
    insertVersion(handle, id, 1, dataset);
    handle
        .createUpdate("DELETE FROM unused_tables WHERE hash = :hash")
        .bind("hash", dataset.hash())
        .execute();
    if (dataset.columns().isEmpty()) {
      return;
    }
    PreparedBatch columns =
        handle.prepareBatch(
            """
            INSERT INTO dataset_columns (dataset_id, position, name, type, unit, description)
            VALUES (:dataset, :position, :name, :type, :unit, :description)
            """);
    int position = 0;
    for (DatasetRecord.Column column : dataset.columns()) {
      columns
          .bind("dataset", id)
          .bind("position", position++)
          .bind("name", column.name())
          .bind("type", column.type())
          .bind("unit", column.unit())
          .bind("description", column.description())
          .add();
    }
    columns.execute();
  }

  private static void insertVersion(Handle handle, long id, int version, DatasetRecord dataset) {
    handle
        .createUpdate(
            """
            INSERT INTO dataset_versions (dataset_id, version, hash, row_count, instruments,
              first_time, last_time, source, create_time)
            VALUES (:id, :version, :hash, :rows, :instruments, :first, :last, :source, :created)
            """)
        .bind("id", id)
        .bind("version", version)
        .bind("hash", dataset.hash())
        .bind("rows", dataset.rows())
        .bind("instruments", dataset.instruments())
        .bind("first", Times.nanos(dataset.firstTime()))
        .bind("last", Times.nanos(dataset.lastTime()))
        .bind("source", dataset.source())
        .bind("created", Times.nanos(dataset.created()))
        .execute();
  }

  /**
   * Makes a longer table the newest version of a dataset. The table before is {@link #unusedTables unused} then unless
   * another dataset has the same.
   *
   * @param before the dataset as it was when the longer table was made
   * @param longer hash, rows, instruments, times, source and time of creation are taken from it
   * @return the dataset as it is now; empty when it has changed since {@code before}
   */
  public Optional<DatasetRecord> append(DatasetRecord before, DatasetRecord longer) {
    return Durable.write(
        jdbi,
        handle -> {
          int changed =
              handle
                  .createUpdate(
                      """
                      UPDATE datasets SET hash = :hash, row_count = :rows, instruments = :instruments,
                        first_time = :first, last_time = :last, quality_hash = NULL, version = version + 1
                      WHERE id = :id AND hash = :before
                      """)
                  .bind("hash", longer.hash())
                  .bind("rows", longer.rows())
                  .bind("instruments", longer.instruments())
                  .bind("first", Times.nanos(longer.firstTime()))
                  .bind("last", Times.nanos(longer.lastTime()))
                  .bind("id", before.id())
                  .bind("before", before.hash())
                  .execute();
          if (changed == 0) {
            return Optional.<DatasetRecord>empty();
          }
          DatasetRecord now = one(handle, "name", before.name()).orElseThrow();
          insertVersion(handle, now.id(), now.version(), longer);
          unuse(handle, before.hash());
          return Optional.of(now);
        });
  }

  /** The versions of a dataset, newest first. */
  public List<DatasetRecord.Version> versions(DatasetRecord dataset) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM dataset_versions WHERE dataset_id = :id ORDER BY version DESC")
                .bind("id", dataset.id())
                .map(
                    (row, context) ->
                        new DatasetRecord.Version(
                            row.getInt("version"),
                            row.getString("hash"),
                            row.getLong("row_count"),
                            row.getInt("instruments"),
                            Times.instant(Pages.longOrNull(row, "first_time")),
                            Times.instant(Pages.longOrNull(row, "last_time")),
                            row.getString("source"),
                            Times.instant(row.getLong("create_time"))))
                .list());
  }

  /** Forgets a dataset. Tables that only it had are {@link #unusedTables unused} then. */
  public void delete(DatasetRecord dataset) {
    List<DatasetRecord.Version> versions = versions(dataset);
    Durable.write(
        jdbi,
        handle -> {
          handle
              .createUpdate("DELETE FROM datasets WHERE id = :id")
              .bind("id", dataset.id())
              .execute();
          versions.forEach(version -> unuse(handle, version.hash()));
          return null;
        });
  }

  private static void unuse(Handle handle, String hash) {
    handle
        .createUpdate(
            """
            MERGE INTO unused_tables (hash) KEY (hash)
            SELECT :hash FROM (VALUES (0)) WHERE NOT EXISTS (SELECT 1 FROM datasets WHERE hash = :hash)
            """)
        .bind("hash", hash)
        .execute();
  }

  /** Content hashes of tables that no dataset has any more, and that were not removed yet. */
  public List<String> unusedTables() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT hash FROM unused_tables WHERE hash NOT IN (SELECT hash FROM datasets)")
                .mapTo(String.class)
                .list());
  }

  /** True while a version of a dataset, not necessarily its newest, has this content. */
  public boolean isVersion(String hash) {
    return jdbi.withHandle(
        handle ->
            handle
                    .createQuery("SELECT count(*) FROM dataset_versions WHERE hash = :hash")
                    .bind("hash", hash)
                    .mapTo(long.class)
                    .one()
                > 0);
  }

  /** Records that an unused table was removed. */
  public void removed(String hash) {
    Durable.write(
        jdbi,
        handle ->
            handle
                .createUpdate("DELETE FROM unused_tables WHERE hash = :hash")
                .bind("hash", hash)
                .execute());
  }

  /** Records where a dataset's quality report is. */
  public void setQuality(String name, String hash) {
    Durable.write(
        jdbi,
        handle ->
            handle
                .createUpdate("UPDATE datasets SET quality_hash = :hash WHERE name = :name")
                .bind("name", name)
                .bind("hash", hash)
                .execute());
  }

  public Optional<DatasetRecord> find(String name) {
    return jdbi.withHandle(handle -> one(handle, "name", name));
  }

  /** The newest dataset with this content. */
  public Optional<DatasetRecord> findByHash(String hash) {
    return jdbi.withHandle(handle -> one(handle, "hash", hash));
  }

  private static Optional<DatasetRecord> one(Handle handle, String column, String value) {
    List<DatasetRecord> found =
        handle
            .createQuery(
                "SELECT * FROM datasets WHERE " + column + " = :value ORDER BY id DESC LIMIT 1")
            .bind("value", value)
            .map((row, context) -> read(row))
            .list();
    return complete(handle, found).stream().findFirst();
  }

  /**
   * Datasets, newest first.
   *
   * @param before only rows with a smaller id; 0 to begin
   */
  public Page<DatasetRecord> list(long before, int limit) {
    List<DatasetRecord> rows =
        jdbi.withHandle(
            handle ->
                complete(
                    handle,
                    Pages.newest(handle, "datasets", "name", "", before, limit)
                        .map((row, context) -> read(row))
                        .list()));
    return Pages.page(rows, limit, DatasetRecord::id);
  }

  private static List<DatasetRecord> complete(Handle handle, List<DatasetRecord> datasets) {
    if (datasets.isEmpty()) {
      return datasets;
    }
    Map<Long, List<DatasetRecord.Column>> columns = new LinkedHashMap<>();
    handle
        .createQuery(
            "SELECT * FROM dataset_columns WHERE dataset_id IN (<ids>) ORDER BY dataset_id, position")
        .bindList("ids", datasets.stream().map(DatasetRecord::id).toList())
        .map(
            (row, context) -> {
              columns
                  .computeIfAbsent(row.getLong("dataset_id"), id -> new ArrayList<>())
                  .add(
                      new DatasetRecord.Column(
                          row.getString("name"),
                          row.getString("type"),
                          row.getString("unit"),
                          row.getString("description")));
              return true;
            })
        .list();
    return datasets.stream()
        .map(
            each ->
                new DatasetRecord(
                    each.id(),
                    each.name(),
                    each.hash(),
                    each.rows(),
                    each.instruments(),
                    each.timeColumn(),
                    each.instrumentColumn(),
                    each.firstTime(),
                    each.lastTime(),
                    each.source(),
                    each.qualityHash(),
                    each.created(),
                    each.version(),
                    each.origin(),
                    columns.getOrDefault(each.id(), List.of())))
        .toList();
  }

  private static DatasetRecord read(ResultSet row) throws SQLException {
    return new DatasetRecord(
        row.getLong("id"),
        row.getString("name"),
        row.getString("hash"),
        row.getLong("row_count"),
        row.getInt("instruments"),
        row.getString("time_column"),
        row.getString("instrument_column"),
        Times.instant(Pages.longOrNull(row, "first_time")),
        Times.instant(Pages.longOrNull(row, "last_time")),
        row.getString("source"),
        row.getString("quality_hash"),
        Times.instant(row.getLong("create_time")),
        row.getInt("version"),
        new DatasetRecord.Origin(
            row.getString("importer"), row.getString("parameters"), row.getString("base")),
        List.of());
  }
}
