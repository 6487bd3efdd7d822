package slipstream.training.internal.report;

import java.util.List;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress.Severity;
import slipstream.training.evaluation.RunRecord;

/**
 * What the page tells beside the results.
 *
 * @param experimentText as it was run
 * @param importedRows before any preparation
 * @param firstTime UTC nanoseconds of the first prepared row; meaningless without time
 * @param lastTime UTC nanoseconds of the last prepared row
 */
public record RunFacts(
    Experiment experiment,
    String experimentText,
    RunRecord record,
    long importedRows,
    boolean hasTime,
    long firstTime,
    long lastTime,
    List<Series> series,
    List<Finding> findings) {

  /**
   * A feature or given.
   *
   * @param known rows where it is known
   */
  public record Series(
      String name, String unit, String expression, boolean given, long known, boolean constant) {}

  /**
   * Something odd about the imported data.
   *
   * @param column the column concerned, or an empty string
   */
  public record Finding(Severity severity, String column, String message) {}
}
