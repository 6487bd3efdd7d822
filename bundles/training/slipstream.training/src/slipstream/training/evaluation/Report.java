package slipstream.training.evaluation;

import java.util.Comparator;
import java.util.List;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.Coefficient;

/**
 * The results of a run. Every score is out of sample: no row is predicted by a model that was trained
 * on it, or on what its target overlaps. Nothing here depends on the clock, the machine or the number of threads; that
 * is in {@link RunRecord}.
 *
 * @param experiment name of the experiment
 * @param rows of the prepared table
 * @param instruments of the prepared table
 * @param dataHash content hash of the imported table
 * @param featuresHash content hash of the features, givens and targets
 * @param warnings what a reader should know, the gravest first
 * @param orders analysis of parent orders; null where the experiment names none
 */
public record Report(
    String experiment,
    long rows,
    int instruments,
    String dataHash,
    String featuresHash,
    List<TargetReport> targets,
    List<Warning> warnings,
    OrdersReport orders) {

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
   * @param comparisons of every two models on the same scored rows by the headline, the better one
   *     first; by falling advantage; empty when the headline is no function of means over rows
   * @param resampling how intervals and comparisons were made; null in reports from before there were
   *     any
   * @param leak what the leak check found; null when it was not made
   * @param breakdowns predicted against realised of the scored rows, told apart by several things, all rows first; empty in
   *     reports from before there were any
   * @param drifts of the models' residuals, in their order; empty where all scored rows have one time
   * @param costCurves of the final models; null where no feature varies
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
      List<FoldReport> folds,
      List<Comparison> comparisons,
      Resampling resampling,
      LeakReport leak,
      List<Breakdown> breakdowns,
      List<Drift> drifts,
      CostCurves costCurves) {
    public TargetReport {
      breakdowns = breakdowns == null ? List.of() : List.copyOf(breakdowns);
      drifts = drifts == null ? List.of() : List.copyOf(drifts);
      comparisons = comparisons == null ? List.of() : List.copyOf(comparisons);
    }

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
          folds,
          comparisons,
          resampling,
          leak,
          breakdowns,
          drifts,
          costCurves);
    }
  }

  /**
   * @param unit the target's, or empty for a pure number
   */
  public record MetricDescription(
      String name, String title, String unit, boolean higherIsBetter, String summary) {}

  /**
   * A fold.
   *
   * @param purgedRows rows left out because their target, a scored row's or the embargo reaches
   *     across
   * @param hasTime false when the bounds are row numbers
   * @param trainingStart UTC nanoseconds
   * @param name which blocks or groups are scored; empty in a walk-forward
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
      long scoredEnd,
      String name) {
    public FoldReport {
      name = name == null ? "" : name;
    }
  }

  /** What buckets are made of. */
  public enum BreakdownKind {
    /** One bucket of all rows. */
    ALL,
    /** Stretches of numbers, ascending. */
    NUMBERS,
    /** Names, the commonest first. */
    NAMES,
    /** Times of day, in order. */
    TIME_OF_DAY,
    /** Stretches of time, in order. */
    PERIODS
  }

  /**
   * The scored rows, told apart by something.
   *
   * @param name such as {@code size}, {@code instrument}, {@code time_of_day}, {@code period} or {@code all}
   * @param expression what it is; may be empty
   * @param unit of the buckets' ends; {@code s} since midnight or 1970 where they are times
   * @param zone of the time of day; else empty
   * @param buckets in order, of numbers the unknown ones last
   */
  public record Breakdown(
      String name,
      String expression,
      String unit,
      BreakdownKind kind,
      String zone,
      List<BreakdownBucket> buckets) {}

  /**
   * Rows of one bucket. All standard errors are those of the blocks of {@link Resampling}.
   *
   * @param label for people
   * @param low least value in it; NaN for names
   * @param high greatest value in it; the end, excluded, of a time of day
   * @param standardError of the mean realised value
   * @param models in the order of the target's
   */
  public record BreakdownBucket(
      String label,
      double low,
      double high,
      long rows,
      double meanRealised,
      double standardError,
      List<BucketScore> models) {}

  /**
   * How a model does in a bucket.
   *
   * @param meanResidual realised minus predicted
   * @param skill against the baseline in this bucket
   * @param skillError its standard error
   * @param z null without a timing risk
   * @param quantiles by predicted quantile; empty when the model predicts none
   */
  public record BucketScore(
      String model,
      double meanPredicted,
      double meanResidual,
      double residualError,
      double rmse,
      double skill,
      double skillError,
      ZScore z,
      List<BucketCoverage> quantiles) {}

  /**
   * Residuals in units of the timing risk, (realised − predicted) / timing risk (Kissell 2013): mean 0 and deviation 1 where
   * cost and risk are both right.
   *
   * @param rows that have a timing risk
   * @param standardError of the mean
   * @param deviation standard deviation
   * @param beyondTwo share beyond ±2, which is 0.0455 for normal errors
   * @param beyondTwoError its standard error
   */
  public record ZScore(
      long rows,
      double mean,
      double standardError,
      double deviation,
      double beyondTwo,
      double beyondTwoError) {}

  /**
   * @param covered share of the bucket's rows at or below the quantile
   */
  public record BucketCoverage(
      String name, double quantile, double covered, double standardError) {}

  /**
   * How a model's residuals, realised minus predicted, change over the scored time: the slope of their regression on time.
   *
   * @param change from the first scored time to the last, in the target's unit
   * @param pValue how often chance alone would make so large a change, either way (Student's t); NaN where not known
   */
  public record Drift(String model, double change, double standardError, double pValue) {}

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
   * @param intervals of the scores, in the order of the metrics; empty in reports from before there
   *     were any
   * @param quantiles how each quantile did over all scored rows; empty when it predicts none
   * @param pathScores the scores of each path of predictions, where there are several
   * @param weightedScores the scores where rows count by the validation's weight; empty without one
   * @param weightedIntervals of these
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
      List<Coefficient> coefficients,
      List<Interval> intervals,
      List<QuantileScore> quantiles,
      List<List<Double>> pathScores,
      List<Double> weightedScores,
      List<Interval> weightedIntervals) {

    public ModelReport {
      quantiles = quantiles == null ? List.of() : List.copyOf(quantiles);
      // Reports of version 0.1 before there were coefficients lack them.
      coefficients = coefficients == null ? List.of() : List.copyOf(coefficients);
      intervals = intervals == null ? List.of() : List.copyOf(intervals);
      pathScores = pathScores == null ? List.of() : List.copyOf(pathScores);
      weightedScores = weightedScores == null ? List.of() : List.copyOf(weightedScores);
      weightedIntervals = weightedIntervals == null ? List.of() : List.copyOf(weightedIntervals);
    }

    /** The interval of a score; one that is not defined when there is none. */
    public Interval interval(int metric) {
      return metric < intervals.size() ? intervals.get(metric) : Interval.UNKNOWN;
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
          coefficients,
          intervals,
          quantiles,
          pathScores,
          weightedScores,
          weightedIntervals);
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

  /**
   * How a predicted quantile did.
   *
   * @param name of the output
   * @param quantile what share of the rows is to lie at or below it
   * @param covered what share does
   * @param standardError of that share, rows of one cluster counted as one observation
   * @param pinballLoss mean, in the target's unit
   */
  public record QuantileScore(
      String name, double quantile, double covered, double standardError, double pinballLoss) {}

  /**
   * How sure a score is: {@link BlockBootstrap}. NaN where it is not defined, as with rows of fewer than
   * ten times or a metric that is no function of means over rows.
   *
   * @param low lower end of the confidence interval
   */
  public record Interval(double standardError, double low, double high) {
    static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN, Double.NaN);
  }

  /**
   * Two models on the same rows.
   *
   * @param model the one with the better score over all scored rows
   * @param advantage difference of the two scores, at least 0; NaN where one is not defined
   * @param standardError of the difference
   * @param pValue how often chance alone would make so large a difference, either way, between models
   *     that are equally good (Student's t); not corrected for the number of comparisons
   */
  public record Comparison(
      String model, String other, double advantage, double standardError, double pValue) {
    static final Comparator<Comparison> BY_ADVANTAGE =
        Comparator.comparingDouble(Comparison::advantage);
  }

  /**
   * Skill, against the mean, of a model on a sample where there should be less or none.
   *
   * @param model the best one by the headline
   * @param skill on the target itself
   * @param shuffledSkill on the target dealt to the rows at random: about 0
   * @param shiftedSkill on the target of another time of the same instrument: what tells instruments
   *     or levels apart
   * @param features the point-in-time ones, in order
   */
  public record LeakReport(
      String model,
      long trainedRows,
      long scoredRows,
      double skill,
      double shuffledSkill,
      double shiftedSkill,
      List<FeatureCheck> features) {}

  /**
   * What a feature tells by itself.
   *
   * @param skill of the feature alone, against the mean
   * @param toCome squared correlation with the row's own target; NaN unless that looks ahead
   * @param lastKnown squared correlation with the latest target of the instrument that is known at the
   *     row's time
   */
  public record FeatureCheck(String feature, double skill, double toCome, double lastKnown) {}

  /**
   * How intervals and comparisons were made.
   *
   * @param cells stretches of time that the scored rows were cut into
   * @param blockCells cells drawn together
   * @param level of the intervals, such as 0.95
   * @param inTime false when the cells are groups of rows, drawn one by one
   */
  public record Resampling(
      int cells, int blockCells, int replicates, double level, boolean inTime) {}

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
