package slipstream.core.spi;

import slipstream.core.progress.Progress;

/** Fits models. The same data, parameters and seed give the same model bytes for any number of threads. */
public interface Trainer<P extends Record> extends Plugin<P> {
  /**
   * Fits a model.
   *
   * @throws slipstream.core.SlipstreamException when the data cannot be fitted, saying why
   */
  Model train(TrainingData data, P parameters, Context context);

  /**
   * True when a fit looks at validation rows, to stop early or to draw a learning curve.
   *
   * <p>A trainer that does not look at them is given none, and is fitted on those rows too.
   */
  default boolean usesValidationRows() {
    return false;
  }

  /**
   * Parameters for a fit without validation rows that takes exactly this many steps: the final fit on all rows, after
   * fits with early stopping have shown how many are enough.
   *
   * @param steps as {@link Model#steps} counts them, at least 1
   */
  default P withSteps(P parameters, int steps) {
    return parameters;
  }

  /**
   * A model from the bytes of {@link Model#encode}, of this or any older version.
   *
   * @throws slipstream.core.SlipstreamException CORRUPT when they are damaged or of a newer version
   */
  Model decode(byte[] bytes);

  /**
   * What a fit sees.
   *
   * @param features training rows
   * @param target one finite value per training row
   * @param validationFeatures rows for early stopping and the learning curve, later in time; may have no rows
   * @param validationTarget one finite value per validation row
   */
  record TrainingData(
      FeatureMatrix features,
      double[] target,
      FeatureMatrix validationFeatures,
      double[] validationTarget) {
    public TrainingData {
      if (features.rows() != target.length
          || validationFeatures.rows() != validationTarget.length) {
        throw new IllegalArgumentException("features and target of unequal length");
      }
    }
  }

  /**
   * @param series name for {@link Progress#learningCurve}
   * @param seed all randomness comes from it
   * @param threads upper bound, at least 1; must not change the result
   */
  record Context(String series, long seed, int threads, Progress progress) {}
}
