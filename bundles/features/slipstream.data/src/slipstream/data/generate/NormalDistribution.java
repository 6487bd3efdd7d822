package slipstream.data.generate;

/**
 * The standard normal distribution function, as the inverse of {@link NormalQuantile} by bisection: slow, exact to the
 * last bits, and the same on every machine.
 */
final class NormalDistribution {
  private NormalDistribution() {}

  static double of(double x) {
    double low = 0x1p-54;
    double high = 1 - 0x1p-53;
    while (true) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        return middle;
      }
      if (NormalQuantile.of(middle) < x) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }
}
