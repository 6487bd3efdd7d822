package slipstream.features;

import java.util.List;
import slipstream.core.Text;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.PluginCatalog;
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
      | columns and earlier series | `close`; with other characters in backticks: `` `adj close` `` |
      | text | `"AIG"` or `'AIG'`, only to compare with a text column: `instrument == "AIG"` |
      | arithmetic | `+ - * /`, `^` (power, from the right), sign `-` |
      | comparison | `== != < <= > >=`: 1 where it holds, else 0; not chained |
      | logic | `and or not`: a number counts as true where it is not 0 |
      | functions | `mean(close, 30)`; see below |

      From loose to tight: `or`, `and`, `not`, comparison, `+ -`, `* /`, sign, `^`. So `-x ^ 2` is `-(x ^ 2)`.

      An expression has at most 20,000 characters and 1,000 operators, and is nested at most 200 deep. Parts that
      several expressions have in common are computed once.

      ## Rules

      - **Rows** are those of one instrument in order of time; no expression reaches into another instrument.
      - **Unknown**: null and NaN are one and mean unknown. Operators give unknown where an operand is unknown, except
        `0 and unknown` = 0 and `1 or unknown` = 1. A quotient by 0 is unknown, and so is 0 to a negative power.
        Infinities in the data, and results too large for a double, follow IEEE 754.
      - **Point in time**: a feature at a row uses that row and earlier ones. `lead` looks ahead and is refused in
        features; givens may look ahead as far as every target does.
      - **Look-back** is the number of earlier rows that a value may depend on; those of nested functions add up. A
        value depends, to the bit, on these rows alone: rows before them change nothing.
      - **Same bits everywhere**: results do not depend on the number of threads or the machine.
      - **Order**: a series may use those above it. A name that is both a column and a series is refused unless the
        series is that column.

      ## Functions

      `x`, `y` and other series arguments are expressions. Arguments with a range are fixed numbers.
      """;

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
    for (Argument argument : function.arguments()) {
      if (argument.constant()) {
        row(
            text,
            "`" + argument.name() + "`",
            (argument.whole() ? "whole number, " : "number, ")
                + plain(argument.min())
                + " to "
                + plain(argument.max()));
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

  /** In words, found by asking the function with two values for its last constant. */
  private static String reach(FeatureFunction function, boolean ahead) {
    List<Argument> constants = function.arguments().stream().filter(Argument::constant).toList();
    double[] low = constants.stream().mapToDouble(each -> Math.max(each.min(), 0)).toArray();
    double[] high = low.clone();
    if (high.length > 0 && constants.getLast().whole()) {
      high[high.length - 1] += 10;
    }
    long first = ahead ? function.lookAhead(low) : function.lookBack(low);
    long second = ahead ? function.lookAhead(high) : function.lookBack(high);
    if (first == Long.MAX_VALUE) {
      return "all rows of the instrument";
    }
    if (second == first) {
      return Long.toString(first);
    }
    long offset = first - (long) low[low.length - 1];
    String name = constants.getLast().name();
    return (offset == 0 ? name : name + (offset > 0 ? " + " : " - ") + Math.abs(offset)) + " rows";
  }

  private static String plain(double x) {
    return Double.isInfinite(x)
        ? (x < 0 ? "-∞" : "∞")
        : x == Math.rint(x) ? Text.format("%,d", (long) x) : Double.toString(x);
  }
}
