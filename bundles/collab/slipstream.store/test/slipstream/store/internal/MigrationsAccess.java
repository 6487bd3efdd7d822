package slipstream.store.internal;

import java.util.List;

/** Lets tests of other packages see the scripts. */
public final class MigrationsAccess {
  private MigrationsAccess() {}

  public static List<String> scripts() {
    return Migrations.SCRIPTS;
  }
}
