package slipstream.data;

import java.util.function.Consumer;
import slipstream.core.progress.Progress;

/**
 * What an import met on the way, which the table no longer shows.
 *
 * @param source the file as the user named it
 * @param rowsRead rows in the file
 * @param rowsExcluded rows for which {@code where} did not hold
 * @param outOfOrder rows stamped earlier than the row before them of the same instrument, in the file's order
 * @param sorted true when the rows had to be put in order
 * @param where the condition, or an empty string
 */
public record ImportReport(
    String source,
    long rowsRead,
    long rowsExcluded,
    long outOfOrder,
    boolean sorted,
    String where) {

  /** A progress that also wants the report; importers call it once, before they return. */
  public interface Listener extends Progress {
    void imported(ImportReport report);

    /** Passes everything on; the report goes to {@code heard} first. */
    static Listener of(Progress progress, Consumer<ImportReport> heard) {
      return new Listener() {
        @Override
        public void imported(ImportReport report) {
          heard.accept(report);
          if (progress instanceof Listener outer) {
            outer.imported(report);
          }
        }

        @Override
        public void stage(String stage, long done, long total, String unit) {
          progress.stage(stage, done, total, unit);
        }

        @Override
        public void message(Severity severity, String text) {
          progress.message(severity, text);
        }

        @Override
        public boolean cancelled() {
          return progress.cancelled();
        }
      };
    }
  }
}
