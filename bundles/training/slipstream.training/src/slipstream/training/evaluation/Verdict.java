package slipstream.training.evaluation;

import java.util.stream.IntStream;
import slipstream.training.evaluation.Report.MetricDescription;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.evaluation.Report.TargetReport;

/**
 * Whether a model beats the baseline out of sample, by the experiment's headline metric.
 *
 * @param metric the headline
 * @param measure what the two are compared by, for people: the headline's title, or MSE, of which
 *     R² and skill are functions on the same rows
 * @param score of the model over all scored rows
 * @param baseline the baseline's
 * @param foldsAhead folds in which the model is better
 */
public record Verdict(
    MetricDescription metric,
    String measure,
    double score,
    double baseline,
    int foldsAhead,
    int folds) {
  /**
   * @param model one of the target's
   */
  public static Verdict of(TargetReport target, ModelReport model) {
    MetricDescription metric = target.metrics().getFirst();
    ModelReport baseline = target.baseline();
    long ahead =
        IntStream.range(0, target.folds().size())
            .filter(
                f ->
                    better(
                        metric,
                        model.foldScores().get(f).getFirst(),
                        baseline.foldScores().get(f).getFirst()))
            .count();
    return new Verdict(
        metric,
        isFunctionOfSquaredError(metric) ? "MSE" : metric.title(),
        model.scores().getFirst(),
        baseline.scores().getFirst(),
        (int) ahead,
        target.folds().size());
  }

  /** True when the model is better over all scored rows. */
  public boolean beats() {
    return better(metric, score, baseline);
  }

  /** True for R² and skill, which have no unit. */
  public static boolean isFunctionOfSquaredError(MetricDescription metric) {
    return metric.name().equals("r2") || metric.name().equals("skill");
  }

  /** Whether a score is better than another; one that is not defined is not, and loses. */
  public static boolean better(MetricDescription metric, double a, double b) {
    if (Double.isNaN(b)) {
      return !Double.isNaN(a);
    }
    return metric.higherIsBetter() ? a > b : Math.abs(a) < Math.abs(b);
  }
}
