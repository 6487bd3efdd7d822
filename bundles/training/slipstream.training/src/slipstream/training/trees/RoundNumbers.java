package slipstream.training.trees;

/**
 * Round numbers for cut points. What people and exchanges do, they do at round numbers (a tick, a
 * lot, half), and a threshold of 0.5 separates that exactly and reads better than 0.49871.
 */
final class RoundNumbers {
  private static final int HIGHEST = 38;
  private static final int LOWEST = -45;
  private static final double[] POWERS = new double[46];

  static {
    for (int e = 0; e < POWERS.length; e++) {
      POWERS[e] = Double.parseDouble("1e" + e);
    }
  }

  private RoundNumbers() {}

  /**
   * The float in {@code [low, high)} that is a multiple of the largest power of ten, the greatest
   * of several; zero where the interval holds it; NaN for an interval that is infinite or empty.
   * Uses exactly rounded operations alone, so it is the same on every machine.
   */
  static float within(float low, float high) {
    if (!(low < high) || Float.isInfinite(low) || Float.isInfinite(high)) {
      return Float.NaN;
    }
    if (low <= 0 && high > 0) {
      return 0;
    }
    for (int e = HIGHEST; e >= LOWEST; e--) {
      double k = Math.ceil(e >= 0 ? high / POWERS[e] : high * POWERS[-e]) - 1;
      float c = multiple(k, e);
      if (c >= high) { // rounded up to it
        c = multiple(k - 1, e);
      }
      if (c >= low && c < high) {
        return c + 0f; // no -0
      }
    }
    return Float.NaN;
  }

  private static float multiple(double k, int e) {
    return (float) (e >= 0 ? k * POWERS[e] : k / POWERS[-e]);
  }
}
