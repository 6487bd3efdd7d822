package slipstream.features.internal.clean;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Nearest;

/**
 * A rule as it is written: {@code drop_outliers(close, z=25)}.
 *
 * @param arguments columns, or the single expression of drop_where
 * @param numbers named numbers, defaults filled in
 */
record Rule(Kind kind, List<String> arguments, Map<String, Double> numbers) {
  /** What rules do. */
  enum Kind {
    DROP_NULLS,
    DROP_DUPLICATES,
    DROP_CROSSED,
    DROP_LOCKED,
    DROP_ZERO_PRICE,
    DROP_BAD_BARS,
    DROP_OUTLIERS,
    DROP_WHERE,
    FILL_PREVIOUS,
    WINSORIZE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean drops() {
      return this != FILL_PREVIOUS && this != WINSORIZE;
    }
  }

  private static final Pattern FORM =
      Pattern.compile("\\s*([A-Za-z_]+)\\s*(?:\\((.*)\\))?\\s*", Pattern.DOTALL);
  private static final Pattern NUMBER = Pattern.compile("\\s*([a-z_]+)\\s*=\\s*([^=].*?)\\s*");

  /** Rows of past values by which an outlier is told. */
  private static final double WINDOW = 250;

  /**
   * @throws IllegalArgumentException with what is wrong, for the user
   */
  static Rule parse(String text) {
    Matcher form = FORM.matcher(text);
    List<String> known = Arrays.stream(Kind.values()).map(Kind::word).toList();
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no rule; write it as drop_nulls(close, volume)");
    }
    String word = form.group(1).toLowerCase(Locale.ROOT);
    if (!known.contains(word)) {
      throw new IllegalArgumentException(
          "there is no rule '" + word + "'. " + Nearest.remedy(word, known));
    }
    Kind kind = Kind.valueOf(word.toUpperCase(Locale.ROOT));
    String inner = form.group(2) == null ? "" : form.group(2).strip();
    if (kind == Kind.DROP_WHERE) {
      if (inner.isEmpty()) {
        throw new IllegalArgumentException("drop_where needs a condition: drop_where(volume == 0)");
      }
      return new Rule(kind, List.of(inner), Map.of());
    }
    Map<String, Double> numbers = defaults(kind);
    List<String> columns = new ArrayList<>();
    for (String part : inner.isEmpty() ? new String[0] : inner.split(",")) {
      Matcher number = NUMBER.matcher(part);
      if (number.matches()) {
        numbers.put(number.group(1), number(kind, numbers, number.group(1), number.group(2)));
      } else {
        columns.add(part.strip().replace("`", ""));
      }
    }
    boolean needed =
        kind == Kind.DROP_NULLS || kind == Kind.FILL_PREVIOUS || kind == Kind.WINSORIZE;
    if (needed && columns.isEmpty()) {
      throw new IllegalArgumentException(word + " needs columns: " + word + "(close)");
    }
    return new Rule(kind, List.copyOf(columns), Map.copyOf(numbers));
  }

  private static Map<String, Double> defaults(Kind kind) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    switch (kind) {
      case DROP_OUTLIERS -> {
        numbers.put("z", 25.0);
        numbers.put("rows", WINDOW);
        numbers.put("accept", 3.0);
      }
      case WINSORIZE -> {
        numbers.put("z", 10.0);
        numbers.put("rows", WINDOW);
      }
      case FILL_PREVIOUS -> numbers.put("limit", Double.POSITIVE_INFINITY);
      default -> {}
    }
    return numbers;
  }

  private static double number(Kind kind, Map<String, Double> known, String name, String text) {
    if (!known.containsKey(name)) {
      throw new IllegalArgumentException(
          kind.word()
              + " takes no '"
              + name
              + "'"
              + (known.isEmpty() ? "" : "; it takes " + String.join(", ", known.keySet())));
    }
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no number for " + name + " of " + kind.word());
    }
    boolean count = !name.equals("z");
    double least = name.equals("rows") ? 20 : name.equals("z") ? Double.MIN_VALUE : 1;
    if (!(value >= least && value <= 100_000) || count && value != Math.rint(value)) {
      throw new IllegalArgumentException(
          name
              + " of "
              + kind.word()
              + " must be "
              + (count ? "a whole number from " + (int) least : "above 0")
              + " to 100,000, not "
              + text);
    }
    return value;
  }

  double number(String name) {
    return numbers.get(name);
  }

  @Override
  public String toString() {
    return kind.word() + "(" + String.join(", ", arguments) + ")";
  }
}
