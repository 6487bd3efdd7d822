package slipstream.features.internal.function;

import java.util.Arrays;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;

/** Functions of a row and one other, and totals. Rows are counted within one instrument. */
public final class Shifts {
  private Shifts() {}

  private abstract static class Shift extends BuiltIn {
    Shift(String name, int least, String summary, String formula, String unit, String nullRule) {
      super(
          name,
          List.of(series("x"), rows("n", least)),
          new Documentation(summary, formula, unit, nullRule, ""));
    }

    /** Leaves the rows with no row n before them unknown; returns the first row that has one. */
    static int start(Rows rows, long n, double[] result) {
      int first = (int) Math.min(rows.count(), n);
      Arrays.fill(result, 0, first, Double.NaN);
      return first;
    }
  }

  /** {@code lag(x, n)}. */
  public static final class Lag extends Shift {
    public Lag() {
      super("lag", 0, "The value n rows earlier.", "x[t-n]", "unit of x", SHIFT);
    }

    @Override
    public Kernel bind(Constants constants) {
      long n = constants.whole(0);
      return lookingBack(
          Reach.ofRows(n),
          (rows, series, result) -> {
            int first = start(rows, n, result);
            System.arraycopy(series[0], 0, result, first, rows.count() - first);
          });
    }
  }

  /** {@code lead(x, n)}. */
  public static final class Lead extends Shift {
    public Lead() {
      super(
          "lead",
          1,
          "The value n rows later: in targets and givens only.",
          "x[t+n]",
          "unit of x",
          SHIFT);
    }

    @Override
    public Kernel bind(Constants constants) {
      long n = constants.whole(0);
      return lookingAhead(
          Reach.ofRows(n),
          (rows, series, result) -> {
            int gone = (int) Math.min(rows.count(), n);
            System.arraycopy(series[0], gone, result, 0, rows.count() - gone);
            Arrays.fill(result, rows.count() - gone, rows.count(), Double.NaN);
          });
    }
  }

  /** {@code diff(x, n)}. */
  public static final class Diff extends Shift {
    public Diff() {
      super("diff", 1, "Change over n rows.", "x[t] - x[t-n]", "unit of x", SHIFT);
    }

    @Override
    public Kernel bind(Constants constants) {
      long n = constants.whole(0);
      return lookingBack(
          Reach.ofRows(n),
          (rows, series, result) -> {
            double[] x = series[0];
            int first = start(rows, n, result);
            for (int i = first; i < rows.count(); i++) {
              result[i] = x[i] - x[i - first];
            }
          });
    }
  }

  /** {@code ret(x, n)}. */
  public static final class Return extends Shift {
    public Return() {
      super(
          "ret",
          1,
          "Simple return over n rows.",
          "x[t] / x[t-n] - 1",
          "fraction",
          SHIFT + ", or x[t-n] is 0");
    }

    @Override
    public Kernel bind(Constants constants) {
      long n = constants.whole(0);
      return lookingBack(
          Reach.ofRows(n),
          (rows, series, result) -> {
            double[] x = series[0];
            int first = start(rows, n, result);
            for (int i = first; i < rows.count(); i++) {
              double before = x[i - first];
              // The difference first: x / before - 1 loses the digits of a small return.
              result[i] = before == 0 ? Double.NaN : (x[i] - before) / before;
            }
          });
    }
  }

  /** {@code logret(x, n)}. */
  public static final class LogReturn extends Shift {
    public LogReturn() {
      super(
          "logret",
          1,
          "Logarithmic return over n rows.",
          "ln(x[t] / x[t-n])",
          "fraction, continuously compounded",
          SHIFT + ", or one of the two is not above 0");
    }

    @Override
    public Kernel bind(Constants constants) {
      long n = constants.whole(0);
      return lookingBack(
          Reach.ofRows(n),
          (rows, series, result) -> {
            double[] x = series[0];
            int first = start(rows, n, result);
            for (int i = first; i < rows.count(); i++) {
              double now = x[i];
              double before = x[i - first];
              result[i] = now > 0 && before > 0 ? logarithm(now, before) : Double.NaN;
            }
          });
    }

    private static double logarithm(double now, double before) {
      double change = (now - before) / before;
      // log1p keeps the digits of a small return, log those of a ratio far from 1.
      return Math.abs(change) < 0.5 ? StrictMath.log1p(change) : StrictMath.log(now / before);
    }
  }

  /** {@code elapsed(n)}. */
  public static final class Elapsed extends BuiltIn {
    public Elapsed() {
      super(
          "elapsed",
          List.of(rows("n", 1)),
          new Documentation(
              "Time since the row n rows earlier.",
              "time[t] - time[t-n]",
              "s",
              "unknown where that row does not exist or the table has no time",
              ""));
    }

    @Override
    public Kernel bind(Constants constants) {
      long n = constants.whole(0);
      return lookingBackInTime(
          Reach.ofRows(n),
          (rows, series, result) -> {
            long[] times = rows.times();
            int first = times == null ? rows.count() : (int) Math.min(rows.count(), n);
            Arrays.fill(result, 0, first, Double.NaN);
            for (int i = first; i < rows.count(); i++) {
              result[i] = (times[i] - times[i - first]) / 1e9;
            }
          });
    }
  }

  /** {@code cumsum(x)}. */
  public static final class CumulativeSum extends BuiltIn {
    public CumulativeSum() {
      super(
          "cumsum",
          List.of(series("x")),
          new Documentation(
              "Running total since the instrument's first row, with compensated summation.",
              "sum of the known x[s], s ≤ t",
              "unit of x",
              "unknown where x is unknown; later rows go on without it",
              "Neumaier 1974"));
    }

    @Override
    public Kernel bind(Constants constants) {
      return lookingBack(
          Reach.ALL,
          (rows, series, result) -> {
            double[] x = series[0];
            CompensatedSum sum = new CompensatedSum();
            for (int i = 0; i < rows.count(); i++) {
              if (Double.isNaN(x[i])) {
                result[i] = Double.NaN;
              } else {
                sum.add(x[i]);
                result[i] = sum.value();
              }
            }
          });
    }
  }
}
