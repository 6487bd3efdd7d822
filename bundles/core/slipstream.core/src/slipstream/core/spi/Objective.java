package slipstream.core.spi;

/**
 * A loss for trainers that minimise any by its derivatives, such as {@code boosted-trees}: {@code
 * objective: NAME} in an experiment. The losses that a trainer brings itself come first where names
 * are equal.
 */
public interface Objective<P extends Record> extends Plugin<P> {
  /**
   * The loss with its parameters.
   *
   * @throws IllegalArgumentException when they do not fit together; the user sees its message
   */
  Loss loss(P parameters);
}
