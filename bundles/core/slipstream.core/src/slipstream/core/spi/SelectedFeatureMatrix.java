package slipstream.core.spi;

import java.util.List;

/**
 * Chosen rows of another matrix. Stretches of consecutive rows are copied as such; so are those of an order in which rows
 * ascend, in pieces most of whose rows are wanted.
 */
record SelectedFeatureMatrix(FeatureMatrix all, RowSelection selection) implements FeatureMatrix {
  /** Rows read at once, most of which are wanted. */
  private static final int SPAN = 1 << 16;

  @Override
  public int rows() {
    return selection.size();
  }

  @Override
  public List<String> names() {
    return all.names();
  }

  @Override
  public List<String> categories(int feature) {
    return all.categories(feature);
  }

  @Override
  public double get(int row, int feature) {
    return all.get(selection.get(row), feature);
  }

  @Override
  public void copy(int feature, int from, int to, double[] target, int offset) {
    if (selection.contiguous()) {
      selection.forEachStretch(
          from,
          to,
          (first, count, position) ->
              all.copy(feature, first, first + count, target, offset + position - from));
      return;
    }
    int[] chosen = new int[Math.min(SPAN, to - from)];
    for (int at = from; at < to; at += chosen.length) {
      int count = Math.min(chosen.length, to - at);
      selection.copy(at, at + count, chosen);
      copy(feature, chosen, count, target, offset + at - from);
    }
  }

  private void copy(int feature, int[] chosen, int count, double[] target, int offset) {
    double[] piece = null;
    for (int at = 0; at < count; ) {
      int first = chosen[at];
      int end = at + 1;
      while (end < count && chosen[end] > chosen[end - 1] && chosen[end] - first < SPAN) {
        end++;
      }
      int span = chosen[end - 1] - first + 1;
      if (span <= 4L * (end - at)) {
        if (piece == null || piece.length < span) {
          piece = new double[span];
        }
        all.copy(feature, first, first + span, piece, 0);
        for (int row = at; row < end; row++) {
          target[offset + row] = piece[chosen[row] - first];
        }
      } else {
        for (int row = at; row < end; row++) {
          target[offset + row] = all.get(chosen[row], feature);
        }
      }
      at = end;
    }
  }
}
