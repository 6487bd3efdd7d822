package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.spi.Constants;

/** Functions of one row. Logarithms and powers are {@link StrictMath}'s: the same bits on every machine. */
public final class Elementary {
  private Elementary() {}

  private abstract static class OfOne extends BuiltIn {
    OfOne(String name, String summary, String formula, String unit, String nullRule) {
      super(name, List.of(series("x")), new Documentation(summary, formula, unit, nullRule, ""));
    }
  }

  private abstract static class OfTwo extends BuiltIn {
    OfTwo(String name, String summary, String formula, String nullRule) {
      super(
          name,
          List.of(series("x"), series("y")),
          new Documentation(summary, formula, "unit of x and y", nullRule, ""));
    }
  }

  /** {@code abs(x)}. */
  public static final class Abs extends OfOne {
    public Abs() {
      super("abs", "Absolute value.", "|x|", "unit of x", PROPAGATES);
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Math.abs(x[i]);
        }
      };
    }
  }

  /** {@code log(x)}. */
  public static final class Log extends OfOne {
    public Log() {
      super(
          "log", "Natural logarithm.", "ln x", "pure number", PROPAGATES + ", or x is not above 0");
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = log(x[i]);
        }
      };
    }

    static double log(double x) {
      return x > 0 ? StrictMath.log(x) : Double.NaN;
    }
  }

  /** {@code exp(x)}. */
  public static final class Exp extends OfOne {
    public Exp() {
      super("exp", "Exponential.", "e^x", "pure number", PROPAGATES);
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = StrictMath.exp(x[i]);
        }
      };
    }
  }

  /** {@code sqrt(x)}. */
  public static final class Sqrt extends OfOne {
    public Sqrt() {
      super(
          "sqrt",
          "Square root.",
          "x^0.5",
          "square root of the unit of x",
          PROPAGATES + ", or x is below 0");
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Math.sqrt(x[i]);
        }
      };
    }
  }

  /** {@code sign(x)}. */
  public static final class Sign extends OfOne {
    public Sign() {
      super(
          "sign",
          "Sign.",
          "+1 where x > 0, -1 where x < 0, 0 where x = 0",
          "pure number",
          PROPAGATES);
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          double value = x[i];
          result[i] = value > 0 ? 1 : value < 0 ? -1 : value == 0 ? 0 : Double.NaN;
        }
      };
    }
  }

  /** {@code floor(x)}. */
  public static final class Floor extends OfOne {
    public Floor() {
      super("floor", "Largest whole number not above x.", "⌊x⌋", "unit of x", PROPAGATES);
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Math.floor(x[i]);
        }
      };
    }
  }

  /** {@code is_null(x)}. */
  public static final class IsNull extends OfOne {
    public IsNull() {
      super(
          "is_null",
          "Whether a value is unknown.",
          "1 where x is unknown, else 0",
          "0 or 1",
          "never unknown");
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Double.isNaN(x[i]) ? 1 : 0;
        }
      };
    }
  }

  /** {@code min(x, y)}. */
  public static final class Min extends OfTwo {
    public Min() {
      super(
          "min",
          "The smaller of two values in the same row; over rows it is min_over.",
          "min(x, y)",
          PROPAGATES);
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        double[] y = series[1];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Math.min(x[i], y[i]);
        }
      };
    }
  }

  /** {@code max(x, y)}. */
  public static final class Max extends OfTwo {
    public Max() {
      super(
          "max",
          "The larger of two values in the same row; over rows it is max_over.",
          "max(x, y)",
          PROPAGATES);
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        double[] y = series[1];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Math.max(x[i], y[i]);
        }
      };
    }
  }

  /** {@code if_null(x, y)}. */
  public static final class IfNull extends OfTwo {
    public IfNull() {
      super(
          "if_null",
          "A value, or another where it is unknown.",
          "x where it is known, else y",
          "unknown where both are unknown");
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] x = series[0];
        double[] y = series[1];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Double.isNaN(x[i]) ? y[i] : x[i];
        }
      };
    }
  }

  /** {@code if(condition, x, y)}. */
  public static final class If extends BuiltIn {
    public If() {
      super(
          "if",
          List.of(series("condition"), series("x"), series("y")),
          new Documentation(
              "One of two values by a condition.",
              "x where condition is not 0, y where it is 0",
              "unit of x and y",
              "unknown where the condition or the value chosen is unknown",
              ""));
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        double[] condition = series[0];
        double[] x = series[1];
        double[] y = series[2];
        for (int i = 0; i < rows.count(); i++) {
          double chosen = condition[i];
          result[i] = chosen == 0 ? y[i] : Double.isNaN(chosen) ? Double.NaN : x[i];
        }
      };
    }
  }

  /** {@code clip(x, low, high)}. */
  public static final class Clip extends BuiltIn {
    public Clip() {
      super(
          "clip",
          List.of(
              series("x"),
              Argument.constant("low", Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
              Argument.constant("high", Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)),
          new Documentation(
              "A value held within bounds.",
              "min(max(x, low), high), low ≤ high",
              "unit of x",
              PROPAGATES,
              ""));
    }

    @Override
    public Kernel bind(Constants constants) {
      double low = constants.number(0);
      double high = constants.number(1);
      if (low > high) {
        throw new IllegalArgumentException("low is above high");
      }
      return (rows, series, result) -> {
        double[] x = series[0];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Math.min(Math.max(x[i], low), high);
        }
      };
    }
  }
}
