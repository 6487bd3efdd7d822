package slipstream.store.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import slipstream.core.SlipstreamException;

/**
 * Brings a database to the newest schema.
 *
 * <p>Flyway's scanning finds nothing in an OSGi bundle and does not fail, so the migrations are named here and the
 * version is checked afterwards.
 */
public final class Migrations {
  /** In order. A migration that was released is never changed; a new one is added. */
  static final List<String> SCRIPTS =
      List.of(
          "V1__runs_models_datasets.sql",
          "V2__dataset_versions.sql",
          "V3__searches.sql",
          "V4__model_scores.sql");

  /** The schema version that this code needs: the number of migrations. */
  public static final int VERSION = SCRIPTS.size();

  private static final String HISTORY = "flyway_schema_history";

  private Migrations() {}

  /**
   * True when a database needs no migration.
   *
   * @param name what to call the database in errors
   * @throws SlipstreamException CORRUPT when the database is newer than this code or damaged
   */
  public static boolean isNewest(DataSource database, String name) {
    int version = version(database);
    if (version > VERSION) {
      throw SlipstreamException.corrupt(
          name + " has schema version " + version + ", newer than " + VERSION,
          "Open the workspace with a newer Slipstream.");
    }
    return version == VERSION;
  }

  /**
   * Migrates. A process that dies meanwhile leaves half a schema: give it a copy.
   *
   * @param name what to call the database in errors
   * @throws SlipstreamException CORRUPT when the database cannot be migrated
   */
  public static void apply(DataSource database, String name) {
    apply(database, name, VERSION);
  }

  /** Migrates to an older version, so that tests have a store of it. */
  static void apply(DataSource database, String name, int version) {
    try {
      Flyway flyway =
          Flyway.configure(Migrations.class.getClassLoader())
              .loggers("slf4j")
              .dataSource(database)
              .table(HISTORY)
              .resourceProvider(new Scripts())
              .javaMigrationClassProvider(List::of)
              .validateMigrationNaming(true)
              .target(String.valueOf(version))
              .load();
      flyway.migrate();
      MigrationInfo current = flyway.info().current();
      if (current == null || !current.getVersion().getVersion().equals("" + version)) {
        throw new IllegalStateException(
            "the migrations of the store were not found; it is at "
                + (current == null ? "no version" : current.getVersion()));
      }
    } catch (FlywayException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CORRUPT,
          name + " cannot be brought to schema version " + version + ": " + e.getMessage(),
          null,
          "Restore the workspace's .slipstream folder from a backup.",
          e);
    }
  }

  /** The version of a database; 0 when it is empty. */
  static int version(DataSource database) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet tables =
          connection
              .getMetaData()
              .getTables(null, "PUBLIC", HISTORY, new String[] {"TABLE", "BASE TABLE"})) {
        if (!tables.next()) {
          return 0;
        }
      }
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT MAX(CAST(\"version\" AS INT)) FROM \""
                  + HISTORY
                  + "\" WHERE \"success\" AND \"version\" IS NOT NULL")) {
        rows.next();
        return rows.getInt(1);
      }
    } catch (SQLException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CORRUPT,
          "the store's schema cannot be read: " + e.getMessage(),
          null,
          "Restore the workspace's .slipstream folder from a backup.",
          e);
    }
  }

  private static final class Scripts implements ResourceProvider {
    @Override
    public LoadableResource getResource(String name) {
      return SCRIPTS.contains(name) ? new Script(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      List<LoadableResource> found = new ArrayList<>();
      for (String name : SCRIPTS) {
        for (String suffix : suffixes) {
          if (name.startsWith(prefix) && name.endsWith(suffix)) {
            found.add(new Script(name));
          }
        }
      }
      return found;
    }
  }

  private static final class Script extends LoadableResource {
    private final String name;

    Script(String name) {
      this.name = name;
    }

    @Override
    public Reader read() {
      InputStream in = Migrations.class.getResourceAsStream("/slipstream/store/migrations/" + name);
      if (in == null) {
        throw new UncheckedIOException(
            new IOException("migration " + name + " is not in the bundle"));
      }
      return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    @Override
    public String getAbsolutePath() {
      return name;
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return name;
    }

    @Override
    public String getFilename() {
      return name;
    }

    @Override
    public String getRelativePath() {
      return name;
    }
  }
}
