package slipstream.training.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesModel;

/**
 * Exact Shapley values of boosted trees, path-dependent: what a feature that is not known is worth
 * is the mean over the two children of a node, weighted by the training rows that reached them
 * (Lundberg et al., "From local explanations to global understanding with explainable AI for
 * trees", Nature Machine Intelligence 2, 2020).
 *
 * <p>With v(S) the expected prediction when only the features in S are known, of M features, the
 * contribution of feature i is
 *
 * <pre>phi_i = sum over S without i of |S|! (M - |S| - 1)! / M! (v(S + i) - v(S))</pre>
 *
 * and the contributions of a row add up to its score minus {@link #expectedValue}. A leaf of
 * value c whose path asks d distinct features adds to v(S) the product of o_j over the features of
 * the path in S and of z_j over the others: o_j is 1 where the row passes all nodes that ask j, else
 * 0; z_j is the share of training rows that do. As |S|! (d - |S| - 1)! / d! is the integral of t^|S|
 * (1 - t)^(d - |S| - 1) over [0, 1], the leaf's share of phi_i is
 *
 * <pre>c (o_i - z_i) integral of product over j != i of (o_j t + z_j (1 - t)) dt</pre>
 *
 * a polynomial of degree d - 1, which Gauss-Legendre quadrature with ceil(d / 2) points integrates
 * exactly. No sum over subsets is needed, and all factors are positive, so nothing cancels, unlike
 * in the published recursion that divides polynomials. Time for a row and a tree: leaves times
 * depth times d / 2.
 *
 * <p>Contributions are float64 and of the score, before a {@link slipstream.core.spi.Link}. The expected value plus the
 * contributions equals the base score plus the leaf values, added without rounding, to within 2^-46
 * (64 ulps) of the base score's size plus each tree's largest absolute value; the model's own sum
 * is rounded to float32 after each tree. A feature that no tree asks contributes exactly 0. The same bits for any
 * number of threads. Immutable and thread-safe.
 */
public final class TreeShap {
  private static final int BLOCK = 64;

  private final int features;
  private final UnaryOperator<FeatureMatrix> numbered;
  private final List<PathTree> trees = new ArrayList<>();
  private final double expectedValue;

  public TreeShap(BoostedTreesModel model) {
    this(model.trees(), model::numbered);
  }

  public TreeShap(BoostedTrees model) {
    this(model, UnaryOperator.identity());
  }

  private TreeShap(BoostedTrees model, UnaryOperator<FeatureMatrix> numbered) {
    this.numbered = numbered;
    features = model.features();
    double expected = model.baseScore();
    for (var tree : model.trees()) {
      PathTree paths = new PathTree(tree);
      expected += paths.expectedValue();
      trees.add(paths);
    }
    expectedValue = expected;
  }

  /** The score when no feature is known: the mean over the rows that the trees were grown on. */
  public double expectedValue() {
    return expectedValue;
  }

  /**
   * The contribution of each feature to the score of a row.
   *
   * @param row one value for each feature, NaN where missing; of a category its number, as {@link
   *     BoostedTreesModel#numbered} gives it
   */
  public double[] contributions(float[] row) {
    checkLength(row);
    double[] result = new double[features];
    PathTree.Scratch scratch = new PathTree.Scratch();
    for (PathTree tree : trees) {
      tree.addContributions(row, result, scratch);
    }
    return result;
  }

  /**
   * The contributions to the scores of rows.
   *
   * @param given columns in the order of the model's features; values are rounded to float32
   * @param threads upper bound; does not change the result
   * @return {@code [row][feature]}
   * @throws slipstream.core.SlipstreamException CANCELLED when the thread is interrupted
   */
  public double[][] contributions(FeatureMatrix given, int threads) {
    FeatureMatrix rows = numbered.apply(given);
    if (rows.features() != features) {
      throw new IllegalArgumentException(
          rows.features() + " columns for " + features + " features");
    }
    double[][] result = new double[rows.rows()][];
    Parallel.forEach(
        Math.ceilDiv(result.length, BLOCK),
        threads,
        Progress.NONE,
        block -> {
          int from = block * BLOCK;
          int to = from + Math.min(BLOCK, result.length - from);
          float[] row = new float[features];
          for (int i = from; i < to; i++) {
            for (int f = 0; f < features; f++) {
              row[f] = (float) rows.get(i, f);
            }
            result[i] = contributions(row);
          }
        });
    return result;
  }

  /**
   * The Shapley interaction values of a row (Lundberg et al. 2020; Fujimoto et al. 2006): off the
   * diagonal half of what two features add together beyond what each adds alone,
   *
   * <pre>phi_ij = 1/2 sum over S without i, j of |S|! (M - |S| - 2)! / (M - 1)!
   *   (v(S + i + j) - v(S + i) - v(S + j) + v(S))</pre>
   *
   * and on the diagonal what is left of the feature's contribution. The matrix is symmetric and
   * each of its rows adds up to the feature's contribution.
   *
   * @param row one value for each feature, NaN where missing
   */
  public double[][] interactions(float[] row) {
    checkLength(row);
    double[][] result = new double[features][features];
    PathTree.Scratch scratch = new PathTree.Scratch();
    for (PathTree tree : trees) {
      tree.addInteractions(row, result, scratch);
    }
    double[] contributions = contributions(row);
    for (int i = 0; i < features; i++) {
      double own = contributions[i];
      for (int j = 0; j < features; j++) {
        if (j != i) {
          own -= result[i][j];
        }
      }
      result[i][i] = own;
    }
    return result;
  }

  private void checkLength(float[] row) {
    if (row.length != features) {
      throw new IllegalArgumentException(row.length + " values for " + features + " features");
    }
  }
}
