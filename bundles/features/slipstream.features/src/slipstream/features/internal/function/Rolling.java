package slipstream.features.internal.function;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.features.internal.kernel.RollingExtremum;
import slipstream.features.internal.kernel.RollingQuantile;
import slipstream.features.internal.kernel.RollingSum;
import slipstream.features.internal.kernel.RollingVariance;

/** Statistics over the last n rows of an instrument, the row itself included. */
public final class Rolling {
  private Rolling() {}

  private abstract static class Window extends BuiltIn {
    Window(String name, int least, Documentation documentation, Argument... between) {
      super(name, arguments(least, between), documentation);
    }

    private static List<Argument> arguments(int least, Argument... between) {
      List<Argument> arguments = new ArrayList<>();
      arguments.add(series("x"));
      arguments.addAll(List.of(between));
      arguments.add(rows("n", least));
      return List.copyOf(arguments);
    }

    @Override
    public final Kernel bind(Constants constants) {
      int window = (int) constants.whole(constants.count() - 1);
      return lookingBack(Reach.ofRows(window - 1L), kernel(window, constants));
    }

    abstract Kernel kernel(int window, Constants constants);
  }

  /** {@code sum(x, n)}. */
  public static final class Sum extends Window {
    public Sum() {
      super(
          "sum",
          1,
          new Documentation(
              "Sum over the last n rows; never drifts.",
              "sum of x[s], t-n < s ≤ t; error at most (log2 n + bits of n) 2^-53 sum of |x[s]|",
              "unit of x",
              WINDOW,
              ""));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      return (rows, series, result) ->
          RollingSum.evaluate(series[0], rows.count(), window, 1, result);
    }
  }

  /** {@code mean(x, n)}. */
  public static final class Mean extends Window {
    public Mean() {
      super(
          "mean",
          1,
          new Documentation(
              "Mean over the last n rows; never drifts.",
              "sum(x, n) / n",
              "unit of x",
              WINDOW,
              ""));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      return (rows, series, result) ->
          RollingSum.evaluate(series[0], rows.count(), window, window, result);
    }
  }

  /** {@code std(x, n)}. */
  public static final class StandardDeviation extends Window {
    public StandardDeviation() {
      super(
          "std",
          2,
          new Documentation(
              "Sample standard deviation over the last n rows.",
              "var(x, n)^0.5",
              "unit of x",
              WINDOW + ", or infinite",
              "Chan, Golub and LeVeque 1979"));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      return (rows, series, result) ->
          RollingVariance.evaluate(series[0], rows.count(), window, true, result);
    }
  }

  /** {@code var(x, n)}. */
  public static final class Variance extends Window {
    public Variance() {
      super(
          "var",
          2,
          new Documentation(
              "Sample variance over the last n rows; never negative, 0 where x does not vary.",
              "sum of (x[s] - mean(x, n)[t])² / (n - 1), t-n < s ≤ t",
              "square of the unit of x",
              WINDOW + ", or infinite",
              "Chan, Golub and LeVeque 1979"));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      return (rows, series, result) ->
          RollingVariance.evaluate(series[0], rows.count(), window, false, result);
    }
  }

  /** {@code min_over(x, n)}. */
  public static final class MinOver extends Window {
    public MinOver() {
      super(
          "min_over",
          1,
          new Documentation(
              "Smallest value of the last n rows.",
              "min of x[s], t-n < s ≤ t",
              "unit of x",
              WINDOW,
              ""));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      return (rows, series, result) ->
          RollingExtremum.evaluate(series[0], rows.count(), window, false, result);
    }
  }

  /** {@code max_over(x, n)}. */
  public static final class MaxOver extends Window {
    public MaxOver() {
      super(
          "max_over",
          1,
          new Documentation(
              "Largest value of the last n rows.",
              "max of x[s], t-n < s ≤ t",
              "unit of x",
              WINDOW,
              ""));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      return (rows, series, result) ->
          RollingExtremum.evaluate(series[0], rows.count(), window, true, result);
    }
  }

  /** {@code median(x, n)}. */
  public static final class Median extends Window {
    public Median() {
      super(
          "median",
          1,
          new Documentation(
              "Median of the last n rows.",
              "quantile(x, 0.5, n)",
              "unit of x",
              WINDOW,
              "Hyndman and Fan 1996, type 7"));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      return (rows, series, result) ->
          RollingQuantile.evaluate(series[0], rows.count(), window, 0.5, result);
    }
  }

  /** {@code quantile(x, q, n)}. */
  public static final class Quantile extends Window {
    public Quantile() {
      super(
          "quantile",
          1,
          new Documentation(
              "Quantile of the last n rows, interpolated linearly.",
              "with h = (n - 1) q: y[⌊h⌋] + (h - ⌊h⌋) (y[⌊h⌋+1] - y[⌊h⌋]), y the window in ascending"
                  + " order from 0",
              "unit of x",
              WINDOW,
              "Hyndman and Fan 1996, type 7"),
          Argument.constant("q", 0, 1));
    }

    @Override
    Kernel kernel(int window, Constants constants) {
      double quantile = constants.number(0);
      return (rows, series, result) ->
          RollingQuantile.evaluate(series[0], rows.count(), window, quantile, result);
    }
  }
}
