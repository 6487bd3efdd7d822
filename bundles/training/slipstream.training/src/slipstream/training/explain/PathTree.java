package slipstream.training.explain;

import java.util.Arrays;
import slipstream.training.trees.RegressionTree;

/**
 * A tree with what {@link TreeShap} needs at each node of its feature, the one that the parent asks
 * for. Nodes are in preorder, so a pass over them in order knows the path above each.
 */
final class PathTree {
  private final RegressionTree tree;
  private final int[] parent;
  private final int[] depth;
  private final int[] earlier; // nearest node above with the same feature; -1 where there is none
  private final double[] share; // of training rows that pass all nodes above with the same feature
  private final int deepest;
  private final GaussLegendre quadrature;
  private final double expectedValue;

  PathTree(RegressionTree tree) {
    this.tree = tree;
    int n = tree.size();
    parent = new int[n];
    depth = new int[n];
    earlier = new int[n];
    share = new double[n];
    Arrays.fill(share, 1);
    double[] reached = new double[n];
    reached[0] = 1;
    int[] distinct = new int[n];
    double expected = 0;
    int most = 1;
    int last = 0;
    for (int node = 0; node < n; node++) {
      last = Math.max(last, depth[node]);
      if (tree.isLeaf(node)) {
        expected += reached[node] * tree.value(node);
        most = Math.max(most, distinct[node]);
        continue;
      }
      int same = node;
      while (same > 0 && tree.feature(parent[same]) != tree.feature(node)) {
        same = parent[same];
      }
      double rows = (double) tree.rows(tree.left(node)) + tree.rows(tree.right(node));
      for (int child : new int[] {tree.left(node), tree.right(node)}) {
        double part = rows == 0 ? 0.5 : tree.rows(child) / rows;
        parent[child] = node;
        depth[child] = depth[node] + 1;
        earlier[child] = same > 0 ? same : -1;
        share[child] = part * (same > 0 ? share[same] : 1);
        reached[child] = part * reached[node];
        distinct[child] = distinct[node] + (same > 0 ? 0 : 1);
      }
    }
    expectedValue = expected;
    deepest = last;
    quadrature = GaussLegendre.of((most + 1) / 2);
  }

  double expectedValue() {
    return expectedValue;
  }

  /** Adds the contributions of each feature to a row's prediction. */
  void addContributions(float[] row, double[] result, Scratch scratch) {
    scratch.fit(this);
    double[] weights = quadrature.weights();
    int size = weights.length;
    for (int node = 0; node < tree.size(); node++) {
      if (!enter(node, row, scratch) || !tree.isLeaf(node)) {
        continue;
      }
      int elements = path(node, scratch);
      int at = depth[node] * size;
      for (int e = 0; e < elements; e++) {
        int element = scratch.path[e];
        int own = depth[element] * size;
        double sum = 0;
        for (int q = 0; q < size; q++) {
          sum += weights[q] * scratch.product[at + q] * scratch.inverse[own + q];
        }
        result[tree.feature(parent[element])] += tree.value(node) * effect(element, scratch) * sum;
      }
    }
  }

  /** Adds the interactions of each pair of features; the diagonal is left as it is. */
  void addInteractions(float[] row, double[][] result, Scratch scratch) {
    scratch.fit(this);
    double[] weights = quadrature.weights();
    int size = weights.length;
    for (int node = 0; node < tree.size(); node++) {
      if (!enter(node, row, scratch) || !tree.isLeaf(node)) {
        continue;
      }
      int elements = path(node, scratch);
      int at = depth[node] * size;
      for (int e = 1; e < elements; e++) {
        int a = scratch.path[e];
        int ownA = depth[a] * size;
        for (int k = 0; k < e; k++) {
          int b = scratch.path[k];
          int ownB = depth[b] * size;
          double sum = 0;
          for (int q = 0; q < size; q++) {
            sum +=
                weights[q]
                    * scratch.product[at + q]
                    * scratch.inverse[ownA + q]
                    * scratch.inverse[ownB + q];
          }
          double value = tree.value(node) / 2 * effect(a, scratch) * effect(b, scratch) * sum;
          result[tree.feature(parent[a])][tree.feature(parent[b])] += value;
          result[tree.feature(parent[b])][tree.feature(parent[a])] += value;
        }
      }
    }
  }

  /**
   * Finds whether the row passes to a node and the product of the factors above it, at its depth.
   *
   * @return false where neither the row nor training rows come: such a node counts nowhere
   */
  private boolean enter(int node, float[] row, Scratch scratch) {
    int size = quadrature.points().length;
    if (node == 0) {
      Arrays.fill(scratch.product, 0, size, 1);
      scratch.counts[0] = true;
      return true;
    }
    int above = parent[node];
    int same = earlier[node];
    int feature = tree.feature(above);
    boolean passes = tree.goesLeft(above, row[feature]) == (tree.left(above) == node);
    scratch.passes[node] = passes && (same < 0 || scratch.passes[same]);
    scratch.counts[node] = scratch.counts[above] && (scratch.passes[node] || share[node] > 0);
    if (!scratch.counts[node]) {
      return false;
    }
    int from = depth[above] * size;
    int to = depth[node] * size;
    int before = same < 0 ? -1 : depth[same] * size;
    double[] points = quadrature.points();
    for (int q = 0; q < size; q++) {
      double factor = share[node] * (1 - points[q]) + (scratch.passes[node] ? points[q] : 0);
      double product = scratch.product[from + q] * factor;
      scratch.product[to + q] = same < 0 ? product : product * scratch.inverse[before + q];
      scratch.inverse[to + q] = 1 / factor;
    }
    return true;
  }

  private double effect(int node, Scratch scratch) {
    return (scratch.passes[node] ? 1 : 0) - share[node];
  }

  /** The last node of each distinct feature on the way to a leaf. */
  private int path(int leaf, Scratch scratch) {
    int count = 0;
    for (int node = leaf; node > 0; node = parent[node]) {
      if (earlier[node] >= 0) {
        scratch.superseded[earlier[node]] = leaf;
      }
      if (scratch.superseded[node] != leaf) {
        scratch.path[count++] = node;
      }
    }
    return count;
  }

  /** Arrays of one thread. */
  static final class Scratch {
    private boolean[] passes = new boolean[0];
    private boolean[] counts = new boolean[0];
    private int[] superseded = new int[0];
    private int[] path = new int[0];
    private double[] product = new double[0]; // of the factors down to a depth, by depth and point
    private double[] inverse = new double[0]; // of the factor of the node at that depth

    private void fit(PathTree tree) {
      int nodes = tree.tree.size();
      if (passes.length < nodes) {
        passes = new boolean[nodes];
        counts = new boolean[nodes];
        superseded = new int[nodes];
      }
      Arrays.fill(superseded, 0, nodes, -1);
      if (path.length < tree.deepest) {
        path = new int[tree.deepest];
      }
      int products = (tree.deepest + 1) * tree.quadrature.points().length;
      if (product.length < products) {
        product = new double[products];
        inverse = new double[products];
      }
    }
  }
}
