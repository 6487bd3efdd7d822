package slipstream.features.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Cuts an expression into tokens. */
final class Lexer {
  enum Kind {
    NUMBER,
    /** A whole number and, at once, a unit of time. */
    DURATION,
    NAME,
    /** A name in backticks: always a column or series, never a word of the language. */
    QUOTED_NAME,
    TEXT,
    SYMBOL,
    END
  }

  /** {@code text}: without quotes. */
  record Token(Kind kind, String text, int from, int to) {
    boolean is(String symbol) {
      return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(symbol);
    }

    String describe() {
      return kind == Kind.END ? "the end" : "'" + text + "'";
    }
  }

  private static final List<String> SYMBOLS =
      List.of("==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "^", "(", ")", ",");

  /** Units of time, as {@link slipstream.core.parameters.Durations} reads them. */
  private static final Set<String> UNITS = Set.of("ns", "us", "ms", "s", "m", "min", "h", "d");

  private final String source;
  private int at;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    List<Token> tokens = new ArrayList<>();
    do {
      tokens.add(lexer.next());
    } while (tokens.getLast().kind() != Kind.END);
    return tokens;
  }

  private Token next() {
    while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
      at++;
    }
    if (at == source.length()) {
      return new Token(Kind.END, "", at, at);
    }
    char c = source.charAt(at);
    if (digit(c) || c == '.' && at + 1 < source.length() && digit(source.charAt(at + 1))) {
      return number();
    }
    if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      int from = at;
      while (at < source.length() && Character.isUnicodeIdentifierPart(source.charAt(at))) {
        at++;
      }
      return new Token(Kind.NAME, source.substring(from, at), from, at);
    }
    if (c == '"' || c == '\'') {
      return quoted(c, Kind.TEXT, "text");
    }
    if (c == '`') {
      return quoted(c, Kind.QUOTED_NAME, "a name");
    }
    for (String symbol : SYMBOLS) {
      if (source.startsWith(symbol, at)) {
        at += symbol.length();
        return new Token(Kind.SYMBOL, symbol, at - symbol.length(), at);
      }
    }
    throw new ExpressionException(at, at + 1, "unexpected '" + c + "'", remedy(c));
  }

  private static String remedy(char c) {
    return switch (c) {
      case '=' -> "Compare with ==.";
      case '&' -> "Write and.";
      case '|' -> "Write or.";
      case '!' -> "Write not, or != to compare.";
      case '%' -> "There is no remainder; x - floor(x / n) * n is one.";
      case '[', ']', '{', '}' -> "Group with ( ) and go back in time with lag(x, n).";
      case ';' -> "Separate arguments with a comma.";
      case '?', ':' -> "Write if(condition, x, y).";
      default -> "Put names with such characters in backticks.";
    };
  }

  private Token number() {
    int from = at;
    digits();
    if (at < source.length() && source.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < source.length() && (source.charAt(at) | 0x20) == 'e') {
      int mark = at++;
      if (at < source.length() && (source.charAt(at) == '+' || source.charAt(at) == '-')) {
        at++;
      }
      if (at < source.length() && digit(source.charAt(at))) {
        digits();
      } else {
        at = mark;
      }
    }
    int unit = at;
    while (at < source.length() && source.charAt(at) >= 'a' && source.charAt(at) <= 'z') {
      at++;
    }
    boolean ends = at == source.length() || !Character.isUnicodeIdentifierPart(source.charAt(at));
    if (ends && UNITS.contains(source.substring(unit, at))) {
      String text = source.substring(from, at);
      if (!text.chars().limit(unit - from).allMatch(c -> digit((char) c))) {
        throw new ExpressionException(
            from, at, "'" + text + "' is not a length of time", "Write a whole number: 500ms.");
      }
      return new Token(Kind.DURATION, text, from, at);
    }
    at = unit;
    if (at < source.length()
        && (Character.isUnicodeIdentifierPart(source.charAt(at)) || source.charAt(at) == '.')) {
      throw new ExpressionException(
          from,
          at + 1,
          "'" + source.substring(from, at + 1) + "' is not a number",
          "Write 12, 0.5, 1e4 or a length of time such as 5m; put a name that starts with a digit in backticks.");
    }
    return new Token(Kind.NUMBER, source.substring(from, at), from, at);
  }

  private void digits() {
    while (at < source.length() && digit(source.charAt(at))) {
      at++;
    }
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  /** A quote inside is written twice. */
  private Token quoted(char quote, Kind kind, String what) {
    int from = at++;
    StringBuilder text = new StringBuilder();
    while (at < source.length()) {
      char c = source.charAt(at++);
      if (c != quote) {
        text.append(c);
      } else if (at < source.length() && source.charAt(at) == quote) {
        text.append(quote);
        at++;
      } else {
        return new Token(kind, text.toString(), from, at);
      }
    }
    throw new ExpressionException(
        from, source.length(), what + " in quotes does not end", "Close it with " + quote + ".");
  }
}
