package slipstream.features.internal.plan;

import java.time.Duration;
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
import slipstream.core.parameters.Durations;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.FeatureFunction.Kind;
import slipstream.core.spi.FeatureFunction.Scope;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;
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

  /** The special form for the value of another instrument. */
  public static final String AS_OF = "asof";

  /** What a name or a part of an expression stands for. */
  private sealed interface Value {
    record Series(int node) implements Value {}

    record Number(double value) implements Value {}

    record Length(long nanos) implements Value {}

    record TextColumn(String column) implements Value {}

    record TimeColumn(String column) implements Value {}

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
   * @param mayBeText whether it may be the name of a text column, whose series has categories
   * @return its node
   * @throws ExpressionException saying what is wrong and where in the expression
   */
  public int compile(String source, boolean mayLookAhead, boolean mayBeText) {
    this.mayLookAhead = mayLookAhead;
    Expression expression = ExpressionParser.parse(source);
    Value value = value(expression);
    return mayBeText && value instanceof Value.TextColumn text
        ? add(new Node.Codes(text.column()), expression)
        : series(value, expression);
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
      case Expression.Duration duration -> new Value.Length(duration.nanos());
      case Expression.Text text -> new Value.Text(text.value());
      case Expression.Name name -> name(name);
      case Expression.Prefix prefix -> prefix(prefix);
      case Expression.Infix infix -> infix(infix);
      case Expression.Call call -> call(call);
    };
  }

  private int add(Node node, Expression expression) {
    return add(node, null, expression);
  }

  private int add(Node node, Kernel kernel, Expression expression) {
    if (graph.size() >= MAX_NODES) {
      throw error(
          expression, "the plan has over " + MAX_NODES + " steps", "Split the experiment in two.");
    }
    return graph.add(node, kernel);
  }

  private int series(Value value, Expression expression) {
    return switch (value) {
      case Value.Series series -> series.node();
      case Value.Number number -> add(new Node.Constant(number.value()), expression);
      case Value.Unknown unknown -> add(new Node.Load(unknown.column()), expression);
      case Value.TimeColumn column ->
          throw error(
              expression,
              "column '" + column.column() + "' is a time, not a number",
              "Use elapsed(n) for seconds since an earlier row, time_of_day(), or"
                  + " time_to_maturity(x) for years until it.");
      case Value.TextColumn column ->
          throw error(
              expression,
              "column '" + column.column() + "' is text where a number is needed",
              "Compare it with a text: " + column.column() + " == \"…\".");
      case Value.Length _ ->
          throw error(
              expression,
              "a length of time stands where a number is needed",
              "It can be a window, as in mean(x, 5m); elapsed(n) gives seconds.");
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
      String text = graph.node(series) instanceof Node.Codes codes ? codes.column() : null;
      boolean same =
          graph.node(series) instanceof Node.Load load && load.column().equals(name.name())
              || name.name().equals(text);
      if (column.isPresent() && !same) {
        throw error(
            name,
            "'" + name.name() + "' is both a column and a series defined before",
            "Give the series another name.");
      }
      if (text != null) {
        return new Value.TextColumn(text);
      }
      if (schema == null && graph.node(series) instanceof Node.Load load) {
        return new Value.Unknown(load.column()); // perhaps a text column
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
    return switch (field.type()) {
      case STRING -> new Value.TextColumn(field.name());
      case TIMESTAMP -> new Value.TimeColumn(field.name());
      default -> new Value.Series(add(new Node.Load(field.name()), name));
    };
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
    if (call.function().equals(AS_OF)) {
      return asOf(call);
    }
    FeatureFunction function =
        plugins.function(call.function()).orElseThrow(() -> unknownFunction(call));
    List<Argument> declared = declared(function, call);
    List<Integer> series = new ArrayList<>();
    List<Object> constants = new ArrayList<>();
    for (int i = 0; i < declared.size(); i++) {
      Argument argument = declared.get(i);
      if (i >= call.arguments().size()) {
        leftOut(argument, call, series, constants);
        continue;
      }
      Expression given = call.arguments().get(i);
      Value value = value(given);
      switch (argument.kind()) {
        case SERIES, SERIES_LIST -> series.add(series(value, given));
        case GROUP -> series.add(group(value, given));
        case TIME -> series.add(time(call, argument, value, given));
        case NUMBER, ROWS, WINDOW, DURATION, TEXT ->
            constants.add(constant(call, argument, given, value));
      }
    }
    Constants bound = Constants.of(constants.toArray());
    Kernel kernel = bind(function, bound, call);
    Reach ahead = kernel.lookAhead();
    if (!ahead.none() && !mayLookAhead) {
      throw error(
          call,
          Text.format("%s looks %s ahead, which a feature may not", call.function(), words(ahead)),
          "Use it in targets, or in given for what is chosen with the order.");
    }
    return new Value.Series(add(new Node.Call(function, List.copyOf(series), bound), kernel, call));
  }

  /** The function's arguments, one for each that is given, and those that are left out. */
  private static List<Argument> declared(FeatureFunction function, Expression.Call call) {
    List<Argument> arguments = function.arguments();
    int given = call.arguments().size();
    long least = arguments.stream().filter(each -> !each.optional()).count();
    boolean list = arguments.stream().anyMatch(each -> each.kind() == Kind.SERIES_LIST);
    if (given < least || !list && given > arguments.size()) {
      String takes =
          list
              ? "at least " + least
              : least == arguments.size() ? "" + least : least + " to " + arguments.size();
      throw error(
          call,
          Text.format(
              "%s takes %s argument%s, not %d",
              call.function(), takes, takes.equals("1") || takes.endsWith(" 1") ? "" : "s", given),
          "Write " + usage(function) + ".");
    }
    if (!list) {
      return arguments;
    }
    List<Argument> all = new ArrayList<>();
    for (Argument argument : arguments) {
      long times = argument.kind() == Kind.SERIES_LIST ? 1 + given - arguments.size() : 1;
      for (long i = 0; i < times; i++) {
        all.add(argument);
      }
    }
    return all;
  }

  private void leftOut(
      Argument argument, Expression.Call call, List<Integer> series, List<Object> constants) {
    if (argument.constant()) {
      constants.add(argument.orElse());
    } else {
      // A group of all rows; a series that says nothing.
      double value = argument.kind() == Kind.GROUP ? 0 : Double.NaN;
      series.add(add(new Node.Constant(value), call));
    }
  }

  private int time(Expression.Call call, Argument argument, Value value, Expression given) {
    return switch (value) {
      case Value.TimeColumn time -> add(new Node.Load(time.column()), given);
      case Value.Unknown unknown -> add(new Node.Load(unknown.column()), given);
      default ->
          throw error(
              given,
              Text.format(
                  "argument '%s' of %s must be a column of times",
                  argument.name(), call.function()),
              "Name a column of dates or times; the import says which ones are.");
    };
  }

  private int group(Value value, Expression given) {
    return value instanceof Value.TextColumn text
        ? add(new Node.Codes(text.column()), given)
        : series(value, given);
  }

  private static Kernel bind(FeatureFunction function, Constants constants, Expression.Call call) {
    Kernel kernel;
    try {
      kernel = function.bind(constants);
    } catch (IllegalArgumentException e) {
      throw error(call, call.function() + ": " + e.getMessage(), "Write " + usage(function) + ".");
    } catch (RuntimeException | LinkageError e) {
      throw error(call, call.function() + " failed: " + e, "Report it to the plug-in's maker.");
    }
    if (function.scope() == Scope.MOMENT
        && !(kernel.lookBack().none() && kernel.lookAhead().none())) {
      throw error(
          call,
          call.function() + " sees the rows of one moment and cannot reach others",
          "Report it to the plug-in's maker.");
    }
    return kernel;
  }

  /** {@code asof("SPY", x)}: a part of the language, not a function, because no function sees another instrument. */
  private Value asOf(Expression.Call call) {
    if (call.arguments().size() != 2
        || !(value(call.arguments().get(0)) instanceof Value.Text instrument)) {
      throw error(
          call,
          AS_OF + " takes an instrument in quotes and an expression",
          "Write " + AS_OF + "(\"SPY\", x).");
    }
    Expression given = call.arguments().get(1);
    int input = series(value(given), given);
    return graph.node(input) instanceof Node.Constant constant
        ? new Value.Number(constant.value())
        : new Value.Series(add(new Node.AsOf(instrument.value(), input), call));
  }

  private Object constant(Expression.Call call, Argument argument, Expression given, Value value) {
    return switch (argument.kind()) {
      case TEXT -> text(call, argument, given, value);
      case DURATION -> length(call, argument, given, value);
      case WINDOW ->
          value instanceof Value.Length
              ? new Window.OfTime(length(call, argument, given, value).toNanos())
              : new Window.OfRows((int) number(call, argument, given, value));
      default -> number(call, argument, given, value);
    };
  }

  private static String text(
      Expression.Call call, Argument argument, Expression given, Value value) {
    List<String> words = argument.words();
    String choice = words.isEmpty() ? "" : "One of \"" + String.join("\", \"", words) + "\".";
    if (!(value instanceof Value.Text text)) {
      throw error(
          given,
          Text.format(
              "argument '%s' of %s must be a text in quotes", argument.name(), call.function()),
          choice);
    }
    if (!words.isEmpty() && !words.contains(text.value())) {
      throw error(
          given,
          Text.format(
              "argument '%s' of %s cannot be \"%s\"",
              argument.name(), call.function(), text.value()),
          choice);
    }
    return text.value();
  }

  private static Duration length(
      Expression.Call call, Argument argument, Expression given, Value value) {
    if (!(value instanceof Value.Length length) || length.nanos() == 0) {
      throw error(
          given,
          Text.format(
              "argument '%s' of %s must be a length of time above 0",
              argument.name(), call.function()),
          "Write it as 500ms, 30s, 5m, 1h or 1d.");
    }
    return Duration.ofNanos(length.nanos());
  }

  private static double number(
      Expression.Call call, Argument argument, Expression given, Value value) {
    if (!(value instanceof Value.Number number)) {
      throw error(
          given,
          Text.format(
              "argument '%s' of %s must be a fixed number%s",
              argument.name(),
              call.function(),
              argument.kind() == Kind.WINDOW ? " of rows or a length of time" : ""),
          "Write it as a number, such as 30"
              + (argument.kind() == Kind.WINDOW ? ", or as a length of time, such as 5m." : "."));
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
    return x;
  }

  /** A reach for people: {@code 3 rows}, {@code 5m}. */
  public static String words(Reach reach) {
    if (reach.all()) {
      return "any number of rows";
    }
    String rows = reach.rows() == 1 ? "1 row" : reach.rows() + " rows";
    if (reach.nanos() == 0) {
      return rows;
    }
    // A nanosecond on top of a round time closes the interval, which is nothing to tell.
    long closed = reach.nanos() % 1000 == 1 ? 1 : 0;
    String time = Durations.format(Duration.ofNanos(reach.nanos() - closed));
    return reach.rows() == 0 ? time : time + " and " + rows;
  }

  private static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? Long.toString((long) x) : Double.toString(x);
  }

  private ExpressionException unknownFunction(Expression.Call call) {
    Collection<String> names =
        new ArrayList<>(plugins.functions().stream().map(PluginCatalog.Entry::name).toList());
    names.add(AS_OF);
    String name = call.function();
    int end = call.from() + name.length();
    return new ExpressionException(
        call.from(), end, "there is no function '" + name + "'", Nearest.remedy(name, names));
  }

  /** How a function is written: {@code mean(x, n)}; what may be left out is in brackets. */
  public static String usage(FeatureFunction function) {
    StringBuilder text = new StringBuilder(function.name()).append('(');
    String closing = ")";
    String separator = "";
    for (Argument argument : function.arguments()) {
      if (argument.optional()) {
        text.append('[');
        closing = "]" + closing;
      }
      text.append(separator).append(argument.name());
      if (argument.kind() == Kind.SERIES_LIST) {
        text.append(", …");
      }
      separator = ", ";
    }
    return text.append(closing).toString();
  }

  private static ExpressionException error(Expression where, String problem, String remedy) {
    return new ExpressionException(where.from(), where.to(), problem, remedy);
  }
}
