package slipstream.training.trees;

/**
 * Weights of rows as whole numbers, whose sums do not depend on their order: the weights themselves where all are whole
 * numbers up to 2^24, so that a weight of k is k equal rows; else in units of 2^-24 of the largest, at least 1.
 */
final class RowMass {
  private static final int BITS = 24;

  private final double[] weights;
  private final double scale;

  /**
   * @param weights above 0 and finite
   */
  RowMass(double[] weights) {
    this.weights = weights;
    double largest = 0;
    boolean whole = true;
    for (double weight : weights) {
      largest = Math.max(largest, weight);
      whole &= weight == Math.rint(weight);
    }
    scale = whole && largest <= 1 << BITS ? 1 : (1 << BITS) / largest;
  }

  long of(int row) {
    return Math.max(1, (long) Math.rint(weights[row] * scale));
  }
}
