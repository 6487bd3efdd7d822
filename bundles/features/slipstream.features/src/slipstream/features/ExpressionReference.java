package slipstream.features;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.Text;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.FeatureFunction.Kind;
import slipstream.core.spi.FeatureFunction.Scope;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;
import slipstream.features.internal.plan.Compiler;

/** The reference of the expression language, written from what the functions say of themselves. */
public final class ExpressionReference {
  private static final String LANGUAGE =
      """
      # Expressions

      Features, givens and targets of an experiment are expressions over the columns of the prepared table. This page
      is written from the code; a test fails when it is stale.

      ## Language

      | | |
      |---|---|
      | numbers | `12`, `0.5`, `1e4`, `nan` (unknown) |
      | lengths of time | `100ns`, `10us`, `250ms`, `30s`, `5m`, `1h`, `1d` (24 h): a whole number and a unit |
      | columns and earlier series | `close`; with other characters in backticks: `` `adj close` `` |
      | text | `"AIG"` or `'AIG'`: to compare with a text column, `instrument == "AIG"`, and as an argument |
      | arithmetic | `+ - * /`, `^` (power, from the right), sign `-` |
      | comparison | `== != < <= > >=`: 1 where it holds, else 0; not chained |
      | logic | `and or not`: a number counts as true where it is not 0 |
      | functions | `mean(close, 30)`; see below |
      | another instrument | `asof("SPY", x)`: the value of the expression x on SPY's latest row at or before the row's time |

      From loose to tight: `or`, `and`, `not`, comparison, `+ -`, `* /`, sign, `^`. So `-x ^ 2` is `-(x ^ 2)`.

      An expression has at most 20,000 characters and 1,000 operators, and is nested at most 200 deep. Parts that
      several expressions have in common are computed once.

      ## Rules

      - **Rows** are those of one instrument in order of time. Functions of a *moment* see the rows of all instruments
        that carry one same time instead, and `asof` asks one other instrument.
        In the formulas of the former m is those of the moment's rows in which x is known, of the row's group if there is one.
      - **Unknown**: null and NaN are one and mean unknown. Operators give unknown where an operand is unknown, except
        `0 and unknown` = 0 and `1 or unknown` = 1. A quotient by 0 is unknown, and so is 0 to a negative power.
        Infinities in the data, and results too large for a double, follow IEEE 754.
      - **Point in time**: a feature at a row uses that row and earlier ones. `lead` looks ahead and is refused in
        features; givens may look ahead as far as every target does.
      - **Windows** are a number of rows, or a length of time w: the rows with time in (t-w, t], as many as there are.
        In formulas s runs over the rows of the window and n is their number.
      - **Look-back** is what earlier rows a value may depend on; those of nested functions add up. A value depends, to
        the bit, on these rows alone: rows before them change nothing.
      - **Same bits everywhere**: results do not depend on the number of threads or the machine.
      - **Order**: a series may use those above it. A name that is both a column and a series is refused unless the
        series is that column.

      ## Functions

      `x`, `y` and other series arguments are expressions. Arguments with a row of their own are fixed in the expression
      or name a group; those in brackets may be left out.
      """;

  /** How much larger than the least a constant is when it is asked what it changes. */
  private static final int STEP = 10;

  private ExpressionReference() {}

  /** The page for a catalogue, as Markdown; the same catalogue gives the same text. */
  public static String markdown(PluginCatalog plugins) {
    StringBuilder page = new StringBuilder(LANGUAGE);
    for (PluginCatalog.Entry<FeatureFunction> entry : plugins.functions()) {
      page.append('\n').append(section(entry.plugin()));
    }
    return page.toString();
  }

  private static String section(FeatureFunction function) {
    FeatureFunction.Documentation about = function.documentation();
    StringBuilder text = new StringBuilder();
    text.append("### `").append(Compiler.usage(function)).append("`\n\n");
    text.append(about.summary()).append("\n\n| | |\n|---|---|\n");
    row(text, "formula", about.formula());
    row(text, "unit", about.unit());
    row(text, "null rule", about.nullRule());
    if (function.scope() == Scope.MOMENT) {
      row(text, "rows", "those of all instruments with the same time");
    }
    for (Argument argument : function.arguments()) {
      if (argument.kind() != Kind.SERIES) {
        row(text, "`" + argument.name() + "`", allowed(argument));
      }
    }
    row(text, "look-back", reach(function, false));
    if (!reach(function, true).equals("0")) {
      row(text, "look-ahead", reach(function, true));
    }
    if (!about.source().isEmpty()) {
      row(text, "source", about.source());
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String head, String value) {
    text.append("| ").append(head).append(" | ").append(value.replace("|", "\\|")).append(" |\n");
  }

  /** How a function is written: {@code mean(x, n)}; what may be left out is in brackets. */
  public static String usage(FeatureFunction function) {
    return Compiler.usage(function);
  }

  /** Whether a function looks ahead with its least constants: whether features may not use it. */
  public static boolean looksAhead(FeatureFunction function) {
    return !reach(function, true).equals("0");
  }

  /** What may stand for an argument, for people. */
  public static String allowed(Argument argument) {
    String range = plain(argument.min()) + " to " + plain(argument.max());
    String what =
        switch (argument.kind()) {
          case SERIES -> "an expression";
          case SERIES_LIST -> "one or more expressions";
          case GROUP -> "a text column, or an expression: equal values are a group";
          case TIME -> "a column of dates or times";
          case NUMBER -> "number, " + range;
          case ROWS -> "whole number, " + range;
          case WINDOW -> "number of rows, " + range + ", or length of time";
          case DURATION -> "length of time";
          case TEXT ->
              argument.words().isEmpty()
                  ? "text"
                  : "\"" + String.join("\", \"", argument.words()) + "\"";
        };
    if (!argument.optional()) {
      return what;
    }
    Object orElse = argument.orElse();
    String meant =
        orElse instanceof Double number ? plain(number) : Constants.of(orElse).toString();
    return what + (orElse == null ? "; may be left out" : "; " + meant + " if left out");
  }

  /** In words, found by asking the function with two values for the last of its constants that counts. */
  private static String reach(FeatureFunction function, boolean ahead) {
    List<Argument> constants = function.arguments().stream().filter(Argument::constant).toList();
    Reach first = reach(function, constants, -1, false, ahead);
    if (first.all()) {
      return "all rows of the instrument";
    }
    List<String> parts = new ArrayList<>();
    long rows = first.rows();
    long nanos = first.nanos();
    for (int i = constants.size() - 1; i >= 0; i--) {
      Argument argument = constants.get(i);
      if (argument.whole()) {
        Reach second = reach(function, constants, i, false, ahead);
        long each = (second.nanos() - first.nanos()) / STEP;
        if (second.rows() - first.rows() == STEP) {
          parts.add(sum(argument.name(), rows - (long) Math.max(argument.min(), 0)) + " rows");
          rows = 0;
        } else if (each > 0) {
          parts.add(argument.name() + " times " + Compiler.words(Reach.ofTime(each)));
          nanos -= each * (long) argument.min();
        }
      }
      if (argument.kind() == Kind.WINDOW || argument.kind() == Kind.DURATION) {
        Reach second = reach(function, constants, i, true, ahead);
        long more = Math.min(second.nanos() - first.nanos(), second.nanos());
        // One nanosecond on top is a window closed on both sides.
        if (more == STEP || more == STEP + 1) {
          parts.add((parts.isEmpty() ? "" : "or ") + "the time " + argument.name());
          nanos = 0;
        }
      }
    }
    if (nanos > 0) {
      parts.add((parts.isEmpty() ? "" : "and ") + Compiler.words(Reach.ofTime(nanos)));
    }
    if (rows > 0) {
      parts.add((parts.isEmpty() ? "" : "and ") + (rows == 1 ? "1 row" : rows + " rows"));
    }
    return parts.isEmpty() ? "0" : String.join(", ", parts);
  }

  /** With the least constants, one of them larger by {@link #STEP}, or that many nanoseconds. */
  private static Reach reach(
      FeatureFunction function, List<Argument> constants, int larger, boolean time, boolean ahead) {
    Object[] values = new Object[constants.size()];
    for (int i = 0; i < values.length; i++) {
      Argument each = constants.get(i);
      int step = i == larger ? STEP : 0;
      double least = Math.max(each.min(), 0) + step;
      values[i] =
          switch (each.kind()) {
            case WINDOW ->
                i == larger && time ? new Window.OfTime(STEP) : new Window.OfRows((int) least);
            case DURATION -> Duration.ofHours(1).plusNanos(i == larger ? STEP : 0);
            case TEXT ->
                each.orElse() != null
                    ? each.orElse()
                    : each.words().isEmpty() ? "" : each.words().getFirst();
            default -> each.orElse() != null && i != larger ? each.orElse() : (Object) least;
          };
    }
    Kernel kernel;
    try {
      kernel = function.bind(Constants.of(values));
    } catch (IllegalArgumentException e) {
      if (larger < 0) {
        throw e;
      }
      // Not every number is allowed, so this is none that reaches are counted in.
      return reach(function, constants, -1, false, ahead);
    }
    return ahead ? kernel.lookAhead() : kernel.lookBack();
  }

  private static String sum(String name, long offset) {
    return offset == 0 ? name : name + (offset > 0 ? " + " : " - ") + Math.abs(offset);
  }

  private static String plain(double x) {
    return Double.isInfinite(x)
        ? (x < 0 ? "-∞" : "∞")
        : x == Math.rint(x) ? Text.format("%,d", (long) x) : Double.toString(x);
  }
}
