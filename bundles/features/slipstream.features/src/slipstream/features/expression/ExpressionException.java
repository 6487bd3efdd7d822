package slipstream.features.expression;

import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/** What is wrong in an expression, where, and what to do; the caller adds which expression it is. */
public final class ExpressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int from;
  private final int to;
  private final String problem;
  private final String remedy;

  /**
   * @param from the first character at fault, from 0
   * @param to after the last character at fault
   */
  public ExpressionException(int from, int to, String problem, String remedy) {
    super(problem);
    this.from = from;
    this.to = to;
    this.problem = problem;
    this.remedy = remedy;
  }

  public int from() {
    return from;
  }

  public int to() {
    return to;
  }

  public String problem() {
    return problem;
  }

  public String remedy() {
    return remedy;
  }

  /**
   * The error for a user.
   *
   * @param key of the expression in its file, such as {@code features.ret_1}
   */
  public SlipstreamException at(String key, String expression) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(from, expression.length()); i++) {
      column++;
      if (expression.charAt(i) == '\n') {
        line++;
        column = 1;
      }
    }
    String where =
        line == 1 && expression.indexOf('\n') < 0
            ? "column " + column + " of the expression"
            : "line " + line + ", column " + column + " of the expression";
    return new SlipstreamException(
        SlipstreamException.Category.INVALID_INPUT,
        problem + " at " + where,
        Place.key(key),
        remedy,
        this);
  }
}
