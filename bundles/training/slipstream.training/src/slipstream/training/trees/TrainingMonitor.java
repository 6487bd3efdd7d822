package slipstream.training.trees;

/** Follows a training and may stop it. Called by the thread that trains. */
public interface TrainingMonitor {
  /**
   * Called after each tree; a round grows one for each loss.
   *
   * @param most trees that the training grows if it does not stop early
   */
  default void onTree(int trees, int most) {}

  /**
   * Called after each round; where several losses are minimised, one after another, after each round of the
   * last of them that all have gone through.
   */
  default void onRound(RoundReport report) {}

  /**
   * Asked between rounds and, from any of the training's threads, many times within one; answer
   * fast. Once it says true the training ends with a {@link
   * java.util.concurrent.CancellationException}.
   */
  default boolean cancelled() {
    return false;
  }

  /** A monitor that looks away. */
  static TrainingMonitor none() {
    return new TrainingMonitor() {};
  }
}
