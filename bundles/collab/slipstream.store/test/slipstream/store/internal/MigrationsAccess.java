package slipstream.store.internal;

import java.util.List;
import javax.sql.DataSource;

/** Lets tests of other packages see the scripts. */
public final class MigrationsAccess {
  private MigrationsAccess() {}

  public static void apply(DataSource database, int version) {
    Migrations.apply(database, "the test's store", version);
  }

  public static List<String> scripts() {
    return Migrations.SCRIPTS;
  }
}
