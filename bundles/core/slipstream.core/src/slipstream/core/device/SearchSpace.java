package slipstream.core.device;

/**
 * Where a node's best split is sought.
 *
 * @param features that may be split on, ascending
 * @param lower least value that a leaf below may have, in the unit of gradients; may be infinite
 * @param upper largest value, likewise
 */
public record SearchSpace(int[] features, double lower, double upper) {
  public boolean isBounded() {
    return lower > Double.NEGATIVE_INFINITY || upper < Double.POSITIVE_INFINITY;
  }
}
