package slipstream.core.experiment;

import java.util.List;

/**
 * A named series: a feature, a given, or a target.
 *
 * @param expression in the expression language, over columns of the prepared table and features defined before it
 * @param unit {@code "bp"}, {@code "shares"} …; may be empty
 * @param description for people; may be empty
 * @param targets of a given: the targets whose models have it as an input; empty for all. A flow that is chosen for one
 *     target may give another away (its own volume, say). Empty for features and targets
 */
public record Definition(String expression, String unit, String description, List<String> targets) {
  public Definition {
    targets = List.copyOf(targets);
  }

  public Definition(String expression, String unit, String description) {
    this(expression, unit, description, List.of());
  }

  public Definition(String expression) {
    this(expression, "", "");
  }

  /** Whether a given is an input of the models of a target. */
  public boolean appliesTo(String target) {
    return targets.isEmpty() || targets.contains(target);
  }
}
