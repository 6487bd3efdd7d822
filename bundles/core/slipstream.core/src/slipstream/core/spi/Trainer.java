package slipstream.core.spi;

import java.util.Optional;
import slipstream.core.progress.Progress;

/**
 * Fits models. The same data, parameters and seed give the same model bytes for any number of
 * threads.
 */
public interface Trainer<P extends Record> extends Plugin<P> {
  /**
   * Fits a model.
   *
   * @throws slipstream.core.SlipstreamException when the data cannot be fitted, saying why
   */
  Model train(TrainingData data, P parameters, Context context);

  /**
   * The parameter by which fits with these parameters choose their number of steps on validation
   * rows, such as {@code early_stopping_rounds}; empty when they do not look at them.
   *
   * <p>Such a fit is given the latest share of its training rows as validation rows, and serves to
   * find the steps and to draw the learning curve alone: the model that is scored or kept is fitted
   * again, on all rows, by {@link #withSteps}.
   */
  default Optional<String> stopsEarlyBy(P parameters) {
    return Optional.empty();
  }

  /**
   * True when fits report a learning curve to their context's {@link Progress}. One that stops
   * early does so while it finds its steps; for the others a fit is made for the curve's sake, and
   * thrown away.
   */
  default boolean drawsLearningCurve() {
    return false;
  }

  /**
   * Parameters for a fit without validation rows that takes exactly this many steps, after fits
   * that stopped early have shown how many are enough.
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
   * @param validationFeatures rows for early stopping and the learning curve, later in time; may
   *     have no rows
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
