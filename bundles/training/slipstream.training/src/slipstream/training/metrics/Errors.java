package slipstream.training.metrics;

import slipstream.core.CompensatedSum;

/** Mean errors, summed in row order with compensation; NaN when there are no rows. */
final class Errors {
  private Errors() {}

  static double meanSquared(double[] actual, double[] predicted) {
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; i < actual.length; i++) {
      double error = actual[i] - predicted[i];
      sum.add(error * error);
    }
    return sum.value() / actual.length;
  }

  static double meanAbsolute(double[] actual, double[] predicted) {
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; i < actual.length; i++) {
      sum.add(Math.abs(actual[i] - predicted[i]));
    }
    return sum.value() / actual.length;
  }
}
