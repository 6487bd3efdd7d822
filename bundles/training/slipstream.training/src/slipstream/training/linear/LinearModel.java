package slipstream.training.linear;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * A linear model: {@code intercept + t1 + t2 + …}, added in the order of the features, in double
 * precision.
 *
 * <p>The term of feature j is {@code coefficient[j] * (x[j] - mean[j])} where x[j] is finite, else
 * {@code missing[j]}. A feature that did not vary in training has coefficient 0.
 */
public abstract sealed class LinearModel implements Model
    permits RidgeModel, ElasticNetModel, FittedLinearModel {
  private final Terms terms;

  LinearModel(Terms terms) {
    this.terms = terms;
  }

  final Terms terms() {
    return terms;
  }

  @Override
  public final List<String> features() {
    return terms.features;
  }

  /** The prediction where every feature is at its training mean, in the target's unit. */
  public final double intercept() {
    return terms.intercept;
  }

  /** The features' training means, which are subtracted. */
  public final double[] means() {
    return terms.means.clone();
  }

  /** The features' training standard deviations; 0 for a constant. */
  public final double[] deviations() {
    return terms.deviations.clone();
  }

  /** In units of the target for each unit of the feature. */
  public final double[] slopes() {
    return terms.coefficients.clone();
  }

  /** What stands for a feature's term where the feature is NaN or infinite. */
  public final double[] missing() {
    return terms.missing.clone();
  }

  @Override
  public final void predict(FeatureMatrix rows, double[] result) {
    int block = 4096;
    double[] column = new double[Math.min(block, rows.rows())];
    for (int from = 0; from < rows.rows(); from += block) {
      int to = Math.min(rows.rows(), from + block);
      for (int i = from; i < to; i++) {
        result[i] = terms.intercept;
      }
      for (int j = 0; j < terms.coefficients.length; j++) {
        rows.copy(j, from, to, column, 0);
        for (int i = from; i < to; i++) {
          double x = column[i - from];
          result[i] +=
              Double.isFinite(x) ? terms.coefficients[j] * (x - terms.means[j]) : terms.missing[j];
        }
      }
    }
  }

  /**
   * Shares of the absolute standardised coefficients: how far one standard deviation of a feature
   * moves the result.
   */
  @Override
  public final SequencedMap<String, Double> importance() {
    double[] coefficients = terms.coefficients;
    double sum = 0;
    for (int j = 0; j < coefficients.length; j++) {
      sum += Math.abs(coefficients[j]) * terms.deviations[j];
    }
    record Share(String feature, double share) {}
    List<Share> shares = new ArrayList<>();
    for (int j = 0; j < coefficients.length && sum > 0; j++) {
      shares.add(
          new Share(terms.features.get(j), Math.abs(coefficients[j]) * terms.deviations[j] / sum));
    }
    shares.sort(Comparator.comparingDouble(Share::share).reversed());
    SequencedMap<String, Double> importance = new LinkedHashMap<>();
    shares.forEach(each -> importance.put(each.feature(), each.share()));
    return importance;
  }

  /** What a linear model computes with; arrays by feature, not to be changed. */
  record Terms(
      List<String> features,
      double intercept,
      double[] means,
      double[] deviations,
      double[] coefficients,
      double[] missing) {
    Terms {
      features = List.copyOf(features);
    }

    void write(ModelBytes.Writer out) {
      out.putInt(features.size());
      features.forEach(out::putString);
      out.putDouble(intercept)
          .putDoubles(means)
          .putDoubles(deviations)
          .putDoubles(coefficients)
          .putDoubles(missing);
    }

    static Terms read(ModelBytes.Reader in) {
      List<String> features = in.getStrings();
      int count = features.size();
      return new Terms(
          features,
          in.getFinite(),
          in.getFinite(count),
          in.getFinite(count),
          in.getFinite(count),
          in.getFinite(count));
    }
  }
}
