package slipstream.training.trees;

import slipstream.core.SlipstreamException;

/** The errors of this package, in one form: what was wrong, and what to do. */
final class Checks {
  private Checks() {}

  static void range(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw invalid(
          "parameter " + name + " is " + text(value),
          "choose a value from " + text(low) + " to " + text(high));
    }
  }

  static SlipstreamException invalid(String what, String todo) {
    return SlipstreamException.invalid("Boosted trees: " + what, sentence(todo));
  }

  private static String sentence(String todo) {
    return Character.toUpperCase(todo.charAt(0)) + todo.substring(1) + ".";
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
