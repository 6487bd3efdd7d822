package slipstream.features.internal.kernel;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Each rolling statistic as its definition says, window by window: what the fast kernels are held against. */
final class Reference {
  private Reference() {}

  static double[] rolling(double[] x, int window, ToDoubleFunction<double[]> statistic) {
    return rolling(x, window, 1, statistic);
  }

  /** Only every so many rows, for statistics in exact arithmetic; the others are left 0. */
  static double[] rolling(double[] x, int window, int step, ToDoubleFunction<double[]> statistic) {
    double[] result = new double[x.length];
    for (int row = 0; row < x.length; row += step) {
      result[row] =
          row < window - 1
              ? Double.NaN
              : known(Arrays.copyOfRange(x, row - window + 1, row + 1), statistic);
    }
    return result;
  }

  private static double known(double[] window, ToDoubleFunction<double[]> statistic) {
    return Arrays.stream(window).anyMatch(Double::isNaN)
        ? Double.NaN
        : statistic.applyAsDouble(window);
  }

  static boolean finite(double[] window) {
    return Arrays.stream(window).allMatch(Double::isFinite);
  }

  /** The exact sum, rounded once; IEEE's where there are infinities. */
  static double sum(double[] window) {
    if (!finite(window)) {
      return Arrays.stream(window).reduce(0, Double::sum);
    }
    return exactSum(window).doubleValue();
  }

  static BigDecimal exactSum(double[] window) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double value : window) {
      sum = sum.add(new BigDecimal(value));
    }
    return sum;
  }

  static double magnitude(double[] window) {
    return Arrays.stream(window).map(Math::abs).sum();
  }

  /** Two passes over exact deviations would need no more than a mean of full precision. */
  static double variance(double[] window) {
    if (!finite(window)) {
      return Double.NaN;
    }
    java.math.MathContext digits = new java.math.MathContext(60);
    BigDecimal mean = exactSum(window).divide(BigDecimal.valueOf(window.length), digits);
    BigDecimal squares = BigDecimal.ZERO;
    for (double value : window) {
      BigDecimal deviation = new BigDecimal(value).subtract(mean, digits);
      squares = squares.add(deviation.multiply(deviation, digits), digits);
    }
    return squares.divide(BigDecimal.valueOf(window.length - 1L), digits).doubleValue();
  }

  static double min(double[] window) {
    double[] sorted = window.clone();
    Arrays.sort(sorted);
    return sorted[0];
  }

  static double max(double[] window) {
    double[] sorted = window.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - 1];
  }

  static double quantile(double[] window, double quantile) {
    double[] sorted = window.clone();
    Arrays.sort(sorted);
    double position = (window.length - 1) * quantile;
    int at = (int) Math.floor(position);
    double fraction = position - at;
    double low = sorted[at];
    if (fraction == 0 || low == sorted[at + 1]) {
      // A zero is +0.
      return low + 0.0;
    }
    double high = sorted[at + 1];
    // Between an infinity and a number is that infinity; between the two infinities nothing is.
    return Double.isInfinite(low) || Double.isInfinite(high)
        ? low + high
        : low + fraction * (high - low);
  }
}
