package slipstream.training.evaluation;

import java.util.List;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.Coefficient;

/**
 * The results of a run. Every score is out of sample: each row is predicted by a model that was
 * trained before it. Nothing here depends on the clock, the machine or the number of threads; that
 * is in {@link RunRecord}.
 *
 * @param experiment name of the experiment
 * @param rows of the prepared table
 * @param instruments of the prepared table
 * @param dataHash content hash of the imported table
 * @param featuresHash content hash of the features, givens and targets
 * @param warnings what a reader should know, the gravest first
 */
public record Report(
    String experiment,
    long rows,
    int instruments,
    String dataHash,
    String featuresHash,
    List<TargetReport> targets,
    List<Warning> warnings) {

  /**
   * Something that a reader of the report should know.
   *
   * @param message what, in one line
   * @param remedy what to do; may be empty
   * @param key the experiment's dotted key that it concerns; may be empty
   */
  public record Warning(Severity severity, String message, String remedy, String key) {}

  /**
   * The results for one target.
   *
   * @param usableRows rows with a known target
   * @param droppedRows rows left out because their target is unknown
   * @param scoredRows rows scored, over all folds
   * @param lookAheadRows how many later rows of its instrument a target or given depends on
   * @param finalRows rows that the models to be kept were fitted on
   * @param metrics in order, the headline first
   * @param models the baseline first, then the models in the experiment's order
   */
  public record TargetReport(
      String target,
      String unit,
      String description,
      String expression,
      long usableRows,
      long droppedRows,
      long scoredRows,
      long lookAheadRows,
      long finalRows,
      List<MetricDescription> metrics,
      List<ModelReport> models,
      List<FoldReport> folds) {

    /** The report of the baseline. */
    public ModelReport baseline() {
      return models.getFirst();
    }

    /** The same with other models' reports. */
    public TargetReport withModels(List<ModelReport> changed) {
      return new TargetReport(
          target,
          unit,
          description,
          expression,
          usableRows,
          droppedRows,
          scoredRows,
          lookAheadRows,
          finalRows,
          metrics,
          changed,
          folds);
    }
  }

  /**
   * @param unit the target's, or empty for a pure number
   */
  public record MetricDescription(
      String name, String title, String unit, boolean higherIsBetter, String summary) {}

  /**
   * A fold of the walk-forward.
   *
   * @param purgedRows rows left out because their target or the embargo reaches into the scored
   *     block
   * @param hasTime false when the bounds are row numbers
   * @param trainingStart UTC nanoseconds
   */
  public record FoldReport(
      int number,
      long trainingRows,
      long purgedRows,
      long scoredRows,
      boolean hasTime,
      long trainingStart,
      long trainingEnd,
      long scoredStart,
      long scoredEnd) {}

  /**
   * How one model did on one target.
   *
   * @param model name in the experiment; {@code baseline} for the baseline
   * @param scores over all scored rows, in the order of the metrics; NaN where not defined
   * @param foldScores the same by fold
   * @param calibration predicted against realised, by bucket of the prediction, ascending
   * @param importance of the final model, largest first
   * @param learningCurve of fits without the latest training rows, the holdout, which judges them
   * @param residuals realised minus predicted
   * @param steps boosting rounds of the final model; 0 when it has none
   * @param archive file name below {@code models/}; empty for the baseline
   * @param archiveHash SHA-256 of that file
   * @param coefficients of the final model; empty when it has no such notion
   */
  public record ModelReport(
      String model,
      String trainer,
      boolean baseline,
      List<Double> scores,
      List<List<Double>> foldScores,
      List<Bucket> calibration,
      List<Importance> importance,
      Histogram residuals,
      List<CurvePoint> learningCurve,
      int steps,
      String archive,
      String archiveHash,
      List<Export> exports,
      List<Coefficient> coefficients) {

    public ModelReport {
      // Reports of version 0.1 before there were coefficients lack them.
      coefficients = coefficients == null ? List.of() : List.copyOf(coefficients);
    }

    /** The same with the files that the model was written to. */
    public ModelReport withFiles(String file, String hash, List<Export> written) {
      return new ModelReport(
          model,
          trainer,
          baseline,
          scores,
          foldScores,
          calibration,
          importance,
          residuals,
          learningCurve,
          steps,
          file,
          hash,
          written,
          coefficients);
    }
  }

  /**
   * Rows with neighbouring predictions.
   *
   * @param standardError of the mean realised value, rows of one cluster ({@link
   *     Calibration#clusters}) counted as one observation; NaN below two clusters
   */
  public record Bucket(
      long rows, double meanPredicted, double meanRealised, double standardError) {}

  /** Shares add up to 1 over all features. */
  public record Importance(String feature, double share) {}

  /**
   * @param edges one more than counts; the first and last bin hold all that lies beyond
   */
  public record Histogram(List<Double> edges, List<Long> counts) {}

  /**
   * @param series which fit: target/model/fold
   * @param validation NaN when there were no validation rows
   */
  public record CurvePoint(
      String series, int step, String metric, double training, double validation) {}

  /**
   * An export and how it was verified.
   *
   * @param file name below {@code exports/}
   */
  public record Export(
      String format,
      String file,
      String runtime,
      long rows,
      long boundaryRows,
      long maxUlps,
      List<String> notes) {}
}
