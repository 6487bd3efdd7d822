package slipstream.training.model;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import slipstream.core.spi.FeatureMatrix;

/**
 * Rows in which each category of a feature is a quantity of its own, {@code dealer == "isbank"}: 1 where the row has it, 0
 * where it has another one that is known, NaN where none is.
 *
 * @param rest the rows as they were given
 * @param names of the quantities
 * @param origin feature of each
 * @param category number of each among its feature's categories; -1 for the feature itself, -2 where no category is known
 * @param numbers by feature, the number of each of its categories there; -1 where it is not known; null for a quantity
 */
record Indicators(
    FeatureMatrix rest, List<String> names, int[] origin, int[] category, int[][] numbers)
    implements FeatureMatrix {

  /**
   * The categories that some rows have, by feature, in alphabetical order; none of a quantity.
   */
  static List<List<String>> categories(FeatureMatrix rows) {
    List<List<String>> all = new ArrayList<>();
    double[] block = new double[Math.min(1 << 13, rows.rows())];
    for (int f = 0; f < rows.features(); f++) {
      List<String> names = rows.categories(f);
      TreeSet<String> found = new TreeSet<>();
      boolean[] seen = new boolean[names.size()];
      for (int from = 0; from < rows.rows() && !names.isEmpty(); from += block.length) {
        int n = Math.min(block.length, rows.rows() - from);
        rows.copy(f, from, from + n, block, 0);
        for (int i = 0; i < n; i++) {
          if (!Double.isNaN(block[i])) {
            seen[(int) block[i]] = true;
          }
        }
      }
      for (int k = 0; k < seen.length; k++) {
        if (seen[k]) {
          found.add(names.get(k));
        }
      }
      all.add(List.copyOf(found));
    }
    return all;
  }

  /**
   * @param features of the rows, in order
   * @param categories by feature
   */
  static List<String> names(List<String> features, List<List<String>> categories) {
    List<String> names = new ArrayList<>();
    for (int f = 0; f < features.size(); f++) {
      if (categories.get(f).isEmpty()) {
        names.add(features.get(f));
      }
      for (String category : categories.get(f)) {
        names.add(features.get(f) + " == \"" + category + "\"");
      }
    }
    return names;
  }

  static Indicators of(FeatureMatrix rows, List<List<String>> categories) {
    List<String> names = names(rows.names(), categories);
    int[] origin = new int[names.size()];
    int[] category = new int[names.size()];
    int[][] numbers = new int[categories.size()][];
    int at = 0;
    for (int f = 0; f < categories.size(); f++) {
      List<String> known = categories.get(f);
      if (known.isEmpty()) {
        origin[at] = f;
        category[at++] = rows.categories(f).isEmpty() ? -1 : -2;
        continue;
      }
      numbers[f] = rows.categories(f).stream().mapToInt(known::indexOf).toArray();
      for (int k = 0; k < known.size(); k++) {
        origin[at] = f;
        category[at++] = k;
      }
    }
    return new Indicators(rows, names, origin, category, numbers);
  }

  @Override
  public int rows() {
    return rest.rows();
  }

  private double value(int feature, double value) {
    if (category[feature] == -1 || Double.isNaN(value)) {
      return value;
    }
    if (category[feature] == -2) {
      return Double.NaN;
    }
    int number = numbers[origin[feature]][(int) value];
    return number < 0 ? Double.NaN : number == category[feature] ? 1 : 0;
  }

  @Override
  public double get(int row, int feature) {
    return value(feature, rest.get(row, origin[feature]));
  }

  @Override
  public void copy(int feature, int from, int to, double[] target, int offset) {
    rest.copy(origin[feature], from, to, target, offset);
    for (int i = offset; i < offset + to - from && category[feature] != -1; i++) {
      target[i] = value(feature, target[i]);
    }
  }
}
