package slipstream.features.internal.kernel;

/**
 * Exponentially weighted mean and standard deviation of all rows so far: a row's weight halves every half-life. The
 * moments are updated row by row (Finch, 2009: "Incremental calculation of weighted mean and variance"), which only
 * adds positive terms to the variance.
 *
 * <p>An infinite value counts as unknown: it would stay for ever.
 */
public final class Exponential {
  private static final double LN2 = StrictMath.log(2);

  private Exponential() {}

  /** Weights that halve every {@code halfLife} rows. */
  public static void byRows(
      double[] x, int rows, double halfLife, boolean deviation, double[] result) {
    State state = new State();
    double decay = StrictMath.exp(-LN2 / halfLife);
    for (int i = 0; i < rows; i++) {
      state.age(decay);
      result[i] = state.next(x[i], deviation);
    }
  }

  /**
   * Weights that halve every {@code halfLife} nanoseconds.
   *
   * @param times UTC nanoseconds, ascending
   */
  public static void byTime(
      double[] x, long[] times, int rows, long halfLife, boolean deviation, double[] result) {
    State state = new State();
    long apart = 0;
    double decay = 1;
    for (int i = 0; i < rows; i++) {
      long passed = i == 0 ? 0 : times[i] - times[i - 1];
      if (passed != apart) {
        apart = passed;
        // A negative one is longer than a long holds.
        decay = passed < 0 ? 0 : StrictMath.exp(-LN2 * ((double) passed / halfLife));
      }
      state.age(decay);
      result[i] = state.next(x[i], deviation);
    }
  }

  private static final class State {
    private double mean;
    private double weight;
    private double squares;

    /** Sum over pairs of two rows of twice the product of their weights. */
    private double pairs;

    void age(double decay) {
      weight *= decay;
      squares *= decay;
      pairs *= decay * decay;
    }

    double next(double x, boolean deviation) {
      if (!Double.isFinite(x)) {
        return Double.NaN;
      }
      double before = weight;
      double delta = x - mean;
      weight = before + 1;
      mean = before == 0 ? x : mean + delta / weight;
      // Without a weight the mean is nobody's, however far away.
      squares = before == 0 ? 0 : squares + before / weight * delta * delta;
      pairs += 2 * before;
      if (!deviation) {
        return mean;
      }
      // The weighted variance, divided by 1 minus the sum of squared fractions of weight.
      double variance = squares * weight / pairs;
      return pairs == 0 ? Double.NaN : Math.sqrt(MergedWindows.finite(variance));
    }
  }
}
