package slipstream.training.parametric;

import java.util.List;

/**
 * A parametric cost model: a differentiable function of a row's inputs and of coefficients. Immutable and thread-safe.
 *
 * <p>{@link #kind}, {@link #inputs} and {@link #options} say all of it: {@link Formulas#of} makes it again.
 */
public interface CostFormula {
  /** The name of the family, as in files. */
  String kind();

  /** The coefficients in order. */
  List<Term> terms();

  /** Indices of the features that it needs, in its own order. */
  int[] inputs();

  /** What else distinguishes it from others of its kind. */
  List<String> options();

  /**
   * The value for a row; NaN where it is not defined, as at the logarithm of a negative number.
   *
   * @param x the inputs, finite
   * @param theta the coefficients
   * @param gradient becomes the derivatives by the coefficients; null when they are not wanted
   */
  double value(double[] x, double[] theta, double[] gradient);

  /** Whether it is the target's logarithm that is fitted, so that errors are relative. */
  default boolean logarithmic() {
    return false;
  }

  /** Whether one of its coefficients is a constant, so that another could not be told from it. */
  default boolean hasConstant() {
    return false;
  }

  /**
   * A coefficient.
   *
   * @param start where the fit begins
   * @param low smallest value allowed
   * @param high largest value allowed
   * @param searchLow further starts lie between this and {@code searchHigh}; equal for those that need no search, because
   *     the formula is linear in them
   */
  record Term(
      String name, double start, double low, double high, double searchLow, double searchHigh) {

    /** Without bounds; the formula is linear in it. */
    static Term linear(String name) {
      return linear(name, 0);
    }

    static Term linear(String name, double start) {
      return new Term(
          name, start, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, start, start);
    }

    /** At least 0; the formula is linear in it. */
    static Term scale(String name, double start) {
      return new Term(name, start, 0, Double.POSITIVE_INFINITY, start, start);
    }

    /** Between bounds, searched all over. */
    static Term between(String name, double start, double low, double high) {
      return new Term(name, start, low, high, low, high);
    }
  }
}
