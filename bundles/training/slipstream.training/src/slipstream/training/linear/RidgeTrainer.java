package slipstream.training.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer;
import slipstream.training.internal.Parallel;

/**
 * Ridge regression: minimises {@code mean((y - a - Zb)²) + l2 * sum(b²)} over standardised features
 * Z (Hoerl and Kennard 1970). The intercept is not penalised.
 *
 * <p>A missing value (NaN or infinite) counts as the feature's training mean. Sums are compensated
 * and made over row blocks of fixed size which are put together in order, so that the coefficients
 * have the same bits for any number of threads. A constant feature, and one that the features
 * before it determine, get coefficient 0.
 */
public final class RidgeTrainer implements Trainer<RidgeParameters> {
  static final String NAME = "ridge";

  /** The Gram matrix of so many features takes 128 MiB a thread. */
  static final int MAX_FEATURES = 4000;

  /** A standard deviation below this share of the largest value is rounding. */
  private static final double CONSTANT = 1e-13;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Linear regression with standardised features and a penalty on large coefficients.";
  }

  @Override
  public Class<RidgeParameters> parameters() {
    return RidgeParameters.class;
  }

  @Override
  public RidgeModel decode(byte[] bytes) {
    return RidgeModel.decode(bytes);
  }

  @Override
  public RidgeModel train(TrainingData data, RidgeParameters parameters, Context context) {
    FeatureMatrix features = data.features();
    double[] target = data.target();
    check(features, target);
    double[] weights = data.facts().weights();
    double total = weights == null ? target.length : CompensatedSum.of(weights);
    double mean =
        weights == null
            ? CompensatedSum.mean(target)
            : CompensatedSum.weightedMean(target, weights);
    Moments[] moments = moments(features, weights, total, context);

    // The design's columns: each feature that varies, then each indicator.
    List<Standardised> design = new ArrayList<>();
    for (int j = 0; j < moments.length; j++) {
      if (moments[j].deviation > 0) {
        design.add(new Standardised(j, false, moments[j].mean, moments[j].deviation));
      }
    }
    for (int j = 0; j < moments.length && parameters.missingIndicators(); j++) {
      double share = moments[j].missing / total;
      if (share > 0 && share < 1) {
        design.add(new Standardised(j, true, share, Math.sqrt(share * (1 - share))));
      }
    }
    if (design.size() > MAX_FEATURES) {
      throw SlipstreamException.invalid(
          "ridge got " + design.size() + " columns, indicators of missing values included",
          "Use at most " + MAX_FEATURES + " features, or set missing_indicators: false.");
    }

    GramMatrix gram = GramMatrix.of(features, target, mean, weights, total, design, context);
    double[] solution = Cholesky.solve(gram.matrix(), gram.moment(), parameters.l2());

    double intercept = mean;
    double[] coefficients = new double[moments.length];
    double[] missing = new double[moments.length];
    for (int c = 0; c < design.size(); c++) {
      Standardised column = design.get(c);
      double slope = solution[c] / column.deviation();
      if (column.indicator()) {
        // slope * (1 - share) where missing, -slope * share elsewhere: the latter joins the
        // intercept.
        missing[column.feature()] = slope;
        intercept -= slope * column.mean();
      } else {
        coefficients[column.feature()] = slope;
      }
    }
    double[] means = new double[moments.length];
    double[] deviations = new double[moments.length];
    for (int j = 0; j < moments.length; j++) {
      means[j] = moments[j].mean;
      deviations[j] = moments[j].deviation;
    }
    checkFinite(intercept, coefficients, missing);
    return new RidgeModel(
        features.names(), intercept + 0.0, means, deviations, coefficients, missing);
  }

  private static void check(FeatureMatrix features, double[] target) {
    if (target.length == 0) {
      throw SlipstreamException.invalid(
          "there are no training rows", "Widen the data or the validation split.");
    }
    if (features.features() == 0) {
      throw SlipstreamException.invalid("ridge got no features", "Define at least one feature.");
    }
    for (int row = 0; row < target.length; row++) {
      if (!Double.isFinite(target[row])) {
        throw SlipstreamException.invalid(
            "the target of training row " + row + " is " + target[row],
            "Leave out rows whose target is not a finite number.");
      }
    }
  }

  private static void checkFinite(double intercept, double[]... parts) {
    boolean finite = Double.isFinite(intercept);
    for (double[] part : parts) {
      for (double value : part) {
        finite &= Double.isFinite(value);
      }
    }
    if (!finite) {
      throw SlipstreamException.invalid(
          "the coefficients of ridge overflow", "Scale the target or the features nearer to 1.");
    }
  }

  /**
   * A column of the design.
   *
   * @param indicator 1 where the feature is missing, else 0; before standardising
   */
  record Standardised(int feature, boolean indicator, double mean, double deviation) {}

  /** What is known of a feature over the training rows. */
  private record Moments(double mean, double deviation, double missing) {}

  private static Moments[] moments(
      FeatureMatrix features, double[] weights, double total, Context context) {
    List<Callable<Moments>> tasks = new ArrayList<>();
    for (int j = 0; j < features.features(); j++) {
      int feature = j;
      tasks.add(() -> moments(features, feature, weights, total, context.progress()));
    }
    return Parallel.run(tasks, context.threads()).toArray(Moments[]::new);
  }

  /**
   * @param weights of the rows, or null for 1 each
   * @param total of the weights
   */
  private static Moments moments(
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
      return new Moments(0, 0, total);
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
    return new Moments(mean / unit, constant ? 0 : deviation / unit, Math.max(0, total - present));
  }

  private static double weight(double[] weights, int row) {
    return weights == null ? 1 : weights[row];
  }
}
