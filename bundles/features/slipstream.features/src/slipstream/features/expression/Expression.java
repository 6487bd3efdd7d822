package slipstream.features.expression;

import java.util.List;

/**
 * A parsed expression. Positions count characters from 0; {@code [from, to)} is what a part was read from.
 */
public sealed interface Expression {
  int from();

  int to();

  /** A number as written, or {@code nan}. */
  record Constant(double value, int from, int to) implements Expression {}

  /** A length of time as written, such as {@code 5m}. */
  record Duration(long nanos, int from, int to) implements Expression {}

  /** Text in quotes, without them. */
  record Text(String value, int from, int to) implements Expression {}

  /** A column, or a series defined before. */
  record Name(String name, int from, int to) implements Expression {}

  /** An operator before its operand. */
  record Prefix(Operator operator, Expression operand, int from, int to) implements Expression {}

  /** An operator between its operands. */
  record Infix(Operator operator, Expression left, Expression right, int from, int to)
      implements Expression {}

  /** A function and its arguments; {@code from} is where its name starts. */
  record Call(String function, List<Expression> arguments, int from, int to) implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** The operators, as written. */
  enum Operator {
    OR("or", 1),
    AND("and", 2),
    NOT("not", 3),
    EQUAL("==", 4),
    UNEQUAL("!=", 4),
    LESS("<", 4),
    AT_MOST("<=", 4),
    GREATER(">", 4),
    AT_LEAST(">=", 4),
    PLUS("+", 5),
    MINUS("-", 5),
    TIMES("*", 6),
    DIVIDED_BY("/", 6),
    NEGATIVE("-", 7),
    POWER("^", 8);

    private final String symbol;
    private final int binding;

    Operator(String symbol, int binding) {
      this.symbol = symbol;
      this.binding = binding;
    }

    public String symbol() {
      return symbol;
    }

    /** Larger binds tighter. */
    int binding() {
      return binding;
    }

    boolean comparison() {
      return binding == 4;
    }
  }
}
