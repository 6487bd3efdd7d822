package slipstream.training.trees;

import java.util.List;
import slipstream.core.spi.Link;

/**
 * A trained ensemble; immutable.
 *
 * <p>A prediction is what the {@link Link} makes of the score {@code base + (v1 + v2 + ...)}: the leaf values are added in float32 in the
 * order of the trees, starting from 0, and the base score is added last. Training keeps its scores
 * by the same sums, and ONNX runtimes sum in this order on one thread. Features are float32; see
 * {@link RegressionTree} for the rule at a node.
 */
public final class BoostedTrees {
  private final int features;
  private final float baseScore;
  private final Link link;
  private final List<RegressionTree> trees;
  private final FlatTrees flat;

  BoostedTrees(int features, float baseScore, Link link, List<RegressionTree> trees) {
    this.features = features;
    this.baseScore = baseScore;
    this.link = link;
    this.trees = List.copyOf(trees);
    flat = new FlatTrees(features, this.trees);
  }

  /**
   * The trees of several models of the same features in one: what looks at each tree on its own may
   * look at all of them. Its predictions mean nothing.
   */
  public static BoostedTrees together(List<BoostedTrees> models) {
    return new BoostedTrees(
        models.getFirst().features,
        0,
        Link.IDENTITY,
        models.stream().flatMap(each -> each.trees.stream()).toList());
  }

  /** Number of features of a row. */
  public int features() {
    return features;
  }

  /** What makes a prediction of a score. */
  public Link link() {
    return link;
  }

  /** The score before the first tree. */
  public float baseScore() {
    return baseScore;
  }

  /** In the order in which their values are added. */
  public List<RegressionTree> trees() {
    return trees;
  }

  /**
   * The same trees for rows of other features.
   *
   * @param at where each of the features now stands
   * @param count of features
   */
  BoostedTrees over(int[] at, int count) {
    List<RegressionTree> moved = trees.stream().map(tree -> tree.over(at)).toList();
    return new BoostedTrees(count, baseScore, link, moved);
  }

  /** Predicts one row of {@link #features} values; NaN is missing. */
  public float predict(float[] row) {
    if (row.length != features) {
      throw new IllegalArgumentException(row.length + " values for " + features + " features");
    }
    return link.apply(baseScore + flat.sum(row));
  }

  /** Predicts rows {@code [from, to)}; the same bits as row by row. */
  public float[] predict(FeatureColumns columns, int from, int to) {
    if (columns.features() != features) {
      throw new IllegalArgumentException(
          columns.features() + " columns for " + features + " features");
    }
    float[] result = sums(columns, from, to);
    for (int i = 0; i < result.length; i++) {
      result[i] = baseScore + result[i];
    }
    if (link != Link.IDENTITY) {
      for (int i = 0; i < result.length; i++) {
        result[i] = link.apply(result[i]);
      }
    }
    return result;
  }

  /** The sums of the trees' values of all rows, without the base score. */
  float[] sums(FeatureColumns columns) {
    return sums(columns, 0, columns.rows());
  }

  /** The sums of the trees' values of rows {@code [from, to)}, without the base score. */
  float[] sums(FeatureColumns columns, int from, int to) {
    return flat.sums(columns, from, to);
  }

  /** Predicts all rows. */
  public float[] predict(FeatureColumns columns) {
    return predict(columns, 0, columns.rows());
  }

  /**
   * Importance of each feature: the sum of the gains of its splits, as a share of all gains; zeros
   * when there is no split.
   */
  public double[] gainImportance() {
    double[] importance = new double[features];
    double sum = 0;
    for (RegressionTree tree : trees) {
      for (int node = 0; node < tree.size(); node++) {
        if (!tree.isLeaf(node)) {
          importance[tree.feature(node)] += tree.gain(node);
          sum += tree.gain(node);
        }
      }
    }
    for (int f = 0; f < features && sum > 0; f++) {
      importance[f] /= sum;
    }
    return importance;
  }
}
