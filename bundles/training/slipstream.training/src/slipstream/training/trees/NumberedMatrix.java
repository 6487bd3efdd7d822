package slipstream.training.trees;

import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;

/**
 * Rows whose categories have the numbers by which trees know them.
 *
 * @param rest the rows as they were given
 * @param numbers by feature: the number of each of its categories there, NaN where it is none that was trained on; null
 *     where values stay as they are
 * @param counts by feature: how many numbers there are; 0 for quantities
 */
record NumberedMatrix(FeatureMatrix rest, double[][] numbers, int[] counts)
    implements FeatureMatrix {

  /**
   * @param rows their categories are known by name; a column without names holds the trees' numbers already, and what is
   *     none of them is unknown
   * @throws SlipstreamException when a column has categories where trees want a quantity
   */
  static FeatureMatrix of(FeatureMatrix rows, List<Categories> categories) {
    double[][] numbers = new double[categories.size()][];
    int[] counts = new int[categories.size()];
    boolean any = false;
    for (int f = 0; f < numbers.length; f++) {
      List<String> names = rows.categories(f);
      counts[f] = categories.get(f).count();
      if (counts[f] == 0 && !names.isEmpty()) {
        throw SlipstreamException.invalid(
            "'" + rows.names().get(f) + "' has categories where the model needs a number",
            "Give it as the model was trained on it.");
      }
      if (counts[f] > 0 && !names.isEmpty()) {
        numbers[f] = categories.get(f).numbers(names);
      }
      any |= counts[f] > 0;
    }
    return any ? new NumberedMatrix(rows, numbers, counts) : rows;
  }

  @Override
  public int rows() {
    return rest.rows();
  }

  @Override
  public List<String> names() {
    return rest.names();
  }

  private double number(int feature, double value) {
    if (numbers[feature] != null) {
      return Double.isNaN(value) ? value : numbers[feature][(int) value];
    }
    boolean known = value >= 0 && value < counts[feature] && value == Math.rint(value);
    return known ? value : Double.NaN;
  }

  @Override
  public double get(int row, int feature) {
    double value = rest.get(row, feature);
    return counts[feature] == 0 ? value : number(feature, value);
  }

  @Override
  public void copy(int feature, int from, int to, double[] target, int offset) {
    rest.copy(feature, from, to, target, offset);
    if (counts[feature] > 0) {
      for (int i = offset; i < offset + to - from; i++) {
        target[i] = number(feature, target[i]);
      }
    }
  }
}
