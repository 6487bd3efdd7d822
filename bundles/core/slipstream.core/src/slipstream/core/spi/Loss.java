package slipstream.core.spi;

import java.util.Optional;

/**
 * What a fit minimises: the weighted sum over rows of a function of the target and a score. The
 * score is what the trainer adds up; the {@link Link} makes the prediction of it.
 *
 * <p>Pure functions: the same bits for the same arguments on every machine ({@link StrictMath}), no
 * state, called from several threads. Targets and scores are float32 values.
 */
public interface Loss {
  /** What its mean is called where people follow a fit, such as {@code "pinball loss"}. */
  String title();

  /** What makes predictions of scores. */
  default Link link() {
    return Link.IDENTITY;
  }

  /** What is wrong with a target value, such as {@code "gamma takes values above 0"}. */
  default Optional<String> refusal(double target) {
    return Optional.empty();
  }

  /**
   * The score that fits all rows alike, from which the fit starts: of the mean target unless the
   * loss has a better one, which saves rounds and no more.
   *
   * @param target at least one, none refused
   * @param weights one a target, above 0; null when all are equal
   */
  default double start(double[] target, double[] weights) {
    double sum = 0;
    double sumOfWeights = 0;
    for (int i = 0; i < target.length; i++) {
      double weight = weights == null ? 1 : weights[i];
      sum += weight * target[i];
      sumOfWeights += weight;
    }
    return link().score(sum / sumOfWeights);
  }

  /** One row's loss, finite and not negative. */
  double loss(double target, double score);

  /** Its first derivative by the score, finite. */
  double gradient(double target, double score);

  /**
   * Its second derivative by the score, finite and not negative; for a loss that is not convex an
   * upper bound of it.
   */
  double hessian(double target, double score);

  /**
   * The change of the score that rows with gradients G and hessians H ask for.
   *
   * @param ratio -G / (H + λ), regularised: a Newton step
   */
  default double step(double ratio) {
    return ratio;
  }

  /** The mean loss in the form that {@link #title} names, such as its root. */
  default double reported(double meanLoss) {
    return meanLoss;
  }
}
