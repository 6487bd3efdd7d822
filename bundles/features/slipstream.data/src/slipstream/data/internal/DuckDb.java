package slipstream.data.internal;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.QueryProgress;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Column;
import slipstream.core.table.Table;

/**
 * A private DuckDB in memory that spills into one folder, reads one file, and reaches nothing else.
 *
 * <p>Extensions are never fetched, other files cannot be opened (so that a {@code where} cannot read them), and the
 * settings are locked.
 */
public final class DuckDb implements AutoCloseable {
  /** System property: memory of an import, such as {@code 2GB}; beyond it DuckDB spills to disk. */
  public static final String MEMORY = "slipstream.data.memory";

  private static final String DEFAULT_MEMORY = "1GB";
  private static final int POLL_MILLIS = 20;

  private final DuckDBConnection connection;
  private final Progress progress;
  private final Path scratch;

  /**
   * @param files the files and folders that may be read or written
   * @param threads at most this many work
   * @param timeZone of times that name none
   */
  public DuckDb(Path scratch, List<Path> files, String timeZone, int threads, Progress progress) {
    this.progress = progress;
    this.scratch = scratch;
    try {
      // Not by DriverManager, which does not see the drivers of other bundles.
      connection = (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
    } catch (SQLException e) {
      throw new SlipstreamException(
          Category.UNAVAILABLE, "DuckDB does not start: " + firstLine(e), null, "", e);
    }
    try {
      settings(scratch, files, timeZone, threads);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void settings(Path scratch, List<Path> files, String timeZone, int threads) {
    run("SET autoinstall_known_extensions=false");
    run("SET autoload_known_extensions=false");
    run("SET allow_community_extensions=false");
    run("SET memory_limit=" + text(System.getProperty(MEMORY, DEFAULT_MEMORY)));
    run("SET threads=" + Math.clamp(threads, 1, Runtime.getRuntime().availableProcessors()));
    run("SET preserve_insertion_order=true");
    run("SET enable_progress_bar=true");
    run("SET enable_progress_bar_print=false");
    try {
      run("SET TimeZone=" + text(timeZone));
    } catch (DuckDbException e) {
      throw SlipstreamException.invalid(
          "there is no time zone '" + timeZone + "'",
          Place.key("time_zone"),
          "Name one as in UTC, America/New_York or Asia/Shanghai.");
    }
    run("SET temp_directory=" + text(scratch.toString()));
    run("SET allowed_directories=[" + text(scratch + "/") + "]");
    List<String> allowed = new ArrayList<>();
    for (Path file : files) {
      allowed.add(text(file.toString()));
    }
    run("SET allowed_paths=[" + String.join(", ", allowed) + "]");
    run("SET enable_external_access=false");
    run("SET lock_configuration=true");
  }

  /** A DuckDB error whose meaning only the caller knows. */
  static final class DuckDbException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DuckDbException(Throwable cause) {
      super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }

    /** The first line, without the kind of error that DuckDB puts before it. */
    String line() {
      return firstLine(getCause());
    }
  }

  private static String firstLine(Throwable e) {
    String message = String.valueOf(e.getMessage()).strip();
    String line = message.lines().findFirst().orElse("");
    return line.replaceFirst("^([A-Z][A-Za-z]+ )+Error: ", "");
  }

  /** Runs a statement to its end; cancellation stops it. */
  void run(String sql) {
    run(sql, null);
  }

  /**
   * Runs a statement, reporting DuckDB's own progress.
   *
   * @param step of the work, or null to report nothing
   */
  void run(String sql, Stage.Step step) {
    progress.checkCancelled();
    try (DuckDBPreparedStatement statement = connection.prepare(sql);
        Watch watch = new Watch(statement, step)) {
      statement.execute();
    } catch (SQLException | RuntimeException e) {
      throw explain(e);
    }
  }

  /** The values of the single row of a query. */
  List<Object> row(String sql) {
    List<List<Object>> rows = rows(sql);
    return rows.isEmpty() ? List.of() : rows.getFirst();
  }

  /** All rows of a query that has few. */
  List<List<Object>> rows(String sql) {
    progress.checkCancelled();
    try (Statement statement = connection.createStatement()) {
      List<List<Object>> rows = new ArrayList<>();
      try (Watch watch = new Watch((DuckDBPreparedStatement) statement, null);
          ResultSet result = statement.executeQuery(sql)) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          List<Object> row = new ArrayList<>(columns);
          for (int i = 1; i <= columns; i++) {
            row.add(result.getObject(i));
          }
          rows.add(row);
        }
      }
      return rows;
    } catch (SQLException | RuntimeException e) {
      throw explain(e);
    }
  }

  /** What is done with each chunk of a stream. */
  interface ChunkConsumer {
    void accept(org.duckdb.DuckDBDataChunkReader chunk);
  }

  /**
   * Streams a query in chunks of about 2,048 rows, in order and in bounded memory.
   *
   * @param step the work until the first chunk comes, or null to report nothing
   */
  void stream(String sql, Stage.Step step, ChunkConsumer consumer) {
    progress.checkCancelled();
    try (DuckDBPreparedStatement statement = connection.prepare(sql)) {
      DuckDBChunkedResult opened;
      try (Watch watch = new Watch(statement, step)) {
        opened = statement.query();
      }
      try (DuckDBChunkedResult result = opened;
          Watch watch = new Watch(statement, null)) {
        while (next(result)) {
          progress.checkCancelled();
          consumer.accept(result.chunk());
        }
      }
    } catch (SQLException e) {
      throw explain(e);
    } catch (RuntimeException e) {
      throw e instanceof DuckDbException || e instanceof SlipstreamException ? e : explain(e);
    }
  }

  private boolean next(DuckDBChunkedResult result) {
    try {
      return result.nextChunk();
    } catch (RuntimeException e) {
      throw explain(e);
    }
  }

  /** Makes a function of rows known to SQL, under a name that is not taken. */
  void register(DuckDBTableFunctionBuilder function) {
    try {
      function.register(connection);
    } catch (SQLException e) {
      throw explain(e);
    }
  }

  /** Appends all rows of a table to one of DuckDB's with the same columns in the same order. */
  void append(Table table, String target) {
    try (DuckDBAppender appender = connection.createAppender(target)) {
      for (long row = 0; row < table.rows(); row++) {
        if ((row & 0xfff) == 0) {
          progress.checkCancelled();
        }
        appender.beginRow();
        for (Column column : table.columns()) {
          if (column.isNull(row)) {
            appender.appendNull();
            continue;
          }
          switch (column.type()) {
            case FLOAT64 -> appender.append(column.getDouble(row));
            case FLOAT32 -> appender.append((float) column.getDouble(row));
            case INT64, TIMESTAMP -> appender.append(column.getLong(row));
            case INT32 -> appender.append((int) column.getLong(row));
            case BOOLEAN -> appender.append(column.getLong(row) != 0);
            case STRING -> appender.append(column.getString(row));
          }
        }
        appender.endRow();
      }
      appender.flush();
    } catch (SQLException e) {
      throw explain(e);
    }
  }

  /** Cancels a statement when the user does, and reports how far it is. */
  private final class Watch implements AutoCloseable {
    private final Thread caller = Thread.currentThread();
    private final Thread thread;
    private volatile boolean over;

    Watch(DuckDBPreparedStatement statement, Stage.Step step) {
      thread = Thread.ofVirtual().start(() -> watch(statement, step));
    }

    private void watch(DuckDBPreparedStatement statement, Stage.Step step) {
      while (!over) {
        try {
          if (progress.cancelled() || caller.isInterrupted()) {
            statement.cancel();
          } else if (step != null) {
            QueryProgress state = statement.getQueryProgress();
            double percentage = state.getPercentage();
            if (percentage >= 0) {
              step.reach(percentage / 100);
            }
          }
        } catch (SQLException | RuntimeException e) {
          // The statement is not running yet or no longer; the next look tells.
        }
        try {
          Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    @Override
    public void close() {
      over = true;
      thread.interrupt();
      boolean interrupted = Thread.interrupted();
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (interrupted) {
        caller.interrupt();
      }
    }
  }

  private RuntimeException explain(Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof SlipstreamException known) {
      return known;
    }
    if (message.contains("INTERRUPT") || message.contains("Interrupted")) {
      progress.checkCancelled();
    }
    if (message.contains("No space left")
        || message.contains("max_temp_directory_size")
        || message.contains("IO Error") && AtomicFiles.diskFull(scratch, e)) {
      return new SlipstreamException(
          Category.RESOURCE_EXHAUSTED,
          "no space left on the disk for the import's temporary files",
          null,
          "Free some space and try again; what was there before is unchanged.",
          e);
    }
    if (message.contains("Out of Memory")) {
      return new SlipstreamException(
          Category.RESOURCE_EXHAUSTED,
          "the import needs more memory than the "
              + System.getProperty(MEMORY, DEFAULT_MEMORY)
              + " that it may use",
          null,
          "Leave out columns, or allow more by -D" + MEMORY + "=4GB.",
          e);
    }
    return new DuckDbException(e);
  }

  /** A quoted SQL identifier. */
  static String name(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A quoted SQL string. */
  static String text(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new DuckDbException(e);
    }
  }
}
