package slipstream.training.trees;

import slipstream.core.device.FixedPoint;
import slipstream.core.device.NodeSums;
import slipstream.core.spi.Loss;

/**
 * The values of leaves: the raw one, from sums or residuals, clipped to the node's bounds, times the
 * learning rate, rounded to float32.
 */
final class LeafValues {
  private final Loss loss;
  private final boolean hessians;
  private final double learningRate;
  private final double l1;
  private final double l2;

  LeafValues(BoostedTreesParameters parameters, Loss loss, boolean hessians) {
    this.hessians = hessians;
    this.loss = loss;
    learningRate = parameters.learningRate();
    l1 = parameters.l1();
    l2 = parameters.l2();
  }

  boolean needResiduals() {
    return StandardLoss.needsResiduals(loss);
  }

  float ofLeaf(double raw, Constraints.Room room) {
    double value = loss.step(Math.max(room.lower(), Math.min(room.upper(), raw)));
    return (float) (learningRate * value) + 0f; // no -0
  }

  /** The regularised mean, G / (n + l2) or G / (H + l2) with G moved by l1 towards 0. */
  double ofSums(NodeSums sums, FixedPoint scale) {
    double weight = hessians ? sums.hessian() / scale.hessian() : sums.rows();
    return towardsZero(sums.gradient() / scale.gradient(), l1) / (weight + l2);
  }

  /** Soft thresholding: what is left of a sum that moves by l1 towards 0 and not past it. */
  static double towardsZero(double sum, double l1) {
    return sum > l1 ? sum - l1 : sum < -l1 ? sum + l1 : 0;
  }

  /**
   * The value of a node, within its bounds: T/w, with T the gradients' sum moved by l1 towards 0.
   *
   * @param weight of the rows and λ
   */
  static double bounded(double sum, double weight, double l1, double lower, double upper) {
    return Math.max(lower, Math.min(upper, towardsZero(sum, l1) / weight));
  }

  /** What a node with that value scores: see {@link SplitFinder}. */
  static double boundedScore(double sum, double weight, double l1, double lower, double upper) {
    double value = bounded(sum, weight, l1, lower, upper);
    return (2 * sum - weight * value) * value - 2 * l1 * Math.abs(value);
  }
}
