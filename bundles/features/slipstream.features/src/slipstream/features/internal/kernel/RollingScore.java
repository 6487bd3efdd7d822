package slipstream.features.internal.kernel;

/**
 * How many sample standard deviations a row's value lies above the mean of its window, from the moments of {@link
 * RollingVariance}.
 */
public final class RollingScore {
  private RollingScore() {}

  /**
   * @param result gets {@code rows} values; NaN where the window holds a NaN or an infinity or does not vary, or there
   *     is none
   */
  public static void evaluate(double[] x, int rows, Windows windows, double[] result) {
    new SecondMoments(x) {
      @Override
      double statistic(double[][] groups, int at, int count, int row) {
        double deviation = Math.sqrt(finite(groups[1][at] / (count - 1)));
        return deviation == 0 ? Double.NaN : (x[row] - groups[0][at]) / deviation;
      }
    }.evaluate(rows, windows, result);
  }
}
