package slipstream.core.spi;

import java.lang.reflect.Array;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import slipstream.core.SlipstreamException;
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
   * @throws SlipstreamException when the data cannot be fitted, saying why
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
   * Whether features may have categories. Where a trainer says no, a run gives it each category as a quantity, 1 or 0.
   */
  default boolean takesCategories() {
    return false;
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

  /** The parameter that {@link #startsFrom} tells. */
  String START_FROM = "start_from";

  /**
   * The model that a fit with these parameters goes on from, given to it as {@link Context#start}: a
   * name in the workspace or the path of an archive; empty for a fit from nothing.
   */
  default Optional<String> startsFrom(P parameters) {
    return Optional.empty();
  }

  /** The parameter that {@link #members} tells. */
  String MEMBERS = "of";

  /**
   * Other models of the experiment that fits with these parameters combine, by name, each given to them as a {@link
   * Member}; empty for a trainer that combines none. Members are no ensembles themselves.
   * Such a trainer {@link #takesCategories}, because its members see the features as they are.
   */
  default List<String> members(P parameters) {
    return List.of();
  }

  /** A model that an ensemble combines, on the training rows of the ensemble's fit. */
  interface Member {
    /** The model's name in the experiment. */
    String name();

    /** Fitted on all of these rows. */
    Model model();

    /**
     * What it predicts of each of these rows where it is fitted on others: the training rows are divided as the
     * experiment's validation divides all rows, purged in the same way, and never with what the ensemble is scored on. NaN
     * for rows that no such fit can predict, such as the first ones of a walk-forward. The fits that are not there yet are
     * made when this is first asked for.
     */
    double[] outOfFold();
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
   * The most memory that a fit takes beside the data that it is given, in bytes, so that a run can be refused before it
   * begins; empty where it is not known.
   */
  default OptionalLong memory(P parameters, Size size) {
    return OptionalLong.empty();
  }

  /**
   * How large a fit is.
   *
   * @param rows that are learned
   * @param validationRows that judge the fit
   * @param weighted whether rows have weights
   * @param clusters of rows; 0 where there are none
   * @param threads upper bound
   */
  record Size(
      int rows, int validationRows, int features, boolean weighted, int clusters, int threads) {}

  /**
   * A model from the bytes of {@link Model#encode}, of this or any older version.
   *
   * @throws SlipstreamException CORRUPT when they are damaged or of a newer version
   */
  Model decode(byte[] bytes);

  /**
   * A model that may combine others.
   *
   * @param members by name, as {@link Model#members} gave them; empty for a model that combines none
   * @throws slipstream.core.SlipstreamException CORRUPT when they are not the model's
   */
  default Model decode(byte[] bytes, SequencedMap<String, Model> members) {
    if (!members.isEmpty()) {
      throw SlipstreamException.corrupt(
          "the model holds members, and those of trainer '" + name() + "' have none",
          "Copy the model again, or train it again.");
    }
    return decode(bytes);
  }

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

    /**
     * Refuses what cannot be fitted: no rows, no features, a target that is not finite.
     *
     * @param trainer for errors
     * @throws SlipstreamException INVALID_INPUT
     */
    public void requireUsable(String trainer) {
      if (target.length == 0) {
        throw SlipstreamException.invalid(
            "there are no training rows", "Widen the data or the validation split.");
      }
      if (features.features() == 0) {
        throw SlipstreamException.invalid(
            trainer + " got no features", "Define at least one feature.");
      }
      for (int row = 0; row < target.length; row++) {
        if (!Double.isFinite(target[row])) {
          throw SlipstreamException.invalid(
              "the target of training row " + row + " is " + target[row],
              "Leave out rows whose target is not a finite number.");
        }
      }
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
   * What is known of rows beside their features. Where nothing is, an array is null; none must be changed. The arrays of a
   * selection are made when they are first asked for: what a trainer does not look at takes no memory. Immutable,
   * thread-safe.
   */
  final class RowFacts {
    /** Nothing is known. */
    public static final RowFacts NONE = new RowFacts(null, null, null, null);

    private static final int BLOCK = 1 << 12;

    private final IntToDoubleFunction weightOf;
    private final IntUnaryOperator clusterOf;
    private final IntToLongFunction timeOf;
    private final IntUnaryOperator instrumentOf;
    private final RowSelection rows;
    private double[] weights;
    private int[] clusters;
    private long[] times;
    private int[] instruments;

    private RowFacts(
        IntToDoubleFunction weightOf,
        IntUnaryOperator clusterOf,
        IntToLongFunction timeOf,
        IntUnaryOperator instrumentOf,
        RowSelection rows) {
      this.weightOf = weightOf;
      this.clusterOf = clusterOf;
      this.timeOf = timeOf;
      this.instrumentOf = instrumentOf;
      this.rows = rows;
    }

    /**
     * Of rows whose facts are there as arrays, which are not copied.
     *
     * @param weights how much each row counts: finite, at least 0, not all 0; null for equal weights
     * @param clusters rows of equal numbers count as one observation for standard errors: from 0 on
     * @param times UTC nanoseconds
     * @param instruments numbers of the rows' instruments
     */
    public RowFacts(double[] weights, int[] clusters, long[] times, int[] instruments) {
      this(
          weights == null ? null : row -> weights[row],
          clusters == null ? null : row -> clusters[row],
          times == null ? null : row -> times[row],
          instruments == null ? null : row -> instruments[row],
          RowSelection.all(length(weights, clusters, times, instruments)));
      this.weights = weights;
      this.clusters = clusters;
      this.times = times;
      this.instruments = instruments;
    }

    /**
     * Of rows whose facts lie elsewhere, such as in files.
     *
     * @param weightOf a row's weight; as the other functions null where it is not known, and called from several threads
     */
    public static RowFacts of(
        int rows,
        IntToDoubleFunction weightOf,
        IntUnaryOperator clusterOf,
        IntToLongFunction timeOf,
        IntUnaryOperator instrumentOf) {
      return new RowFacts(weightOf, clusterOf, timeOf, instrumentOf, RowSelection.all(rows));
    }

    private static int length(Object... arrays) {
      int length = -1;
      for (Object array : arrays) {
        if (array != null) {
          if (length >= 0 && Array.getLength(array) != length) {
            throw new IllegalArgumentException("facts of unequal length");
          }
          length = Array.getLength(array);
        }
      }
      return Math.max(0, length);
    }

    public boolean hasWeights() {
      return weightOf != null;
    }

    public boolean hasClusters() {
      return clusterOf != null;
    }

    /** A row's weight: 1 where all are equal. */
    public double weight(int row) {
      return weightOf == null ? 1 : weightOf.applyAsDouble(rows.get(row));
    }

    /** The number of a row's cluster, where there are clusters. */
    public int cluster(int row) {
      return clusterOf.applyAsInt(rows.get(row));
    }

    /** How much each row counts: finite, at least 0, not all 0; null for equal weights. */
    public synchronized double[] weights() {
      if (weights == null && weightOf != null) {
        weights = new double[rows.size()];
        forEach((row, at) -> weights[at] = weightOf.applyAsDouble(row));
      }
      return weights;
    }

    /** Rows of equal numbers count as one observation for standard errors: from 0 on. */
    public synchronized int[] clusters() {
      if (clusters == null && clusterOf != null) {
        clusters = new int[rows.size()];
        forEach((row, at) -> clusters[at] = clusterOf.applyAsInt(row));
      }
      return clusters;
    }

    /** UTC nanoseconds. */
    public synchronized long[] times() {
      if (times == null && timeOf != null) {
        times = new long[rows.size()];
        forEach((row, at) -> times[at] = timeOf.applyAsLong(row));
      }
      return times;
    }

    /** Numbers of the rows' instruments. */
    public synchronized int[] instruments() {
      if (instruments == null && instrumentOf != null) {
        instruments = new int[rows.size()];
        forEach((row, at) -> instruments[at] = instrumentOf.applyAsInt(row));
      }
      return instruments;
    }

    private interface Row {
      void accept(int row, int position);
    }

    private void forEach(Row action) {
      int[] block = new int[Math.min(BLOCK, rows.size())];
      for (int from = 0; from < rows.size(); from += block.length) {
        int to = Math.min(rows.size(), from + block.length);
        rows.copy(from, to, block);
        for (int at = from; at < to; at++) {
          action.accept(block[at - from], at);
        }
      }
    }

    private boolean none() {
      return weightOf == null && clusterOf == null && timeOf == null && instrumentOf == null;
    }

    private void checkLength(int length) {
      if (!none() && rows.size() != length) {
        throw new IllegalArgumentException("facts and target of unequal length");
      }
    }

    /** Of some of these rows. */
    public RowFacts select(RowSelection chosen) {
      return none()
          ? NONE
          : new RowFacts(weightOf, clusterOf, timeOf, instrumentOf, rows.select(chosen));
    }
  }

  /**
   * @param series name for {@link Progress#learningCurve}
   * @param seed all randomness comes from it
   * @param threads upper bound, at least 1; must not change the result
   * @param loss of the plug-in that {@link #objective} names, where it names one
   * @param device that a trainer with kernels works on; empty for the processor; must not change the result
   * @param start the model that {@link #startsFrom} names, where it names one; of any trainer
   * @param members the models that {@link Trainer#members} names, in its order
   */
  record Context(
      String series,
      long seed,
      int threads,
      Progress progress,
      Optional<Loss> loss,
      Optional<Device> device,
      Optional<Model> start,
      List<Member> members) {
    /** Of no other models. */
    public Context(
        String series,
        long seed,
        int threads,
        Progress progress,
        Optional<Loss> loss,
        Optional<Device> device,
        Optional<Model> start) {
      this(series, seed, threads, progress, loss, device, start, List.of());
    }

    /** From nothing, for a loss of the trainer's own, on the processor, of no other models. */
    public Context(String series, long seed, int threads, Progress progress) {
      this(series, seed, threads, progress, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }
}
