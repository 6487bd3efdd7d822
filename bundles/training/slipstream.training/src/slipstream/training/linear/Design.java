package slipstream.training.linear;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
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
    List<FeatureMoments> moments,
    List<Standardised> columns,
    double targetMean) {
  /** The Gram matrix of so many columns takes 128 MiB a thread. */
  static final int MAX_COLUMNS = 4000;

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
    data.requireUsable(trainer);
    double[] weights = data.facts().weights();
    double total = total(target, weights);
    List<FeatureMoments> moments = FeatureMoments.of(features, weights, context);
    List<Standardised> columns = new ArrayList<>();
    for (int j = 0; j < moments.size(); j++) {
      FeatureMoments of = moments.get(j);
      if (of.deviation() > 0) {
        columns.add(new Standardised(j, false, of.mean(), of.deviation()));
      }
    }
    for (int j = 0; j < moments.size() && missingIndicators; j++) {
      double share = moments.get(j).missing() / total;
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
      means[j] = moments.get(j).mean();
      deviations[j] = moments.get(j).deviation();
    }
    checkFinite(trainer, intercept, coefficients, missing);
    return new Terms(names, intercept + 0.0, means, deviations, coefficients, missing);
  }

  private static double total(double[] target, double[] weights) {
    return weights == null ? target.length : CompensatedSum.of(weights);
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
}
