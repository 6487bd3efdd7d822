package slipstream.training.trees;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A numeric feature matrix that the trees read column by column.
 *
 * <p>Values are float32: that is what is binned, what the model's thresholds are compared with, and
 * what an ONNX runtime is fed, so all three agree exactly. A source that holds doubles rounds them
 * to the nearest float ({@code (float) x}). NaN is a missing value. Infinities are ordinary values
 * at the ends of the order.
 *
 * <p>{@link #copy} is called from several threads at once and must return the same values each
 * time.
 */
public interface FeatureColumns {
  /** Number of rows. */
  int rows();

  /** Number of features (columns). */
  int features();

  /** The features' names; constraints refer to them. Without better ones f0, f1, ... */
  default List<String> names() {
    return IntStream.range(0, features()).mapToObj(f -> "f" + f).toList();
  }

  /**
   * How many categories a feature has: its values are their numbers, from 0 on, or NaN. 0 where values are quantities.
   */
  default int categories(int feature) {
    return 0;
  }

  /** Copies rows {@code [from, to)} of a feature to {@code target[0 .. to - from)}. */
  void copy(int feature, int from, int to, float[] target);

  /** A view of arrays, one for each feature, all of one length. */
  static FeatureColumns of(float[]... columns) {
    int rows = columns.length == 0 ? 0 : columns[0].length;
    for (float[] column : columns) {
      if (column.length != rows) {
        throw new IllegalArgumentException("columns of unequal length");
      }
    }
    return new FeatureColumns() {
      @Override
      public int rows() {
        return rows;
      }

      @Override
      public int features() {
        return columns.length;
      }

      @Override
      public void copy(int feature, int from, int to, float[] target) {
        System.arraycopy(columns[feature], from, target, 0, to - from);
      }
    };
  }
}
