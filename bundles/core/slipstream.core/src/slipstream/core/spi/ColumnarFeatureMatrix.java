package slipstream.core.spi;

import java.util.Collections;
import java.util.List;

/** Features as arrays by column. */
record ColumnarFeatureMatrix(
    List<String> names, double[][] columns, int rows, List<List<String>> categories)
    implements FeatureMatrix {
  ColumnarFeatureMatrix(List<String> names, double[][] columns) {
    this(names, columns, Collections.nCopies(columns.length, List.of()));
  }

  ColumnarFeatureMatrix(List<String> names, double[][] columns, List<List<String>> categories) {
    this(
        List.copyOf(names),
        columns,
        columns.length == 0 ? 0 : columns[0].length,
        categories.stream().map(List::copyOf).toList());
    if (names.size() != columns.length || categories.size() != columns.length) {
      throw new IllegalArgumentException(names.size() + " names for " + columns.length);
    }
    for (double[] column : columns) {
      if (column.length != rows) {
        throw new IllegalArgumentException("columns of unequal length");
      }
    }
  }

  @Override
  public List<String> categories(int feature) {
    return categories.get(feature);
  }

  @Override
  public double get(int row, int feature) {
    return columns[feature][row];
  }

  @Override
  public void copy(int feature, int from, int to, double[] target, int offset) {
    System.arraycopy(columns[feature], from, target, offset, to - from);
  }
}
