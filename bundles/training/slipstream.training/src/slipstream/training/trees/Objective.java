package slipstream.training.trees;

import java.util.Locale;

/**
 * What boosting minimises; r is the residual, target minus prediction, and shape is Huber's delta
 * or the quantile.
 */
public enum Objective {
  /** Half the squared residual; leaves hold regularised means. Loss is reported as RMSE. */
  SQUARED,
  /** |r|; splits are found on sign(r), leaves hold medians of r. Loss is reported as MAE. */
  ABSOLUTE,
  /**
   * Squared within ±delta, linear beyond (Huber 1964); splits are found on the clipped residual,
   * leaves hold the median plus the mean of the deviations clipped to ±delta (Friedman 2001). Loss
   * is reported as the mean of Huber's loss.
   */
  HUBER,
  /**
   * r times q above and 1 - q below the q-quantile (Koenker and Bassett 1978); splits are found on
   * its slope, leaves hold quantiles of r. Loss is reported as the mean pinball loss.
   */
  QUANTILE;

  /** The negative gradient of the loss with respect to the prediction. */
  float gradient(float residual, float shape) {
    return switch (this) {
      case SQUARED -> residual;
      case ABSOLUTE -> Math.signum(residual);
      case HUBER -> Math.clamp(residual, -shape, shape);
      case QUANTILE -> residual > 0 ? shape : residual < 0 ? shape - 1 : 0;
    };
  }

  /** One row's share of the loss: r², |r|, Huber's or the pinball loss. */
  double loss(float residual, float shape) {
    double r = residual;
    return switch (this) {
      case SQUARED -> r * r;
      case ABSOLUTE -> Math.abs(r);
      case HUBER -> Math.abs(r) <= shape ? 0.5 * r * r : shape * (Math.abs(r) - 0.5 * shape);
      case QUANTILE -> r >= 0 ? shape * r : (shape - 1) * r;
    };
  }

  /** Whether leaf values come from the residuals of their rows rather than from gradient sums. */
  boolean needsResiduals() {
    return this != SQUARED;
  }

  /** Its name in experiment files. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What {@link #reported} gives, by name. */
  String metric() {
    return switch (this) {
      case SQUARED -> "RMSE";
      case ABSOLUTE -> "MAE";
      case HUBER -> "Huber loss";
      case QUANTILE -> "pinball loss";
    };
  }

  /** The loss as people read it, from the mean of {@link #loss}: a root for the squared one. */
  double reported(double meanLoss) {
    return this == SQUARED ? Math.sqrt(meanLoss) : meanLoss;
  }
}
