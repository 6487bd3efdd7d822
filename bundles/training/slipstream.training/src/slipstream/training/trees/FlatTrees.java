package slipstream.training.trees;

import java.util.Arrays;
import java.util.List;

/**
 * All trees of a model in a form that is fast to walk: without branches, eight walks at a time, so that they wait for
 * memory together.
 *
 * <p>A node is one long: the threshold's integer key (see {@link FloatOrder#key}) above; below, how far ahead its left child
 * lies, and where the row's key stands that is compared. The two children lie side by side, so that the next node is the left
 * child plus the sign of a difference. A leaf is 0 ahead of itself, so that a walk may be longer than its path. A missing
 * value is the largest or the smallest int: a feature has a key for nodes that send it right and, where there are any, one for
 * nodes that send it left. Only features that some node asks for have keys; those of eight rows lie side by side.
 *
 * <p>{@link RegressionTree#leaf} is the readable form of a walk. A tree that splits by categories, or whose levels are too wide
 * for a node's bits, is walked that way.
 */
final class FlatTrees {
  private static final int LANES = 8;
  private static final int LANE_BITS = 3;

  /** Keys of a block of rows: half of the first level cache that is common, so that a tree fits beside them. */
  private static final int BLOCK_KEYS = 6144;

  private final RegressionTree[] trees;
  private final long[] nodes;
  private final float[] values; // of leaves, by node
  private final int[] roots; // -1: walked by the tree itself
  private final int[] depths;
  private final int[] slotOf; // by 2 * feature + (1 where missing goes left): -1 where no node asks
  private final int[] slots; // the inverse of it
  private final int aheadShift;
  private final int slotMask;

  FlatTrees(int features, List<RegressionTree> list) {
    trees = list.toArray(RegressionTree[]::new);
    slotOf = new int[2 * features];
    Arrays.fill(slotOf, -1);
    for (RegressionTree tree : trees) {
      for (int node = 0; node < tree.size(); node++) {
        if (!tree.isLeaf(node)) {
          slotOf[key(tree, node)] = 0;
        }
      }
    }
    int count = 0;
    for (int k = 0; k < slotOf.length; k++) {
      slotOf[k] = slotOf[k] < 0 ? -1 : count++;
    }
    slots = new int[Math.max(1, count)]; // leaves look at the first one
    for (int k = 0; k < slotOf.length; k++) {
      if (slotOf[k] >= 0) {
        slots[slotOf[k]] = k;
      }
    }
    aheadShift = 32 - Integer.numberOfLeadingZeros((slots.length << LANE_BITS) - 1);
    slotMask = (1 << aheadShift) - 1;
    int size = list.stream().mapToInt(RegressionTree::size).sum();
    nodes = new long[size];
    values = new float[size];
    roots = new int[trees.length];
    depths = new int[trees.length];
    int next = 0;
    for (int t = 0; t < trees.length; t++) {
      roots[t] = next;
      depths[t] = add(trees[t], next);
      if (depths[t] < 0) {
        roots[t] = -1;
      } else {
        next += trees[t].size();
      }
    }
  }

  private static int key(RegressionTree tree, int node) {
    return 2 * tree.feature(node) + (tree.missingLeft(node) ? 1 : 0);
  }

  /** Lays a tree out level by level and returns its depth, or -1 where it has to be walked by itself. */
  private int add(RegressionTree tree, int root) {
    if (tree.splitsCategories()) {
      return -1;
    }
    int[] source = new int[tree.size()];
    int[] depth = new int[tree.size()];
    int end = 1;
    for (int i = 0; i < tree.size(); i++) {
      int node = source[i];
      if (tree.isLeaf(node)) {
        nodes[root + i] = (long) Integer.MAX_VALUE << 32;
        values[root + i] = tree.value(node);
        continue;
      }
      long ahead = end - i;
      if (ahead << aheadShift >= 1L << 32) {
        return -1;
      }
      nodes[root + i] =
          (long) FloatOrder.key(tree.threshold(node) + 0f) << 32
              | ahead << aheadShift
              | (long) slotOf[key(tree, node)] << LANE_BITS;
      depth[end] = depth[i] + 1;
      source[end++] = tree.left(node);
      depth[end] = depth[i] + 1;
      source[end++] = tree.right(node);
    }
    return depth[tree.size() - 1];
  }

  /** A value's key at a slot. */
  private static int key(float x, int slot) {
    return x != x
        ? (slot & 1) == 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE
        : FloatOrder.key(x + 0f);
  }

  /**
   * @param at of the row's keys
   */
  private int step(int node, int[] keys, int at) {
    long word = nodes[node];
    int x = keys[at + ((int) word & slotMask)];
    return node + ((int) word >>> aheadShift) + (int) ((word >> 32) - x >>> 63);
  }

  /** The sum of the trees' values for a row, in their order. */
  float sum(float[] row) {
    int[] keys = new int[slots.length << LANE_BITS];
    for (int s = 0; s < slots.length; s++) {
      keys[s << LANE_BITS] = key(row[slots[s] >>> 1], slots[s]);
    }
    float sum = 0;
    int t = 0;
    for (; t + LANES <= roots.length; t += LANES) {
      int a = roots[t];
      int b = roots[t + 1];
      int c = roots[t + 2];
      int d = roots[t + 3];
      int e = roots[t + 4];
      int f = roots[t + 5];
      int g = roots[t + 6];
      int h = roots[t + 7];
      if ((a | b | c | d | e | f | g | h) < 0) {
        for (int k = t; k < t + LANES; k++) {
          sum += value(k, keys, 0);
        }
        continue;
      }
      int depth = depths[t];
      for (int k = t + 1; k < t + LANES; k++) {
        depth = Math.max(depth, depths[k]);
      }
      for (int k = 0; k < depth; k++) {
        a = step(a, keys, 0);
        b = step(b, keys, 0);
        c = step(c, keys, 0);
        d = step(d, keys, 0);
        e = step(e, keys, 0);
        f = step(f, keys, 0);
        g = step(g, keys, 0);
        h = step(h, keys, 0);
      }
      sum =
          sum + values[a] + values[b] + values[c] + values[d] + values[e] + values[f] + values[g]
              + values[h];
    }
    for (; t < roots.length; t++) {
      sum += value(t, keys, 0);
    }
    return sum;
  }

  /** The sums of the trees' values, in their order, of rows [from, to). */
  float[] sums(FeatureColumns columns, int from, int to) {
    if (trees.length == 0) {
      return new float[to - from];
    }
    int block = Math.max(LANES, Math.min(BLOCK_KEYS / slots.length, to - from) / LANES * LANES);
    float[] sums = new float[(to - from + LANES - 1) / LANES * LANES];
    float[] column = new float[block];
    int[] keys = new int[block * slots.length];
    for (int start = from; start < to; start += block) {
      int n = Math.min(block, to - start);
      fill(keys, column, columns, start, n);
      for (int t = 0; t < roots.length; t++) {
        addTree(t, sums, start - from, keys, n);
      }
    }
    return sums.length == to - from ? sums : Arrays.copyOf(sums, to - from);
  }

  private void fill(int[] keys, float[] column, FeatureColumns columns, int start, int n) {
    for (int s = 0; s < slots.length; s++) {
      int slot = slots[s];
      if (s == 0 || slots[s - 1] >>> 1 != slot >>> 1) {
        columns.copy(slot >>> 1, start, start + n, column);
      }
      for (int i = 0; i < n; i++) {
        int group = i >>> LANE_BITS;
        keys[(group * slots.length + s << LANE_BITS) + (i & LANES - 1)] = key(column[i], slot);
      }
    }
  }

  /** Adds a tree's values to the sums of n rows, and something to those that fill up the last eight. */
  private void addTree(int t, float[] sums, int from, int[] keys, int n) {
    int root = roots[t];
    int depth = depths[t];
    for (int i = 0, at = 0; i < n; i += LANES, at += slots.length << LANE_BITS) {
      if (root < 0) {
        for (int k = 0; k < LANES; k++) {
          sums[from + i + k] += value(t, keys, at + k);
        }
        continue;
      }
      int a = root;
      int b = root;
      int c = root;
      int d = root;
      int e = root;
      int f = root;
      int g = root;
      int h = root;
      for (int k = 0; k < depth; k++) {
        a = step(a, keys, at);
        b = step(b, keys, at + 1);
        c = step(c, keys, at + 2);
        d = step(d, keys, at + 3);
        e = step(e, keys, at + 4);
        f = step(f, keys, at + 5);
        g = step(g, keys, at + 6);
        h = step(h, keys, at + 7);
      }
      int o = from + i;
      sums[o] += values[a];
      sums[o + 1] += values[b];
      sums[o + 2] += values[c];
      sums[o + 3] += values[d];
      sums[o + 4] += values[e];
      sums[o + 5] += values[f];
      sums[o + 6] += values[g];
      sums[o + 7] += values[h];
    }
  }

  private float value(int t, int[] keys, int at) {
    if (roots[t] >= 0) {
      int node = roots[t];
      for (int k = 0; k < depths[t]; k++) {
        node = step(node, keys, at);
      }
      return values[node];
    }
    RegressionTree tree = trees[t];
    int node = 0;
    while (!tree.isLeaf(node)) {
      int x = keys[at + (slotOf[key(tree, node)] << LANE_BITS)];
      boolean missing = x == Integer.MAX_VALUE || x == Integer.MIN_VALUE;
      float value = missing ? Float.NaN : FloatOrder.value(x);
      node = tree.goesLeft(node, value) ? tree.left(node) : tree.right(node);
    }
    return tree.value(node);
  }
}
