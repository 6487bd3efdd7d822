package slipstream.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.ContentStore;
import slipstream.store.internal.Migrations;
import slipstream.store.internal.WorkspaceLock;

/**
 * What a workspace remembers: runs, searches, models and datasets in an embedded H2 database, and their bytes in a content store
 * beside it, all under {@code .slipstream} in the workspace's folder.
 *
 * <p>One process holds a workspace at a time. A process that dies at any instant leaves a store that opens; what was
 * acknowledged is there, and the runs and searches that were going on are {@link RunState#INTERRUPTED}. Thread-safe.
 */
public final class WorkspaceStore implements AutoCloseable {
  /** The folder in a workspace that holds everything which is not the user's own. */
  public static final String FOLDER = ".slipstream";

  private static final int CONNECTIONS = 8;

  private final Path workspace;
  private final WorkspaceLock lock;
  private final HikariDataSource database;
  private final ContentStore content;
  private final Runs runs;
  private final Searches searches;
  private final ModelScores scores;
  private final Models models;
  private final Datasets datasets;
  private final DatasetTables tables;
  private final List<String> interrupted;

  private WorkspaceStore(
      Path workspace, WorkspaceLock lock, HikariDataSource database, ContentStore content) {
    this.workspace = workspace;
    this.lock = lock;
    this.database = database;
    this.content = content;
    Jdbi jdbi = Jdbi.create(database);
    this.runs = new Runs(jdbi);
    this.searches = new Searches(jdbi);
    this.scores = new ModelScores(jdbi);
    this.models = new Models(jdbi);
    this.datasets = new Datasets(jdbi);
    this.tables = new DatasetTables(datasets, content);
    this.tables.removeUnused();
    this.interrupted = runs.interruptAll(Instant.now());
    searches.interruptAll(Instant.now());
  }

  /**
   * Opens a workspace's store, creating folder and store when there is none.
   *
   * @throws SlipstreamException CONFLICT when another process holds the workspace, CORRUPT when the store is damaged or
   *     newer than this Slipstream
   */
  public static WorkspaceStore open(Path workspace) {
    Path root = workspace.toAbsolutePath().normalize();
    Path folder = root.resolve(FOLDER);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFiles.explain("create the workspace", root, e);
    }
    WorkspaceLock lock = WorkspaceLock.take(root, folder.resolve("lock"));
    HikariDataSource database = null;
    try {
      removeUnfinished(folder);
      database = connectNewest(folder, "the store of workspace " + root);
      ContentStore content = new ContentStore(folder.resolve("content"));
      // Whatever is there is of a process that died: the lock says that nobody works in it.
      AtomicFiles.deleteRecursively(content.root().resolve("scratch"));
      return new WorkspaceStore(root, lock, database, content);
    } catch (IOException e) {
      close(database, lock);
      throw AtomicFiles.explain("open the workspace", root, e);
    } catch (RuntimeException e) {
      close(database, lock);
      throw e;
    }
  }

  /** What a process that died here was writing. */
  private static void removeUnfinished(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(AtomicFiles.PREFIX)) {
          AtomicFiles.deleteRecursively(file);
        }
      }
    }
  }

  /**
   * Opens the database at the newest schema. H2 cannot undo half a migration, so a database is made, or an older one
   * migrated, as a copy that is renamed into place when it is whole.
   */
  private static HikariDataSource connectNewest(Path folder, String name) throws IOException {
    Path file = folder.resolve("store.mv.db");
    if (Files.exists(file)) {
      HikariDataSource database = connect(folder.resolve("store"));
      boolean newest = false;
      try {
        newest = Migrations.isNewest(database, name);
      } finally {
        if (!newest) {
          database.close();
        }
      }
      if (newest) {
        return database;
      }
    }
    Path scratch = AtomicFiles.scratchDirectory(file);
    try {
      Path copy = scratch.resolve("store.mv.db");
      if (Files.exists(file)) {
        Files.copy(file, copy);
      }
      try (HikariDataSource database = connect(scratch.resolve("store"))) {
        Migrations.apply(database, name);
      }
      AtomicFiles.sync(copy);
      AtomicFiles.move(copy, file);
    } finally {
      AtomicFiles.deleteRecursively(scratch);
    }
    return connect(folder.resolve("store"));
  }

  private static HikariDataSource connect(Path file) {
    JdbcDataSource h2 = new JdbcDataSource();
    // Closed by close(), not by a shutdown hook of its own.
    h2.setURL(
        "jdbc:h2:file:"
            + file.toString().replace(";", "\\;")
            + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
    h2.setUser("slipstream");
    HikariConfig config = new HikariConfig();
    config.setDataSource(h2);
    config.setPoolName("store");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    try (Connection first = h2.getConnection()) {
      // While this one is open, the pool's first connection does not open the file again.
      first.isValid(0);
      return new HikariDataSource(config);
    } catch (SQLException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CORRUPT,
          "the store " + file + ".mv.db cannot be opened: " + e.getMessage(),
          null,
          "Restore the workspace's .slipstream folder from a backup, or choose another workspace.",
          e);
    }
  }

  /** The workspace's folder, absolute. */
  public Path workspace() {
    return workspace;
  }

  public ContentStore content() {
    return content;
  }

  public Runs runs() {
    return runs;
  }

  public ModelScores scores() {
    return scores;
  }

  public Searches searches() {
    return searches;
  }

  public Models models() {
    return models;
  }

  public Datasets datasets() {
    return datasets;
  }

  /** The tables of the datasets. */
  public DatasetTables tables() {
    return tables;
  }

  /** Names of the runs that were found unfinished when this store was opened. */
  public List<String> interrupted() {
    return interrupted;
  }

  @Override
  public void close() {
    close(database, lock);
  }

  private static void close(HikariDataSource database, WorkspaceLock lock) {
    if (database != null) {
      // H2 closes its file with the last connection.
      database.close();
    }
    lock.close();
  }
}
