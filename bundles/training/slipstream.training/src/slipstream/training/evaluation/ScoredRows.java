package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Model;
import slipstream.training.evaluation.Report.Bucket;
import slipstream.training.evaluation.Report.QuantileScore;

/**
 * The pooled out-of-sample rows of a walk-forward, fold after fold.
 *
 * @param starts where each fold's rows start, and their end: one more than folds
 * @param clusters where the rows start that are one observation for standard errors: {@link
 *     Calibration#clusters}
 * @param actual realised values
 */
public record ScoredRows(int[] starts, int[] clusters, double[] actual) {
  public int folds() {
    return starts.length - 1;
  }

  /** Each metric over all rows. */
  public List<Double> scores(List<Metric> metrics, double[] predicted, double[] baseline) {
    return scores(metrics, actual, predicted, baseline);
  }

  /** Each metric by fold. */
  public List<List<Double>> foldScores(
      List<Metric> metrics, double[] predicted, double[] baseline) {
    List<List<Double>> scores = new ArrayList<>();
    for (int f = 0; f < folds(); f++) {
      scores.add(scores(metrics, slice(actual, f), slice(predicted, f), slice(baseline, f)));
    }
    return scores;
  }

  private double[] slice(double[] values, int fold) {
    return Arrays.copyOfRange(values, starts[fold], starts[fold + 1]);
  }

  private static List<Double> scores(
      List<Metric> metrics, double[] actual, double[] predicted, double[] baseline) {
    List<Double> scores = new ArrayList<>();
    for (Metric metric : metrics) {
      scores.add(actual.length == 0 ? Double.NaN : metric.score(actual, predicted, baseline));
    }
    return scores;
  }

  /** How predicted quantiles did. */
  public QuantileScore quantile(Model.Output output, double[] predicted) {
    double[] covered = new double[actual.length];
    CompensatedSum loss = new CompensatedSum();
    for (int i = 0; i < actual.length; i++) {
      double residual = actual[i] - predicted[i];
      covered[i] = residual <= 0 ? 1 : 0;
      loss.add(residual > 0 ? output.quantile() * residual : (output.quantile() - 1) * residual);
    }
    Bucket all = Calibration.buckets(covered, new double[actual.length], clusters, 1).getFirst();
    return new QuantileScore(
        output.name(),
        output.quantile(),
        all.meanRealised(),
        all.standardError(),
        loss.value() / actual.length);
  }

  /** Realised minus predicted. */
  public double[] residuals(double[] predicted) {
    double[] residuals = new double[actual.length];
    for (int i = 0; i < residuals.length; i++) {
      residuals[i] = actual[i] - predicted[i];
    }
    return residuals;
  }
}
