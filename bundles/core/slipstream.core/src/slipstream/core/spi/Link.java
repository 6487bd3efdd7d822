package slipstream.core.spi;

/**
 * What turns a score, such as the sum of base and leaf values, into a prediction. {@link StrictMath}
 * makes it the same bits on every machine.
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

  /** The prediction of a score. */
  public double mean(double score) {
    double s = Math.clamp(score, -LIMIT, LIMIT);
    return switch (this) {
      case IDENTITY -> score;
      case LOG -> StrictMath.exp(s);
      case LOGIT -> 1 / (1 + StrictMath.exp(-s));
    };
  }

  /** The score of a prediction, which is moved into the link's range where it lies outside. */
  public double score(double mean) {
    return switch (this) {
      case IDENTITY -> mean;
      case LOG -> StrictMath.log(Math.max(mean, 1e-30));
      case LOGIT -> {
        double m = Math.clamp(mean, 1e-10, 1 - 1e-10);
        yield StrictMath.log(m / (1 - m));
      }
    };
  }
}
