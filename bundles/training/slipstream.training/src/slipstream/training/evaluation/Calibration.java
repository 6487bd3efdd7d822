package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.training.evaluation.Report.Bucket;
import slipstream.training.internal.CompensatedSum;

/** Predicted against realised values by bucket of the prediction. */
public final class Calibration {
  private Calibration() {}

  /**
   * Cuts rows into buckets of about equal numbers by their prediction. Equal predictions are never
   * separated, so there may be fewer buckets than asked for, and a constant prediction gives one.
   *
   * <p>The standard error of a bucket's mean realised value treats all rows of one time as one
   * observation (clustered by time, Liang and Zeger 1986, with the factor G / (G - 1)), because
   * instruments move together. Targets that overlap in time are still counted as independent: their
   * error bars are too short.
   *
   * @param times of the rows, in blocks of equal values
   * @param buckets how many at most
   * @return in order of the prediction
   */
  public static List<Bucket> buckets(
      double[] actual, double[] predicted, long[] times, int buckets) {
    int n = actual.length;
    if (n == 0) {
      return List.of();
    }
    double[] thresholds = thresholds(predicted, buckets);
    int count = thresholds.length + 1;
    int[] bucketOf = new int[n];
    long[] rows = new long[count];
    CompensatedSum[] predictedSum = sums(count);
    CompensatedSum[] actualSum = sums(count);
    for (int i = 0; i < n; i++) {
      int bucket = bucketOf(thresholds, predicted[i]);
      bucketOf[i] = bucket;
      rows[bucket]++;
      predictedSum[bucket].add(predicted[i]);
      actualSum[bucket].add(actual[i]);
    }
    double[] errors = standardErrors(actual, times, bucketOf, rows, actualSum);
    List<Bucket> result = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      result.add(
          new Bucket(
              rows[b],
              predictedSum[b].value() / rows[b],
              actualSum[b].value() / rows[b],
              errors[b]));
    }
    return result;
  }

  private static double[] standardErrors(
      double[] actual, long[] times, int[] bucketOf, long[] rows, CompensatedSum[] actualSum) {
    int count = rows.length;
    CompensatedSum[] squares = sums(count);
    double[] cluster = new double[count];
    long[] clusterTime = new long[count];
    long[] clusters = new long[count];
    for (int i = 0; i < actual.length; i++) {
      int b = bucketOf[i];
      if (clusters[b] == 0 || clusterTime[b] != times[i]) {
        squares[b].add(cluster[b] * cluster[b]);
        cluster[b] = 0;
        clusterTime[b] = times[i];
        clusters[b]++;
      }
      cluster[b] += actual[i] - actualSum[b].value() / rows[b];
    }
    double[] errors = new double[count];
    for (int b = 0; b < count; b++) {
      squares[b].add(cluster[b] * cluster[b]);
      double g = clusters[b];
      errors[b] = g < 2 ? Double.NaN : Math.sqrt(squares[b].value() * g / (g - 1)) / rows[b];
    }
    return errors;
  }

  private static CompensatedSum[] sums(int count) {
    CompensatedSum[] sums = new CompensatedSum[count];
    Arrays.setAll(sums, i -> new CompensatedSum());
    return sums;
  }

  /** The smallest predictions of all buckets but the first, ascending and distinct. */
  private static double[] thresholds(double[] predicted, int buckets) {
    double[] sorted = predicted.clone();
    Arrays.sort(sorted);
    double[] thresholds = new double[Math.max(0, buckets - 1)];
    int count = 0;
    double last = sorted[0];
    for (int k = 1; k < buckets; k++) {
      double value = sorted[(int) ((long) sorted.length * k / buckets)];
      if (value > last) {
        thresholds[count++] = value;
        last = value;
      }
    }
    return Arrays.copyOf(thresholds, count);
  }

  private static int bucketOf(double[] thresholds, double value) {
    int at = Arrays.binarySearch(thresholds, value);
    return at >= 0 ? at + 1 : -at - 1;
  }
}
