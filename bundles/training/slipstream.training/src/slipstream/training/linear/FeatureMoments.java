package slipstream.training.linear;

import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;

/**
 * What is known of a feature over the training rows. Sums are compensated and in the order of the rows: the same bits for
 * any number of threads.
 *
 * @param mean of the finite values; 0 when there are none
 * @param deviation the standard deviation over all rows, a missing value standing at the mean; 0 for a constant
 * @param missing weight of the rows where it is NaN or infinite
 */
public record FeatureMoments(double mean, double deviation, double missing) {
  /** A standard deviation below this share of the largest value is rounding. */
  private static final double CONSTANT = 1e-13;

  /**
   * By feature.
   *
   * @param weights of the rows, or null for 1 each
   */
  public static List<FeatureMoments> of(FeatureMatrix features, double[] weights, Context context) {
    double total = weights == null ? features.rows() : CompensatedSum.of(weights);
    return Parallel.map(
        features.features(),
        context.threads(),
        context.progress(),
        feature -> of(features, feature, weights, total, context.progress()));
  }

  /**
   * @param total of the weights
   */
  private static FeatureMoments of(
      FeatureMatrix features, int feature, double[] weights, double total, Progress progress) {
    double[] block = new double[GramMatrix.BLOCK];
    double largest = 0;
    CompensatedSum presentWeight = new CompensatedSum();
    int rows = features.rows();
    for (int from = 0; from < rows; from += block.length) {
      progress.checkCancelled();
      int to = Math.min(rows, from + block.length);
      features.copy(feature, from, to, block, 0);
      for (int i = 0; i < to - from; i++) {
        if (Double.isFinite(block[i])) {
          largest = Math.max(largest, Math.abs(block[i]));
          presentWeight.add(weight(weights, from + i));
        }
      }
    }
    double present = presentWeight.value();
    if (present == 0) {
      return new FeatureMoments(0, 0, total);
    }
    // A power of two near the largest value keeps squares in range and costs no precision.
    double unit = largest == 0 ? 1 : Math.scalb(1.0, -Math.max(-1000, Math.getExponent(largest)));
    CompensatedSum sum = new CompensatedSum();
    for (int from = 0; from < rows; from += block.length) {
      int to = Math.min(rows, from + block.length);
      features.copy(feature, from, to, block, 0);
      for (int i = 0; i < to - from; i++) {
        if (Double.isFinite(block[i])) {
          sum.add(block[i] * unit * weight(weights, from + i));
        }
      }
    }
    double mean = sum.value() / present;
    CompensatedSum squares = new CompensatedSum();
    for (int from = 0; from < rows; from += block.length) {
      progress.checkCancelled();
      int to = Math.min(rows, from + block.length);
      features.copy(feature, from, to, block, 0);
      for (int i = 0; i < to - from; i++) {
        if (Double.isFinite(block[i])) {
          double d = block[i] * unit - mean;
          squares.add(d * d * weight(weights, from + i));
        }
      }
    }
    // Over all rows, as a missing value stands at the mean.
    double deviation = Math.sqrt(squares.value() / total);
    boolean constant = deviation <= CONSTANT;
    return new FeatureMoments(
        mean / unit, constant ? 0 : deviation / unit, Math.max(0, total - present));
  }

  private static double weight(double[] weights, int row) {
    return weights == null ? 1 : weights[row];
  }
}
