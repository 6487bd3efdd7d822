package slipstream.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import slipstream.store.internal.Durable;
import slipstream.store.internal.Times;

/** The models of a workspace. */
public final class Models {
  private final Jdbi jdbi;

  Models(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Registers a model; its name must be new. */
  public ModelRecord register(ModelRecord model) {
    return Durable.write(
        jdbi,
        handle -> {
          insert(handle, model);
          return one(handle, "name", model.name()).orElseThrow();
        });
  }

  static void insert(Handle handle, ModelRecord model) {
    long id =
        handle
            .createUpdate(
                """
                INSERT INTO models
                  (name, hash, experiment, run, trainer, target, unit, training_rows, create_time, file)
                VALUES (:name, :hash, :experiment, :run, :trainer, :target, :unit, :rows, :time, :file)
                """)
            .bind("name", model.name())
            .bind("hash", model.hash())
            .bind("experiment", model.experiment())
            .bind("run", model.run())
            .bind("trainer", model.trainer())
            .bind("target", model.target())
            .bind("unit", model.unit())
            .bind("rows", model.trainingRows())
            .bind("time", Times.nanos(model.created()))
            .bind("file", model.file())
            .executeAndReturnGeneratedKeys("id")
            .mapTo(long.class)
            .one();
    if (!model.inputs().isEmpty()) {
      PreparedBatch inputs =
          handle.prepareBatch(
              """
              INSERT INTO model_inputs (model_id, position, name, unit, given, expression)
              VALUES (:model, :position, :name, :unit, :given, :expression)
              """);
      int position = 0;
      for (ModelRecord.Input input : model.inputs()) {
        inputs
            .bind("model", id)
            .bind("position", position++)
            .bind("name", input.name())
            .bind("unit", input.unit())
            .bind("given", input.given())
            .bind("expression", input.expression())
            .add();
      }
      inputs.execute();
    }
    if (!model.provenance().isEmpty()) {
      PreparedBatch provenance =
          handle.prepareBatch(
              "INSERT INTO model_provenance (model_id, name, content) VALUES (:model, :name, :content)");
      for (Map.Entry<String, String> entry : model.provenance().entrySet()) {
        provenance
            .bind("model", id)
            .bind("name", entry.getKey())
            .bind("content", entry.getValue())
            .add();
      }
      provenance.execute();
    }
  }

  public Optional<ModelRecord> find(String name) {
    return jdbi.withHandle(handle -> one(handle, "name", name));
  }

  /** The newest model with this archive. */
  public Optional<ModelRecord> findByHash(String hash) {
    return jdbi.withHandle(handle -> one(handle, "hash", hash));
  }

  private static Optional<ModelRecord> one(Handle handle, String column, String value) {
    List<ModelRecord> found =
        handle
            .createQuery(
                "SELECT * FROM models WHERE " + column + " = :value ORDER BY id DESC LIMIT 1")
            .bind("value", value)
            .map((row, context) -> read(row))
            .list();
    return complete(handle, found).stream().findFirst();
  }

  /**
   * Models, newest first.
   *
   * @param run only models of this run; all when empty
   * @param before only rows with a smaller id; 0 to begin
   */
  public Page<ModelRecord> list(String run, long before, int limit) {
    List<ModelRecord> rows =
        jdbi.withHandle(
            handle ->
                complete(
                    handle,
                    Pages.newest(handle, "models", "run", run, before, limit)
                        .map((row, context) -> read(row))
                        .list()));
    return Pages.page(rows, limit, ModelRecord::id);
  }

  /** Names of the models that a run made, in order. */
  public List<String> namesOfRun(String run) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT name FROM models WHERE run = :run ORDER BY id")
                .bind("run", run)
                .mapTo(String.class)
                .list());
  }

  private static List<ModelRecord> complete(Handle handle, List<ModelRecord> models) {
    if (models.isEmpty()) {
      return models;
    }
    List<Long> ids = models.stream().map(ModelRecord::id).toList();
    Map<Long, List<ModelRecord.Input>> inputs = new LinkedHashMap<>();
    handle
        .createQuery(
            "SELECT * FROM model_inputs WHERE model_id IN (<ids>) ORDER BY model_id, position")
        .bindList("ids", ids)
        .map(
            (row, context) -> {
              inputs
                  .computeIfAbsent(row.getLong("model_id"), id -> new ArrayList<>())
                  .add(
                      new ModelRecord.Input(
                          row.getString("name"),
                          row.getString("unit"),
                          row.getBoolean("given"),
                          row.getString("expression")));
              return true;
            })
        .list();
    Map<Long, SequencedMap<String, String>> provenance = new LinkedHashMap<>();
    handle
        .createQuery(
            "SELECT * FROM model_provenance WHERE model_id IN (<ids>) ORDER BY model_id, name")
        .bindList("ids", ids)
        .map(
            (row, context) -> {
              provenance
                  .computeIfAbsent(row.getLong("model_id"), id -> new LinkedHashMap<>())
                  .put(row.getString("name"), row.getString("content"));
              return true;
            })
        .list();
    return models.stream()
        .map(
            model ->
                new ModelRecord(
                    model.id(),
                    model.name(),
                    model.hash(),
                    model.experiment(),
                    model.run(),
                    model.trainer(),
                    model.target(),
                    model.unit(),
                    model.trainingRows(),
                    model.created(),
                    model.file(),
                    inputs.getOrDefault(model.id(), List.of()),
                    provenance.getOrDefault(model.id(), new LinkedHashMap<>())))
        .toList();
  }

  private static ModelRecord read(ResultSet row) throws SQLException {
    return new ModelRecord(
        row.getLong("id"),
        row.getString("name"),
        row.getString("hash"),
        row.getString("experiment"),
        row.getString("run"),
        row.getString("trainer"),
        row.getString("target"),
        row.getString("unit"),
        row.getLong("training_rows"),
        Times.instant(row.getLong("create_time")),
        row.getString("file"),
        List.of(),
        new LinkedHashMap<>());
  }
}
