package slipstream.features.internal.kernel;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Each rolling statistic as its definition says, window by window: what the fast kernels are held against. */
final class Reference {
  private static final MathContext DIGITS = new MathContext(60);

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

  /** Windows of a length each, every so many rows. */
  static double[] each(
      double[] x, Windows windows, int step, ToDoubleFunction<double[]> statistic) {
    double[] result = new double[x.length];
    for (int row = 0; row < x.length; row += step) {
      int length = windows.length(row);
      result[row] =
          length == 0
              ? Double.NaN
              : known(Arrays.copyOfRange(x, row - length + 1, row + 1), statistic);
    }
    return result;
  }

  /** The sum of products of deviations of two windows from their means, to 60 digits. */
  static BigDecimal products(double[] x, double[] y) {
    BigDecimal meanX = exactSum(x).divide(BigDecimal.valueOf(x.length), DIGITS);
    BigDecimal meanY = exactSum(y).divide(BigDecimal.valueOf(y.length), DIGITS);
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < x.length; i++) {
      BigDecimal dx = new BigDecimal(x[i]).subtract(meanX, DIGITS);
      sum = sum.add(dx.multiply(new BigDecimal(y[i]).subtract(meanY, DIGITS), DIGITS), DIGITS);
    }
    return sum;
  }

  /** Adjusted for the sample's size; NaN below three values or without variance. */
  static double skewness(double[] window) {
    if (window.length < 3 || !finite(window)) {
      return Double.NaN;
    }
    BigDecimal mean = exactSum(window).divide(BigDecimal.valueOf(window.length), DIGITS);
    BigDecimal cubes = BigDecimal.ZERO;
    for (double value : window) {
      cubes = cubes.add(new BigDecimal(value).subtract(mean, DIGITS).pow(3, DIGITS), DIGITS);
    }
    BigDecimal squares = products(window, window);
    double n = window.length;
    if (squares.signum() == 0) {
      return Double.NaN;
    }
    BigDecimal deviation =
        squares.divide(BigDecimal.valueOf(window.length - 1L), DIGITS).sqrt(DIGITS);
    return n / ((n - 1) * (n - 2)) * cubes.divide(deviation.pow(3, DIGITS), DIGITS).doubleValue();
  }

  /** The fraction of the others that are below the last value, of equal ones half. */
  static double rank(double[] window) {
    double last = window[window.length - 1];
    long below = Arrays.stream(window).filter(each -> each < last).count();
    long equal = Arrays.stream(window).filter(each -> each == last).count() - 1;
    return (below + equal / 2.0) / (window.length - 1.0);
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
    return products(window, window)
        .divide(BigDecimal.valueOf(window.length - 1L), DIGITS)
        .doubleValue();
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
