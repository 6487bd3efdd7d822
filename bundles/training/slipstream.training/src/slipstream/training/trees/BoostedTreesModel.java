package slipstream.training.trees;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/** {@link BoostedTrees} with the names of their features. Features are rounded to float32 first. */
public final class BoostedTreesModel implements Model {
  private static final int BLOCK = 1 << 16;

  private final BoostedTreesCodec.Named named;

  BoostedTreesModel(List<String> names, BoostedTrees trees) {
    named = new BoostedTreesCodec.Named(names, trees);
  }

  /** The trees, for exporters. */
  public BoostedTrees trees() {
    return named.trees();
  }

  @Override
  public String trainer() {
    return BoostedTreesTrainer.NAME;
  }

  @Override
  public List<String> features() {
    return named.names();
  }

  @Override
  public int steps() {
    return trees().trees().size();
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    FeatureColumns columns = columns(rows);
    for (int from = 0; from < rows.rows(); from += BLOCK) {
      float[] block = trees().predict(columns, from, Math.min(rows.rows(), from + BLOCK));
      for (int i = 0; i < block.length; i++) {
        result[from + i] = block[i];
      }
    }
  }

  @Override
  public byte[] encode() {
    return BoostedTreesCodec.encode(named);
  }

  @Override
  public SequencedMap<String, Double> importance() {
    double[] gains = trees().gainImportance();
    SequencedMap<String, Double> byName = new LinkedHashMap<>();
    IntStream.range(0, gains.length)
        .boxed()
        .sorted(Comparator.comparingDouble(f -> -gains[f]))
        .forEach(f -> byName.put(features().get(f), gains[f]));
    return byName;
  }

  /** A feature matrix as float32 columns. */
  static FeatureColumns columns(FeatureMatrix matrix) {
    return new FeatureColumns() {
      @Override
      public int rows() {
        return matrix.rows();
      }

      @Override
      public int features() {
        return matrix.features();
      }

      @Override
      public List<String> names() {
        return matrix.names();
      }

      @Override
      public void copy(int feature, int from, int to, float[] target) {
        double[] values = new double[to - from];
        matrix.copy(feature, from, to, values, 0);
        for (int i = 0; i < values.length; i++) {
          target[i] = (float) values[i];
        }
      }
    };
  }
}
