package slipstream.features;

import java.util.List;
import slipstream.core.spi.FeatureMatrix;
import slipstream.features.internal.series.SeriesStore;

/**
 * Series of a store as features.
 *
 * @param categories by feature
 * @param series by feature
 */
record SeriesMatrix(
    List<String> names, List<List<String>> categories, SeriesStore store, int[] series)
    implements FeatureMatrix {
  @Override
  public int rows() {
    return (int) store.rows();
  }

  @Override
  public List<String> categories(int feature) {
    return categories.get(feature);
  }

  @Override
  public double get(int row, int feature) {
    return store.get(series[feature], row);
  }

  @Override
  public void copy(int feature, int from, int to, double[] target, int offset) {
    store.read(series[feature], from, to, target, offset);
  }
}
