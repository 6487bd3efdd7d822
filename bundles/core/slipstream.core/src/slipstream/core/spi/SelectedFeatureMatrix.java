package slipstream.core.spi;

import java.util.List;

/** Chosen rows of another matrix. */
record SelectedFeatureMatrix(FeatureMatrix all, int[] selection) implements FeatureMatrix {
  @Override
  public int rows() {
    return selection.length;
  }

  @Override
  public List<String> names() {
    return all.names();
  }

  @Override
  public double get(int row, int feature) {
    return all.get(selection[row], feature);
  }

  @Override
  public void copy(int feature, int from, int to, double[] target, int offset) {
    for (int row = from; row < to; row++) {
      target[offset + row - from] = all.get(selection[row], feature);
    }
  }
}
