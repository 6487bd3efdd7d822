package slipstream.training.trees;

import java.util.Arrays;
import slipstream.core.device.BinSet;
import slipstream.core.device.Split;

/**
 * A binary tree in arrays, in preorder: node 0 is the root and the left child of an inner node i is
 * {@code i + 1}.
 *
 * <p>The rule at an inner node: a row goes left when {@code x <= threshold}, compared as float32;
 * NaN goes left where {@link #missingLeft} says so, else right. A threshold is never NaN and never
 * -0. It may be +infinity: all values left, NaN right. Where the feature's values are numbers of categories, those of a
 * set go left, and NaN as above.
 */
public final class RegressionTree {
  private final int[] feature;
  private final float[] threshold;
  private final int[] right;
  private final boolean[] missingLeft;
  private final float[] value;
  private final double[] gain;
  private final int[] rows;
  private final BinSet[] categories; // null where no split is by categories

  /** Takes the arrays; callers check them. */
  RegressionTree(
      int[] feature,
      float[] threshold,
      int[] right,
      boolean[] missingLeft,
      float[] value,
      double[] gain,
      int[] rows) {
    this(feature, threshold, right, missingLeft, value, gain, rows, null);
  }

  /**
   * Takes the arrays; callers check them.
   *
   * @param categories that go left, null at leaves and where a threshold tells; null for no such split
   */
  RegressionTree(
      int[] feature,
      float[] threshold,
      int[] right,
      boolean[] missingLeft,
      float[] value,
      double[] gain,
      int[] rows,
      BinSet[] categories) {
    this.categories = categories;
    this.feature = feature;
    this.threshold = threshold;
    this.right = right;
    this.missingLeft = missingLeft;
    this.value = value;
    this.gain = gain;
    this.rows = rows;
  }

  /**
   * A tree that something else has grown, in preorder.
   *
   * @param feature that an inner node splits on; -1 at a leaf
   * @param threshold of inner nodes
   * @param missingLeft of inner nodes
   * @param value of leaves, finite
   * @param gain of inner nodes, finite and at least 0
   * @param rows that reached each node
   * @throws IllegalArgumentException when the nodes are no tree, or a number is not what it must be
   */
  public static RegressionTree of(
      int[] feature,
      float[] threshold,
      boolean[] missingLeft,
      float[] value,
      double[] gain,
      int[] rows) {
    int n = feature.length;
    int[] right = new int[n];
    Arrays.fill(right, -1);
    float[] thresholds = threshold.clone();
    int[] waiting = new int[n]; // inner nodes whose right child has not come yet
    int depth = 0;
    boolean complete = false;
    for (int i = 0; i < n; i++) {
      boolean leaf = feature[i] < 0;
      boolean fine = leaf ? Float.isFinite(value[i]) : threshold[i] == threshold[i] && gain[i] >= 0;
      if (complete || !fine || !Double.isFinite(gain[i]) || rows[i] < 0) {
        throw new IllegalArgumentException("node " + i + " of " + n + " is not one of a tree");
      }
      if (!leaf) {
        thresholds[i] = threshold[i] + 0f;
        waiting[depth++] = i;
      } else if (depth == 0) {
        complete = true;
      } else {
        right[waiting[--depth]] = i + 1;
      }
    }
    if (!complete) {
      throw new IllegalArgumentException("a tree of " + n + " nodes lacks a leaf");
    }
    return new RegressionTree(
        feature.clone(),
        thresholds,
        right,
        missingLeft.clone(),
        value.clone(),
        gain.clone(),
        rows.clone());
  }

  static RegressionTree of(Node root, CutPoints cuts) {
    int n = root.size();
    var tree =
        new RegressionTree(
            new int[n],
            new float[n],
            new int[n],
            new boolean[n],
            new float[n],
            new double[n],
            new int[n],
            root.splitsCategories() ? new BinSet[n] : null);
    tree.fill(root, 0, cuts);
    return tree;
  }

  private int fill(Node node, int i, CutPoints cuts) {
    rows[i] = node.rows();
    if (node.isLeaf()) {
      feature[i] = -1;
      right[i] = -1;
      value[i] = node.value;
      return i + 1;
    }
    Split split = node.split;
    feature[i] = split.feature();
    if (split.categories() == null) {
      threshold[i] = cuts.threshold(split.feature(), split.bin());
    } else {
      categories[i] = split.categories().below(cuts.valueBins(split.feature()));
    }
    missingLeft[i] = split.missingLeft();
    gain[i] = split.gain();
    right[i] = fill(node.left, i + 1, cuts);
    return fill(node.right, right[i], cuts);
  }

  /**
   * The same tree over other features.
   *
   * @param at where each of the features now stands
   */
  RegressionTree over(int[] at) {
    int[] moved = feature.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] = moved[i] < 0 ? moved[i] : at[moved[i]];
    }
    return new RegressionTree(moved, threshold, right, missingLeft, value, gain, rows, categories);
  }

  /** Number of nodes, leaves included. */
  public int size() {
    return feature.length;
  }

  public boolean isLeaf(int node) {
    return feature[node] < 0;
  }

  /** Index of the feature that an inner node splits on; -1 at a leaf. */
  public int feature(int node) {
    return feature[node];
  }

  /** Of an inner node that splits by no categories; else 0. */
  public float threshold(int node) {
    return threshold[node];
  }

  /** Whether some node splits by categories. */
  public boolean splitsCategories() {
    return categories != null;
  }

  /** The numbers of the categories that go left; null at a leaf and where a threshold tells. */
  public BinSet categories(int node) {
    return categories == null ? null : categories[node];
  }

  public boolean missingLeft(int node) {
    return missingLeft[node];
  }

  /** The left child of an inner node; -1 at a leaf. */
  public int left(int node) {
    return isLeaf(node) ? -1 : node + 1;
  }

  /** The right child of an inner node; -1 at a leaf. */
  public int right(int node) {
    return right[node];
  }

  /** Value of a leaf, learning rate included; 0 at an inner node. */
  public float value(int node) {
    return value[node];
  }

  /** Decrease of the training objective by an inner node's split; 0 at a leaf. */
  public double gain(int node) {
    return gain[node];
  }

  /** Training rows that reached the node. */
  public int rows(int node) {
    return rows[node];
  }

  /** The leaf that a row falls into. */
  public int leaf(float[] row) {
    int node = 0;
    while (!isLeaf(node)) {
      node = goesLeft(node, row[feature[node]]) ? node + 1 : right[node];
    }
    return node;
  }

  /** Whether a row goes left at an inner node, where its value of the node's feature is x. */
  public boolean goesLeft(int node, float x) {
    if (x != x) {
      return missingLeft[node];
    }
    BinSet set = categories(node);
    return set == null ? x <= threshold[node] : set.contains((int) x);
  }
}
