package slipstream.training.trees;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Link;
import slipstream.core.spi.Model;

/**
 * {@link BoostedTrees}, boosted or bagged, with the names of their features. Features are rounded to float32 first.
 *
 * <p>Where it predicts several quantiles, it has one series of trees for each. A row's predictions
 * are sorted, so that quantiles never cross: that is no farther from the true quantile function than
 * what is sorted (Chernozhukov, Fernandez-Val and Galichon, "Quantile and probability curves without
 * crossing", Econometrica 78, 2010).
 */
public final class BoostedTreesModel implements Model {
  private static final int BLOCK = 1 << 16;

  private final BoostedTreesCodec.Named named;

  private final String trainer;

  BoostedTreesModel(BoostedTreesCodec.Named named) {
    this(named, BoostedTreesTrainer.NAME);
  }

  /**
   * @param trainer that made it and can decode it
   */
  BoostedTreesModel(BoostedTreesCodec.Named named, String trainer) {
    this.trainer = trainer;
    this.named = named;
  }

  /** One series of trees. */
  BoostedTreesModel(List<String> names, BoostedTrees trees) {
    this(new BoostedTreesCodec.Named(names, trees));
  }

  /**
   * Trees that another trainer has grown, whose values are added.
   *
   * @param trainer that can decode it
   */
  public static BoostedTreesModel of(
      String trainer, List<String> names, float baseScore, List<RegressionTree> trees) {
    var series = new BoostedTrees(names.size(), baseScore, Link.IDENTITY, trees);
    return new BoostedTreesModel(new BoostedTreesCodec.Named(names, series), trainer);
  }

  /**
   * A model of another trainer from what {@link #encode} made.
   *
   * @throws slipstream.core.SlipstreamException CORRUPT when the bytes are damaged or of a newer version
   */
  public static BoostedTreesModel decode(byte[] bytes, String trainer) {
    return new BoostedTreesModel(BoostedTreesCodec.decode(bytes), trainer);
  }

  /** The trees of the headline, before sorting. */
  public BoostedTrees trees() {
    return series().get(headline());
  }

  /** The trees of each output, before sorting. */
  public List<BoostedTrees> series() {
    return named.series();
  }

  /** The categories of its features. */
  public List<Categories> categories() {
    return named.categories();
  }

  @Override
  public List<String> categories(int feature) {
    return named.categories().get(feature).names();
  }

  /**
   * Rows with the numbers by which the trees know categories. Those that were not trained on are NaN, as a missing value is.
   *
   * @param rows columns in the order of {@link #features}; a column of categories without names holds these numbers already
   * @throws slipstream.core.SlipstreamException when a column has categories where the trees want a quantity
   */
  public FeatureMatrix numbered(FeatureMatrix rows) {
    return NumberedMatrix.of(rows, named.categories());
  }

  @Override
  public List<Output> outputs() {
    return outputs(named.levels());
  }

  /** One for each level; an unnamed one without. */
  static List<Output> outputs(double[] levels) {
    return levels.length == 0
        ? List.of(Output.ONLY)
        : Arrays.stream(levels).mapToObj(Output::ofQuantile).toList();
  }

  /** The quantile that is nearest to 0.5, the lower one of two. */
  @Override
  public int headline() {
    double[] levels = named.levels();
    int nearest = 0;
    for (int k = 1; k < levels.length; k++) {
      if (Math.abs(levels[k] - 0.5) < Math.abs(levels[nearest] - 0.5)) {
        nearest = k;
      }
    }
    return nearest;
  }

  @Override
  public String trainer() {
    return trainer;
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
    if (series().size() > 1) {
      double[][] all = predictAll(rows);
      System.arraycopy(all[headline()], 0, result, 0, rows.rows());
      return;
    }
    predict(series().getFirst(), numbered(rows), result);
  }

  @Override
  public void predictAll(FeatureMatrix rows, double[][] result) {
    FeatureMatrix numbered = numbered(rows);
    for (int k = 0; k < result.length; k++) {
      predict(series().get(k), numbered, result[k]);
    }
    for (int row = 0; row < rows.rows() && result.length > 1; row++) {
      sort(result, row);
    }
  }

  /** By insertion: mostly they are in order. */
  private static void sort(double[][] outputs, int row) {
    for (int k = 1; k < outputs.length; k++) {
      double value = outputs[k][row];
      int at = k;
      for (; at > 0 && outputs[at - 1][row] > value; at--) {
        outputs[at][row] = outputs[at - 1][row];
      }
      outputs[at][row] = value;
    }
  }

  private static void predict(BoostedTrees trees, FeatureMatrix rows, double[] result) {
    FeatureColumns columns = columns(rows);
    for (int from = 0; from < rows.rows(); from += BLOCK) {
      float[] block = trees.predict(columns, from, Math.min(rows.rows(), from + BLOCK));
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
    double[] gains = new double[features().size()];
    double sum = 0;
    for (BoostedTrees each : series()) {
      double[] share = each.gainImportance();
      for (int f = 0; f < gains.length; f++) {
        gains[f] += share[f];
        sum += share[f];
      }
    }
    for (int f = 0; f < gains.length && series().size() > 1 && sum > 0; f++) {
      gains[f] /= sum;
    }
    SequencedMap<String, Double> byName = new LinkedHashMap<>();
    IntStream.range(0, gains.length)
        .boxed()
        .sorted(Comparator.comparingDouble(f -> -gains[f]))
        .forEach(f -> byName.put(features().get(f), gains[f]));
    return byName;
  }

  /** A feature matrix of quantities as float32 columns. */
  static FeatureColumns columns(FeatureMatrix matrix) {
    return columns(matrix, Collections.nCopies(matrix.features(), Categories.NONE));
  }

  /**
   * A feature matrix as float32 columns.
   *
   * @param categories by feature; the matrix has their numbers
   */
  static FeatureColumns columns(FeatureMatrix matrix, List<Categories> categories) {
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
      public int categories(int feature) {
        return categories.get(feature).count();
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
