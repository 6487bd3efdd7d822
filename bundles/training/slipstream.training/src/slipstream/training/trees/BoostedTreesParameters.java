package slipstream.training.trees;

/**
 * How boosted trees are grown.
 *
 * @param rounds largest number of trees
 * @param depth largest depth of a tree; 1 is a single split
 * @param learningRate factor on each tree's leaf values
 * @param l2 added to the row count in the denominator of a leaf value (squared and Huber splits)
 * @param minRowsPerLeaf fewest training rows in a leaf
 * @param minGain smallest decrease of the training objective that justifies a split
 * @param bins most bins of a feature, the one of missing values included
 * @param objective the loss to minimise
 * @param huberDelta where Huber's loss turns linear, in units of the target
 * @param earlyStoppingRounds stop after so many rounds without a better validation loss, and keep the best; 0 never
 *     stops
 * @param rowSampling share of the rows that each tree sees
 * @param columnSampling share of the features that each tree may split on
 * @param seed of the sampling
 * @param threads threads that work; 0 is one for each processor. The model does not depend on it.
 */
public record BoostedTreesParameters(
    int rounds,
    int depth,
    double learningRate,
    double l2,
    int minRowsPerLeaf,
    double minGain,
    int bins,
    Objective objective,
    double huberDelta,
    int earlyStoppingRounds,
    double rowSampling,
    double columnSampling,
    long seed,
    int threads) {

  public static final int MAX_DEPTH = 16;
  public static final int MAX_ROUNDS = 100_000;

  public BoostedTreesParameters {
    Checks.range("rounds", rounds, 1, MAX_ROUNDS);
    Checks.range("depth", depth, 1, MAX_DEPTH);
    Checks.range("learningRate", learningRate, 1e-6, 10);
    Checks.range("l2", l2, 0, 1e12);
    Checks.range("minRowsPerLeaf", minRowsPerLeaf, 1, Integer.MAX_VALUE);
    Checks.range("minGain", minGain, 0, 1e300);
    Checks.range("bins", bins, 2, 256);
    Checks.range("huberDelta", huberDelta, 1e-30, 1e30);
    Checks.range("earlyStoppingRounds", earlyStoppingRounds, 0, MAX_ROUNDS);
    Checks.range("rowSampling", rowSampling, 1e-6, 1);
    Checks.range("columnSampling", columnSampling, 1e-6, 1);
    Checks.range("threads", threads, 0, 1024);
    if (objective == null) {
      throw Checks.invalid("objective is missing", "name squared, absolute or huber");
    }
  }

  /** 100 rounds of depth 6, learning rate 0.1, squared error, no sampling, all processors. */
  public static BoostedTreesParameters defaults() {
    return new BoostedTreesParameters(
        100, 6, 0.1, 1, 1, 0, 256, Objective.SQUARED, 1, 0, 1, 1, 0, 0);
  }

  public BoostedTreesParameters withRounds(int value) {
    return new BoostedTreesParameters(
        value, depth, learningRate, l2, minRowsPerLeaf, minGain, bins, objective, huberDelta,
        earlyStoppingRounds, rowSampling, columnSampling, seed, threads);
  }

  public BoostedTreesParameters withDepth(int value) {
    return new BoostedTreesParameters(
        rounds, value, learningRate, l2, minRowsPerLeaf, minGain, bins, objective, huberDelta,
        earlyStoppingRounds, rowSampling, columnSampling, seed, threads);
  }

  public BoostedTreesParameters withObjective(Objective value) {
    return new BoostedTreesParameters(
        rounds, depth, learningRate, l2, minRowsPerLeaf, minGain, bins, value, huberDelta,
        earlyStoppingRounds, rowSampling, columnSampling, seed, threads);
  }

  public BoostedTreesParameters withThreads(int value) {
    return new BoostedTreesParameters(
        rounds, depth, learningRate, l2, minRowsPerLeaf, minGain, bins, objective, huberDelta,
        earlyStoppingRounds, rowSampling, columnSampling, seed, value);
  }
}
