package slipstream.training.trees;

import java.util.Optional;
import slipstream.core.spi.Link;
import slipstream.core.spi.Loss;

/**
 * A loss that boosting brings itself.
 *
 * @param shape what it needs beside target and score: Huber's delta or the quantile
 */
record StandardLoss(StandardObjective objective, float shape) implements Loss {
  @Override
  public String title() {
    return objective.metric();
  }

  @Override
  public Link link() {
    return objective.link();
  }

  @Override
  public Optional<String> refusal(double target) {
    return Optional.ofNullable(objective.refusal(target));
  }

  @Override
  public double loss(double target, double score) {
    return objective.loss((float) target, (float) score, shape);
  }

  @Override
  public double gradient(double target, double score) {
    return -objective.gradient((float) target, (float) score, shape);
  }

  @Override
  public double hessian(double target, double score) {
    return objective.hessian((float) target, (float) score);
  }

  @Override
  public double step(double ratio) {
    return objective.step(ratio);
  }

  @Override
  public double reported(double meanLoss) {
    return objective.reported(meanLoss);
  }

  /** Whether leaf values come from the residuals of their rows rather than from gradient sums. */
  static boolean needsResiduals(Loss loss) {
    return loss instanceof StandardLoss standard && standard.objective.needsResiduals();
  }

  /** Whether second derivatives differ between rows of equal weight. */
  static boolean hasHessian(Loss loss) {
    return !(loss instanceof StandardLoss standard) || standard.objective.hasHessian();
  }
}
