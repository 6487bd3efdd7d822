package slipstream.core.device;

import java.util.List;

/**
 * Decides how a tree grows. A device calls it with as many nodes at once as it likes, in any order, from any of its
 * threads, several at once; what it decides for a node must depend on that node alone.
 */
public interface GrowthPolicy {
  /**
   * A node that was searched.
   *
   * @param split the best one; null when none is worth it
   */
  record Found(int node, Split split) {}

  /**
   * What to do next.
   *
   * @param statistics of rows of the nodes found, to be asked within the call
   * @return steps, in any order; a node without a step keeps its rows and, if a split was found, its histogram for a
   *     later {@link TreeTraining#grow}
   */
  List<Step> next(List<Found> found, ResidualStatistics statistics);
}
