package slipstream.training.internal.report;

import java.util.List;
import java.util.stream.Collectors;
import slipstream.core.Text;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress.Severity;
import slipstream.data.health.HealthReport;
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
   * @param columns the columns concerned, or an empty string
   */
  public record Finding(Severity severity, String columns, String message) {
    /** Columns that are named. */
    private static final int NAMED = 4;

    /** A finding of the health report in a sentence, with an example. */
    public static Finding of(HealthReport.Finding finding) {
      List<HealthReport.Count> columns = finding.columns();
      String named =
          columns.stream()
              .limit(NAMED)
              .map(HealthReport.Count::name)
              .collect(Collectors.joining(", "));
      StringBuilder message =
          new StringBuilder(finding.defect().title())
              .append(Text.format(": %,d ", finding.count()))
              .append(finding.defect().unit());
      if (finding.of() > 0) {
        message.append(Text.format(" (%.3g %%)", 100.0 * finding.count() / finding.of()));
      }
      if (!finding.detail().isEmpty()) {
        message.append(", ").append(finding.detail());
      }
      finding.examples().stream()
          .findFirst()
          .ifPresent(
              example -> {
                message.append("; such as ");
                if (!example.instrument().isEmpty()) {
                  message.append(example.instrument()).append(' ');
                }
                if (example.hasTime()) {
                  message.append(Numbers.time(example.time())).append(' ');
                }
                message.append(example.values());
              });
      return new Finding(
          finding.severity(),
          columns.size() > NAMED
              ? named + Text.format(" and %d more", columns.size() - NAMED)
              : named,
          message.toString().strip());
    }
  }
}
