package slipstream.training.trees;

import java.util.List;
import slipstream.core.device.BinSet;

/**
 * All trees of a model in a form that is fast to walk: without branches, and four walks at a time.
 *
 * <p>Values and thresholds are compared by their integer keys (see {@link FloatOrder#key}); a
 * missing value has the largest int. Where missing values go left, 1 is added to both sides of the
 * comparison: the largest int wraps to the smallest. The two children of a node lie side by side,
 * so the next node is the left child plus the sign of a difference. A leaf is its own child, so
 * that a walk may be longer than its path. Trees that split by categories are walked one at a time.
 */
final class FlatTrees {
  private static final int MISSING = Integer.MAX_VALUE;

  private final int features;
  private final long[] nodes; // threshold key << 32 | feature << 1 | 1 where missing values go left
  private final int[] leftChild;
  private final float[] values;
  private final int[] roots;
  private final int[] depths;
  private final BinSet[] sets; // of nodes that split by categories; null without
  private final boolean[] categorical; // by tree: whether it has such nodes

  FlatTrees(int features, List<RegressionTree> trees) {
    this.features = features;
    int size = trees.stream().mapToInt(RegressionTree::size).sum();
    nodes = new long[size];
    leftChild = new int[size];
    values = new float[size];
    roots = new int[trees.size()];
    depths = new int[trees.size()];
    categorical = new boolean[trees.size()];
    sets = trees.stream().anyMatch(RegressionTree::splitsCategories) ? new BinSet[size] : null;
    int next = 0;
    for (int t = 0; t < roots.length; t++) {
      categorical[t] = trees.get(t).splitsCategories();
      roots[t] = next;
      depths[t] = add(trees.get(t), next);
      next += trees.get(t).size();
    }
  }

  /** Lays a tree out level by level and returns its depth. */
  private int add(RegressionTree tree, int root) {
    int[] source = new int[tree.size()];
    int[] depth = new int[tree.size()];
    int end = 1;
    for (int i = 0; i < tree.size(); i++) {
      int node = source[i];
      int at = root + i;
      if (tree.isLeaf(node)) {
        nodes[at] = (long) Integer.MAX_VALUE << 32;
        leftChild[at] = at;
        values[at] = tree.value(node);
        continue;
      }
      if (tree.categories(node) != null) {
        sets[at] = tree.categories(node);
      }
      int turn = tree.missingLeft(node) ? 1 : 0;
      nodes[at] =
          (long) (FloatOrder.key(tree.threshold(node) + 0f) + turn) << 32
              | (long) tree.feature(node) << 1
              | turn;
      leftChild[at] = root + end;
      depth[end] = depth[i] + 1;
      source[end++] = tree.left(node);
      depth[end] = depth[i] + 1;
      source[end++] = tree.right(node);
    }
    return depth[tree.size() - 1];
  }

  /** The integer form in which features are walked. */
  static int key(float x) {
    return x != x ? MISSING : FloatOrder.key(x + 0f);
  }

  private int step(int node, int[] keys, int at) {
    long word = nodes[node];
    int turn = (int) word & 1;
    int x = keys[at + ((int) word >>> 1)] + turn;
    return leftChild[node] + (int) ((word >> 32) - x >>> 63);
  }

  /** The sum of the trees' values for one row, in their order. */
  float sum(int[] keys) {
    float sum = 0;
    int t = 0;
    for (; t + 3 < roots.length && sets == null; t += 4) {
      int a = roots[t];
      int b = roots[t + 1];
      int c = roots[t + 2];
      int d = roots[t + 3];
      int depth =
          Math.max(Math.max(depths[t], depths[t + 1]), Math.max(depths[t + 2], depths[t + 3]));
      for (int k = 0; k < depth; k++) {
        a = step(a, keys, 0);
        b = step(b, keys, 0);
        c = step(c, keys, 0);
        d = step(d, keys, 0);
      }
      sum = sum + values[a] + values[b] + values[c] + values[d];
    }
    for (; t < roots.length; t++) {
      sum += value(t, keys, 0);
    }
    return sum;
  }

  /** Adds the trees' values, in their order, to the sums of n rows of keys. */
  void addTo(float[] sums, int from, int[] keys, int n) {
    for (int t = 0; t < roots.length; t++) {
      addTree(t, sums, from, keys, n);
    }
  }

  private void addTree(int t, float[] sums, int from, int[] keys, int n) {
    int root = roots[t];
    int depth = depths[t];
    int i = 0;
    for (; i + 3 < n && !categorical[t]; i += 4) {
      int row = i * features;
      int a = root;
      int b = root;
      int c = root;
      int d = root;
      for (int k = 0; k < depth; k++) {
        a = step(a, keys, row);
        b = step(b, keys, row + features);
        c = step(c, keys, row + 2 * features);
        d = step(d, keys, row + 3 * features);
      }
      sums[from + i] += values[a];
      sums[from + i + 1] += values[b];
      sums[from + i + 2] += values[c];
      sums[from + i + 3] += values[d];
    }
    for (; i < n; i++) {
      sums[from + i] += value(t, keys, i * features);
    }
  }

  private float value(int t, int[] keys, int at) {
    int node = roots[t];
    for (int k = 0; k < depths[t]; k++) {
      node = categorical[t] && sets[node] != null ? bySet(node, keys, at) : step(node, keys, at);
    }
    return values[node];
  }

  /** The next node where categories part; their numbers are floats, too. */
  private int bySet(int node, int[] keys, int at) {
    int word = (int) nodes[node];
    int key = keys[at + (word >>> 1)];
    boolean left =
        key == MISSING ? (word & 1) != 0 : sets[node].contains((int) FloatOrder.value(key));
    return leftChild[node] + (left ? 0 : 1);
  }
}
