package slipstream.onnx.internal;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import slipstream.core.device.BinSet;
import slipstream.core.spi.FeatureMatrix;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.Categories;
import slipstream.training.trees.RegressionTree;

/**
 * Rows at the splits of trees: for each split its threshold, the floats just below and above, a double that only rounds to
 * the threshold, and NaN; the other features are those of a real row that reaches the split, or, where none does, of a
 * real row moved onto the split's path. Where a split is by categories: one of either side, one that is not known, a
 * fraction, and NaN.
 */
final class BoundaryRows {
  /** Rows for each split. */
  static final int VARIANTS = 5;

  /** Real rows that are looked through for one that reaches a split. */
  private static final int MAX_REAL_ROWS = 20_000;

  private final List<RegressionTree> trees;
  private final int features;
  private final List<Categories> categories;
  private final FeatureMatrix real;
  private final int[] realRows;
  private final float[][] realValues;
  private long splits;

  /** What a row is for, in errors. */
  record Origin(int tree, int node, int feature, double value) {}

  /** Receives rows; the array is reused. */
  interface Consumer {
    void accept(double[] row, Origin origin);
  }

  /**
   * @param categories by feature
   * @param real rows with their numbers
   */
  BoundaryRows(BoostedTrees model, List<Categories> categories, FeatureMatrix real) {
    this.categories = categories;
    this.trees = model.trees();
    this.features = model.features();
    this.real = real;
    int count = Math.min(real.rows(), MAX_REAL_ROWS);
    realRows = new int[count];
    for (int i = 0; i < count; i++) {
      realRows[i] = (int) ((long) i * real.rows() / count);
    }
    realValues = new float[count][features];
    for (int i = 0; i < count; i++) {
      for (int f = 0; f < features; f++) {
        realValues[i][f] = (float) real.get(realRows[i], f);
      }
    }
    for (RegressionTree tree : trees) {
      for (int n = 0; n < tree.size(); n++) {
        splits += tree.isLeaf(n) ? 0 : 1;
      }
    }
  }

  /** Splits of all trees. */
  long splits() {
    return splits;
  }

  /**
   * Makes the rows of every {@code stride}-th split of trees [from, to), in order of trees and nodes.
   *
   * @return how many of these splits are really reached by their row at the threshold
   */
  long forEach(int from, int to, long stride, Consumer consumer) {
    long reached = 0;
    long counter = 0;
    for (int t = from; t < to; t++) {
      RegressionTree tree = trees.get(t);
      int[] witness = witnesses(tree, realValues);
      int[] parent = parents(tree);
      for (int n = 0; n < tree.size(); n++) {
        if (tree.isLeaf(n) || counter++ % stride != 0) {
          continue;
        }
        int f = tree.feature(n);
        double[] row = base(tree, n, parent, witness);
        double[] values = values(tree, n);
        row[f] = values[0];
        reached += reaches(tree, n, row) ? 1 : 0;
        for (double value : values) {
          row[f] = value;
          consumer.accept(row, new Origin(t, n, f, value));
        }
      }
    }
    return reached;
  }

  private double[] values(RegressionTree tree, int node) {
    BinSet set = tree.categories(node);
    if (set != null) {
      int count = categories.get(tree.feature(node)).count();
      double left = first(set, count);
      return new double[] {left, first(complement(set), count), count, left + 0.5, Double.NaN};
    }
    float threshold = tree.threshold(node);
    return new double[] {
      threshold,
      Math.nextDown(threshold),
      Math.nextUp(threshold),
      Math.nextUp((double) threshold),
      Double.NaN
    };
  }

  private static BinSet complement(BinSet set) {
    return new BinSet(~set.word0(), ~set.word1(), ~set.word2(), ~set.word3());
  }

  /** The first number of a set; NaN when it has none. */
  private static double first(BinSet set, int count) {
    return IntStream.range(0, count)
        .filter(set::contains)
        .mapToDouble(k -> k)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** For each node the first real row that reaches it, or -1. */
  private int[] witnesses(RegressionTree tree, float[][] rows) {
    int[] witness = new int[tree.size()];
    Arrays.fill(witness, -1);
    for (int i = 0; i < rows.length; i++) {
      int node = 0;
      while (true) {
        if (witness[node] < 0) {
          witness[node] = i;
        }
        if (tree.isLeaf(node)) {
          break;
        }
        node = child(tree, node, rows[i][tree.feature(node)]);
      }
    }
    return witness;
  }

  private static int child(RegressionTree tree, int node, float x) {
    return tree.goesLeft(node, x) ? tree.left(node) : tree.right(node);
  }

  private static int[] parents(RegressionTree tree) {
    int[] parent = new int[tree.size()];
    parent[0] = -1;
    for (int n = 0; n < tree.size(); n++) {
      if (!tree.isLeaf(n)) {
        parent[tree.left(n)] = n;
        parent[tree.right(n)] = n;
      }
    }
    return parent;
  }

  private double[] base(RegressionTree tree, int node, int[] parent, int[] witness) {
    double[] row = new double[features];
    int from = Math.max(0, witness[node]);
    for (int f = 0; f < features && realRows.length > 0; f++) {
      row[f] = real.get(realRows[from], f);
    }
    if (witness[node] < 0) {
      moveOntoPath(tree, node, parent, row);
    }
    return row;
  }

  /** Gives each feature of the path a value that takes every turn of the path, NaN where no number does. */
  private void moveOntoPath(RegressionTree tree, int node, int[] parent, double[] row) {
    float[] above = new float[features];
    float[] upTo = new float[features];
    boolean[] onPath = new boolean[features];
    boolean[] atMinusInfinity = new boolean[features];
    BinSet[] left = new BinSet[features];
    Arrays.fill(left, complement(BinSet.of(new long[4])));
    Arrays.fill(above, Float.NEGATIVE_INFINITY);
    Arrays.fill(upTo, Float.POSITIVE_INFINITY);
    Arrays.fill(atMinusInfinity, true);
    for (int n = node; parent[n] >= 0; n = parent[n]) {
      int p = parent[n];
      int f = tree.feature(p);
      onPath[f] = true;
      if (tree.categories(p) != null) {
        BinSet set = tree.categories(p);
        left[f] = common(left[f], tree.left(p) == n ? set : complement(set));
      } else if (tree.left(p) == n) {
        upTo[f] = Math.min(upTo[f], tree.threshold(p));
      } else {
        above[f] = Math.max(above[f], tree.threshold(p));
        atMinusInfinity[f] = false;
      }
    }
    for (int f = 0; f < features; f++) {
      int count = categories.get(f).count();
      if (count > 0) {
        boolean among = !Double.isNaN(row[f]) && left[f].contains((int) row[f]);
        row[f] = !onPath[f] || among ? row[f] : first(left[f], count);
        continue;
      }
      boolean fits =
          row[f] <= upTo[f] && (row[f] > above[f] || atMinusInfinity[f]) && !Double.isNaN(row[f]);
      if (onPath[f] && !fits) {
        boolean some = upTo[f] > above[f] || atMinusInfinity[f];
        row[f] = some ? upTo[f] : Double.NaN;
      }
    }
  }

  private static BinSet common(BinSet a, BinSet b) {
    return new BinSet(
        a.word0() & b.word0(), a.word1() & b.word1(), a.word2() & b.word2(), a.word3() & b.word3());
  }

  private boolean reaches(RegressionTree tree, int node, double[] row) {
    int at = 0;
    while (at != node && !tree.isLeaf(at)) {
      at = child(tree, at, (float) row[tree.feature(at)]);
    }
    return at == node;
  }
}
