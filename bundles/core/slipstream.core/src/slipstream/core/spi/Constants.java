package slipstream.core.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import slipstream.core.parameters.Durations;

/**
 * The constant arguments of one use of a function, in the order in which the function declares them; series, groups and
 * lists do not count. Each is of the kind and within the range that was declared. Immutable; equal when all are equal.
 */
public final class Constants {
  /** No constants. */
  public static final Constants NONE = new Constants(List.of());

  private final List<Object> values;

  private Constants(List<Object> values) {
    this.values = values;
  }

  /**
   * @param values a Double, String, {@link Window} or Duration each, or null for an argument left out that has no
   *     default
   */
  public static Constants of(Object... values) {
    List<Object> checked = new ArrayList<>();
    for (Object value : values) {
      checked.add(
          switch (value) {
            case null -> null;
            // -0 and 0 are one.
            case Number number -> number.doubleValue() + 0.0;
            case String text -> text;
            case Window window -> window;
            case Duration duration -> duration;
            default -> throw new IllegalArgumentException("no constant: " + value.getClass());
          });
    }
    return new Constants(Collections.unmodifiableList(checked));
  }

  /** How many the function declares. */
  public int count() {
    return values.size();
  }

  /** False for an optional argument that was left out and has no default. */
  public boolean has(int index) {
    return values.get(index) != null;
  }

  public double number(int index) {
    return (Double) values.get(index);
  }

  /** A whole number. */
  public long whole(int index) {
    return (long) number(index);
  }

  public String text(int index) {
    return (String) values.get(index);
  }

  public Window window(int index) {
    return (Window) values.get(index);
  }

  /** A length of time in nanoseconds. */
  public long nanos(int index) {
    return ((Duration) values.get(index)).toNanos();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Constants constants && values.equals(constants.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** As in an expression, separated by commas; the same text for equal constants alone. */
  @Override
  public String toString() {
    List<String> texts = new ArrayList<>();
    for (Object value : values) {
      texts.add(
          switch (value) {
            case null -> "-";
            case String text -> '"' + text.replace("\"", "\"\"") + '"';
            case Window.OfRows window -> Integer.toString(window.rows());
            case Window.OfTime window -> Durations.format(Duration.ofNanos(window.nanos()));
            case Duration duration -> Durations.format(duration);
            default -> value.toString();
          });
    }
    return String.join(", ", texts);
  }
}
