package slipstream.core.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a matrix of values that come one by one, categories as texts. What is not set is unknown. Not thread-safe. */
public final class FeatureRows {
  private final List<String> names;
  private final double[][] columns;
  private final List<Map<String, Integer>> codes = new ArrayList<>();
  private final List<List<String>> categories = new ArrayList<>();

  public FeatureRows(List<String> names, int rows) {
    this.names = List.copyOf(names);
    columns = new double[names.size()][rows];
    for (double[] column : columns) {
      Arrays.fill(column, Double.NaN);
      codes.add(new HashMap<>());
      categories.add(new ArrayList<>());
    }
  }

  public void set(int row, int feature, double value) {
    columns[feature][row] = value;
  }

  /** Sets a value of a feature that has categories. */
  public void set(int row, int feature, String category) {
    Map<String, Integer> known = codes.get(feature);
    Integer code = known.get(category);
    if (code == null) {
      code = known.size();
      known.put(category, code);
      categories.get(feature).add(category);
    }
    columns[feature][row] = code;
  }

  /** The text of a category that is written as a number: {@code 101} and not {@code 101.0}. */
  public static String category(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** Over what was set, which is not copied. */
  public FeatureMatrix matrix() {
    return FeatureMatrix.ofColumns(names, columns, categories);
  }
}
