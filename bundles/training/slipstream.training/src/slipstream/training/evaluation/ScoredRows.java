package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Model;
import slipstream.core.spi.RowSelection;
import slipstream.training.evaluation.Report.Bucket;
import slipstream.training.evaluation.Report.QuantileScore;

/**
 * The pooled out-of-sample predictions, in order of time: where rows are predicted on several paths,
 * each row's predictions follow each other.
 *
 * @param folds where the predictions of each fold stand
 * @param paths how often each row is predicted
 * @param clusters where the predictions start that are one observation for standard errors: {@link
 *     Calibration#clusters}
 * @param actual realised values
 */
public record ScoredRows(List<RowSelection> folds, int paths, int[] clusters, double[] actual) {

  /** Each metric over all rows. */
  public List<Double> scores(List<Metric> metrics, double[] predicted, double[] baseline) {
    return scores(metrics, actual, predicted, baseline);
  }

  /** Each metric by fold. */
  public List<List<Double>> foldScores(
      List<Metric> metrics, double[] predicted, double[] baseline) {
    return folds.stream().map(fold -> scores(metrics, fold, predicted, baseline)).toList();
  }

  /** Each metric by path; empty where there is one. */
  public List<List<Double>> pathScores(
      List<Metric> metrics, double[] predicted, double[] baseline) {
    List<List<Double>> scores = new ArrayList<>();
    for (int path = 0; path < paths && paths > 1; path++) {
      int[] places = new int[actual.length / paths];
      for (int i = 0; i < places.length; i++) {
        places[i] = i * paths + path;
      }
      scores.add(scores(metrics, RowSelection.of(places), predicted, baseline));
    }
    return scores;
  }

  private List<Double> scores(
      List<Metric> metrics, RowSelection places, double[] predicted, double[] baseline) {
    return scores(
        metrics, chosen(actual, places), chosen(predicted, places), chosen(baseline, places));
  }

  private static double[] chosen(double[] values, RowSelection places) {
    double[] chosen = new double[places.size()];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = values[places.get(i)];
    }
    return chosen;
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
