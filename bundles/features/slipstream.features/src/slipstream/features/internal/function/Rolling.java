package slipstream.features.internal.function;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Window;
import slipstream.features.internal.kernel.RollingComoments;
import slipstream.features.internal.kernel.RollingComoments.Statistic;
import slipstream.features.internal.kernel.RollingExtremum;
import slipstream.features.internal.kernel.RollingQuantile;
import slipstream.features.internal.kernel.RollingRank;
import slipstream.features.internal.kernel.RollingScore;
import slipstream.features.internal.kernel.RollingSkewness;
import slipstream.features.internal.kernel.RollingSlope;
import slipstream.features.internal.kernel.RollingSum;
import slipstream.features.internal.kernel.RollingVariance;
import slipstream.features.internal.kernel.Windows;

/**
 * Statistics over the last rows of an instrument, the row itself included: a number of rows, or those of a length of
 * time. In their formulas s runs over the rows of the window and n is how many they are.
 */
public final class Rolling {
  private static final String HYNDMAN_FAN =
      "Hyndman and Fan 1996, Sample quantiles in statistical packages, type 7";
  private static final String CHAN =
      "Chan, Golub and LeVeque 1979, Updating formulae and a pairwise algorithm for computing"
          + " sample variances";
  private static final String FINITE =
      "unknown where a value in the window is unknown or infinite, fewer rows have been than it"
          + " counts, or the result is too large";
  private static final String TWO = ", and in a time window of one row";
  private static final String VARIES = ", and where x does not vary";

  private Rolling() {}

  /** A statistic of windows. */
  private interface Statistics {
    void evaluate(double[][] series, long[] times, int rows, Windows windows, double[] result);
  }

  private abstract static class Windowed extends BuiltIn {
    Windowed(String name, int least, Documentation documentation, Argument... before) {
      super(name, arguments(least, before), documentation);
    }

    private static List<Argument> arguments(int least, Argument... before) {
      List<Argument> arguments = new ArrayList<>(List.of(before));
      arguments.add(Argument.window("window", least));
      return List.copyOf(arguments);
    }

    @Override
    public final Kernel bind(Constants constants) {
      Window window = constants.window(constants.count() - 1);
      Statistics statistics = statistics(window, constants);
      return switch (window) {
        case Window.OfRows ofRows ->
            lookingBack(
                window.lookBack(),
                (rows, series, result) ->
                    statistics.evaluate(
                        series, null, rows.count(), Windows.ofRows(ofRows.rows()), result));
        case Window.OfTime ofTime ->
            lookingBackInTime(
                window.lookBack(),
                (rows, series, result) ->
                    statistics.evaluate(
                        series,
                        rows.times(),
                        rows.count(),
                        Windows.ofTime(rows.times(), rows.count(), ofTime.nanos()),
                        result));
      };
    }

    abstract Statistics statistics(Window window, Constants constants);
  }

  /** {@code sum(x, window)}. */
  public static final class Sum extends Windowed {
    public Sum() {
      super(
          "sum",
          1,
          new Documentation(
              "Sum over a window; never drifts.",
              "sum of x[s]; error at most (log2 n + bits of n) 2^-53 sum of |x[s]|",
              "unit of x",
              WINDOW,
              ""),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingSum.evaluate(series[0], rows, windows, false, result);
    }
  }

  /** {@code mean(x, window)}. */
  public static final class Mean extends Windowed {
    public Mean() {
      super(
          "mean",
          1,
          new Documentation(
              "Mean over a window; never drifts.", "sum(x, window) / n", "unit of x", WINDOW, ""),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingSum.evaluate(series[0], rows, windows, true, result);
    }
  }

  /** {@code std(x, window)}. */
  public static final class StandardDeviation extends Windowed {
    public StandardDeviation() {
      super(
          "std",
          2,
          new Documentation(
              "Sample standard deviation over a window.",
              "var(x, window)^0.5",
              "unit of x",
              FINITE + TWO,
              CHAN),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingVariance.evaluate(series[0], rows, windows, true, result);
    }
  }

  /** {@code var(x, window)}. */
  public static final class Variance extends Windowed {
    public Variance() {
      super(
          "var",
          2,
          new Documentation(
              "Sample variance over a window; never negative, 0 where x does not vary.",
              "sum of (x[s] - mean(x, window))² / (n - 1)",
              "square of the unit of x",
              FINITE + TWO,
              CHAN),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingVariance.evaluate(series[0], rows, windows, false, result);
    }
  }

  /** {@code min_over(x, window)}. */
  public static final class MinOver extends Windowed {
    public MinOver() {
      super(
          "min_over",
          1,
          new Documentation("Smallest value of a window.", "min of x[s]", "unit of x", WINDOW, ""),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingExtremum.evaluate(series[0], rows, windows, false, result);
    }
  }

  /** {@code max_over(x, window)}. */
  public static final class MaxOver extends Windowed {
    public MaxOver() {
      super(
          "max_over",
          1,
          new Documentation("Largest value of a window.", "max of x[s]", "unit of x", WINDOW, ""),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingExtremum.evaluate(series[0], rows, windows, true, result);
    }
  }

  /** {@code median(x, window)}. */
  public static final class Median extends Windowed {
    public Median() {
      super(
          "median",
          1,
          new Documentation(
              "Median of a window.", "quantile(x, 0.5, window)", "unit of x", WINDOW, HYNDMAN_FAN),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingQuantile.evaluate(series[0], rows, windows, 0.5, result);
    }
  }

  /** {@code quantile(x, q, window)}. */
  public static final class Quantile extends Windowed {
    public Quantile() {
      super(
          "quantile",
          1,
          new Documentation(
              "Quantile of a window, interpolated linearly.",
              "with h = (n - 1) q: y[⌊h⌋] + (h - ⌊h⌋) (y[⌊h⌋+1] - y[⌊h⌋]), y the window in ascending"
                  + " order from 0",
              "unit of x",
              WINDOW,
              HYNDMAN_FAN),
          series("x"),
          Argument.constant("q", 0, 1));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      double quantile = constants.number(0);
      return (series, times, rows, windows, result) ->
          RollingQuantile.evaluate(series[0], rows, windows, quantile, result);
    }
  }

  /** {@code rank_over(x, window)}. */
  public static final class RankOver extends Windowed {
    public RankOver() {
      super(
          "rank_over",
          2,
          new Documentation(
              "Where x stands in its window: 0 the smallest, 1 the largest; equal values share their ranks.",
              "(rows with x[s] < x[t] + half of the other rows with x[s] = x[t]) / (n - 1)",
              "fraction",
              WINDOW + TWO,
              ""),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingRank.evaluate(series[0], rows, windows, result);
    }
  }

  /** {@code zscore(x, window)}. */
  public static final class Score extends Windowed {
    public Score() {
      super(
          "zscore",
          2,
          new Documentation(
              "How many standard deviations x is above the mean of its window.",
              "(x[t] - mean(x, window)) / std(x, window)",
              "standard deviations",
              FINITE + TWO + VARIES,
              CHAN),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingScore.evaluate(series[0], rows, windows, result);
    }
  }

  /** {@code skew(x, window)}. */
  public static final class Skewness extends Windowed {
    public Skewness() {
      super(
          "skew",
          3,
          new Documentation(
              "Sample skewness over a window, adjusted for its size.",
              "n / ((n - 1) (n - 2)) sum of ((x[s] - mean(x, window)) / std(x, window))³",
              "pure number",
              FINITE + ", and in a time window of one or two rows" + VARIES,
              "Joanes and Gill 1998, Comparing measures of sample skewness and kurtosis, G1; merged as in"
                  + " Pébay 2008"),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingSkewness.evaluate(series[0], rows, windows, result);
    }
  }

  /** {@code slope(x, window)}. */
  public static final class Slope extends Windowed {
    public Slope() {
      super(
          "slope",
          2,
          new Documentation(
              "Slope of the least-squares line through a window: per row if the window is a number of rows, per second if it is a length of time.",
              "cov(x, u, window) / var(u, window), u the number of the row, or its time in seconds",
              "unit of x per row, or per s",
              FINITE + TWO + " or of rows of one time",
              CHAN),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return switch (window) {
        case Window.OfRows _ ->
            (series, times, rows, windows, result) ->
                RollingSlope.perRow(series[0], rows, windows, result);
        case Window.OfTime _ ->
            (series, times, rows, windows, result) ->
                RollingSlope.perSecond(series[0], times, rows, windows, result);
      };
    }
  }

  /** {@code corr(x, y, window)}. */
  public static final class Correlation extends Windowed {
    public Correlation() {
      super(
          "corr",
          2,
          new Documentation(
              "Pearson's correlation of two series over a window.",
              "cov(x, y, window) / (std(x, window) std(y, window))",
              "-1 to 1",
              FINITE + TWO + ", and where x or y does not vary",
              CHAN),
          series("x"),
          series("y"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingComoments.evaluate(
              Statistic.CORRELATION, series[0], series[1], rows, windows, result);
    }
  }

  /** {@code cov(x, y, window)}. */
  public static final class Covariance extends Windowed {
    public Covariance() {
      super(
          "cov",
          2,
          new Documentation(
              "Sample covariance of two series over a window.",
              "sum of (x[s] - mean(x, window)) (y[s] - mean(y, window)) / (n - 1)",
              "unit of x times unit of y",
              FINITE + TWO,
              CHAN),
          series("x"),
          series("y"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingComoments.evaluate(
              Statistic.COVARIANCE, series[0], series[1], rows, windows, result);
    }
  }

  /** {@code beta(y, x, window)}. */
  public static final class Beta extends Windowed {
    public Beta() {
      super(
          "beta",
          2,
          new Documentation(
              "Slope of the least-squares line of y on x over a window, such as of an instrument's returns on the market's.",
              "cov(y, x, window) / var(x, window)",
              "unit of y per unit of x",
              FINITE + TWO + VARIES,
              CHAN),
          series("y"),
          series("x"));
    }

    @Override
    Statistics statistics(Window window, Constants constants) {
      return (series, times, rows, windows, result) ->
          RollingComoments.evaluate(Statistic.BETA, series[0], series[1], rows, windows, result);
    }
  }
}
