package slipstream.training.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.spi.Loss;

/**
 * Trains {@link BoostedTrees}. The model is a function of the data and the parameters alone: it has
 * the same bits for any number of threads and any way of cutting up the rows, because histograms
 * are sums of integers (see {@link Gradients}) and all else that is added up is either an integer
 * or added in a fixed order.
 *
 * <p>Memory: 8 bytes for each 8 features and row (4 features in the last word, beside the
 * gradient; 8 in the words before it where rows have weights or the objective hessians), 8 bytes a
 * row of state, 4 of weight where there is one, and while cut points are sought 8 bytes for each of up to 4M
 * rows and thread.
 */
public final class BoostedTreesLearner {
  /** Rows are counted in 29 bits, which leaves 33 for the gradients' sum. */
  static final int MAX_ROWS = (1 << 29) - 1;

  static final int MAX_FEATURES = 1 << 16;
  static final double MAX_TARGET = 1e37;

  private final FeatureColumns columns;
  private final BoostedTreesParameters parameters;
  private final Loss loss;
  private final TrainingMonitor monitor;
  private final int rows;
  private final float[] target;
  private final float[] weights;
  private final RecordLayout layout;
  private final Sampling sampling;

  private ThreadTeam team;
  private Worker[] workers;
  private Shard[] shards;
  private TreeGrower grower;
  private CutPoints cuts;
  private Gradients gradients;
  private long binningNanos;
  private long boostingNanos;

  private BoostedTreesLearner(
      FeatureColumns columns,
      double[] target,
      double[] weights,
      BoostedTreesParameters parameters,
      Loss loss,
      long seed,
      TrainingMonitor monitor) {
    this.columns = columns;
    this.parameters = parameters;
    this.loss = loss;
    this.monitor = monitor;
    rows = columns.rows();
    checkShape(columns, target, "training");
    this.target = toFloat(target, loss);
    this.weights = weights == null ? null : normalised(weights);
    layout = RecordLayout.of(columns.features(), weights != null || StandardLoss.hasHessian(loss));
    sampling = new Sampling(parameters, columns.features(), seed);
  }

  /**
   * Validation rows that decide when to stop.
   *
   * @param weights from 0 on, not all 0; null when all are equal
   */
  public record Validation(FeatureColumns columns, double[] target, double[] weights) {
    public Validation(FeatureColumns columns, double[] target) {
      this(columns, target, null);
    }
  }

  /**
   * What a training gives.
   *
   * @param model the trees up to the best round
   * @param curve one point for each round that ran
   * @param phases where the time went
   */
  public record Result(BoostedTrees model, List<RoundReport> curve, Phases phases) {}

  /** Seconds: binning and boosting by the clock, the others summed over threads. */
  public record Phases(
      double binning,
      double boosting,
      double histogramThread,
      double partitionThread,
      double splitThread,
      double leavesThread) {}

  /**
   * Trains on all rows.
   *
   * @param target one finite value for each row, rounded to float32
   * @param weights how much each row counts, above 0; only their proportions matter; null when all
   *     are equal
   * @param validation null without; needed for early stopping
   * @param seed of the sampling of rows and columns
   * @param threads at least 1; the model does not depend on it
   * @throws slipstream.core.SlipstreamException when there is nothing to learn from: no rows, no
   *     features, a target that is missing or out of range
   * @throws CancellationException when the monitor says so
   */
  public static Result train(
      FeatureColumns columns,
      double[] target,
      double[] weights,
      Validation validation,
      BoostedTreesParameters parameters,
      long seed,
      int threads,
      TrainingMonitor monitor) {
    return train(
        columns,
        target,
        weights,
        validation,
        parameters,
        parameters.standardLoss(),
        seed,
        threads,
        monitor);
  }

  /**
   * Trains with the loss of a plug-in, whatever objective the parameters name.
   *
   * @see #train(FeatureColumns, double[], double[], Validation, BoostedTreesParameters, long, int,
   *     TrainingMonitor)
   */
  static Result train(
      FeatureColumns columns,
      double[] target,
      double[] weights,
      Validation validation,
      BoostedTreesParameters parameters,
      Loss loss,
      long seed,
      int threads,
      TrainingMonitor monitor) {
    return train(
        columns,
        target,
        weights,
        validation,
        parameters,
        loss,
        seed,
        threads,
        monitor,
        TreeGrower.Layout.of(columns.rows(), threads));
  }

  static Result train(
      FeatureColumns columns,
      double[] target,
      double[] weights,
      Validation validation,
      BoostedTreesParameters parameters,
      Loss loss,
      long seed,
      int threads,
      TrainingMonitor monitor,
      TreeGrower.Layout layout) {
    if (parameters.earlyStoppingRounds() > 0 && validation == null) {
      throw Checks.invalid(
          "early stopping needs validation rows", "Give some, or set early_stopping_rounds to 0.");
    }
    var learner =
        new BoostedTreesLearner(columns, target, weights, parameters, loss, seed, monitor);
    try (ThreadTeam team = new ThreadTeam(threads)) {
      return learner.run(team, layout, validation);
    }
  }

  private static void checkShape(FeatureColumns columns, double[] target, String part) {
    if (columns.rows() == 0) {
      throw Checks.invalid("there are no " + part + " rows", "Widen the data or the split.");
    }
    if (columns.rows() > MAX_ROWS) {
      throw Checks.invalid(columns.rows() + " rows are too many", "Use at most " + MAX_ROWS + ".");
    }
    if (columns.features() == 0 || columns.features() > MAX_FEATURES) {
      throw Checks.invalid(
          "there are " + columns.features() + " features", "Use 1 to " + MAX_FEATURES + ".");
    }
    if (target.length != columns.rows()) {
      throw new IllegalArgumentException(
          target.length + " targets for " + columns.rows() + " rows");
    }
  }

  private static float[] toFloat(double[] target, Loss loss) {
    float[] result = new float[target.length];
    for (int i = 0; i < target.length; i++) {
      if (!(Math.abs(target[i]) <= MAX_TARGET)) {
        throw Checks.invalid(
            "the target of row " + i + " is " + target[i],
            "Drop rows without a finite target, or scale it below 1e37.");
      }
      Optional<String> refusal = loss.refusal(target[i]);
      if (refusal.isPresent()) {
        throw Checks.invalid(
            "the target of row " + i + " is " + target[i] + "; the objective " + refusal.get(),
            "Change the target, leave such rows out, or choose another objective.");
      }
      result[i] = (float) target[i];
    }
    return result;
  }

  /** Weights of mean 1. */
  private float[] normalised(double[] weights) {
    if (weights.length != rows) {
      throw new IllegalArgumentException(weights.length + " weights for " + rows + " rows");
    }
    double largest = 0;
    for (int i = 0; i < rows; i++) {
      if (!(weights[i] > 0 && weights[i] <= Double.MAX_VALUE)) {
        throw Checks.invalid(
            "the weight of row " + i + " is " + weights[i],
            "Weights are above 0 and finite; leave rows out that are not to count.");
      }
      largest = Math.max(largest, weights[i]);
    }
    double sum = 0;
    for (double weight : weights) {
      sum += weight / largest;
    }
    double mean = sum / rows;
    float[] result = new float[rows];
    for (int i = 0; i < rows; i++) {
      result[i] = (float) (weights[i] / largest / mean);
    }
    return result;
  }

  private Result run(ThreadTeam team, TreeGrower.Layout cutting, Validation validation) {
    this.team = team;
    long start = System.nanoTime();
    var constraints = Constraints.of(parameters, loss, columns.names());
    cuts = findCuts();
    gradients = new Gradients(loss, baseScore(), rows, layout.hessians());
    workers = new Worker[team.threads()];
    for (int w = 0; w < workers.length; w++) {
      workers[w] =
          new Worker(
              layout.hessians()
                  ? new HessianSplitFinder(cuts, constraints, gradients, parameters)
                  : new SplitFinder(cuts, constraints, gradients, parameters),
              new LeafValues(gradients, parameters),
              layout.histogramLength());
    }
    shards = makeShards(Math.clamp(cutting.shards(), 1, rows));
    grower =
        new TreeGrower(
            team, workers, shards, layout, cutting, gradients, constraints, monitor, parameters);
    grower.overShards((w, s) -> fill(shards[s]));
    ValidationRows judged = null;
    if (validation != null) {
      checkShape(validation.columns(), validation.target(), "validation");
      judged =
          new ValidationRows(
              validation.columns(),
              toFloat(validation.target(), loss),
              validation.weights(),
              cuts,
              team);
    }
    binningNanos = System.nanoTime() - start;
    start = System.nanoTime();
    newScale();
    gradients.lossScaleFromLargest(totals().maxLoss);
    return boost(judged, start);
  }

  private Result boost(ValidationRows judged, long start) {
    List<RegressionTree> trees = new ArrayList<>();
    List<RoundReport> curve = new ArrayList<>();
    int bestRound = 0;
    double bestLoss = Double.POSITIVE_INFINITY;
    for (int round = 1; round <= parameters.rounds(); round++) {
      if (monitor.cancelled()) {
        throw new CancellationException("training cancelled");
      }
      if (gradients.outOfRange(totals())) {
        newScale();
      }
      clearTotals();
      Node root = growTree(round);
      trees.add(RegressionTree.of(root, cuts));
      double trainLoss = gradients.takeLoss(totals().loss) / rows;
      double judgedLoss = judged == null ? Double.NaN : judged.add(root, gradients, team);
      var report = new RoundReport(round, loss.reported(trainLoss), loss.reported(judgedLoss));
      curve.add(report);
      monitor.onRound(report);
      if (judged == null || judgedLoss < bestLoss) {
        bestRound = round;
        bestLoss = judgedLoss;
      } else if (parameters.earlyStoppingRounds() > 0
          && round - bestRound >= parameters.earlyStoppingRounds()) {
        break;
      }
    }
    int kept = parameters.earlyStoppingRounds() > 0 ? bestRound : trees.size();
    boostingNanos = System.nanoTime() - start;
    var model =
        new BoostedTrees(
            columns.features(), gradients.baseScore, loss.link(), trees.subList(0, kept));
    return new Result(model, List.copyOf(curve), phases());
  }

  private Node growTree(int round) {
    int[] features = sampling.features(round);
    int[] taken = Arrays.stream(shards).mapToInt(s -> s.rows).toArray();
    if (!sampling.samplesRows()) {
      return grower.grow(taken, features);
    }
    grower.overShards((w, s) -> taken[s] = takenFirst(shards[s], round));
    if (Arrays.stream(taken).sum() == 0) { // a tree needs a row: the first one
      taken[0] = 1;
      toFront(shards[0], 0);
    }
    Node root = grower.grow(taken, features);
    grower.overShards((w, s) -> applyToOthers(w, shards[s], taken[s], root));
    return root;
  }

  /** Moves the round's rows to the front and returns their number. */
  private int takenFirst(Shard shard, int round) {
    int taken = 0;
    for (int i = 0; i < shard.rows; i++) {
      if (sampling.takesRow(round, shard.ids[i])) {
        RowPartition.swap(shard, i, taken++);
      }
    }
    return taken;
  }

  private static void toFront(Shard shard, int id) {
    for (int i = 0; i < shard.rows; i++) {
      if (shard.ids[i] == id) {
        RowPartition.swap(shard, i, 0);
      }
    }
  }

  /** Rows that the tree was not grown on get its values all the same. */
  private void applyToOthers(Worker worker, Shard shard, int from, Node root) {
    for (int i = from; i < shard.rows; i++) {
      float value = ValidationRows.leaf(root, shard.records, i * shard.stride).value;
      gradients.apply(shard, i, i + 1, Split.NONE, value, value, worker.totals);
    }
  }

  private CutPoints findCuts() {
    int features = columns.features();
    float[][] found = new float[features][];
    boolean[] missing = new boolean[features];
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          var finder = new CutPointFinder();
          for (int f = next.getAndIncrement(); f < features; f = next.getAndIncrement()) {
            if (monitor.cancelled()) {
              throw new CancellationException("training cancelled");
            }
            found[f] = finder.find(columns, f, parameters.bins());
            missing[f] = finder.foundMissing();
          }
        });
    return new CutPoints(found, missing);
  }

  /** An order statistic for losses that outliers must not move, else the loss's own start. */
  private float baseScore() {
    if (StandardLoss.needsResiduals(loss)) {
      StandardLoss standard = (StandardLoss) loss;
      double q = standard.objective() == StandardObjective.QUANTILE ? standard.shape() : 0.5;
      return (weights == null ? quantile(q) : weightedQuantile(q)) + 0f;
    }
    return (float) loss.start(doubles(target), doubles(weights)) + 0f;
  }

  private static double[] doubles(float[] values) {
    if (values == null) {
      return null;
    }
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  private float quantile(double q) {
    float[] copy = target.clone();
    return LeafValues.select(copy, copy.length, (int) (q * copy.length));
  }

  /** With weights in units of 2^-24 of the largest. */
  private float weightedQuantile(double q) {
    float largest = 0;
    for (float weight : weights) {
      largest = Math.max(largest, weight);
    }
    long[] packed = new long[rows];
    for (int i = 0; i < rows; i++) {
      int weight = Math.max(1, (int) Math.rint((double) weights[i] / largest * (1 << 24)));
      packed[i] = LeafValues.pack(target[i], weight);
    }
    Arrays.sort(packed);
    return (float) LeafValues.weightedQuantile(packed, rows, q);
  }

  private Shard[] makeShards(int count) {
    Shard[] result = new Shard[count];
    for (int s = 0; s < count; s++) {
      int from = (int) ((long) rows * s / count);
      int to = (int) ((long) rows * (s + 1) / count);
      result[s] = new Shard(from, to - from, layout, sampling.samplesRows(), weights != null);
    }
    return result;
  }

  private void fill(Shard shard) {
    int from = shard.firstRow;
    new Binner(cuts).bin(columns, from, from + shard.rows, shard.records, layout, 0);
    for (int i = 0; i < shard.rows; i++) {
      shard.state[i] = Shard.state(target[from + i], 0);
      if (shard.weights != null) {
        shard.weights[i] = weights[from + i];
      }
      if (shard.ids != null) {
        shard.ids[i] = from + i;
      }
    }
  }

  /** Chooses the scale of the gradients from what they are now, and writes them. */
  private void newScale() {
    writeGradients();
    gradients.scaleFromLargest(totals());
    writeGradients();
    gradients.lowerScale(totals());
    writeGradients();
  }

  private void writeGradients() {
    clearTotals();
    grower.overShards((w, s) -> gradients.write(shards[s], 0, shards[s].rows, w.totals));
  }

  private Gradients.Totals totals() {
    var sum = new Gradients.Totals();
    for (Worker worker : workers) {
      sum.add(worker.totals);
    }
    return sum;
  }

  private void clearTotals() {
    for (Worker worker : workers) {
      worker.totals.clear();
    }
  }

  private Phases phases() {
    var sum = new PhaseNanos();
    for (Worker worker : workers) {
      sum.add(worker.nanos);
    }
    return new Phases(
        binningNanos / 1e9,
        boostingNanos / 1e9,
        sum.histogram / 1e9,
        sum.partition / 1e9,
        sum.split / 1e9,
        sum.leaves / 1e9);
  }
}
