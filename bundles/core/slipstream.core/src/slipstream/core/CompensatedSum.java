package slipstream.core;

/**
 * A sum of doubles whose error does not grow with their number (Neumaier 1974): what each addition loses is kept and
 * added at the end, so that it is right to 2 ulps of the total. The result depends on the order of the terms alone.
 *
 * <p>An infinite or unknown total is what plain addition gives. Not thread-safe.
 */
public final class CompensatedSum {
  private double sum;
  private double lost;

  public void add(double value) {
    double next = sum + value;
    lost = Double.isFinite(next) ? lost + lost(sum, value, next) : 0;
    sum = next;
  }

  public double value() {
    return sum + lost;
  }

  /**
   * What rounding took from an addition.
   *
   * @param next {@code sum + value}, finite
   */
  public static double lost(double sum, double value, double next) {
    return Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
  }

  /** The sum of all values in order. */
  public static double of(double[] values) {
    CompensatedSum total = new CompensatedSum();
    for (double value : values) {
      total.add(value);
    }
    return total.value();
  }

  /**
   * The mean of all values, each counting by its weight; NaN when the weights are all 0. Means of values near the largest
   * double do not overflow.
   *
   * @param weights at least 0
   */
  public static double weightedMean(double[] values, double[] weights) {
    double largest = 0;
    double heaviest = 0;
    for (int i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
      heaviest = Math.max(heaviest, weights[i]);
    }
    double unit = largest > 0x1p900 ? 0x1p-100 : 1;
    // A power of two near the heaviest loses nothing and keeps products in range.
    double scale =
        heaviest > 0 ? Math.scalb(1.0, -Math.clamp(Math.getExponent(heaviest), -1000, 1000)) : 1;
    CompensatedSum sum = new CompensatedSum();
    CompensatedSum total = new CompensatedSum();
    for (int i = 0; i < values.length; i++) {
      sum.add(values[i] * unit * (weights[i] * scale));
      total.add(weights[i] * scale);
    }
    return sum.value() / total.value() / unit;
  }

  /** The mean of all values; NaN when there are none. Means of values near the largest double do not overflow. */
  public static double mean(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    // Dividing by a power of two loses nothing and keeps the sum in range.
    double unit = largest > 0x1p900 ? 0x1p-100 : 1;
    CompensatedSum total = new CompensatedSum();
    for (double value : values) {
      total.add(value * unit);
    }
    return total.value() / values.length / unit;
  }
}
