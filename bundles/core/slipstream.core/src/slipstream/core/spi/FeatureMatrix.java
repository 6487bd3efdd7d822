package slipstream.core.spi;

import java.util.List;

/**
 * Feature values by row and feature, NaN where unknown. Immutable, thread-safe; all rows fit an int.
 */
public interface FeatureMatrix {
  int rows();

  /** The features' names in order. */
  List<String> names();

  default int features() {
    return names().size();
  }

  double get(int row, int feature);

  /** Copies rows [from, to) of a feature to {@code target} from {@code offset} on. */
  void copy(int feature, int from, int to, double[] target, int offset);

  /** A matrix over columns, which are not copied: {@code columns[feature][row]}. */
  static FeatureMatrix ofColumns(List<String> names, double[][] columns) {
    return new ColumnarFeatureMatrix(names, columns);
  }

  /** The rows at these indices, in this order, as a view. */
  default FeatureMatrix select(int[] rows) {
    return select(RowSelection.of(rows));
  }

  /** These rows as a view. */
  default FeatureMatrix select(RowSelection rows) {
    return new SelectedFeatureMatrix(this, rows);
  }
}
