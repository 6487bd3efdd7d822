package slipstream.tribuo;

import java.util.Arrays;
import java.util.List;
import org.tribuo.MutableDataset;
import org.tribuo.common.tree.LeafNode;
import org.tribuo.common.tree.Node;
import org.tribuo.common.tree.SplitNode;
import org.tribuo.common.tree.TreeModel;
import org.tribuo.regression.Regressor;
import slipstream.core.parallel.Parallel;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.linear.FeatureMoments;
import slipstream.training.trees.CutPointFinder;
import slipstream.training.trees.FeatureColumns;
import slipstream.training.trees.RegressionTree;

/**
 * Rows for Tribuo's trees, and their trees in our form. Tribuo's time and memory grow with the square of how many values a
 * feature has, so a value is given as the number of its bin; a missing value has the bin of the training mean, since Tribuo
 * knows no missing value but 0; the target is standardised, since Tribuo keeps it in float32.
 *
 * @param cuts by feature: bin k holds the float32 values up to {@code cuts[k]}
 * @param missing by feature: the bin of missing values
 */
record TreeRows(
    MutableDataset<Regressor> dataset, float[][] cuts, int[] missing, TargetScale target) {
  private static final int BLOCK = 4096;

  static TreeRows of(TrainingData data, int bins, String trainer, Context context) {
    data.requireUsable(trainer);
    FeatureMatrix features = data.features();
    List<FeatureMoments> moments = FeatureMoments.of(features, data.facts().weights(), context);
    List<float[]> found =
        Parallel.map(
            features.features(),
            context.threads(),
            context.progress(),
            f -> CutPointFinder.cuts(column(features, f), bins));
    float[][] cuts = found.toArray(float[][]::new);
    int[] missing = new int[cuts.length];
    Arrays.setAll(missing, f -> bin(cuts[f], (float) moments.get(f).mean()));
    TargetScale target = TargetScale.of(data, context);
    Examples examples = new Examples(cuts.length);
    for (int from = 0; from < features.rows(); from += BLOCK) {
      int n = Math.min(BLOCK, features.rows() - from);
      double[][] rows = numbers(features, from, from + n, cuts, missing);
      for (int i = 0; i < n; i++) {
        int row = from + i;
        examples.add(
            rows[i],
            target.standard(data.target()[row]),
            data.facts().weight(row),
            context.progress());
      }
    }
    return new TreeRows(examples.dataset(), cuts, missing, target);
  }

  private static FeatureColumns column(FeatureMatrix features, int feature) {
    float[] column = new float[features.rows()];
    double[] block = new double[Math.min(BLOCK, column.length)];
    for (int from = 0; from < column.length; from += BLOCK) {
      int n = Math.min(BLOCK, column.length - from);
      features.copy(feature, from, from + n, block, 0);
      for (int i = 0; i < n; i++) {
        column[from + i] = (float) block[i];
      }
    }
    return FeatureColumns.of(column);
  }

  /** The number of cuts below a value. */
  private static int bin(float[] cuts, float value) {
    int at = Arrays.binarySearch(cuts, value + 0f); // makes -0 a 0
    return at < 0 ? -1 - at : at;
  }

  /** Rows [from, to) as Tribuo sees them: {@code [row][feature]}. */
  double[][] numbers(FeatureMatrix features, int from, int to) {
    return numbers(features, from, to, cuts, missing);
  }

  private static double[][] numbers(
      FeatureMatrix features, int from, int to, float[][] cuts, int[] missing) {
    double[][] rows = new double[to - from][cuts.length];
    double[] column = new double[to - from];
    for (int f = 0; f < cuts.length; f++) {
      features.copy(f, from, to, column, 0);
      for (int i = 0; i < column.length; i++) {
        float value = (float) column[i];
        rows[i][f] = value != value ? missing[f] : bin(cuts[f], value);
      }
    }
    return rows;
  }

  /**
   * A tree in our form: with the same leaf for every row.
   *
   * @param share by which leaf values are multiplied
   * @param standardTarget of the training rows
   */
  RegressionTree tree(
      TreeModel<Regressor> grown,
      double share,
      FeatureMatrix features,
      double[] standardTarget,
      RowFacts facts,
      Context context) {
    TreeDraft draft = new TreeDraft();
    add(draft, grown.getRoot(), Examples.features(grown.getFeatureIDMap()), share);
    return draft.withGains(features, standardTarget, facts, context.progress());
  }

  private void add(TreeDraft draft, Node<Regressor> node, int[] features, double share) {
    if (node instanceof SplitNode<Regressor> split) {
      int feature = features[split.getFeatureID()];
      int last = (int) Math.floor(split.splitValue()); // the last bin that goes left
      draft.split(feature, cuts[feature][last], missing[feature] <= last, 0);
      add(draft, split.getLessThanOrEqual(), features, share);
      add(draft, split.getGreaterThan(), features, share);
      return;
    }
    double value = ((LeafNode<Regressor>) node).getOutput().getValues()[0];
    draft.leaf((float) (share * target.deviation() * value));
  }

  /** The standardised target of the training rows. */
  double[] standardTarget(double[] values) {
    return Arrays.stream(values).map(target::standard).toArray();
  }
}
