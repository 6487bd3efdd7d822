package slipstream.training.trees;

/**
 * What turns a score, the sum of base and leaf values, into a prediction. {@link StrictMath} makes
 * it the same bits on every machine.
 */
public enum Link {
  /** The score itself. */
  IDENTITY,
  /** The score is the logarithm of the prediction. */
  LOG,
  /** The score is the log-odds of the prediction, a probability. */
  LOGIT;

  /** Scores are clipped to ±80 first, so that float32 holds every prediction. */
  public static final double LIMIT = 80;

  /** The prediction of a score, rounded to float32. */
  public float apply(float score) {
    return this == IDENTITY ? score : (float) mean(score);
  }

  double mean(float score) {
    double s = Math.clamp(score, -LIMIT, LIMIT);
    return switch (this) {
      case IDENTITY -> score;
      case LOG -> StrictMath.exp(s);
      case LOGIT -> 1 / (1 + StrictMath.exp(-s));
    };
  }
}
