package slipstream.core.device;

/**
 * What writing gradients adds up over rows, free of order.
 *
 * @param sumAbsolute of the fixed-point gradients' absolute values
 * @param magnitude bitwise or of the absolute values, one less for negative ones
 * @param loss of the rows, in fixed point; 0 from {@link TreeTraining#writeGradients}
 * @param sumHessian of the fixed-point hessians
 * @param hessianMagnitude bitwise or of the fixed-point hessians
 * @param maxGradient largest absolute gradient before rounding; only from {@link TreeTraining#writeGradients}
 * @param maxHessian largest hessian before rounding; likewise
 * @param maxLoss largest loss of a row; likewise
 */
public record GradientTotals(
    long sumAbsolute,
    int magnitude,
    long loss,
    long sumHessian,
    int hessianMagnitude,
    float maxGradient,
    float maxHessian,
    double maxLoss) {
  public static final GradientTotals ZERO = new GradientTotals(0, 0, 0, 0, 0, 0, 0, 0);

  public GradientTotals plus(GradientTotals other) {
    return new GradientTotals(
        sumAbsolute + other.sumAbsolute,
        magnitude | other.magnitude,
        loss + other.loss,
        sumHessian + other.sumHessian,
        hessianMagnitude | other.hessianMagnitude,
        Math.max(maxGradient, other.maxGradient),
        Math.max(maxHessian, other.maxHessian),
        Math.max(maxLoss, other.maxLoss));
  }
}
