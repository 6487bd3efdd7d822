package slipstream.training.run;

import java.nio.file.Path;
import java.util.List;
import slipstream.data.health.HealthReport;
import slipstream.training.evaluation.Report;
import slipstream.training.evaluation.RunRecord;

/**
 * What a run made, in place and complete.
 *
 * @param datasetHash of the imported table, which lies in the content store
 * @param health of the imported table
 * @param record where and when it was run, and for how long
 * @param models final models, target by target, in the experiment's order; the baselines are not
 *     among them
 * @param directory the output folder
 */
public record RunResult(
    String datasetHash,
    HealthReport health,
    Report report,
    RunRecord record,
    List<TrainedModel> models,
    Path directory) {

  /** The report as a page. */
  public Path html() {
    return directory.resolve(ExperimentRunner.REPORT_HTML);
  }

  /** The report as data: {@link slipstream.training.evaluation.ReportJson}. */
  public Path json() {
    return directory.resolve(ExperimentRunner.REPORT_JSON);
  }

  /** {@link #record} as data. */
  public Path runJson() {
    return directory.resolve(ExperimentRunner.RUN_JSON);
  }

  /**
   * A final model.
   *
   * @param name target and model, joined by a hyphen
   * @param model name in the experiment
   * @param archive its file
   * @param hash SHA-256 of the file
   */
  public record TrainedModel(String name, String target, String model, Path archive, String hash) {}
}
