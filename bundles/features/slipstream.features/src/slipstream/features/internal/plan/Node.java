package slipstream.features.internal.plan;

import java.util.List;
import slipstream.core.spi.FeatureFunction;
import slipstream.features.expression.Expression.Operator;

/**
 * One computation of a plan. Equal nodes compute equal values and are evaluated once; inputs are indices of nodes
 * before this one.
 */
sealed interface Node {
  List<Integer> inputs();

  /** A numeric column of the input table. */
  record Load(String column) implements Node {
    @Override
    public List<Integer> inputs() {
      return List.of();
    }
  }

  /** 1 where a text column equals (or, if not {@code equal}, differs from) a text; unknown where it is null. */
  record TextTest(String column, String text, boolean equal) implements Node {
    @Override
    public List<Integer> inputs() {
      return List.of();
    }
  }

  /** The same number in every row. */
  record Constant(double value) implements Node {
    @Override
    public List<Integer> inputs() {
      return List.of();
    }
  }

  /** {@link Operator#NOT} or {@link Operator#NEGATIVE}. */
  record Prefix(Operator operator, int operand) implements Node {
    @Override
    public List<Integer> inputs() {
      return List.of(operand);
    }
  }

  record Infix(Operator operator, int left, int right) implements Node {
    @Override
    public List<Integer> inputs() {
      return left == right ? List.of(left) : List.of(left, right);
    }
  }

  record Call(FeatureFunction function, List<Integer> series, List<Double> constants)
      implements Node {
    @Override
    public List<Integer> inputs() {
      return series.stream().distinct().toList();
    }

    double[] constantArray() {
      return constants.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }
}
