package slipstream.core.device;

import java.util.List;

/**
 * The rows of a training on a device: bins, target, score and gradient of each. One tree is grown at a time. Calls come
 * from one thread.
 *
 * <p>A round: {@link #begin}, {@link #grow}, {@link #finish}.
 */
public interface TreeTraining extends AutoCloseable {
  /** How many nodes it likes to be given at once. */
  int batch();

  /**
   * Begins anew with the same rows, for another objective and base score.
   *
   * @param scores column 0: the rows' scores, the base not included; null: 0. Where rows have been partitioned before it
   *     needs a task whose rows are {@code sampled}
   */
  void restart(TreeTask.Objective objective, float baseScore, RowSource scores);

  /** Writes the gradients and hessians of all rows, from their scores. */
  GradientTotals writeGradients(FixedPoint scale);

  /**
   * Begins a tree: node 0 gets the rows of the sample and its histogram.
   *
   * @param scale of the gradients that rows have, and that the tree's updates write
   */
  NodeSums begin(RowSample sample, FixedPoint scale);

  /** Does the steps, and those that the policy adds, until none is left. */
  void grow(List<Step> steps, GrowthPolicy policy);

  /**
   * Ends a tree: rows that it was not grown on get its values and their next gradients too.
   *
   * @return of all updates since {@link #begin}
   */
  GradientTotals finish(BinnedTree tree);

  /**
   * How well trees predict rows that they were not grown on, so far: for each row that some were not, the base score plus
   * their mean is compared with the target.
   *
   * @param scale of losses
   */
  OutOfBag outOfBag(double scale);

  /**
   * @param loss sum over rows of the squared error in fixed point
   * @param rows that were judged
   */
  record OutOfBag(long loss, int rows) {}

  /** Seconds of the device's threads by kind of work, so far. */
  Seconds seconds();

  /** What {@link #seconds} tells; for benchmarks. */
  record Seconds(double histogram, double partition, double search, double update) {}

  /** Frees the device's memory. */
  @Override
  void close();
}
