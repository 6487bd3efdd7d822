package slipstream.tribuo;

import slipstream.core.parameters.Parameter;
import slipstream.training.trees.BoostedTreesParameters;

/**
 * How a single tree is grown.
 *
 * @param depth largest depth
 * @param minRowsToSplit least weight of the training rows of a node that is split; 1 a row without weights
 * @param minGain least decrease of the squared error, as a share of the target's variance
 * @param bins most bins of a feature
 */
public record CartParameters(
    @Parameter(
            help = "Largest depth of the tree; deeper trees model higher interactions.",
            defaultValue = "8",
            min = 1,
            max = BoostedTreesParameters.MAX_DEPTH)
        int depth,
    @Parameter(
            help =
                "Fewest training rows of a node that is split (their weight, where rows have one);"
                    + " larger grows a smaller tree.",
            unit = "rows",
            defaultValue = "100",
            min = 1,
            max = 1e9)
        int minRowsToSplit,
    @Parameter(
            help =
                "Smallest decrease of the squared error that justifies a split, as a share of the"
                    + " target's variance.",
            defaultValue = "0",
            min = 0,
            max = 1)
        double minGain,
    @Parameter(help = BINS, unit = "bins", defaultValue = "256", min = 2, max = 4096) int bins) {
  static final String BINS =
      "Most bins of a feature; a feature with fewer distinct values is split exactly. More are finer"
          + " and take longer.";
}
