package slipstream.features;

import java.util.LinkedHashSet;
import java.util.Set;
import slipstream.features.expression.Expression;
import slipstream.features.expression.ExpressionException;
import slipstream.features.expression.ExpressionParser;

/** The columns and series that an expression names. */
public final class ExpressionNames {
  private ExpressionNames() {}

  /** Empty when the expression cannot be read. */
  public static Set<String> of(String expression) {
    Set<String> names = new LinkedHashSet<>();
    try {
      collect(ExpressionParser.parse(expression), names);
    } catch (ExpressionException e) {
      names.clear();
    }
    return names;
  }

  private static void collect(Expression expression, Set<String> names) {
    switch (expression) {
      case Expression.Constant _, Expression.Duration _, Expression.Text _ -> {}
      case Expression.Name name -> names.add(name.name());
      case Expression.Prefix prefix -> collect(prefix.operand(), names);
      case Expression.Infix infix -> {
        collect(infix.left(), names);
        collect(infix.right(), names);
      }
      case Expression.Call call -> call.arguments().forEach(each -> collect(each, names));
    }
  }
}
