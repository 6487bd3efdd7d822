package slipstream.tribuo;

import java.util.OptionalLong;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Trainer.Size;

/**
 * What Tribuo's trainers take of the Java heap, in bytes: reckoned from the objects that the library makes of a row, not
 * measured.
 */
final class Footprint {
  /** An example: its object, its target's, the dataset's reference. */
  private static final long EXAMPLE = 250;

  /** A value and its name's reference. */
  private static final long VALUE = 12;

  private Footprint() {}

  /** Examples, and a vector of each. */
  static OptionalLong gradientDescent(Size size) {
    return OptionalLong.of(examples(size) + size.rows() * (150 + 8L * size.features()));
  }

  /** Examples, a number for each value at two levels of a tree, and a column of each thread. */
  static OptionalLong trees(Size size) {
    return OptionalLong.of(
        examples(size) + size.rows() * (100 + 16L * size.features() + 4L * size.threads()));
  }

  /** Examples, and every value boxed, before XGBoost has it as numbers. */
  static OptionalLong boxed(Size size) {
    return OptionalLong.of(examples(size) + 60L * size.rows() * (size.features() + 1));
  }

  static long examples(Size size) {
    return size.rows() * (EXAMPLE + VALUE * size.features());
  }

  /**
   * @throws SlipstreamException INVALID_INPUT when a coefficient is not finite
   */
  static double finite(double coefficient, String trainer) {
    if (!Double.isFinite(coefficient)) {
      throw SlipstreamException.invalid(
          "the coefficients of " + trainer + " diverge", "Set a smaller learning_rate.");
    }
    return coefficient;
  }
}
