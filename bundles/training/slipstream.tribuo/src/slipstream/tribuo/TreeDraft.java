package slipstream.tribuo;

import java.util.Arrays;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.training.trees.RegressionTree;

/** A tree of another library on its way to one of ours: nodes in preorder, then what the training rows say of them. */
final class TreeDraft {
  private static final int BLOCK = 4096;

  private int[] feature = new int[64];
  private float[] threshold = new float[64];
  private boolean[] missingLeft = new boolean[64];
  private float[] value = new float[64];
  private double[] gain = new double[64];
  private int size;

  /** Adds a split; what is left of it comes next, then what is right of it. */
  void split(int onFeature, float atThreshold, boolean missingGoesLeft, double gained) {
    int at = add(onFeature);
    threshold[at] = atThreshold;
    missingLeft[at] = missingGoesLeft;
    gain[at] = gained;
  }

  void leaf(float ofValue) {
    int at = add(-1); // which may move the array
    value[at] = ofValue;
  }

  private int add(int onFeature) {
    if (size == feature.length) {
      feature = Arrays.copyOf(feature, 2 * size);
      threshold = Arrays.copyOf(threshold, 2 * size);
      missingLeft = Arrays.copyOf(missingLeft, 2 * size);
      value = Arrays.copyOf(value, 2 * size);
      gain = Arrays.copyOf(gain, 2 * size);
    }
    feature[size] = onFeature;
    return size++;
  }

  private RegressionTree tree(double[] gains, int[] rows) {
    return RegressionTree.of(
        Arrays.copyOf(feature, size),
        Arrays.copyOf(threshold, size),
        Arrays.copyOf(missingLeft, size),
        Arrays.copyOf(value, size),
        gains,
        rows);
  }

  /** With the gains that it was given, and the number of training rows at each node. */
  RegressionTree withRows(FeatureMatrix features, Progress progress) {
    double[] gains = Arrays.copyOf(gain, size);
    RegressionTree bare = tree(gains, new int[size]);
    int[] rows = new int[size];
    eachLeaf(bare, features, progress, (row, leaf) -> rows[leaf]++);
    addUp(bare, (node, left, right) -> rows[node] = rows[left] + rows[right]);
    return tree(gains, rows);
  }

  /**
   * With the decrease of the training rows' weighted squared error at each split, and the number of rows at each node.
   *
   * @param target of mean 0
   */
  RegressionTree withGains(
      FeatureMatrix features, double[] target, RowFacts facts, Progress progress) {
    double[] gains = new double[size];
    RegressionTree bare = tree(gains, new int[size]);
    int[] rows = new int[size];
    double[] weight = new double[size];
    double[] sum = new double[size];
    eachLeaf(
        bare,
        features,
        progress,
        (row, leaf) -> {
          rows[leaf]++;
          weight[leaf] += facts.weight(row);
          sum[leaf] += facts.weight(row) * target[row];
        });
    addUp(
        bare,
        (node, left, right) -> {
          rows[node] = rows[left] + rows[right];
          weight[node] = weight[left] + weight[right];
          sum[node] = sum[left] + sum[right];
          if (weight[left] > 0 && weight[right] > 0) {
            double between = sum[left] / weight[left] - sum[right] / weight[right];
            gains[node] = between * between * (weight[left] * weight[right] / weight[node]);
          }
        });
    return tree(gains, rows);
  }

  private interface Visit {
    void at(int row, int leaf);
  }

  private interface Merge {
    void at(int node, int left, int right);
  }

  private static void eachLeaf(
      RegressionTree tree, FeatureMatrix features, Progress progress, Visit visit) {
    int count = features.features();
    float[][] block = new float[Math.min(BLOCK, features.rows())][count];
    double[] column = new double[block.length];
    for (int from = 0; from < features.rows(); from += BLOCK) {
      progress.checkCancelled();
      int n = Math.min(BLOCK, features.rows() - from);
      for (int f = 0; f < count; f++) {
        features.copy(f, from, from + n, column, 0);
        for (int i = 0; i < n; i++) {
          block[i][f] = (float) column[i];
        }
      }
      for (int i = 0; i < n; i++) {
        visit.at(from + i, tree.leaf(block[i]));
      }
    }
  }

  /** Children before parents: a child's number is larger than its parent's. */
  private static void addUp(RegressionTree tree, Merge merge) {
    for (int node = tree.size() - 1; node >= 0; node--) {
      if (!tree.isLeaf(node)) {
        merge.at(node, tree.left(node), tree.right(node));
      }
    }
  }
}
