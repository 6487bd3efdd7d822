package slipstream.training.trees;

import slipstream.core.device.NodeSums;
import slipstream.core.device.SearchSpace;

/** The rows of a node: one range in each shard; and their histogram. */
final class NodeRows {
  final NodeSums sums;

  /** Gradient sum and count, packed; with hessians the gradient sum alone. */
  final long total;

  /** With hessians: their sum and the count, packed. */
  final long weight;

  final int rows;
  final int[] from;
  final int[] to;
  long[] histogram;
  SearchSpace room;

  NodeRows(NodeSums sums, int countBits, boolean hessians, int shards) {
    this.sums = sums;
    total = hessians ? sums.gradient() : Histograms.packed(sums.gradient(), sums.rows(), countBits);
    weight = hessians ? Histograms.packed(sums.hessian(), sums.rows(), countBits) : 0;
    rows = sums.rows();
    from = new int[shards];
    to = new int[shards];
  }
}
