package slipstream.core.spi;

import java.nio.file.Path;
import slipstream.core.progress.Progress;
import slipstream.core.table.Table;

/** Reads data from outside into a table. */
public interface Importer<P extends Record> extends Plugin<P> {
  /**
   * Reads everything that the parameters name.
   *
   * @return a table on disk at {@code context.target()}, sorted by instrument and time; the caller closes it
   * @throws slipstream.core.SlipstreamException naming file and line of what is wrong; nothing is left behind
   */
  Table read(P parameters, Context context);

  /**
   * @param base relative paths in the parameters start here
   * @param target the folder that the table becomes; must not exist
   * @param threads at most this many work at once; the table does not depend on it
   */
  record Context(Path base, Path target, int threads, Progress progress) {
    public Context {
      if (threads < 1) {
        throw new IllegalArgumentException("an import needs a thread, not " + threads);
      }
    }
  }
}
