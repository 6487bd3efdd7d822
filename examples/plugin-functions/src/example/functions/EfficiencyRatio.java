package example.functions;

import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;

/**
 * {@code efficiency_ratio(price, w)}: how straight a price has gone, 1 where all its moves point one way, near 0 where
 * they cancel.
 *
 * <p>A function says what it takes ({@link #arguments}) and what it means ({@link #documentation}); the expression
 * language checks each use against the first and shows people the second. {@link #bind} then makes a kernel for one use,
 * with its constants, which is evaluated on many stretches of rows at once, in several threads: it keeps no state.
 */
public final class EfficiencyRatio implements FeatureFunction {
  @Override
  public String name() {
    return "efficiency_ratio";
  }

  @Override
  public List<Argument> arguments() {
    // A series is any expression; a window is a number of rows (20) or a length of time (5m).
    return List.of(Argument.series("price"), Argument.window("w", 1));
  }

  @Override
  public Documentation documentation() {
    return new Documentation(
        "Efficiency ratio: net move of the price over the sum of its moves.",
        "|price[t] - price[b]| / sum of |price[s] - price[s-1]| over s in the window, b the row before it",
        "fraction, 0 to 1",
        "unknown where a price in the window or in the row before it is unknown, infinite or not there,"
            + " or the price has not moved",
        "Kaufman 1995, Smarter Trading");
  }

  @Override
  public Kernel bind(Constants constants) {
    return new OverWindow(constants.window(0));
  }

  private record OverWindow(Window window) implements Kernel {
    /** The window, and the one row before it from which its first move is measured. Nothing else may be looked at. */
    @Override
    public Reach lookBack() {
      return Reach.ofRows(1).plus(window.lookBack());
    }

    @Override
    public boolean usesTimes() {
      return window instanceof Window.OfTime;
    }

    @Override
    public void evaluate(Rows rows, double[][] series, double[] result) {
      double[] price = series[0];
      int first = 0;
      for (int row = 0; row < rows.count(); row++) {
        first = first(rows, row, first);
        result[row] = first < 1 ? Double.NaN : ratio(price, first - 1, row);
      }
    }

    /**
     * The first row of a row's window; below 0 where there are not so many.
     *
     * @param before that of the row before: windows by time move on
     */
    private int first(Rows rows, int row, int before) {
      return switch (window) {
        case Window.OfRows fixed -> row - fixed.rows() + 1;
        case Window.OfTime time -> {
          int first = before;
          while (rows.times()[row] - rows.times()[first] >= time.nanos()) {
            first++;
          }
          yield first;
        }
      };
    }

    /**
     * Summed anew for each row: taking away what leaves the window would let rounding errors stay for ever, and a value
     * would depend on rows beyond its look-back.
     */
    private static double ratio(double[] price, int from, int to) {
      double moves = 0;
      for (int row = from + 1; row <= to; row++) {
        moves += Math.abs(price[row] - price[row - 1]);
      }
      // NaN and infinities are in the sum, so that they make the ratio unknown.
      return moves > 0 && moves < Double.POSITIVE_INFINITY
          ? Math.abs(price[to] - price[from]) / moves
          : Double.NaN;
    }
  }
}
