package slipstream.core.spi;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** A fitted model. Immutable and thread-safe. */
public interface Model {
  /** The name of the trainer that made it and can decode it. */
  String trainer();

  /** The features that it needs, in the order that it needs them. */
  List<String> features();

  /**
   * Names of the categories of a feature that it knows; empty for a quantity. What it does with others, its trainer says.
   *
   * @param feature position among {@link #features}
   */
  default List<String> categories(int feature) {
    return List.of();
  }

  /**
   * What it predicts of a row, in the order of {@link #predictAll}: one output, unless it says
   * otherwise.
   */
  default List<Output> outputs() {
    return List.of(Output.ONLY);
  }

  /** The index among {@link #outputs} of the one that {@link #predict} gives. */
  default int headline() {
    return 0;
  }

  /**
   * What a model predicts.
   *
   * @param name such as {@code q90}; empty for an only one
   * @param quantile of the target that it is, between 0 and 1; NaN for another value
   */
  record Output(String name, double quantile) {
    /** Of a model with one. */
    public static final Output ONLY = new Output("", Double.NaN);

    /** A quantile: {@code q90}, {@code q2.5}. */
    public static Output ofQuantile(double quantile) {
      String percent =
          new BigDecimal(Double.toString(quantile))
              .movePointRight(2)
              .stripTrailingZeros()
              .toPlainString();
      return new Output("q" + percent, quantile);
    }
  }

  /**
   * Predicts all outputs of rows.
   *
   * @param rows columns in the order of {@link #features}; categories are known by their names
   * @param result {@code [output][row]}
   */
  default void predictAll(FeatureMatrix rows, double[][] result) {
    predict(rows, result[0]);
  }

  /** Predicts all outputs of all rows: {@code [output][row]}. */
  default double[][] predictAll(FeatureMatrix rows) {
    double[][] result = new double[outputs().size()][rows.rows()];
    predictAll(rows, result);
    return result;
  }

  /**
   * Predicts the headline of rows.
   *
   * @param rows columns in the order of {@link #features}
   * @param result one value per row
   */
  void predict(FeatureMatrix rows, double[] result);

  /** Predicts all rows. */
  default double[] predict(FeatureMatrix rows) {
    double[] result = new double[rows.rows()];
    predict(rows, result);
    return result;
  }

  /**
   * Standard errors of {@link #predict}'s values, as far as they come from not knowing the coefficients exactly: how well
   * the fitted curve is known, not how far single rows scatter around it.
   *
   * @param rows columns in the order of {@link #features}
   * @return one value per row, NaN where it is not known; empty when the model does not know them
   */
  default Optional<double[]> standardErrors(FeatureMatrix rows) {
    return Optional.empty();
  }

  /**
   * The model as bytes, versioned, for {@link Trainer#decode}, without its {@link #members}. Equal models have equal
   * bytes.
   */
  byte[] encode();

  /** The models that this one combines, by their names; empty when it combines none. */
  default SequencedMap<String, Model> members() {
    return Collections.emptyNavigableMap();
  }

  /** Importance by feature, largest first, adding up to 1; empty when the model has no such notion. */
  SequencedMap<String, Double> importance();

  /** Its coefficients with their errors; empty when the model has no such notion. */
  default List<Coefficient> coefficients() {
    return List.of();
  }

  /** Boosting rounds or iterations that the model keeps; 0 when its trainer has no such notion. */
  default int steps() {
    return 0;
  }
}
