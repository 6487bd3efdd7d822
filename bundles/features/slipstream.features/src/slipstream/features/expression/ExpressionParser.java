package slipstream.features.expression;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.Durations;
import slipstream.features.expression.Expression.Operator;
import slipstream.features.expression.Lexer.Kind;
import slipstream.features.expression.Lexer.Token;

/**
 * Reads the expression language (operator precedence climbing, Pratt 1973). From loose to tight:
 *
 * <pre>
 * or | and | not | == != &lt; &lt;= &gt; &gt;= (not chained) | + - | * / | - (sign) | ^ (from the right)
 * number  5m  nan  name  `any name`  "text"  function(argument, …)  ( expression )
 * </pre>
 */
public final class ExpressionParser {
  /** Longest expression, in characters. */
  public static final int MAX_LENGTH = 20_000;

  /** Deepest nesting of parentheses, functions and operators. */
  public static final int MAX_DEPTH = 200;

  /** Most operators: a chain such as a + b + c nests to the left, one level each. */
  public static final int MAX_OPERATORS = 1_000;

  /** Words that name no column unless in backticks. */
  public static final List<String> WORDS = List.of("and", "or", "not", "nan");

  private final List<Token> tokens;
  private int at;
  private int depth;
  private int operators;

  private ExpressionParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * @throws ExpressionException saying where the expression goes wrong
   */
  public static Expression parse(String source) {
    if (source.length() > MAX_LENGTH) {
      throw new ExpressionException(
          MAX_LENGTH,
          source.length(),
          "the expression has " + source.length() + " characters, over " + MAX_LENGTH,
          "Name parts of it as features of their own.");
    }
    ExpressionParser parser = new ExpressionParser(Lexer.tokens(source));
    if (parser.peek().kind() == Kind.END) {
      throw new ExpressionException(
          0, source.length(), "the expression is empty", "Write one such as ret(close, 1).");
    }
    Expression expression = parser.expression(0);
    Token left = parser.peek();
    if (left.kind() != Kind.END) {
      throw unexpected(
          left, left.is(")") ? "There is no ( for it." : "Put an operator or a comma before it.");
    }
    return expression;
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token take() {
    return tokens.get(at++);
  }

  private static ExpressionException unexpected(Token token, String remedy) {
    return new ExpressionException(
        token.from(), token.to(), "unexpected " + token.describe(), remedy);
  }

  /** Reads what binds tighter than {@code floor}. */
  private Expression expression(int floor) {
    Token start = peek();
    if (++depth > MAX_DEPTH) {
      throw new ExpressionException(
          start.from(),
          start.to(),
          "the expression is nested over " + MAX_DEPTH + " deep",
          "Name parts of it as features of their own.");
    }
    Expression left = operand();
    for (Operator operator = infix(peek());
        operator != null && operator.binding() > floor;
        operator = infix(peek())) {
      Token token = take();
      if (++operators > MAX_OPERATORS) {
        throw new ExpressionException(
            token.from(),
            token.to(),
            "the expression has over " + MAX_OPERATORS + " operators",
            "Name parts of it as features of their own.");
      }
      int binding = operator.binding();
      Expression right = expression(operator == Operator.POWER ? binding - 1 : binding);
      left = new Expression.Infix(operator, left, right, left.from(), right.to());
      Operator next = infix(peek());
      if (operator.comparison() && next != null && next.comparison()) {
        throw unexpected(peek(), "Join comparisons with and: a < b and b < c.");
      }
    }
    depth--;
    return left;
  }

  private static Operator infix(Token token) {
    if (token.kind() != Kind.SYMBOL && token.kind() != Kind.NAME) {
      return null;
    }
    for (Operator operator : Operator.values()) {
      if (operator != Operator.NOT
          && operator != Operator.NEGATIVE
          && operator.symbol().equals(token.text())) {
        return operator;
      }
    }
    return null;
  }

  private Expression operand() {
    Token token = take();
    return switch (token.kind()) {
      case NUMBER ->
          new Expression.Constant(Double.parseDouble(token.text()), token.from(), token.to());
      case DURATION -> duration(token);
      case TEXT -> new Expression.Text(token.text(), token.from(), token.to());
      case QUOTED_NAME -> new Expression.Name(token.text(), token.from(), token.to());
      case NAME -> word(token);
      case SYMBOL -> symbol(token);
      case END -> throw unexpected(token, "Something is missing there.");
    };
  }

  private static Expression duration(Token token) {
    try {
      long nanos = Durations.parse(token.text()).toNanos();
      return new Expression.Duration(nanos, token.from(), token.to());
    } catch (SlipstreamException e) {
      throw new ExpressionException(token.from(), token.to(), e.problem(), e.remedy());
    }
  }

  private Expression word(Token token) {
    switch (token.text()) {
      case "not" -> {
        Expression operand = expression(Operator.NOT.binding() - 1);
        return new Expression.Prefix(Operator.NOT, operand, token.from(), operand.to());
      }
      case "nan" -> {
        return new Expression.Constant(Double.NaN, token.from(), token.to());
      }
      case "and", "or" ->
          throw unexpected(
              token,
              "It stands between two conditions; a column of that name goes in" + " backticks.");
      default -> {
        return peek().is("(")
            ? call(token)
            : new Expression.Name(token.text(), token.from(), token.to());
      }
    }
  }

  private Expression symbol(Token token) {
    switch (token.text()) {
      case "-", "+" -> {
        Expression operand = expression(Operator.NEGATIVE.binding() - 1);
        return token.is("+")
            ? operand
            : new Expression.Prefix(Operator.NEGATIVE, operand, token.from(), operand.to());
      }
      case "(" -> {
        Expression inner = expression(0);
        close(token);
        return inner;
      }
      default -> throw unexpected(token, "A number, a name, a function or ( was expected.");
    }
  }

  private Expression call(Token name) {
    Token open = take();
    List<Expression> arguments = new ArrayList<>();
    if (!peek().is(")")) {
      do {
        arguments.add(expression(0));
      } while (peek().is(",") && take() != null);
    }
    Token end = close(open);
    return new Expression.Call(name.text(), arguments, name.from(), end.to());
  }

  private Token close(Token open) {
    Token token = take();
    if (!token.is(")")) {
      throw unexpected(
          token,
          "The ( at column "
              + (open.from() + 1)
              + " is not closed"
              + (token.kind() == Kind.END
                  ? "."
                  : " before it; operators or commas may be missing."));
    }
    return token;
  }
}
