package slipstream.training.trees;

/** What boosting minimises; r is the residual, target minus prediction. */
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
  HUBER;

  /** The negative gradient of the loss with respect to the prediction. */
  float gradient(float residual, float delta) {
    return switch (this) {
      case SQUARED -> residual;
      case ABSOLUTE -> Math.signum(residual);
      case HUBER -> Math.clamp(residual, -delta, delta);
    };
  }

  /** One row's share of the loss: r², |r| or Huber's. */
  double loss(float residual, float delta) {
    double r = residual;
    return switch (this) {
      case SQUARED -> r * r;
      case ABSOLUTE -> Math.abs(r);
      case HUBER -> Math.abs(r) <= delta ? 0.5 * r * r : delta * (Math.abs(r) - 0.5 * delta);
    };
  }

  /** What {@link #reported} gives, by name. */
  String metric() {
    return switch (this) {
      case SQUARED -> "RMSE";
      case ABSOLUTE -> "MAE";
      case HUBER -> "Huber loss";
    };
  }

  /** The loss as people read it, from the mean of {@link #loss}: a root for the squared one. */
  double reported(double meanLoss) {
    return this == SQUARED ? Math.sqrt(meanLoss) : meanLoss;
  }
}
