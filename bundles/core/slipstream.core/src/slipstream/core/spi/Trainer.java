package slipstream.core.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import slipstream.core.device.Device;
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
   * The plug-in whose loss a fit with these parameters minimises, given to it as {@link
   * Context#loss}; empty for a loss of the trainer's own.
   */
  default Optional<ObjectiveUse> objective(P parameters) {
    return Optional.empty();
  }

  /**
   * An {@link Objective} by name.
   *
   * @param name as the user wrote it
   * @param key the trainer's parameter that names it
   * @param parameters of the objective
   * @param parametersKey the trainer's parameter that holds them
   * @param own names of the trainer's own losses, among which none is meant
   */
  record ObjectiveUse(
      String name,
      String key,
      Map<String, String> parameters,
      String parametersKey,
      List<String> own) {}

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
   * @param facts about the training rows
   * @param validationFeatures rows for early stopping and the learning curve, later in time; may
   *     have no rows
   * @param validationTarget one finite value per validation row
   * @param validationFacts about the validation rows
   */
  record TrainingData(
      FeatureMatrix features,
      double[] target,
      RowFacts facts,
      FeatureMatrix validationFeatures,
      double[] validationTarget,
      RowFacts validationFacts) {
    public TrainingData {
      if (features.rows() != target.length
          || validationFeatures.rows() != validationTarget.length) {
        throw new IllegalArgumentException("features and target of unequal length");
      }
      facts.checkLength(target.length);
      validationFacts.checkLength(validationTarget.length);
    }

    /** Rows of which nothing else is known. */
    public TrainingData(
        FeatureMatrix features,
        double[] target,
        FeatureMatrix validationFeatures,
        double[] validationTarget) {
      this(features, target, RowFacts.NONE, validationFeatures, validationTarget, RowFacts.NONE);
    }
  }

  /**
   * What is known of rows beside their features; each array is null where nothing is, and must not be changed.
   *
   * @param weights how much each row counts: finite, at least 0, not all 0; null for equal weights
   * @param clusters rows of equal numbers count as one observation for standard errors: from 0 on
   * @param times UTC nanoseconds
   * @param instruments numbers of the rows' instruments
   */
  record RowFacts(double[] weights, int[] clusters, long[] times, int[] instruments) {
    /** Nothing is known. */
    public static final RowFacts NONE = new RowFacts(null, null, null, null);

    private void checkLength(int rows) {
      if (weights != null && weights.length != rows
          || clusters != null && clusters.length != rows
          || times != null && times.length != rows
          || instruments != null && instruments.length != rows) {
        throw new IllegalArgumentException("facts and target of unequal length");
      }
    }

    /** Of the rows at these indices, in this order. */
    public RowFacts select(int[] rows) {
      double[] w = weights == null ? null : new double[rows.length];
      int[] c = clusters == null ? null : new int[rows.length];
      long[] t = times == null ? null : new long[rows.length];
      int[] i = instruments == null ? null : new int[rows.length];
      for (int row = 0; row < rows.length; row++) {
        if (w != null) {
          w[row] = weights[rows[row]];
        }
        if (c != null) {
          c[row] = clusters[rows[row]];
        }
        if (t != null) {
          t[row] = times[rows[row]];
        }
        if (i != null) {
          i[row] = instruments[rows[row]];
        }
      }
      return new RowFacts(w, c, t, i);
    }
  }

  /**
   * @param series name for {@link Progress#learningCurve}
   * @param seed all randomness comes from it
   * @param threads upper bound, at least 1; must not change the result
   * @param loss of the plug-in that {@link #objective} names, where it names one
   * @param device that a trainer with kernels works on; empty for the processor; must not change the result
   */
  record Context(
      String series,
      long seed,
      int threads,
      Progress progress,
      Optional<Loss> loss,
      Optional<Device> device) {
    /** For a loss of the trainer's own, on the processor. */
    public Context(String series, long seed, int threads, Progress progress) {
      this(series, seed, threads, progress, Optional.empty(), Optional.empty());
    }
  }
}
