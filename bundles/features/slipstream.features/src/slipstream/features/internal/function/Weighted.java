package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;
import slipstream.features.internal.kernel.Exponential;

/** Exponentially weighted statistics of all rows of an instrument so far. */
public final class Weighted {
  private static final String NULLS =
      "unknown where x is unknown or infinite; later rows go on without it, the weights ageing all"
          + " the same";

  private Weighted() {}

  private abstract static class Statistic extends BuiltIn {
    private final boolean deviation;

    Statistic(String name, boolean deviation, Documentation documentation) {
      super(name, List.of(series("x"), Argument.window("halflife", 1)), documentation);
      this.deviation = deviation;
    }

    @Override
    public Kernel bind(Constants constants) {
      return switch (constants.window(0)) {
        case Window.OfRows halfLife ->
            lookingBack(
                Reach.ALL,
                (rows, series, result) ->
                    Exponential.byRows(
                        series[0], rows.count(), halfLife.rows(), deviation, result));
        case Window.OfTime halfLife ->
            lookingBackInTime(
                Reach.ALL.plus(halfLife.lookBack()),
                (rows, series, result) ->
                    Exponential.byTime(
                        series[0],
                        rows.times(),
                        rows.count(),
                        halfLife.nanos(),
                        deviation,
                        result));
      };
    }
  }

  /** {@code ewm_mean(x, halflife)}. */
  public static final class Mean extends Statistic {
    public Mean() {
      super(
          "ewm_mean",
          false,
          new Documentation(
              "Exponentially weighted mean of all rows so far; a row's weight halves every halflife"
                  + " rows or time.",
              "sum of w[s] x[s] / sum of w[s] over known x[s], s ≤ t, w[s] = 2^(-(t-s)/halflife)",
              "unit of x",
              NULLS,
              "Finch 2009, Incremental calculation of weighted mean and variance"));
    }
  }

  /** {@code ewm_std(x, halflife)}. */
  public static final class StandardDeviation extends Statistic {
    public StandardDeviation() {
      super(
          "ewm_std",
          true,
          new Documentation(
              "Exponentially weighted standard deviation of all rows so far, adjusted for the"
                  + " weights' effective number.",
              "(sum of w[s] (x[s] - ewm_mean(x, halflife)[t])² W / (W² - sum of w[s]²))^0.5 over"
                  + " known x[s], s ≤ t, w[s] = 2^(-(t-s)/halflife), W their sum",
              "unit of x",
              NULLS + "; unknown until two rows have a weight",
              "Finch 2009, Incremental calculation of weighted mean and variance"));
    }
  }
}
