package slipstream.core.experiment;

/**
 * A named series: a feature, a given, or a target.
 *
 * @param expression in the expression language, over columns of the prepared table and features defined before it
 * @param unit {@code "bp"}, {@code "shares"} …; may be empty
 * @param description for people; may be empty
 */
public record Definition(String expression, String unit, String description) {
  public Definition(String expression) {
    this(expression, "", "");
  }
}
