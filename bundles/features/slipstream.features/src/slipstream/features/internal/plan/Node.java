package slipstream.features.internal.plan;

import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.features.expression.Expression.Operator;

/**
 * One computation of a plan. Equal nodes compute equal values and are evaluated once; inputs are indices of nodes
 * before this one.
 */
sealed interface Node {
  List<Integer> inputs();

  /** True when its inputs are needed on rows of other instruments too. */
  default boolean crossesInstruments() {
    return false;
  }

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

  /** The texts of a column as numbers, equal for equal texts; unknown where it is null. */
  record Codes(String column) implements Node {
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

  record Call(FeatureFunction function, List<Integer> series, Constants constants) implements Node {
    @Override
    public List<Integer> inputs() {
      return series.stream().distinct().toList();
    }

    @Override
    public boolean crossesInstruments() {
      return function.scope() == FeatureFunction.Scope.MOMENT;
    }
  }

  /** The value that {@code input} has on the latest row of an instrument at or before the row's time. */
  record AsOf(String instrument, int input) implements Node {
    @Override
    public List<Integer> inputs() {
      return List.of(input);
    }

    @Override
    public boolean crossesInstruments() {
      return true;
    }
  }
}
