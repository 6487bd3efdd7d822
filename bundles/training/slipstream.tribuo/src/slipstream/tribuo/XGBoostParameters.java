package slipstream.tribuo;

import slipstream.core.parameters.Parameter;
import slipstream.training.trees.BoostedTreesParameters;

/**
 * How XGBoost grows its trees, of squared error.
 *
 * @param rounds number of trees
 * @param depth largest depth of a tree
 * @param learningRate factor on each tree's leaf values (eta)
 * @param l1 penalty on leaf values (alpha)
 * @param l2 penalty on squared leaf values (lambda)
 * @param minRowsPerLeaf least weight of a leaf's rows (min_child_weight)
 * @param minGain least decrease of the objective (gamma)
 * @param rowSampling share of the rows that each tree is grown on (subsample)
 * @param columnSampling share of the features that each tree may split on (colsample_bytree)
 * @param bins most bins of a feature, where {@code method} is hist
 * @param method how splits are found
 */
public record XGBoostParameters(
    @Parameter(
            help = "Number of trees; more fit closer and take longer.",
            unit = "trees",
            defaultValue = "100",
            min = 1,
            max = BoostedTreesParameters.MAX_ROUNDS)
        int rounds,
    @Parameter(
            help = "Largest depth of a tree; deeper trees model higher interactions.",
            defaultValue = "6",
            min = 1,
            max = BoostedTreesParameters.MAX_DEPTH)
        int depth,
    @Parameter(
            help = "Factor on each tree; smaller is more careful and needs more rounds.",
            defaultValue = "0.1",
            min = 1e-6,
            max = 10)
        double learningRate,
    @Parameter(
            help = "L1 penalty on leaf values; larger drops weak ones.",
            defaultValue = "0",
            min = 0,
            max = 1e30)
        double l1,
    @Parameter(
            help = "L2 penalty on leaf values, in rows; larger shrinks those of small leaves.",
            unit = "rows",
            defaultValue = "1",
            min = 0,
            max = 1e12)
        double l2,
    @Parameter(
            help = "Fewest training rows in a leaf (their weight, where rows have one).",
            unit = "rows",
            defaultValue = "1",
            min = 0,
            max = 1e9)
        double minRowsPerLeaf,
    @Parameter(
            help = "Smallest decrease of the training objective that justifies a split.",
            defaultValue = "0",
            min = 0,
            max = 1e30)
        double minGain,
    @Parameter(
            help = "Share of the rows that each tree is grown on.",
            defaultValue = "1",
            min = 1e-6,
            max = 1)
        double rowSampling,
    @Parameter(
            help = "Share of the features that each tree may split on.",
            defaultValue = "1",
            min = 1e-6,
            max = 1)
        double columnSampling,
    @Parameter(
            help = "Most bins of a feature, with method hist.",
            unit = "bins",
            defaultValue = "256",
            min = 2,
            max = 65_536)
        int bins,
    @Parameter(
            help =
                "How splits are found: hist (fast, on bins), approx (on bins of each round) or exact"
                    + " (among all values).",
            defaultValue = "hist")
        Method method) {
  /** XGBoost's ways to find splits. */
  public enum Method {
    HIST,
    APPROX,
    EXACT
  }
}
