package slipstream.core.spi;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Feature values by row and feature, NaN where unknown. Immutable, thread-safe; all rows fit an int.
 *
 * <p>A feature is a quantity, or has categories, such as a dealer: its values then are positions in a list of names.
 */
public interface FeatureMatrix {
  int rows();

  /** The features' names in order. */
  List<String> names();

  default int features() {
    return names().size();
  }

  /**
   * Names of a feature's categories, each once, of which a value is the position; empty for a quantity. Not all of them
   * need occur, and their order means nothing.
   */
  default List<String> categories(int feature) {
    return List.of();
  }

  double get(int row, int feature);

  /** Copies rows [from, to) of a feature to {@code target} from {@code offset} on. */
  void copy(int feature, int from, int to, double[] target, int offset);

  /** A matrix over columns, which are not copied: {@code columns[feature][row]}. */
  static FeatureMatrix ofColumns(List<String> names, double[][] columns) {
    return new ColumnarFeatureMatrix(names, columns);
  }

  /**
   * A matrix over columns, which are not copied: {@code columns[feature][row]}.
   *
   * @param categories as {@link #categories}, one for each feature
   */
  static FeatureMatrix ofColumns(
      List<String> names, double[][] columns, List<List<String>> categories) {
    return new ColumnarFeatureMatrix(names, columns, categories);
  }

  /** The names of the features that have categories. */
  default List<String> categorical() {
    return IntStream.range(0, features())
        .filter(f -> !categories(f).isEmpty())
        .mapToObj(names()::get)
        .toList();
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
