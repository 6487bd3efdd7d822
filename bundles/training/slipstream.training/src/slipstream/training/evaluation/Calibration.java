package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import slipstream.core.CompensatedSum;
import slipstream.training.evaluation.Report.Bucket;

/** Predicted against realised values by bucket of the prediction. */
public final class Calibration {
  private Calibration() {}

  /**
   * Cuts rows into buckets of about equal numbers by their prediction. Equal predictions are never
   * separated, so there may be fewer buckets than asked for, and a constant prediction gives one.
   *
   * <p>The standard error of a bucket's mean realised value treats all rows of one cluster as one
   * observation (Liang and Zeger 1986, with the factor G / (G - 1)).
   *
   * @param clusters where each cluster starts, ascending from 0: {@link #clusters}
   * @param buckets how many at most
   * @return in order of the prediction
   */
  public static List<Bucket> buckets(
      double[] actual, double[] predicted, int[] clusters, int buckets) {
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
    double[] errors = standardErrors(actual, clusters, bucketOf, rows, actualSum);
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

  /**
   * Which rows count as one observation. Rows of one time do, because instruments move together;
   * and where targets overlap, all rows within a stretch of time that is twice as long as the reach
   * of the targets at its start. Blocks so long leave about a tenth of the standard error of a
   * plain overlapping sum uncounted (the variance across the blocks' edges); blocks of the reach
   * itself would leave a fifth.
   *
   * @param rows how many
   * @param times by row, ascending
   * @param ends by row, the last time that its target depends on
   * @param overlapping whether targets of neighbouring rows of an instrument overlap
   * @return the first row of each cluster, ascending
   */
  public static int[] clusters(
      int rows, IntToLongFunction times, IntToLongFunction ends, boolean overlapping) {
    int[] starts = new int[16];
    int number = 0;
    for (int i = 0; i < rows; ) {
      int next = i;
      long time = times.applyAsLong(i);
      long reach = 0;
      while (next < rows && times.applyAsLong(next) == time) {
        reach = Math.max(reach, ends.applyAsLong(next++) - time);
      }
      if (overlapping) {
        // A difference cannot overflow where a sum could.
        while (next < rows && (times.applyAsLong(next) - time) / 2 < reach) {
          next++;
        }
      }
      if (number == starts.length) {
        starts = Arrays.copyOf(starts, 2 * number);
      }
      starts[number++] = i;
      i = next;
    }
    return Arrays.copyOf(starts, number);
  }

  private static double[] standardErrors(
      double[] actual, int[] starts, int[] bucketOf, long[] rows, CompensatedSum[] actualSum) {
    int count = rows.length;
    CompensatedSum[] squares = sums(count);
    double[] cluster = new double[count];
    int[] current = new int[count];
    long[] clusters = new long[count];
    int last = -1; // the cluster of the row
    for (int i = 0; i < actual.length; i++) {
      int b = bucketOf[i];
      if (last + 1 < starts.length && starts[last + 1] == i) {
        last++;
      }
      if (clusters[b] == 0 || current[b] != last) {
        squares[b].add(cluster[b] * cluster[b]);
        cluster[b] = 0;
        current[b] = last;
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
  static double[] thresholds(double[] predicted, int buckets) {
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

  static int bucketOf(double[] thresholds, double value) {
    int at = Arrays.binarySearch(thresholds, value);
    return at >= 0 ? at + 1 : -at - 1;
  }
}
