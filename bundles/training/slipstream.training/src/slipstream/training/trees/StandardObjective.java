package slipstream.training.trees;

import java.util.Locale;
import slipstream.core.spi.Link;

/**
 * The losses that boosting brings itself; see {@link StandardLoss}. Here r is the residual, target minus score, m the prediction that the link
 * makes of the score, and shape is Huber's delta or the quantile.
 */
public enum StandardObjective {
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
  QUANTILE,
  /**
   * Counts and other targets from 0 on, of variance in proportion to their mean m = exp(score).
   * Leaves hold log(Σy / Σm), the minimum, regularised. Loss is reported as the mean deviance.
   */
  POISSON,
  /**
   * Targets above 0 of standard deviation in proportion to their mean m = exp(score). Leaves hold
   * log(Σ(y / m) / n), the minimum, regularised. Loss is reported as the mean deviance.
   */
  GAMMA,
  /**
   * Targets 0 or 1, of probability m = 1 / (1 + exp(-score)). Leaves hold Newton steps of at most 8.
   * Loss is reported as the mean log loss.
   */
  BINARY;

  private static final double LARGEST_STEP = 8;
  private static final double NEARLY_ONE = 1 - 0.00033546262790251185; // 1 - exp(-8)

  /** What its predictions are of its scores. */
  Link link() {
    return switch (this) {
      case SQUARED, ABSOLUTE, HUBER, QUANTILE -> Link.IDENTITY;
      case POISSON, GAMMA -> Link.LOG;
      case BINARY -> Link.LOGIT;
    };
  }

  /** Whether second derivatives differ between rows of equal weight. */
  boolean hasHessian() {
    return link() != Link.IDENTITY;
  }

  /** What is wrong with a target value; null when nothing is. */
  String refusal(double target) {
    return switch (this) {
      case SQUARED, ABSOLUTE, HUBER, QUANTILE -> null;
      case POISSON -> target >= 0 ? null : "poisson takes values from 0 on";
      case GAMMA -> target > 0 ? null : "gamma takes values above 0";
      case BINARY -> target == 0 || target == 1 ? null : "binary takes 0 and 1";
    };
  }

  /** The negative gradient of the loss with respect to the score. */
  float gradient(float target, float score, float shape) {
    float residual = target - score;
    return switch (this) {
      case SQUARED -> residual;
      case ABSOLUTE -> Math.signum(residual);
      case HUBER -> Math.clamp(residual, -shape, shape);
      case QUANTILE -> residual > 0 ? shape : residual < 0 ? shape - 1 : 0;
      case POISSON, BINARY -> (float) (target - link().mean(score));
      case GAMMA -> (float) (target / link().mean(score) - 1);
    };
  }

  /** The second derivative of the loss with respect to the score, or what stands for it. */
  float hessian(float target, float score) {
    return switch (this) {
      case SQUARED, ABSOLUTE, HUBER, QUANTILE -> 1;
      case POISSON -> (float) link().mean(score);
      case GAMMA -> (float) (target / link().mean(score));
      case BINARY -> {
        double m = link().mean(score);
        yield (float) (m * (1 - m));
      }
    };
  }

  /** One row's share of the loss, not negative: r², |r|, Huber's, pinball, a deviance, log loss. */
  double loss(float target, float score, float shape) {
    double r = target - score;
    return switch (this) {
      case SQUARED -> r * r;
      case ABSOLUTE -> Math.abs(r);
      case HUBER -> Math.abs(r) <= shape ? 0.5 * r * r : shape * (Math.abs(r) - 0.5 * shape);
      case QUANTILE -> r >= 0 ? shape * r : (shape - 1) * r;
      case POISSON -> {
        double m = link().mean(score);
        double log = target == 0 ? 0 : target * StrictMath.log(target / m);
        yield Math.max(0, 2 * (log - (target - m)));
      }
      case GAMMA -> {
        double ratio = target / link().mean(score);
        yield Math.max(0, 2 * (ratio - 1 - StrictMath.log(ratio)));
      }
      case BINARY -> {
        double wrong = target == 1 ? -(double) score : score;
        yield Math.max(0, wrong) + StrictMath.log1p(StrictMath.exp(-Math.abs(wrong)));
      }
    };
  }

  /** The change of the score that a leaf with gradients G and hessians H makes of G / (H + l2). */
  double step(double ratio) {
    return switch (this) {
      case SQUARED, ABSOLUTE, HUBER, QUANTILE -> ratio;
      case POISSON -> StrictMath.log1p(Math.max(ratio, -NEARLY_ONE));
      case GAMMA -> -StrictMath.log1p(-Math.min(ratio, NEARLY_ONE));
      case BINARY -> Math.clamp(ratio, -LARGEST_STEP, LARGEST_STEP);
    };
  }

  /** What {@link #reported} gives, by name. */
  String metric() {
    return switch (this) {
      case SQUARED -> "RMSE";
      case ABSOLUTE -> "MAE";
      case HUBER -> "Huber loss";
      case QUANTILE -> "pinball loss";
      case POISSON -> "Poisson deviance";
      case GAMMA -> "gamma deviance";
      case BINARY -> "log loss";
    };
  }

  /** The loss as people read it, from the mean of {@link #loss}: a root for the squared one. */
  double reported(double meanLoss) {
    return this == SQUARED ? Math.sqrt(meanLoss) : meanLoss;
  }

  /** Whether leaf values come from the residuals of their rows rather than from gradient sums. */
  boolean needsResiduals() {
    return this == ABSOLUTE || this == HUBER || this == QUANTILE;
  }

  /** The one of this name in experiment files; null when there is none. */
  static StandardObjective of(String word) {
    for (StandardObjective each : values()) {
      if (each.word().equals(word)) {
        return each;
      }
    }
    return null;
  }

  /** Its name in experiment files. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
