package slipstream.training.linear;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.training.internal.ModelBytes;

/**
 * A linear model: {@code intercept + t1 + t2 + …}, added in the order of the features, in double
 * precision.
 *
 * <p>The term of feature j is {@code coefficient[j] * (x[j] - mean[j])} where x[j] is finite, else
 * {@code missing[j]}. A feature that did not vary in training, or that earlier features determine,
 * has coefficient 0.
 */
public final class RidgeModel implements Model {
  private static final String MAGIC = "SLIPRDGE";
  private static final int VERSION = 1;

  private final List<String> features;
  private final double intercept;
  private final double[] means;
  private final double[] deviations;
  private final double[] coefficients;
  private final double[] missing;

  RidgeModel(
      List<String> features,
      double intercept,
      double[] means,
      double[] deviations,
      double[] coefficients,
      double[] missing) {
    this.features = List.copyOf(features);
    this.intercept = intercept;
    this.means = means;
    this.deviations = deviations;
    this.coefficients = coefficients;
    this.missing = missing;
  }

  @Override
  public String trainer() {
    return RidgeTrainer.NAME;
  }

  @Override
  public List<String> features() {
    return features;
  }

  /** The prediction where every feature is at its training mean, in the target's unit. */
  public double intercept() {
    return intercept;
  }

  /** The features' training means, which are subtracted. */
  public double[] means() {
    return means.clone();
  }

  /** The features' training standard deviations; 0 for a constant. */
  public double[] deviations() {
    return deviations.clone();
  }

  /** In units of the target for each unit of the feature. */
  public double[] slopes() {
    return coefficients.clone();
  }

  /** What stands for a feature's term where the feature is NaN or infinite. */
  public double[] missing() {
    return missing.clone();
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    int block = 4096;
    double[] column = new double[Math.min(block, rows.rows())];
    for (int from = 0; from < rows.rows(); from += block) {
      int to = Math.min(rows.rows(), from + block);
      for (int i = from; i < to; i++) {
        result[i] = intercept;
      }
      for (int j = 0; j < coefficients.length; j++) {
        rows.copy(j, from, to, column, 0);
        for (int i = from; i < to; i++) {
          double x = column[i - from];
          result[i] += Double.isFinite(x) ? coefficients[j] * (x - means[j]) : missing[j];
        }
      }
    }
  }

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION).putInt(features.size());
    features.forEach(out::putString);
    return out.putDouble(intercept)
        .putDoubles(means)
        .putDoubles(deviations)
        .putDoubles(coefficients)
        .putDoubles(missing)
        .bytes();
  }

  static RidgeModel decode(byte[] bytes) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, "ridge model");
    List<String> features = in.getStrings();
    int count = features.size();
    RidgeModel model =
        new RidgeModel(
            features,
            in.getFinite(),
            in.getFinite(count),
            in.getFinite(count),
            in.getFinite(count),
            in.getFinite(count));
    in.end();
    return model;
  }

  /**
   * Shares of the absolute standardised coefficients: how far one standard deviation of a feature
   * moves the result.
   */
  @Override
  public SequencedMap<String, Double> importance() {
    double sum = 0;
    for (int j = 0; j < coefficients.length; j++) {
      sum += Math.abs(coefficients[j]) * deviations[j];
    }
    record Share(String feature, double share) {}
    List<Share> shares = new ArrayList<>();
    for (int j = 0; j < coefficients.length && sum > 0; j++) {
      shares.add(new Share(features.get(j), Math.abs(coefficients[j]) * deviations[j] / sum));
    }
    shares.sort(Comparator.comparingDouble(Share::share).reversed());
    SequencedMap<String, Double> importance = new LinkedHashMap<>();
    shares.forEach(each -> importance.put(each.feature(), each.share()));
    return importance;
  }
}
