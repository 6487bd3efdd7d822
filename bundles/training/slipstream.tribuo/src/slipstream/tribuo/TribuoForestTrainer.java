package slipstream.tribuo;

import com.oracle.labs.mlrg.olcut.provenance.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.tribuo.Dataset;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.ImmutableOutputInfo;
import org.tribuo.common.tree.DecisionTreeTrainer;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.common.tree.TreeModel;
import org.tribuo.ensemble.EnsembleModel;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.ensemble.AveragingCombiner;
import org.tribuo.regression.rtree.CARTJointRegressionTrainer;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.RegressionTree;

/**
 * Tribuo's random forest (Breiman 2001): the mean of trees, each grown on a bootstrap of the rows, every node on a share
 * of the features. See {@link TreeRows} for what it is given.
 */
public final class TribuoForestTrainer implements Trainer<TribuoForestParameters> {
  static final String NAME = "tribuo-random-forest";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Tribuo's random forest: the mean of trees on bootstraps of the rows.";
  }

  @Override
  public Class<TribuoForestParameters> parameters() {
    return TribuoForestParameters.class;
  }

  @Override
  public OptionalLong memory(TribuoForestParameters parameters, Size size) {
    return Footprint.trees(size);
  }

  @Override
  public Model train(TrainingData data, TribuoForestParameters parameters, Context context) {
    TreeRows rows = TreeRows.of(data, parameters.bins(), NAME, context);
    int features = data.features().features();
    long drawn = Math.max(1, Math.round(parameters.featureSampling() * features));
    // Tribuo rounds back to a number of features, and refuses a share of 1.
    float share = Math.min((float) drawn / features, Math.nextDown(1f));
    var tree =
        new CARTJointRegressionTrainer(
            parameters.depth(),
            parameters.minRowsToSplit(),
            0,
            share,
            false,
            new RunningError(context.progress()),
            false,
            context.seed());
    EnsembleModel<Regressor> grown =
        new Forest(tree, parameters.trees(), context.seed(), context.progress())
            .train(rows.dataset());
    double[] target = rows.standardTarget(data.target());
    List<RegressionTree> trees = new ArrayList<>();
    for (org.tribuo.Model<Regressor> each : grown.getModels()) {
      trees.add(
          rows.tree(
              (TreeModel<Regressor>) each,
              1.0 / parameters.trees(),
              data.features(),
              target,
              data.facts(),
              context));
    }
    return BoostedTreesModel.of(NAME, data.features().names(), (float) rows.target().mean(), trees);
  }

  @Override
  public Model decode(byte[] bytes) {
    return BoostedTreesModel.decode(bytes, NAME);
  }

  /** Tells of each tree. */
  private static final class Forest extends RandomForestTrainer<Regressor> {
    private final Progress progress;
    private int begun;

    Forest(DecisionTreeTrainer<Regressor> tree, int trees, long seed, Progress progress) {
      super(tree, new AveragingCombiner(), trees, seed);
      this.progress = progress;
    }

    @Override
    protected org.tribuo.Model<Regressor> trainSingleModel(
        Dataset<Regressor> examples,
        ImmutableFeatureMap features,
        ImmutableOutputInfo<Regressor> outputs,
        int randomInt,
        Map<String, Provenance> provenance,
        int invocation) {
      progress.checkCancelled();
      progress.stage("Tribuo random forest", begun++, numMembers, "trees");
      return super.trainSingleModel(examples, features, outputs, randomInt, provenance, invocation);
    }
  }
}
