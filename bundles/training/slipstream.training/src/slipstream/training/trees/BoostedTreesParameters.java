package slipstream.training.trees;

import java.util.Objects;
import slipstream.core.parameters.Parameter;

/**
 * How boosted trees are grown. What is here decides the model; seed and threads come with the run.
 *
 * @param rounds largest number of trees
 * @param depth largest depth of a tree; 1 is a single split
 * @param learningRate factor on each tree's leaf values
 * @param l2 added to the row count in the denominator of a split's score and of a leaf value
 *     (squared)
 * @param minRowsPerLeaf fewest training rows in a leaf
 * @param minGain smallest decrease of the training objective that justifies a split
 * @param bins most bins of a feature, the one of missing values included
 * @param objective the loss to minimise
 * @param huberDelta where Huber's loss turns linear, in units of the target
 * @param earlyStoppingRounds stop after so many rounds without a better validation loss, and keep
 *     the best; 0 never stops
 * @param rowSampling share of the rows that each tree is grown on
 * @param columnSampling share of the features that each tree may split on
 */
public record BoostedTreesParameters(
    @Parameter(
            help = "Most trees; more fit closer and take longer.",
            unit = "trees",
            defaultValue = "100",
            min = 1,
            max = MAX_ROUNDS)
        int rounds,
    @Parameter(
            help = "Largest depth of a tree; deeper trees model higher interactions.",
            defaultValue = "6",
            min = 1,
            max = MAX_DEPTH)
        int depth,
    @Parameter(
            help = "Factor on each tree; smaller is more careful and needs more rounds.",
            defaultValue = "0.1",
            min = 1e-6,
            max = 10)
        double learningRate,
    @Parameter(
            help = "L2 penalty, in rows; larger shrinks the values of small leaves.",
            unit = "rows",
            defaultValue = "1",
            min = 0,
            max = 1e12)
        double l2,
    @Parameter(
            help = "Fewest training rows in a leaf.",
            unit = "rows",
            defaultValue = "1",
            min = 1,
            max = Integer.MAX_VALUE)
        int minRowsPerLeaf,
    @Parameter(
            help = "Smallest decrease of the training objective that justifies a split.",
            defaultValue = "0",
            min = 0,
            max = 1e300)
        double minGain,
    @Parameter(
            help = "Most bins of a feature, the one of missing values included.",
            unit = "bins",
            defaultValue = "256",
            min = 2,
            max = 256)
        int bins,
    @Parameter(
            help = "Loss to minimise: squared (mean), absolute (median) or huber (between).",
            defaultValue = "squared")
        Objective objective,
    @Parameter(
            help = "Where Huber's loss turns linear, in units of the target.",
            defaultValue = "1",
            min = 1e-30,
            max = 1e30)
        double huberDelta,
    @Parameter(
            help =
                "Stop after so many rounds without a better validation loss and keep the best;"
                    + " 0 never stops.",
            unit = "rounds",
            defaultValue = "0",
            min = 0,
            max = MAX_ROUNDS)
        int earlyStoppingRounds,
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
        double columnSampling) {

  public static final int MAX_DEPTH = 16;
  public static final int MAX_ROUNDS = 100_000;

  /** Checks what the annotations say. */
  public BoostedTreesParameters {
    range("rounds", rounds, 1, MAX_ROUNDS);
    range("depth", depth, 1, MAX_DEPTH);
    range("learningRate", learningRate, 1e-6, 10);
    range("l2", l2, 0, 1e12);
    range("minRowsPerLeaf", minRowsPerLeaf, 1, Integer.MAX_VALUE);
    range("minGain", minGain, 0, 1e300);
    range("bins", bins, 2, 256);
    range("huberDelta", huberDelta, 1e-30, 1e30);
    range("earlyStoppingRounds", earlyStoppingRounds, 0, MAX_ROUNDS);
    range("rowSampling", rowSampling, 1e-6, 1);
    range("columnSampling", columnSampling, 1e-6, 1);
    Objects.requireNonNull(objective);
  }

  private static void range(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(name + " is " + value + ", not " + low + " to " + high);
    }
  }

  /** 100 rounds of depth 6, learning rate 0.1, squared error, no sampling. */
  public static BoostedTreesParameters defaults() {
    return new BoostedTreesParameters(100, 6, 0.1, 1, 1, 0, 256, Objective.SQUARED, 1, 0, 1, 1);
  }

  public BoostedTreesParameters withRounds(int value) {
    return with(value, depth, objective, earlyStoppingRounds);
  }

  public BoostedTreesParameters withDepth(int value) {
    return with(rounds, value, objective, earlyStoppingRounds);
  }

  public BoostedTreesParameters withObjective(Objective value) {
    return with(rounds, depth, value, earlyStoppingRounds);
  }

  /** All rounds, whatever the validation loss. */
  public BoostedTreesParameters withoutEarlyStopping() {
    return with(rounds, depth, objective, 0);
  }

  private BoostedTreesParameters with(
      int newRounds, int newDepth, Objective newObjective, int newEarlyStoppingRounds) {
    return new BoostedTreesParameters(
        newRounds,
        newDepth,
        learningRate,
        l2,
        minRowsPerLeaf,
        minGain,
        bins,
        newObjective,
        huberDelta,
        newEarlyStoppingRounds,
        rowSampling,
        columnSampling);
  }
}
