package slipstream.core.device;

/**
 * What a node's rows add up to, in fixed point.
 *
 * @param gradient sum of the fixed-point gradients
 * @param hessian sum of the fixed-point hessians; 0 where rows have none of their own
 */
public record NodeSums(long gradient, long hessian, int rows) {
  public NodeSums minus(NodeSums part) {
    return new NodeSums(gradient - part.gradient, hessian - part.hessian, rows - part.rows);
  }
}
