package slipstream.core.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Table;

/** Reads data from outside into a table. */
public interface Importer<P extends Record> extends Plugin<P> {
  /**
   * Reads everything that the parameters name.
   *
   * @return a table on disk at {@code context.target()}, sorted by instrument and time; or one that {@code
   *     context.datasets()} opened, and nothing at the target. The caller closes it
   * @throws SlipstreamException naming file and line of what is wrong; nothing is left behind
   */
  Table read(P parameters, Context context);

  /**
   * The files that the result of {@link #read} depends on, beside the parameters: while they are unchanged, a table that
   * was read before may stand for another reading. Empty when that cannot be told, which is the default.
   *
   * @throws SlipstreamException when a file that is named is not there
   */
  default List<Path> inputs(P parameters, Context context) {
    return List.of();
  }

  /**
   * What {@link #read} would make of the first rows: names, types, values. It fails as reading would when the parameters
   * do not fit the file.
   *
   * <p>This one reads everything; an importer that can look at the head of its files does better.
   *
   * @param rows at most this many
   * @param context its target is used for work and left as it was
   */
  default ImportPreview preview(P parameters, Context context, int rows) {
    try (Table table = read(parameters, context)) {
      return ImportPreview.of(table, rows);
    } finally {
      try {
        AtomicFiles.deleteRecursively(context.target());
      } catch (IOException e) {
        context
            .progress()
            .message(
                Progress.Severity.WARNING,
                "could not remove " + context.target() + ": " + e.getMessage());
      }
    }
  }

  /** The datasets that were imported before. */
  @FunctionalInterface
  interface Datasets {
    /** There are none. */
    Datasets NONE =
        name -> {
          throw SlipstreamException.notFound(
              "there is no dataset '" + name + "': no workspace is open here",
              "Name a file instead.");
        };

    /**
     * The table of a dataset.
     *
     * @param name {@code NAME} for the newest version, {@code NAME@2} for the second, or a content hash
     * @throws SlipstreamException NOT_FOUND, naming the datasets there are
     */
    Table open(String name);
  }

  /**
   * @param base relative paths in the parameters start here
   * @param target the folder that the table becomes; must not exist
   * @param threads at most this many work at once; the table does not depend on it
   */
  record Context(Path base, Path target, int threads, Progress progress, Datasets datasets) {
    public Context {
      if (threads < 1) {
        throw new IllegalArgumentException("an import needs a thread, not " + threads);
      }
    }

    /** Where no dataset was imported before. */
    public Context(Path base, Path target, int threads, Progress progress) {
      this(base, target, threads, progress, Datasets.NONE);
    }
  }
}
