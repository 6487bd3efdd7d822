package slipstream.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import slipstream.store.internal.Durable;

/** The scores of all models of all runs: an index of the runs' reports, taken from them when it is first asked for. */
public final class ModelScores {
  /** What a list may be sorted by, beside any metric. */
  public enum Order {
    TIME("r.create_time DESC, s.id"),
    TRAINING_TIME("s.training_seconds, s.id"),
    EXPERIMENT("r.experiment, s.id"),
    RUN("r.experiment, r.number, s.id"),
    TARGET("s.target, s.id"),
    MODEL("s.model, s.id"),
    TRAINER("s.trainer, s.id"),
    /** The best first; those without the metric last, whichever way. */
    METRIC("m.loss NULLS LAST, s.id");

    private final String sql;

    Order(String sql) {
      this.sql = sql;
    }

    private String sql(boolean reverse) {
      if (!reverse) {
        return sql;
      }
      return switch (this) {
        case TIME -> "r.create_time, s.id";
        case METRIC -> "m.loss DESC NULLS LAST, s.id";
        default -> sql.replace(",", " DESC,");
      };
    }
  }

  /**
   * Which scores. Empty words stand for any.
   *
   * @param text part of the name of experiment, run, target, model or trainer; capitals do not matter
   * @param baselines whether those of the baselines are among them
   */
  public record Filter(
      String experiment,
      String target,
      String trainer,
      String run,
      String text,
      boolean baselines) {}

  /** What occurs in the scores that a filter lets through, each in order. */
  public record Words(
      List<String> experiments,
      List<String> targets,
      List<String> trainers,
      List<String> metrics) {}

  private static final String FROM = " FROM model_scores s JOIN runs r ON r.id = s.run_id ";

  private final Jdbi jdbi;

  ModelScores(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Runs with a report whose scores are not here yet: hash of the report by the run's name, oldest first. */
  public Map<String, String> missing() {
    return jdbi.withHandle(
        handle -> {
          Map<String, String> missing = new LinkedHashMap<>();
          handle
              .createQuery(
                  "SELECT name, report_hash FROM runs WHERE NOT scores_taken AND report_hash IS NOT NULL"
                      + " ORDER BY id")
              .map((row, context) -> missing.put(row.getString(1), row.getString(2)))
              .list();
          return missing;
        });
  }

  /** Adds the scores of a run, once: those of a run that has some are left as they are. */
  public void add(String run, List<ModelScoreRecord> scores) {
    Durable.write(
        jdbi,
        handle -> {
          int changed =
              handle
                  .createUpdate(
                      "UPDATE runs SET scores_taken = TRUE WHERE name = :run AND NOT scores_taken")
                  .bind("run", run)
                  .execute();
          if (changed == 1) {
            scores.forEach(each -> insert(handle, run, each));
          }
          return changed;
        });
  }

  private static void insert(Handle handle, String run, ModelScoreRecord score) {
    long id =
        handle
            .createUpdate(
                """
                INSERT INTO model_scores (run_id, target, model, trainer, baseline, training_seconds, score)
                SELECT id, :target, :model, :trainer, :baseline, :seconds, :score FROM runs WHERE name = :run
                """)
            .bind("run", run)
            .bind("target", score.target())
            .bind("model", score.model())
            .bind("trainer", score.trainer())
            .bind("baseline", score.baseline())
            .bind("seconds", score.trainingSeconds())
            .bind("score", score.score())
            .executeAndReturnGeneratedKeys("id")
            .mapTo(long.class)
            .one();
    if (!score.losses().isEmpty()) {
      PreparedBatch batch =
          handle.prepareBatch(
              "INSERT INTO metric_scores (score_id, metric, loss) VALUES (:id, :metric, :loss)");
      score
          .losses()
          .forEach(
              (metric, loss) ->
                  batch
                      .bind("id", id)
                      .bind("metric", metric)
                      .bind("loss", loss.isNaN() ? null : loss)
                      .add());
      batch.execute();
    }
  }

  /**
   * Scores in order.
   *
   * @param metric what {@link Order#METRIC} sorts by
   * @param skip so many first ones are left out
   */
  public List<byte[]> list(
      Filter filter, Order order, String metric, boolean reverse, long skip, int limit) {
    return jdbi.withHandle(
        handle ->
            bind(
                    handle.createQuery(
                        "SELECT s.score"
                            + FROM
                            + "LEFT JOIN metric_scores m ON m.score_id = s.id AND m.metric = :metric"
                            + where(filter)
                            + " ORDER BY "
                            + order.sql(reverse)
                            + " LIMIT :limit OFFSET :skip"),
                    filter)
                .bind("metric", metric)
                .bind("limit", limit)
                .bind("skip", skip)
                .map((row, context) -> row.getBytes(1))
                .list());
  }

  /** How many scores a filter lets through. */
  public long count(Filter filter) {
    return jdbi.withHandle(
        handle ->
            bind(handle.createQuery("SELECT COUNT(*)" + FROM + where(filter)), filter)
                .mapTo(long.class)
                .one());
  }

  /** What occurs in the scores that a filter lets through. */
  public Words words(Filter filter) {
    return jdbi.withHandle(
        handle ->
            new Words(
                distinct(handle, "r.experiment", "", filter),
                distinct(handle, "s.target", "", filter),
                distinct(handle, "s.trainer", "", filter),
                distinct(handle, "m.metric", "JOIN metric_scores m ON m.score_id = s.id", filter)));
  }

  private static List<String> distinct(Handle handle, String column, String join, Filter filter) {
    return bind(
            handle.createQuery(
                "SELECT DISTINCT " + column + FROM + join + where(filter) + " ORDER BY " + column),
            filter)
        .mapTo(String.class)
        .list();
  }

  /** A model's score. */
  public List<byte[]> find(String run, String target, String model) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT s.score"
                        + FROM
                        + "WHERE r.name = :run AND s.target = :target AND s.model = :model")
                .bind("run", run)
                .bind("target", target)
                .bind("model", model)
                .map((row, context) -> row.getBytes(1))
                .list());
  }

  private static String where(Filter filter) {
    List<String> conditions = new ArrayList<>();
    if (!filter.experiment().isEmpty()) {
      conditions.add("r.experiment = :experiment");
    }
    if (!filter.target().isEmpty()) {
      conditions.add("s.target = :target");
    }
    if (!filter.trainer().isEmpty()) {
      conditions.add("s.trainer = :trainer");
    }
    if (!filter.run().isEmpty()) {
      conditions.add("r.name = :run");
    }
    if (!filter.text().isEmpty()) {
      conditions.add(
          "LOCATE(:text, LOWER(r.name || ' ' || s.target || ' ' || s.model || ' ' || s.trainer)) > 0");
    }
    if (!filter.baselines()) {
      conditions.add("NOT s.baseline");
    }
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  private static Query bind(Query query, Filter filter) {
    if (!filter.experiment().isEmpty()) {
      query.bind("experiment", filter.experiment());
    }
    if (!filter.target().isEmpty()) {
      query.bind("target", filter.target());
    }
    if (!filter.trainer().isEmpty()) {
      query.bind("trainer", filter.trainer());
    }
    if (!filter.run().isEmpty()) {
      query.bind("run", filter.run());
    }
    if (!filter.text().isEmpty()) {
      query.bind("text", filter.text().toLowerCase(Locale.ROOT));
    }
    return query;
  }
}
