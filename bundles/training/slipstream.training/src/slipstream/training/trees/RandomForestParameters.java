package slipstream.training.trees;

import java.util.Map;
import slipstream.core.parameters.Parameter;

/**
 * How a random forest is grown.
 *
 * @param trees number of trees
 * @param depth largest depth of a tree
 * @param minRowsPerLeaf fewest training rows in a leaf
 * @param rowSampling share of the rows that each tree is grown on, drawn without replacement
 * @param featureSampling share of the features that each node may split on
 * @param bins most bins of a feature, the one of missing values included
 * @param monotone as for {@link BoostedTreesParameters}
 */
public record RandomForestParameters(
    @Parameter(
            help = "Number of trees; more give a steadier mean and take longer.",
            unit = "trees",
            defaultValue = "100",
            min = 1,
            max = 10_000)
        int trees,
    @Parameter(
            help = "Largest depth of a tree.",
            defaultValue = "16",
            min = 1,
            max = BoostedTreesParameters.MAX_DEPTH)
        int depth,
    @Parameter(
            help = "Fewest training rows in a leaf.",
            unit = "rows",
            defaultValue = "5",
            min = 1,
            max = Integer.MAX_VALUE)
        int minRowsPerLeaf,
    @Parameter(
            help =
                "Share of the rows that each tree is grown on, drawn without replacement; a bootstrap"
                    + " holds 0.632 of them.",
            defaultValue = "0.632",
            min = 1e-6,
            max = 1)
        double rowSampling,
    @Parameter(
            help = "Share of the features that each node may split on.",
            defaultValue = "0.3333333333333333",
            min = 1e-6,
            max = 1)
        double featureSampling,
    @Parameter(
            help = "Most bins of a feature, the one of missing values included.",
            unit = "bins",
            defaultValue = "256",
            min = 2,
            max = 256)
        int bins,
    @Parameter(
            help =
                "Direction by feature, increasing or decreasing: predictions never fall (rise) as the"
                    + " feature rises, all else being equal.",
            defaultValue = "")
        Map<String, String> monotone) {

  public RandomForestParameters {
    monotone = Map.copyOf(monotone);
  }

  /** The same trees, for the learner: of squared error, without penalties. */
  BoostedTreesParameters asTrees() {
    return BoostedTreesParameters.defaults()
        .withRounds(trees)
        .withDepth(depth)
        .with("min_rows_per_leaf", minRowsPerLeaf)
        .with("row_sampling", rowSampling)
        .with("node_sampling", featureSampling)
        .with("bins", bins)
        .with("monotone", monotone)
        .with("l2", 0)
        .with("learning_rate", 1.0 / trees);
  }
}
