package slipstream.training.trees;

import slipstream.core.device.FixedPoint;
import slipstream.core.device.GradientTotals;

/**
 * Chooses the fixed-point scales of a training's gradients, one power of two for all rows of a
 * round, and likewise for hessians and losses.
 *
 * <p>With n rows and c = bits of n, the sum of the absolute fixed-point values stays below
 * 2^(62-c), so no sum over any subset of rows can leave its field of a packed long. While the
 * leaves of a round are applied, the next gradients are written with the present scale; {@link
 * #outOfRange} then says whether the scale must be chosen anew: the sum or a value is too large, or
 * the values have become so small (by 2^5 or more below the limit, and below 2^24) that precision
 * would be given away. All of it depends on sums and maxima of integers alone, not on the order of
 * rows.
 */
final class GradientScales {
  private static final int MAX_EXPONENT = 28; // largest gradient first becomes 2^28 .. 2^29
  private static final int SATURATED = 1 << 30;
  private static final int COARSE = 1 << 24;

  private final int countBits;
  private final long limit;
  private final boolean hessians;
  private FixedPoint scale = new FixedPoint(1, 1, 1);

  GradientScales(int countBits, boolean hessians) {
    this.countBits = countBits;
    this.hessians = hessians;
    limit = 1L << 62 - countBits;
  }

  FixedPoint scale() {
    return scale;
  }

  boolean outOfRange(GradientTotals t) {
    return outOfRange(t.sumAbsolute(), t.magnitude())
        || hessians && outOfRange(t.sumHessian(), t.hessianMagnitude());
  }

  private boolean outOfRange(long sum, int magnitude) {
    return sum >= limit || magnitude >= SATURATED || sum < limit >> 5 && magnitude < COARSE;
  }

  /** First step of a new scale: from the largest gradient and hessian. */
  void fromLargest(GradientTotals t) {
    scale = new FixedPoint(fromLargest(t.maxGradient()), fromLargest(t.maxHessian()), scale.loss());
  }

  private static double fromLargest(float largest) {
    return largest > 0 ? Math.scalb(1.0, MAX_EXPONENT - Math.getExponent(largest)) : 1.0;
  }

  /**
   * Second step: lowers the scales until the sums of absolute values, taken with the first ones,
   * have their place.
   */
  void lower(GradientTotals t) {
    scale =
        new FixedPoint(
            lowered(scale.gradient(), t.sumAbsolute()),
            lowered(scale.hessian(), t.sumHessian()),
            scale.loss());
  }

  private double lowered(double before, long sum) {
    int bits = 64 - Long.numberOfLeadingZeros(sum);
    return Math.scalb(before, -Math.max(0, bits - (61 - countBits)));
  }

  /** The scale of the loss sums, from the largest loss of a row before the first round. */
  void lossFromLargest(double maxLoss) {
    lossScale(maxLoss > 0 ? Math.scalb(1.0, 58 - countBits - Math.getExponent(maxLoss)) : 1.0);
  }

  /**
   * The loss of a sum. Rescales so that the next round's sum, which is not much larger than this
   * one, has about 57 bits.
   */
  double takeLoss(long sum) {
    double loss = sum / scale.loss();
    if (sum > 0) {
      lossScale(Math.scalb(scale.loss(), 57 - (64 - Long.numberOfLeadingZeros(sum))));
    }
    return loss;
  }

  private void lossScale(double value) {
    scale = new FixedPoint(scale.gradient(), scale.hessian(), value);
  }
}
