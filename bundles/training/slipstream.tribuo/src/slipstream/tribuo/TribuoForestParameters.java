package slipstream.tribuo;

import slipstream.core.parameters.Parameter;
import slipstream.training.trees.BoostedTreesParameters;

/**
 * How Tribuo's random forest is grown.
 *
 * @param trees number of trees
 * @param depth largest depth of a tree
 * @param minRowsToSplit least weight of the rows of a node that is split
 * @param featureSampling share of the features that each node may split on
 * @param bins most bins of a feature
 */
public record TribuoForestParameters(
    @Parameter(
            help = "Number of trees; more give a steadier mean and take longer.",
            unit = "trees",
            defaultValue = "50",
            min = 1,
            max = 10_000)
        int trees,
    @Parameter(
            help = "Largest depth of a tree.",
            defaultValue = "12",
            min = 1,
            max = BoostedTreesParameters.MAX_DEPTH)
        int depth,
    @Parameter(
            help =
                "Fewest rows of a node that is split (their weight, where rows have one); larger grows"
                    + " smaller trees.",
            unit = "rows",
            defaultValue = "20",
            min = 1,
            max = 1e9)
        int minRowsToSplit,
    @Parameter(
            help = "Share of the features that each node may split on; at least one is drawn.",
            defaultValue = "0.3333333333333333",
            min = 1e-6,
            max = 1)
        double featureSampling,
    @Parameter(help = CartParameters.BINS, unit = "bins", defaultValue = "256", min = 2, max = 4096)
        int bins) {}
