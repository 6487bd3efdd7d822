package slipstream.data.internal;

import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/**
 * Makes sure that a piece of SQL is no more than the inside of a pair of parentheses: brackets match, quotes and comments
 * end, and no second statement begins. What it means is for DuckDB to say.
 */
final class Condition {
  private static final int MAX_LENGTH = 20_000;

  private final String text;

  private Condition(String text) {
    this.text = text;
  }

  /**
   * @throws SlipstreamException saying what is wrong, at which line and column
   */
  static void check(String text) {
    if (text.length() > MAX_LENGTH) {
      throw SlipstreamException.invalid(
          "the condition has " + text.length() + " characters, over " + MAX_LENGTH,
          Place.key("where"),
          "Shorten it.");
    }
    new Condition(text).check();
  }

  private void check() {
    int depth = 0;
    int open = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\'', '"' -> i = quoted(i, c);
        case '(' -> {
          open = depth++ == 0 ? i : open;
        }
        case ')' -> {
          if (--depth < 0) {
            throw wrong(i, "there is no ( for this )", "Remove it.");
          }
        }
        case ';' -> throw wrong(i, "a condition is one expression", "Remove the semicolon.");
        case '$' -> {
          if (i == 0 || !Character.isJavaIdentifierPart(text.charAt(i - 1))) {
            throw wrong(i, "unexpected '$'", "Write text in single quotes.");
          }
        }
        case '-' -> i = text.startsWith("--", i) ? lineEnd(i) : i;
        case '/' -> i = text.startsWith("/*", i) ? commentEnd(i) : i;
        case '\0' -> throw wrong(i, "unexpected character 0", "Remove it.");
        default -> {}
      }
    }
    if (depth > 0) {
      throw wrong(open, "this ( is not closed", "Add a ).");
    }
  }

  private int quoted(int from, char quote) {
    // E'…' knows backslashes, which could hide a quote; nothing in a condition needs it.
    if (quote == '\''
        && from > 0
        && (text.charAt(from - 1) | 0x20) == 'e'
        && (from == 1 || !Character.isJavaIdentifierPart(text.charAt(from - 2)))) {
      throw wrong(from - 1, "text with escapes is not allowed", "Write it in plain single quotes.");
    }
    int end = text.indexOf(quote, from + 1);
    while (end >= 0 && end + 1 < text.length() && text.charAt(end + 1) == quote) {
      end = text.indexOf(quote, end + 2);
    }
    if (end < 0) {
      throw wrong(
          from,
          quote == '"' ? "the name in quotes does not end" : "the text in quotes does not end",
          "Close it with " + quote + ".");
    }
    return end;
  }

  private int lineEnd(int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private int commentEnd(int from) {
    int depth = 1; // comments nest
    int i = from + 2;
    while (depth > 0) {
      int end = text.indexOf("*/", i);
      if (end < 0) {
        throw wrong(from, "the comment does not end", "Close it with */.");
      }
      int inner = text.indexOf("/*", i);
      depth += inner >= 0 && inner < end ? 1 : -1;
      i = (inner >= 0 && inner < end ? inner : end) + 2;
    }
    return i - 1;
  }

  private SlipstreamException wrong(int at, String problem, String remedy) {
    return SlipstreamException.invalid(problem, place(text, at), remedy);
  }

  /** The line and column of a character of the condition. */
  static Place place(String text, int at) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(at, text.length()); i++) {
      column++;
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      }
    }
    return new Place("", line, column, "where");
  }
}
