package slipstream.features.internal.plan;

import slipstream.features.expression.Expression.Operator;

/**
 * The operators on columns. NaN is unknown: it propagates, except that {@code 0 and unknown} is 0 and {@code 1 or
 * unknown} is 1 (Kleene's logic). A quotient by 0 is unknown.
 */
final class Operators {
  private Operators() {}

  static double apply(Operator operator, double x) {
    return operator == Operator.NEGATIVE ? -x : Double.isNaN(x) ? x : x == 0 ? 1 : 0;
  }

  static double apply(Operator operator, double x, double y) {
    return switch (operator) {
      case PLUS -> x + y;
      case MINUS -> x - y;
      case TIMES -> x * y;
      case DIVIDED_BY -> divide(x, y);
      case POWER -> power(x, y);
      case AND -> and(x, y);
      case OR -> or(x, y);
      case LESS -> known(x, y, x < y);
      case AT_MOST -> known(x, y, x <= y);
      case GREATER -> known(x, y, x > y);
      case AT_LEAST -> known(x, y, x >= y);
      case EQUAL -> known(x, y, x == y);
      case UNEQUAL -> known(x, y, x != y);
      case NOT, NEGATIVE -> throw new IllegalArgumentException(operator + " takes one operand");
    };
  }

  private static double divide(double x, double y) {
    return y == 0 ? Double.NaN : x / y;
  }

  private static double power(double x, double y) {
    // A negative power of 0 is a quotient by 0. Squares and roots are correctly rounded.
    if (x == 0 && y < 0) {
      return Double.NaN;
    } else if (y == 2) {
      return x * x;
    } else if (y == 0.5 && x >= 0) {
      return Math.sqrt(x);
    }
    // To StrictMath even an unknown to the power of 0 is 1.
    return Double.isNaN(x) ? x : StrictMath.pow(x, y);
  }

  private static double known(double x, double y, boolean holds) {
    return Double.isNaN(x) || Double.isNaN(y) ? Double.NaN : holds ? 1 : 0;
  }

  private static double and(double x, double y) {
    return x == 0 || y == 0 ? 0 : Double.isNaN(x) || Double.isNaN(y) ? Double.NaN : 1;
  }

  private static double or(double x, double y) {
    boolean unknown = Double.isNaN(x) || Double.isNaN(y);
    return x != 0 && !Double.isNaN(x) || y != 0 && !Double.isNaN(y) ? 1 : unknown ? Double.NaN : 0;
  }

  static void apply(Operator operator, double[] x, int rows, double[] result) {
    if (operator == Operator.NEGATIVE) {
      for (int i = 0; i < rows; i++) {
        result[i] = -x[i];
      }
    } else {
      for (int i = 0; i < rows; i++) {
        result[i] = apply(operator, x[i]);
      }
    }
  }

  // One loop an operator and shape, so that each compiles to vector instructions.

  static void apply(Operator operator, double[] x, double[] y, int rows, double[] result) {
    switch (operator) {
      case PLUS -> {
        for (int i = 0; i < rows; i++) {
          result[i] = x[i] + y[i];
        }
      }
      case MINUS -> {
        for (int i = 0; i < rows; i++) {
          result[i] = x[i] - y[i];
        }
      }
      case TIMES -> {
        for (int i = 0; i < rows; i++) {
          result[i] = x[i] * y[i];
        }
      }
      case DIVIDED_BY -> {
        for (int i = 0; i < rows; i++) {
          result[i] = divide(x[i], y[i]);
        }
      }
      case LESS -> {
        for (int i = 0; i < rows; i++) {
          result[i] = known(x[i], y[i], x[i] < y[i]);
        }
      }
      case GREATER -> {
        for (int i = 0; i < rows; i++) {
          result[i] = known(x[i], y[i], x[i] > y[i]);
        }
      }
      default -> {
        for (int i = 0; i < rows; i++) {
          result[i] = apply(operator, x[i], y[i]);
        }
      }
    }
  }

  static void apply(Operator operator, double[] x, double y, int rows, double[] result) {
    switch (operator) {
      case PLUS -> {
        for (int i = 0; i < rows; i++) {
          result[i] = x[i] + y;
        }
      }
      case MINUS -> {
        for (int i = 0; i < rows; i++) {
          result[i] = x[i] - y;
        }
      }
      case TIMES -> {
        for (int i = 0; i < rows; i++) {
          result[i] = x[i] * y;
        }
      }
      case DIVIDED_BY -> {
        double divisor = y == 0 ? Double.NaN : y;
        for (int i = 0; i < rows; i++) {
          result[i] = x[i] / divisor;
        }
      }
      case POWER -> {
        if (y == 2) {
          apply(Operator.TIMES, x, x, rows, result);
        } else {
          for (int i = 0; i < rows; i++) {
            result[i] = power(x[i], y);
          }
        }
      }
      default -> {
        for (int i = 0; i < rows; i++) {
          result[i] = apply(operator, x[i], y);
        }
      }
    }
  }

  static void apply(Operator operator, double x, double[] y, int rows, double[] result) {
    switch (operator) {
      case PLUS, TIMES -> apply(operator, y, x, rows, result);
      case MINUS -> {
        for (int i = 0; i < rows; i++) {
          result[i] = x - y[i];
        }
      }
      default -> {
        for (int i = 0; i < rows; i++) {
          result[i] = apply(operator, x, y[i]);
        }
      }
    }
  }
}
