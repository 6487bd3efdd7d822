package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import slipstream.core.Nearest;
import slipstream.core.Text;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.features.expression.Expression;
import slipstream.features.expression.Expression.Operator;
import slipstream.features.expression.ExpressionException;
import slipstream.features.expression.ExpressionParser;

/** Turns expressions into nodes of one graph, checking names, types, arguments and look-ahead on the way. */
public final class Compiler {
  /** Nodes of one plan. */
  private static final int MAX_NODES = 200_000;

  /** What a name or a part of an expression stands for. */
  private sealed interface Value {
    record Series(int node) implements Value {}

    record Number(double value) implements Value {}

    record TextColumn(String column) implements Value {}

    record Text(String value) implements Value {}

    /** A column of which only the name is known: there is no schema. */
    record Unknown(String column) implements Value {}
  }

  private final Schema schema;
  private final PluginCatalog plugins;
  private final Graph graph = new Graph();
  private final Map<String, Integer> defined = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();
  private UnaryOperator<String> later = name -> null;
  private boolean mayLookAhead;

  /**
   * @param schema of the input table, or null when it is not known yet: any name may then be a column
   */
  public Compiler(Schema schema, PluginCatalog plugins) {
    this.schema = schema;
    this.plugins = plugins;
  }

  public Graph graph() {
    return graph;
  }

  /**
   * Tells names that are defined after the next expression from names that nobody knows.
   *
   * @param remedies what to tell whoever uses such a name too early, or null when it is not such a name
   */
  public void definedLater(UnaryOperator<String> remedies) {
    later = remedies;
  }

  /**
   * Compiles an expression.
   *
   * @param mayLookAhead false for a feature
   * @return its node
   * @throws ExpressionException saying what is wrong and where in the expression
   */
  public int compile(String source, boolean mayLookAhead) {
    this.mayLookAhead = mayLookAhead;
    Expression expression = ExpressionParser.parse(source);
    return series(value(expression), expression);
  }

  /** Gives a compiled series a name for the expressions after it. */
  public void define(String name, int node) {
    defined.put(name, node);
  }

  /** Lets the expressions after it use a name whose own expression is wrong. */
  public void defineUnknown(String name) {
    broken.add(name);
  }

  private Value value(Expression expression) {
    return switch (expression) {
      case Expression.Constant constant -> new Value.Number(constant.value());
      case Expression.Text text -> new Value.Text(text.value());
      case Expression.Name name -> name(name);
      case Expression.Prefix prefix -> prefix(prefix);
      case Expression.Infix infix -> infix(infix);
      case Expression.Call call -> call(call);
    };
  }

  private int add(Node node, Expression expression) {
    if (graph.size() >= MAX_NODES) {
      throw error(
          expression, "the plan has over " + MAX_NODES + " steps", "Split the experiment in two.");
    }
    return graph.add(node);
  }

  private int series(Value value, Expression expression) {
    return switch (value) {
      case Value.Series series -> series.node();
      case Value.Number number -> add(new Node.Constant(number.value()), expression);
      case Value.Unknown unknown -> add(new Node.Load(unknown.column()), expression);
      case Value.TextColumn column ->
          throw error(
              expression,
              "column '" + column.column() + "' is text where a number is needed",
              "Compare it with a text: " + column.column() + " == \"…\".");
      case Value.Text text ->
          throw error(
              expression,
              "\"" + text.value() + "\" is text where a number is needed",
              "Text can be compared with a text column; a column's name is written without quotes.");
    };
  }

  // ---------------------------------------------------------------- names

  private Value name(Expression.Name name) {
    Integer series = defined.get(name.name());
    Optional<Field> column = schema == null ? Optional.empty() : schema.find(name.name());
    if (series != null) {
      boolean same =
          graph.node(series) instanceof Node.Load load && load.column().equals(name.name());
      if (column.isPresent() && !same) {
        throw error(
            name,
            "'" + name.name() + "' is both a column and a series defined before",
            "Give the series another name.");
      }
      return graph.node(series) instanceof Node.Constant constant
          ? new Value.Number(constant.value())
          : new Value.Series(series);
    }
    if (column.isPresent()) {
      return column(name, column.get());
    }
    String tooEarly = later.apply(name.name());
    if (tooEarly != null) {
      throw error(name, "'" + name.name() + "' is not defined yet", tooEarly);
    }
    if (schema == null || broken.contains(name.name())) {
      return new Value.Unknown(name.name());
    }
    Set<String> known = new LinkedHashSet<>(defined.keySet());
    known.addAll(schema.names());
    String remedy =
        plugins.function(name.name()).isPresent()
            ? "It is a function: " + usage(plugins.function(name.name()).get()) + "."
            : Nearest.remedy(name.name(), known);
    throw error(name, "there is no column or feature '" + name.name() + "'", remedy);
  }

  private Value column(Expression.Name name, Field field) {
    if (field.type() == ColumnType.TIMESTAMP) {
      throw error(
          name,
          "column '" + field.name() + "' is a time, not a number",
          "Use elapsed(n) for seconds since an earlier row, or time_of_day().");
    }
    return field.type() == ColumnType.STRING
        ? new Value.TextColumn(field.name())
        : new Value.Series(add(new Node.Load(field.name()), name));
  }

  // ------------------------------------------------------------ operators

  private Value prefix(Expression.Prefix prefix) {
    Value operand = value(prefix.operand());
    if (operand instanceof Value.Number number) {
      return new Value.Number(Operators.apply(prefix.operator(), number.value()));
    }
    int node = series(operand, prefix.operand());
    return new Value.Series(add(new Node.Prefix(prefix.operator(), node), prefix));
  }

  private Value infix(Expression.Infix infix) {
    Value left = value(infix.left());
    Value right = value(infix.right());
    if (left instanceof Value.Text || right instanceof Value.Text) {
      return left instanceof Value.Text text
          ? textTest(infix, text, right, infix.right())
          : textTest(infix, (Value.Text) right, left, infix.left());
    }
    if (left instanceof Value.Number x && right instanceof Value.Number y) {
      return new Value.Number(Operators.apply(infix.operator(), x.value(), y.value()));
    }
    int x = series(left, infix.left());
    int y = series(right, infix.right());
    return new Value.Series(add(new Node.Infix(infix.operator(), x, y), infix));
  }

  private Value textTest(Expression.Infix infix, Value.Text text, Value against, Expression where) {
    if (infix.operator() != Operator.EQUAL && infix.operator() != Operator.UNEQUAL) {
      throw error(
          infix,
          "text cannot be used with " + infix.operator().symbol(),
          "Compare text with == or !=.");
    }
    String column =
        switch (against) {
          case Value.TextColumn known -> known.column();
          case Value.Unknown unknown -> unknown.column();
          default ->
              throw error(
                  where,
                  "text is compared with something that is no text column",
                  "Write the name of a text column.");
        };
    boolean equal = infix.operator() == Operator.EQUAL;
    return new Value.Series(add(new Node.TextTest(column, text.value(), equal), infix));
  }

  // ------------------------------------------------------------ functions

  private Value call(Expression.Call call) {
    FeatureFunction function =
        plugins.function(call.function()).orElseThrow(() -> unknownFunction(call));
    List<Argument> arguments = function.arguments();
    if (arguments.size() != call.arguments().size()) {
      throw error(
          call,
          Text.format(
              "%s takes %s, not %d",
              call.function(),
              arguments.size() == 1 ? "1 argument" : arguments.size() + " arguments",
              call.arguments().size()),
          "Write " + usage(function) + ".");
    }
    List<Integer> series = new ArrayList<>();
    List<Double> constants = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      Expression given = call.arguments().get(i);
      Value value = value(given);
      if (arguments.get(i).constant()) {
        constants.add(constant(call, arguments.get(i), given, value));
      } else {
        series.add(series(value, given));
      }
    }
    Node.Call node = new Node.Call(function, List.copyOf(series), List.copyOf(constants));
    try {
      function.check(node.constantArray());
    } catch (IllegalArgumentException e) {
      throw error(call, call.function() + ": " + e.getMessage(), "Write " + usage(function) + ".");
    }
    long ahead = function.lookAhead(node.constantArray());
    if (ahead > 0 && !mayLookAhead) {
      throw error(
          call,
          Text.format(
              "%s looks %d row%s ahead, which a feature may not",
              call.function(), ahead, ahead == 1 ? "" : "s"),
          "Use it in targets, or in given for what is chosen with the order.");
    }
    return new Value.Series(add(node, call));
  }

  private double constant(Expression.Call call, Argument argument, Expression given, Value value) {
    if (!(value instanceof Value.Number number)) {
      throw error(
          given,
          Text.format(
              "argument '%s' of %s must be a fixed number", argument.name(), call.function()),
          "Write it as a number, such as 30.");
    }
    double x = number.value();
    if (argument.whole() && x != Math.rint(x)) {
      throw error(
          given,
          Text.format(
              "argument '%s' of %s must be a whole number, not %s",
              argument.name(), call.function(), plain(x)),
          "");
    }
    if (!(x >= argument.min() && x <= argument.max())) {
      throw error(
          given,
          Text.format(
              "argument '%s' of %s is %s, out of range",
              argument.name(), call.function(), plain(x)),
          "Allowed: " + plain(argument.min()) + " to " + plain(argument.max()) + ".");
    }
    // -0 and 0 are one window.
    return x + 0.0;
  }

  private static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? Long.toString((long) x) : Double.toString(x);
  }

  private ExpressionException unknownFunction(Expression.Call call) {
    Collection<String> names = plugins.functions().stream().map(PluginCatalog.Entry::name).toList();
    String name = call.function();
    int end = call.from() + name.length();
    return new ExpressionException(
        call.from(), end, "there is no function '" + name + "'", Nearest.remedy(name, names));
  }

  /** How a function is written: {@code mean(x, n)}. */
  public static String usage(FeatureFunction function) {
    return function.name()
        + "("
        + String.join(", ", function.arguments().stream().map(Argument::name).toList())
        + ")";
  }

  private static ExpressionException error(Expression where, String problem, String remedy) {
    return new ExpressionException(where.from(), where.to(), problem, remedy);
  }
}
