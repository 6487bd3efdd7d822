package slipstream.core.device;

import java.util.List;

/** Values that minimise a loss over rows of nodes, where sums of gradients do not tell. */
public interface ResidualStatistics {
  /**
   * Rows of a node.
   *
   * @param split null for all of them
   * @param left whether those that it sends left, or the others
   */
  record Side(int node, Split split, boolean left) {}

  /** One value for each, before bounds and learning rate: a median, a quantile, Huber's location. */
  double[] values(List<Side> sides);
}
