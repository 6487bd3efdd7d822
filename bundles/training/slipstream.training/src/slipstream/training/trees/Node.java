package slipstream.training.trees;

/**
 * A node of the tree that is being grown: one range of rows in each shard, and what constraints
 * leave to it.
 */
final class Node {
  final int depth;

  /** Gradient sum and count, packed; with hessians the gradient sum alone. */
  final long total;

  /** With hessians: their sum and the count, packed. */
  final long weight;

  final int rows;
  final int[] from;
  final int[] to;
  final Constraints.Room room;
  long[] histogram;
  Split split;
  Node left;
  Node right;
  float value;

  /** The value before bounds and learning rate, where it is known already; else NaN. */
  double raw = Double.NaN;

  Node(int depth, long total, long weight, int rows, int shards, Constraints.Room room) {
    this.depth = depth;
    this.total = total;
    this.weight = weight;
    this.rows = rows;
    this.room = room;
    from = new int[shards];
    to = new int[shards];
  }

  boolean isLeaf() {
    return split == null;
  }
}
