package slipstream.training.trees;

/** A node of the tree that is being grown: one range of rows in each shard. */
final class Node {
  final int depth;
  final long total;
  final int rows;
  final int[] from;
  final int[] to;
  long[] histogram;
  Split split;
  Node left;
  Node right;
  float value;

  Node(int depth, long total, int rows, int shards) {
    this.depth = depth;
    this.total = total;
    this.rows = rows;
    from = new int[shards];
    to = new int[shards];
  }

  boolean isLeaf() {
    return split == null;
  }
}
