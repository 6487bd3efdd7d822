package slipstream.core.spi;

import java.util.List;

/**
 * A function of the expression language, such as {@code mean(x, 30)}.
 *
 * <p>It is evaluated on one instrument's rows at a time, in order of time. It is pure, deterministic and, unless {@link
 * #lookAhead} says otherwise, point in time: the value at a row uses that row and earlier ones only.
 */
public interface FeatureFunction {
  /** Name in expressions: a lower-case identifier, unique. */
  String name();

  /** Its arguments in order. */
  List<Argument> arguments();

  /** What it computes, for people, with units and null rule. */
  Documentation documentation();

  /**
   * Checks what the ranges of {@link #arguments} cannot say, such as a lower bound above the upper one.
   *
   * @param constants the constant arguments in order, each within its range
   * @throws IllegalArgumentException with what is wrong, for the user
   */
  default void check(double[] constants) {}

  /**
   * How many earlier rows a value depends on, given the constant arguments; {@link Long#MAX_VALUE} for all.
   *
   * @param constants the constant arguments in order
   */
  long lookBack(double[] constants);

  /** How many later rows a value depends on; 0 for a feature. Only targets may look ahead. */
  default long lookAhead(double[] constants) {
    return 0;
  }

  /**
   * Evaluates consecutive rows of one partition.
   *
   * <p>These are all of its rows when {@link #lookBack} is {@link Long#MAX_VALUE}. Otherwise they may start anywhere:
   * a value must depend, to the bit, on the rows of its look-back and look-ahead alone. Arrays may be longer than n;
   * what is beyond is not to be touched.
   *
   * @param rows the number of rows n
   * @param times UTC nanoseconds per row, ascending, or null when the table has no time; read only
   * @param columns the series arguments in order, NaN where unknown; read only
   * @param constants the constant arguments in order
   * @param result to fill with n values; NaN where unknown; none of the columns
   */
  void evaluate(int rows, long[] times, double[][] columns, double[] constants, double[] result);

  /**
   * @param constant true for a number fixed in the expression (a window, a quantile), false for a series
   * @param min smallest constant allowed
   * @param max largest constant allowed
   * @param whole true when a constant must be a whole number
   */
  record Argument(String name, boolean constant, double min, double max, boolean whole) {
    public static Argument series(String name) {
      return new Argument(name, false, Double.NaN, Double.NaN, false);
    }

    public static Argument window(String name, int min) {
      return new Argument(name, true, min, 1e9, true);
    }

    public static Argument constant(String name, double min, double max) {
      return new Argument(name, true, min, max, false);
    }
  }

  /**
   * @param summary one sentence
   * @param formula in plain text, with the meaning of each symbol
   * @param unit of the result in terms of the arguments: {@code "unit of x"}, {@code "fraction"}
   * @param nullRule what an unknown input does
   * @param source paper or definition; empty when elementary
   */
  record Documentation(
      String summary, String formula, String unit, String nullRule, String source) {}
}
