package slipstream.features.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import slipstream.core.SlipstreamException;
import slipstream.features.expression.Expression.Operator;

class ExpressionParserTest {
  /** With every parenthesis written out. */
  private static String full(Expression expression) {
    return switch (expression) {
      case Expression.Constant constant -> Double.toString(constant.value());
      case Expression.Duration duration -> duration.nanos() + "ns";
      case Expression.Text text -> '"' + text.value().replace("\"", "\"\"") + '"';
      case Expression.Name name -> '`' + name.name().replace("`", "``") + '`';
      case Expression.Prefix prefix ->
          "(" + (prefix.operator() == Operator.NOT ? "not " : "-") + full(prefix.operand()) + ")";
      case Expression.Infix infix ->
          "(%s %s %s)"
              .formatted(full(infix.left()), infix.operator().symbol(), full(infix.right()));
      case Expression.Call call ->
          call.arguments().stream()
              .map(ExpressionParserTest::full)
              .collect(Collectors.joining(", ", call.function() + "(", ")"));
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "1 + 2 * 3 | (1.0 + (2.0 * 3.0))",
        "1 - 2 - 3 | ((1.0 - 2.0) - 3.0)",
        "-x ^ 2 | (-(`x` ^ 2.0))",
        "2 ^ 3 ^ 4 | (2.0 ^ (3.0 ^ 4.0))",
        "2 ^ -1 * 3 | ((2.0 ^ (-1.0)) * 3.0)",
        "-a * b | ((-`a`) * `b`)",
        "a < b and not c == d or e | (((`a` < `b`) and (not (`c` == `d`))) or `e`)",
        "1e4 * lead(logret(close, 1), 1) | (10000.0 * lead(logret(`close`, 1.0), 1.0))",
        "f() + .5e-1 | (f() + 0.05)",
        "instrument == \"A \"\"B\"\"\" | (`instrument` == \"A \"\"B\"\"\")",
        "`adj close` / 'it''s' | (`adj close` / \"it's\")",
        "+x | `x`",
        "mean(x, 5m) | mean(`x`, 300000000000ns)",
        "f(1d, 1h, 30s, 250ms, 10us, 100ns, 2min) | f(86400000000000ns, 3600000000000ns,"
            + " 30000000000ns, 250000000ns, 10000ns, 100ns, 120000000000ns)",
        "3s * m | (3000000000ns * `m`)",
        "nan | NaN",
        "größe_1 | `größe_1`",
      })
  void precedence(String source, String expected) {
    Expression expression = ExpressionParser.parse(source);
    assertEquals(expected, full(expression));
    assertEquals(
        expected.replace("NaN", "nan"),
        full(ExpressionParser.parse(expected.replace("NaN", "nan"))).replace("NaN", "nan"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "mean(close 30) | unexpected '30' at column 12 |",
        "mean(close, 30 | unexpected the end at column 15 |",
        "close) | unexpected ')' at column 6 |",
        "a = b | unexpected '=' at column 3 | Compare with ==.",
        "a && b | unexpected '&' at column 3 | Write and.",
        "1 < 2 < 3 | unexpected '<' at column 7 |",
        "close[1] | unexpected '[' at column 6 | lag(x, n)",
        "\"abc | text in quotes does not end at column 1 |",
        "3x + 1 | '3x' is not a number at column 1 |",
        "mean(x, 1.5s) | '1.5s' is not a length of time at column 9 | Write a whole number",
        "mean(x, 5M) | '5M' is not a number at column 9 | 5m",
        "mean(x, 5m2) | '5m' is not a number at column 9 |",
        "mean(x, 400000d) | '400000d' is too long a time at column 9 |",
        "1.2.3 | '1.2.' is not a number at column 1 |",
        "a + | unexpected the end at column 4 |",
        "and b | unexpected 'and' at column 1 |",
        "f(,) | unexpected ',' at column 3 |",
        "a b | unexpected 'b' at column 3 |",
        "## | the expression is empty at column 1 |",
      })
  void errorsNameTheirPlace(String source, String problem, String remedy) {
    String text = source == null ? "" : source;
    ExpressionException e =
        assertThrows(ExpressionException.class, () -> ExpressionParser.parse(text));
    SlipstreamException shown = e.at("features.x", text);
    assertTrue(shown.getMessage().startsWith("features.x: " + problem), () -> shown.getMessage());
    assertTrue(remedy == null || shown.getMessage().contains(remedy), () -> shown.getMessage());
  }

  @Test
  void placesInSeveralLinesAreByLine() {
    String text = "mean(close,\n  ?)";
    ExpressionException e =
        assertThrows(ExpressionException.class, () -> ExpressionParser.parse(text));
    assertTrue(
        e.at("features.x", text).getMessage().contains("line 2, column 3 of the expression"));
  }

  @Test
  void limitsHold() {
    String deep = "(".repeat(100_000);
    assertThrows(ExpressionException.class, () -> ExpressionParser.parse(deep));
    String nested = "(".repeat(300) + "x" + ")".repeat(300);
    assertThrows(ExpressionException.class, () -> ExpressionParser.parse(nested));
    String chain = "x" + "+x".repeat(1_001);
    assertThrows(ExpressionException.class, () -> ExpressionParser.parse(chain));
    String signs = "-".repeat(5_000) + "x";
    assertThrows(ExpressionException.class, () -> ExpressionParser.parse(signs));
    ExpressionParser.parse("x" + "+x".repeat(1_000));
    ExpressionParser.parse("(".repeat(150) + "x" + ")".repeat(150));
  }

  /** Whatever comes, it is parsed or refused in words, and what is parsed reads the same written out. */
  @Test
  void anyTextIsParsedOrRefused() {
    String[] pieces = {
      "(", ")", ",", "+", "-", "*", "/", "^", "<", "==", "!=", "and", "or", "not", "nan", "x",
      "`y z`", "mean(", "5m", "1", "2.5", "1e", "\"t\"", "'", "`", " ", "\n", "=", "é", "\0", "😀"
    };
    Random random = new Random(11);
    int parsed = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(9); n >= 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      try {
        Expression expression = ExpressionParser.parse(text.toString());
        String written = full(expression).replace("NaN", "nan");
        assertEquals(
            written, full(ExpressionParser.parse(written)).replace("NaN", "nan"), text.toString());
        parsed++;
      } catch (ExpressionException e) {
        assertTrue(e.from() >= 0 && e.from() <= e.to() && e.to() <= text.length(), text.toString());
      }
    }
    assertTrue(parsed > 1_000, "only " + parsed + " of the texts were expressions");
  }
}
