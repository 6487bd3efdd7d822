package slipstream.training.trees;

import slipstream.core.device.BinnedTree;
import slipstream.core.device.NodeSums;
import slipstream.core.device.Split;

/** A node of the tree that is being grown, and what constraints leave to it. */
final class Node {
  final int depth;

  /** Its number at the device, which keeps its rows. */
  final int number;

  /** 1 for the root, twice the parent's for a left child, one more for a right one. */
  final long path;

  final NodeSums sums;
  final Constraints.Room room;
  Split split;
  Node left;
  Node right;
  float value;

  /** The value before bounds and learning rate, where it is known already; else NaN. */
  double raw = Double.NaN;

  /** Of the left and the right child likewise; null where they are not known yet. */
  double[] childValues;

  Node(int depth, int number, long path, NodeSums sums, Constraints.Room room) {
    this.depth = depth;
    this.number = number;
    this.path = path;
    this.sums = sums;
    this.room = room;
  }

  int rows() {
    return sums.rows();
  }

  boolean isLeaf() {
    return split == null;
  }

  /** Whether a node from here on down is split by categories. */
  boolean splitsCategories() {
    return !isLeaf()
        && (split.categories() != null || left.splitsCategories() || right.splitsCategories());
  }

  /** Nodes from here on down. */
  int size() {
    return isLeaf() ? 1 : 1 + left.size() + right.size();
  }

  /** The tree from here on down, as a device walks it. */
  BinnedTree binned() {
    int n = size();
    var tree = new BinnedTree(new Split[n], new int[n], new float[n]);
    fill(tree, 0);
    return tree;
  }

  private int fill(BinnedTree tree, int i) {
    tree.splits()[i] = split;
    tree.values()[i] = value;
    if (isLeaf()) {
      return i + 1;
    }
    tree.right()[i] = left.fill(tree, i + 1);
    return right.fill(tree, tree.right()[i]);
  }
}
