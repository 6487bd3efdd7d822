package slipstream.store;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import slipstream.core.SlipstreamException;
import slipstream.store.internal.Durable;
import slipstream.store.internal.Times;

/** The searches of a workspace and their trials. */
public final class Searches {
  private final Jdbi jdbi;

  Searches(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Records a new search, QUEUED, under the experiment's next number.
   *
   * @param snapshot what is known of it
   */
  public SearchRecord create(
      String experiment,
      String experimentText,
      String file,
      Path dataDirectory,
      int threads,
      byte[] snapshot,
      Instant now) {
    // One process owns the store, so a lock in it is enough to count.
    synchronized (this) {
      return Durable.write(
          jdbi,
          handle -> {
            int number =
                handle
                    .createQuery(
                        "SELECT COALESCE(MAX(number), 0) + 1 FROM searches WHERE experiment = :experiment")
                    .bind("experiment", experiment)
                    .mapTo(int.class)
                    .one();
            String name = experiment + "-search-" + number;
            handle
                .createUpdate(
                    """
                    INSERT INTO searches
                      (name, experiment, number, state, create_time, experiment_text, file, data_directory, threads,
                       snapshot)
                    VALUES (:name, :experiment, :number, 'QUEUED', :now, :text, :file, :directory, :threads,
                       :snapshot)
                    """)
                .bind("name", name)
                .bind("experiment", experiment)
                .bind("number", number)
                .bind("now", Times.nanos(now))
                .bind("text", experimentText)
                .bind("file", file)
                .bind("directory", dataDirectory.toString())
                .bind("threads", threads)
                .bind("snapshot", snapshot)
                .execute();
            return find(handle, name).orElseThrow();
          });
    }
  }

  /**
   * Records that a search that has ended is to go on: it is QUEUED again.
   *
   * @return empty when it has not ended, or has succeeded
   */
  public Optional<SearchRecord> resume(String name) {
    return Durable.write(
        jdbi,
        handle ->
            Problems.bind(
                            handle.createUpdate(
                                "UPDATE searches SET state = 'QUEUED', end_time = NULL, "
                                    + Problems.SET
                                    + " WHERE name = :name AND state IN ('FAILED', 'CANCELLED', 'INTERRUPTED')"),
                            null)
                        .bind("name", name)
                        .execute()
                    == 1
                ? find(handle, name)
                : Optional.empty());
  }

  /**
   * Records that a search that has ended, in whatever way, is to go on with a larger budget: it is QUEUED again.
   *
   * @param experimentText with the budget in it
   * @param snapshot what is known of it
   * @return empty when it has not ended
   */
  public Optional<SearchRecord> enlarge(String name, String experimentText, byte[] snapshot) {
    return Durable.write(
        jdbi,
        handle ->
            Problems.bind(
                            handle.createUpdate(
                                "UPDATE searches SET state = 'QUEUED', end_time = NULL,"
                                    + " experiment_text = :text, snapshot = :snapshot, "
                                    + Problems.SET
                                    + " WHERE name = :name AND state NOT IN ('QUEUED', 'RUNNING')"),
                            null)
                        .bind("name", name)
                        .bind("text", experimentText)
                        .bind("snapshot", snapshot)
                        .execute()
                    == 1
                ? find(handle, name)
                : Optional.empty());
  }

  /** Records that a search started, or goes on. */
  public SearchRecord start(String name, Instant now) {
    return Durable.write(
        jdbi,
        handle -> {
          handle
              .createUpdate(
                  "UPDATE searches SET state = 'RUNNING', start_time = :now WHERE name = :name")
              .bind("name", name)
              .bind("now", Times.nanos(now))
              .execute();
          return find(handle, name).orElseThrow();
        });
  }

  /** Records the run of the best configuration. */
  public SearchRecord setRun(String name, byte[] snapshot, String run) {
    return Durable.write(
        jdbi,
        handle -> {
          handle
              .createUpdate(
                  "UPDATE searches SET snapshot = :snapshot, run = :run WHERE name = :name")
              .bind("name", name)
              .bind("snapshot", snapshot)
              .bind("run", run)
              .execute();
          return find(handle, name).orElseThrow();
        });
  }

  /**
   * Records the end of a search.
   *
   * @param state an ended one
   * @param problem null when it did not fail
   * @return the search as it is now; unchanged when it had ended before
   */
  public SearchRecord end(String name, RunState state, SlipstreamException problem, Instant now) {
    if (!state.ended()) {
      throw new IllegalArgumentException(state + " is not an end");
    }
    return Durable.write(
        jdbi,
        handle -> {
          Problems.bind(
                  handle.createUpdate(
                      "UPDATE searches SET state = :state, end_time = :now, "
                          + Problems.SET
                          + " WHERE name = :name AND state IN ('QUEUED', 'RUNNING')"),
                  problem)
              .bind("name", name)
              .bind("state", state.name())
              .bind("now", Times.nanos(now))
              .execute();
          return find(handle, name).orElseThrow();
        });
  }

  public Optional<SearchRecord> find(String name) {
    return jdbi.withHandle(handle -> find(handle, name));
  }

  private static Optional<SearchRecord> find(Handle handle, String name) {
    return handle
        .createQuery("SELECT * FROM searches WHERE name = :name")
        .bind("name", name)
        .map(Searches::read)
        .findOne();
  }

  /**
   * Searches, newest first.
   *
   * @param experiment only searches of this experiment; all when empty
   * @param before only rows with a smaller id; 0 to begin
   * @param limit at most this many
   */
  public Page<SearchRecord> list(String experiment, long before, int limit) {
    List<SearchRecord> rows =
        jdbi.withHandle(
            handle ->
                Pages.newest(handle, "searches", "experiment", experiment, before, limit)
                    .map(Searches::read)
                    .list());
    return Pages.page(rows, limit, SearchRecord::id);
  }

  /**
   * Adds trials, whose numbers must be new, in one transaction.
   *
   * @param elapsed for how long the search has run by now
   * @param snapshot what is known of the search with these trials
   */
  public void addTrials(long search, List<TrialRecord> trials, Duration elapsed, byte[] snapshot) {
    Durable.write(
        jdbi,
        handle -> {
          PreparedBatch batch =
              handle.prepareBatch(
                  """
                  INSERT INTO trials (search_id, number, trial_key, scored, trial)
                  VALUES (:search, :number, :key, :scored, :trial)
                  """);
          for (TrialRecord trial : trials) {
            batch
                .bind("search", search)
                .bind("number", trial.number())
                .bind("key", trial.key())
                .bind("scored", trial.scored())
                .bind("trial", trial.trial())
                .add();
          }
          batch.execute();
          return handle
              .createUpdate(
                  "UPDATE searches SET elapsed = :elapsed, snapshot = :snapshot WHERE id = :search")
              .bind("search", search)
              .bind("snapshot", snapshot)
              .bind("elapsed", elapsed.toNanos())
              .execute();
        });
  }

  /**
   * Trials of a search in order of their numbers.
   *
   * @param after only those with a larger number
   */
  public List<TrialRecord> trials(long search, int after, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT number, trial_key, scored, trial FROM trials
                    WHERE search_id = :search AND number > :after ORDER BY number LIMIT :limit
                    """)
                .bind("search", search)
                .bind("after", after)
                .bind("limit", limit)
                .map(Searches::readTrial)
                .list());
  }

  /** A trial of any search that was scored under this key. */
  public Optional<TrialRecord> scored(String key) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT number, trial_key, scored, trial FROM trials
                    WHERE trial_key = :key AND scored FETCH FIRST ROW ONLY
                    """)
                .bind("key", key)
                .map(Searches::readTrial)
                .findOne());
  }

  private static TrialRecord readTrial(ResultSet row, StatementContext context)
      throws SQLException {
    return new TrialRecord(row.getInt(1), row.getString(2), row.getBoolean(3), row.getBytes(4));
  }

  void interruptAll(Instant now) {
    SlipstreamException problem =
        new SlipstreamException(
            SlipstreamException.Category.UNAVAILABLE,
            "the process that ran it ended",
            null,
            "Resume it: its finished trials are kept.");
    Durable.write(
        jdbi,
        handle ->
            Problems.bind(
                    handle.createUpdate(
                        "UPDATE searches SET state = 'INTERRUPTED', end_time = :now, "
                            + Problems.SET
                            + " WHERE state IN ('QUEUED', 'RUNNING')"),
                    problem)
                .bind("now", Times.nanos(now))
                .execute());
  }

  private static SearchRecord read(ResultSet row, StatementContext context) throws SQLException {
    return new SearchRecord(
        row.getLong("id"),
        row.getString("name"),
        row.getString("experiment"),
        row.getInt("number"),
        RunState.valueOf(row.getString("state")),
        Times.instant(Pages.longOrNull(row, "create_time")),
        Times.instant(Pages.longOrNull(row, "start_time")),
        Times.instant(Pages.longOrNull(row, "end_time")),
        row.getString("experiment_text"),
        row.getString("file"),
        row.getString("data_directory"),
        row.getInt("threads"),
        Duration.ofNanos(row.getLong("elapsed")),
        row.getBytes("snapshot"),
        row.getString("run"),
        Problems.read(row));
  }
}
