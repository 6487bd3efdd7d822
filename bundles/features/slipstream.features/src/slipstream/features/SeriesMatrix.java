package slipstream.features;

import java.util.List;
import slipstream.core.spi.FeatureMatrix;
import slipstream.features.internal.series.SeriesStore;

/**
 * Series of a store as features.
 *
 * @param series by feature
 */
record SeriesMatrix(List<String> names, SeriesStore store, int[] series) implements FeatureMatrix {
  @Override
  public int rows() {
    return (int) store.rows();
  }

  @Override
  public double get(int row, int feature) {
    return store.get(series[feature], row);
  }

  @Override
  public FeatureMatrix select(int[] rows) {
    return new Selected(this, rows);
  }

  /** Chosen rows: where they ascend they are read in long pieces. */
  private record Selected(SeriesMatrix all, int[] chosen) implements FeatureMatrix {
    /** Rows read at once, most of which are wanted. */
    private static final int SPAN = 1 << 16;

    @Override
    public int rows() {
      return chosen.length;
    }

    @Override
    public List<String> names() {
      return all.names;
    }

    @Override
    public double get(int row, int feature) {
      return all.get(chosen[row], feature);
    }

    @Override
    public void copy(int feature, int from, int to, double[] target, int offset) {
      double[] piece = null;
      for (int at = from; at < to; ) {
        int first = chosen[at];
        int end = at + 1;
        while (end < to && chosen[end] > chosen[end - 1] && chosen[end] - first < SPAN) {
          end++;
        }
        int span = chosen[end - 1] - first + 1;
        if (span <= 4L * (end - at)) {
          if (piece == null || piece.length < span) {
            piece = new double[span];
          }
          all.copy(feature, first, first + span, piece, 0);
          for (int row = at; row < end; row++) {
            target[offset + row - from] = piece[chosen[row] - first];
          }
        } else {
          for (int row = at; row < end; row++) {
            target[offset + row - from] = all.get(chosen[row], feature);
          }
        }
        at = end;
      }
    }
  }

  @Override
  public void copy(int feature, int from, int to, double[] target, int offset) {
    store.read(series[feature], from, to, target, offset);
  }
}
