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
                  instrument_column, first_time, last_time, source, quality_hash, create_time)
                VALUES (:name, :hash, :rows, :instruments, :time_column,
                  :instrument_column, :first, :last, :source, :quality, :created)
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
            .executeAndReturnGeneratedKeys("id")
            .mapTo(long.class)
            .one();
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
                    handle
                        .createQuery(
                            "SELECT * FROM datasets WHERE id < :before ORDER BY id DESC LIMIT :limit")
                        .bind("before", before == 0 ? Long.MAX_VALUE : before)
                        .bind("limit", limit + 1)
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
        List.of());
  }
}
