package slipstream.training.linear;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.Size;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.linear.LinearModel.Terms;

/**
 * The standardised columns that a linear model is fitted on: each feature that varies, then an
 * indicator of each that is missing in some rows.
 *
 * <p>A missing value (NaN or infinite) counts as the feature's training mean. Sums are compensated.
 *
 * @param trainer for errors
 * @param names of all features
 * @param moments by feature
 * @param columns of the design
 * @param targetMean weighted
 */
record Design(
    String trainer,
    List<String> names,
    List<Moments> moments,
    List<Standardised> columns,
    double targetMean) {
  /** The Gram matrix of so many columns takes 128 MiB a thread. */
  static final int MAX_COLUMNS = 4000;

  /** A standard deviation below this share of the largest value is rounding. */
  private static final double CONSTANT = 1e-13;

  /** The most columns that there may be. */
  static long columns(boolean missingIndicators, Size size) {
    return Math.min(MAX_COLUMNS, (missingIndicators ? 2L : 1L) * size.features());
  }

  /** Bytes that a Gram matrix takes: compensated sums for each thread, and in all. Nothing for each row. */
  static long memory(boolean missingIndicators, Size size) {
    long columns = columns(missingIndicators, size);
    return 8 * columns * (columns + 1) * (size.threads() + 2L);
  }

  /** Of the training rows, after checking them. */
  static Design of(TrainingData data, boolean missingIndicators, String trainer, Context context) {
    FeatureMatrix features = data.features();
    double[] target = data.target();
    check(features, target, trainer);
    double[] weights = data.facts().weights();
    double total = total(target, weights);
    List<Moments> moments = moments(features, weights, total, context);
    List<Standardised> columns = new ArrayList<>();
    for (int j = 0; j < moments.size(); j++) {
      Moments of = moments.get(j);
      if (of.deviation > 0) {
        columns.add(new Standardised(j, false, of.mean, of.deviation));
      }
    }
    for (int j = 0; j < moments.size() && missingIndicators; j++) {
      double share = moments.get(j).missing / total;
      if (share > 0 && share < 1) {
        columns.add(new Standardised(j, true, share, Math.sqrt(share * (1 - share))));
      }
    }
    if (columns.size() > MAX_COLUMNS) {
      throw SlipstreamException.invalid(
          trainer + " got " + columns.size() + " columns, indicators of missing values included",
          "Use at most " + MAX_COLUMNS + " features, or set missing_indicators: false.");
    }
    double mean =
        weights == null
            ? CompensatedSum.mean(target)
            : CompensatedSum.weightedMean(target, weights);
    return new Design(trainer, features.names(), moments, columns, mean);
  }

  /** The Gram matrix of these rows, standardised by the training rows' moments. */
  GramMatrix gram(FeatureMatrix features, double[] target, double[] weights, Context context) {
    return GramMatrix.of(
        features, target, targetMean, weights, total(target, weights), columns, trainer, context);
  }

  /**
   * The model of a solution.
   *
   * @param solution by column of the design, for standardised columns
   */
  Terms terms(double[] solution) {
    double intercept = targetMean;
    double[] coefficients = new double[moments.size()];
    double[] missing = new double[moments.size()];
    for (int c = 0; c < columns.size(); c++) {
      Standardised column = columns.get(c);
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
    double[] means = new double[moments.size()];
    double[] deviations = new double[moments.size()];
    for (int j = 0; j < means.length; j++) {
      means[j] = moments.get(j).mean;
      deviations[j] = moments.get(j).deviation;
    }
    checkFinite(trainer, intercept, coefficients, missing);
    return new Terms(names, intercept + 0.0, means, deviations, coefficients, missing);
  }

  private static double total(double[] target, double[] weights) {
    return weights == null ? target.length : CompensatedSum.of(weights);
  }

  private static void check(FeatureMatrix features, double[] target, String trainer) {
    if (target.length == 0) {
      throw SlipstreamException.invalid(
          "there are no training rows", "Widen the data or the validation split.");
    }
    if (features.features() == 0) {
      throw SlipstreamException.invalid(
          trainer + " got no features", "Define at least one feature.");
    }
    for (int row = 0; row < target.length; row++) {
      if (!Double.isFinite(target[row])) {
        throw SlipstreamException.invalid(
            "the target of training row " + row + " is " + target[row],
            "Leave out rows whose target is not a finite number.");
      }
    }
  }

  private static void checkFinite(String trainer, double intercept, double[]... parts) {
    boolean finite = Double.isFinite(intercept);
    for (double[] part : parts) {
      for (double value : part) {
        finite &= Double.isFinite(value);
      }
    }
    if (!finite) {
      throw SlipstreamException.invalid(
          "the coefficients of " + trainer + " overflow",
          "Scale the target or the features nearer to 1.");
    }
  }

  /**
   * A column of the design.
   *
   * @param indicator 1 where the feature is missing, else 0; before standardising
   */
  record Standardised(int feature, boolean indicator, double mean, double deviation) {}

  /** What is known of a feature over the training rows. */
  record Moments(double mean, double deviation, double missing) {}

  private static List<Moments> moments(
      FeatureMatrix features, double[] weights, double total, Context context) {
    return Parallel.map(
        features.features(),
        context.threads(),
        context.progress(),
        feature -> moments(features, feature, weights, total, context.progress()));
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
