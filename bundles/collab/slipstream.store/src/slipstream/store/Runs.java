package slipstream.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import slipstream.core.SlipstreamException;
import slipstream.store.internal.Durable;
import slipstream.store.internal.Times;

/** The runs of a workspace. */
public final class Runs {
  private final Jdbi jdbi;

  Runs(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Records a new run, QUEUED, under the experiment's next number.
   *
   * @param directory the run's folder, given its name; numbers whose folder exists are passed over
   */
  public RunRecord create(
      String experiment,
      String experimentText,
      int threads,
      Function<String, Path> directory,
      Instant now) {
    // One process owns the store, so a lock in it is enough to count.
    synchronized (this) {
      return Durable.write(
          jdbi,
          handle -> {
            int number =
                handle
                    .createQuery(
                        "SELECT COALESCE(MAX(number), 0) + 1 FROM runs WHERE experiment = :experiment")
                    .bind("experiment", experiment)
                    .mapTo(int.class)
                    .one();
            while (Files.exists(directory.apply(experiment + "-" + number))) {
              number++;
            }
            String name = experiment + "-" + number;
            handle
                .createUpdate(
                    """
                    INSERT INTO runs
                      (name, experiment, number, state, create_time, experiment_text, threads, directory)
                    VALUES (:name, :experiment, :number, 'QUEUED', :now, :text, :threads, :directory)
                    """)
                .bind("name", name)
                .bind("experiment", experiment)
                .bind("number", number)
                .bind("now", Times.nanos(now))
                .bind("text", experimentText)
                .bind("threads", threads)
                .bind("directory", directory.apply(name).toString())
                .execute();
            return find(handle, name).orElseThrow();
          });
    }
  }

  /** Records that a run started. */
  public RunRecord start(String name, Instant now) {
    return Durable.write(
        jdbi,
        handle -> {
          handle
              .createUpdate(
                  "UPDATE runs SET state = 'RUNNING', start_time = :now WHERE name = :name")
              .bind("name", name)
              .bind("now", Times.nanos(now))
              .execute();
          return find(handle, name).orElseThrow();
        });
  }

  /**
   * Records the end of a run together with its last events and the models that it made: all of it or nothing.
   *
   * @param state an ended one
   * @param problem null when it did not fail
   * @param reportHash null when there is no report
   * @param reportHtmlHash null when there is no report
   * @return the run as it is now; unchanged when it had ended before
   */
  public RunRecord end(
      String name,
      RunState state,
      SlipstreamException problem,
      String reportHash,
      String reportHtmlHash,
      List<ModelRecord> models,
      Instant now) {
    if (!state.ended()) {
      throw new IllegalArgumentException(state + " is not an end");
    }
    return Durable.write(
        jdbi,
        handle -> {
          int changed =
              Problems.bind(
                      handle.createUpdate(
                          "UPDATE runs SET state = :state, end_time = :now, report_hash = :report,"
                              + " report_html_hash = :html, "
                              + Problems.SET
                              + " WHERE name = :name AND state IN ('QUEUED', 'RUNNING')"),
                      problem)
                  .bind("name", name)
                  .bind("state", state.name())
                  .bind("now", Times.nanos(now))
                  .bind("report", reportHash)
                  .bind("html", reportHtmlHash)
                  .execute();
          if (changed == 1) {
            for (ModelRecord model : models) {
              Models.insert(handle, model);
            }
          }
          return find(handle, name).orElseThrow();
        });
  }

  public Optional<RunRecord> find(String name) {
    return jdbi.withHandle(handle -> find(handle, name));
  }

  private static Optional<RunRecord> find(Handle handle, String name) {
    return handle
        .createQuery("SELECT * FROM runs WHERE name = :name")
        .bind("name", name)
        .map(Runs::read)
        .findOne();
  }

  /**
   * Runs, newest first.
   *
   * @param experiment only runs of this experiment; all when empty
   * @param before only rows with a smaller id; 0 to begin
   * @param limit at most this many
   */
  public Page<RunRecord> list(String experiment, long before, int limit) {
    List<RunRecord> rows =
        jdbi.withHandle(
            handle ->
                Pages.newest(handle, "runs", "experiment", experiment, before, limit)
                    .map(Runs::read)
                    .list());
    return Pages.page(rows, limit, RunRecord::id);
  }

  /** Adds events, whose sequences must be new. */
  public void addEvents(long run, List<RunEventRecord> events) {
    if (events.isEmpty()) {
      return;
    }
    Durable.write(
        jdbi,
        handle -> {
          PreparedBatch batch =
              handle.prepareBatch(
                  "INSERT INTO run_events (run_id, sequence, event) VALUES (:run, :sequence, :event)");
          for (RunEventRecord event : events) {
            batch
                .bind("run", run)
                .bind("sequence", event.sequence())
                .bind("event", event.event())
                .add();
          }
          return batch.execute();
        });
  }

  /**
   * Events of a run in order.
   *
   * @param after only those with a larger sequence
   */
  public List<RunEventRecord> events(long run, long after, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT sequence, event FROM run_events
                    WHERE run_id = :run AND sequence > :after ORDER BY sequence LIMIT :limit
                    """)
                .bind("run", run)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new RunEventRecord(row.getLong(1), row.getBytes(2)))
                .list());
  }

  List<String> interruptAll(Instant now) {
    SlipstreamException problem =
        new SlipstreamException(
            SlipstreamException.Category.UNAVAILABLE,
            "the process that ran it ended",
            null,
            "Run the experiment again.");
    return Durable.write(
        jdbi,
        handle -> {
          List<String> names =
              new ArrayList<>(
                  handle
                      .createQuery(
                          "SELECT name FROM runs WHERE state IN ('QUEUED', 'RUNNING') ORDER BY id")
                      .mapTo(String.class)
                      .list());
          Problems.bind(
                  handle.createUpdate(
                      "UPDATE runs SET state = 'INTERRUPTED', end_time = :now, "
                          + Problems.SET
                          + " WHERE state IN ('QUEUED', 'RUNNING')"),
                  problem)
              .bind("now", Times.nanos(now))
              .execute();
          return List.copyOf(names);
        });
  }

  private static RunRecord read(ResultSet row, StatementContext context) throws SQLException {
    return new RunRecord(
        row.getLong("id"),
        row.getString("name"),
        row.getString("experiment"),
        row.getInt("number"),
        RunState.valueOf(row.getString("state")),
        Times.instant(Pages.longOrNull(row, "create_time")),
        Times.instant(Pages.longOrNull(row, "start_time")),
        Times.instant(Pages.longOrNull(row, "end_time")),
        row.getString("experiment_text"),
        row.getInt("threads"),
        row.getString("directory"),
        row.getString("report_hash"),
        row.getString("report_html_hash"),
        Problems.read(row));
  }
}
