package slipstream.core.spi;

import java.util.List;
import java.util.SequencedMap;

/** A fitted model. Immutable and thread-safe. */
public interface Model {
  /** The name of the trainer that made it and can decode it. */
  String trainer();

  /** The features that it needs, in the order that it needs them. */
  List<String> features();

  /**
   * Predicts rows.
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

  /** The model as bytes, versioned, for {@link Trainer#decode}. Equal models have equal bytes. */
  byte[] encode();

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
