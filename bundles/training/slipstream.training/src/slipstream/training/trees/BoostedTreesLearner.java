package slipstream.training.trees;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.device.BinnedTree;
import slipstream.core.device.Device;
import slipstream.core.device.GradientTotals;
import slipstream.core.device.RowSource;
import slipstream.core.device.TreeTask;
import slipstream.core.device.TreeTraining;
import slipstream.core.spi.Loss;
import slipstream.training.device.CpuDevice;

/**
 * Trains {@link BoostedTrees}. The model is a function of the data and the parameters alone: it has
 * the same bits for any number of threads and any way of cutting up the rows, because histograms
 * are sums of integers (see {@link GradientScales}) and all else that is added up is either an integer
 * or added in a fixed order.
 *
 * <p>Memory: what the device takes for the rows (see {@link CpuTrees}), and before that, while cut
 * points are sought, what {@link RankedValues} takes for each thread.
 */
public final class BoostedTreesLearner {
  /** Rows are counted in 29 bits, which leaves 33 for the gradients' sum. */
  static final int MAX_ROWS = (1 << 29) - 1;

  static final int MAX_FEATURES = 1 << 16;
  static final double MAX_TARGET = 1e37;

  private final boolean bagged;
  private final FeatureColumns columns;
  private final BoostedTreesParameters parameters;
  private final List<Loss> losses;
  private final List<BoostedTrees> start; // to go on from, one for each loss; empty without
  private final TrainingMonitor monitor;
  private final int rows;
  private final double[] target;
  private final double[] weights;
  private final boolean hessians;
  private final Sampling sampling;

  private TreeTraining training;
  private TreeGrower grower;
  private CutPoints cuts;
  private GradientScales scales;
  private GradientTotals totals;
  private final List<RoundReport> curve = new ArrayList<>();
  private double largestWeight = 1;
  private double meanWeight = 1; // in units of the largest
  private long binningNanos;
  private long boostingNanos;

  private BoostedTreesLearner(
      boolean bagged,
      FeatureColumns columns,
      double[] target,
      double[] weights,
      BoostedTreesParameters parameters,
      List<Loss> losses,
      List<BoostedTrees> start,
      long seed,
      TrainingMonitor monitor) {
    this.bagged = bagged;
    this.start = start;
    this.columns = columns;
    this.parameters = parameters;
    this.losses = losses;
    this.monitor = monitor;
    rows = columns.rows();
    checkShape(columns, target, "training");
    checkTarget(target, losses.getFirst());
    this.target = target;
    this.weights = weights;
    if (weights != null) {
      measureWeights();
    }
    hessians = weights != null || losses.stream().anyMatch(StandardLoss::hasHessian);
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
   * @param models one for each loss, all with the trees up to the best round
   * @param curve one point for each round that ran, of the mean over the losses
   * @param phases where the time went
   * @param outOfBag of bagged trees that rows were left out of
   */
  public record Result(
      List<BoostedTrees> models,
      List<RoundReport> curve,
      Phases phases,
      Optional<OutOfBag> outOfBag) {
    /** The model of the only loss. */
    public BoostedTrees model() {
      if (models.size() != 1) {
        throw new IllegalStateException("there are " + models.size() + " models");
      }
      return models.getFirst();
    }
  }

  /**
   * How well trees predict rows that they were not grown on.
   *
   * @param rows that some tree was not grown on
   */
  public record OutOfBag(double rmse, int rows) {}

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
        parameters.standardLosses(),
        List.of(),
        seed,
        threads,
        monitor);
  }

  /**
   * Trains with these losses, whatever objective the parameters name: one series of trees for each,
   * on the same binned rows. The number of rounds is one for all: with early stopping a series ends
   * when its own validation loss has not become better for so many rounds, and of the rounds that
   * all have gone through the one with the least mean loss is kept.
   *
   * @param start to go on from, one for each loss, all with the same number of trees and the loss's
   *     link; empty for none. Rounds are numbered on from its trees, and so are the draws of
   *     sampling
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
      List<Loss> losses,
      List<BoostedTrees> start,
      long seed,
      int threads,
      TrainingMonitor monitor) {
    return train(
        columns,
        target,
        weights,
        validation,
        parameters,
        losses,
        start,
        seed,
        threads,
        monitor,
        new CpuDevice());
  }

  /**
   * Trains on a device.
   *
   * @param device that keeps the rows; the model does not depend on it
   */
  public static Result train(
      FeatureColumns columns,
      double[] target,
      double[] weights,
      Validation validation,
      BoostedTreesParameters parameters,
      List<Loss> losses,
      List<BoostedTrees> start,
      long seed,
      int threads,
      TrainingMonitor monitor,
      Device device) {
    if (parameters.earlyStoppingRounds() > 0 && validation == null) {
      throw Checks.invalid(
          "early stopping needs validation rows", "Give some, or set early_stopping_rounds to 0.");
    }
    var learner =
        new BoostedTreesLearner(
            false, columns, target, weights, parameters, losses, start, seed, monitor);
    try (ThreadTeam team = new ThreadTeam(threads)) {
      return learner.run(team, device, validation);
    }
  }

  /**
   * Grows trees each on its own, to predict by their mean (Breiman 1996): each is fitted to the
   * target less its mean, and its values are divided by the number of trees, so that the model is a
   * sum as a boosted one is.
   *
   * @param parameters of learning rate {@code 1 / rounds}, and squared error
   */
  static Result bag(
      FeatureColumns columns,
      double[] target,
      double[] weights,
      BoostedTreesParameters parameters,
      long seed,
      int threads,
      TrainingMonitor monitor,
      Device device) {
    var learner =
        new BoostedTreesLearner(
            true,
            columns,
            target,
            weights,
            parameters,
            List.of(new StandardLoss(StandardObjective.SQUARED, 0)),
            List.of(),
            seed,
            monitor);
    try (ThreadTeam team = new ThreadTeam(threads)) {
      return learner.run(team, device, null);
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

  private static void checkTarget(double[] target, Loss loss) {
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
    }
  }

  private void measureWeights() {
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
    largestWeight = largest;
    meanWeight = sum / rows;
  }

  /** The target of a row as the trees see it. */
  private float target(int row) {
    return (float) target[row];
  }

  /** The weight of a row; their mean is 1. */
  private float weight(int row) {
    return weights == null ? 1 : (float) (weights[row] / largestWeight / meanWeight);
  }

  private Result run(ThreadTeam team, Device device, Validation validation) {
    long began = System.nanoTime();
    cuts = findCuts(team);
    ValidationRows judged = validation == null ? null : judged(validation, team);
    Loss first = losses.getFirst();
    var constraints = Constraints.of(parameters, first, columns);
    float base = start.isEmpty() ? baseScore(first) : start.getFirst().baseScore();
    TreeTask task = task(constraints, first, base, team.threads());
    check(device, task);
    try (TreeTraining opened = device.trees(task, this::copy, monitor::cancelled)) {
      training = opened;
      binningNanos = System.nanoTime() - began;
      began = System.nanoTime();
      List<Series> series = new ArrayList<>();
      for (Loss loss : losses) {
        BoostedTrees from = start.isEmpty() ? null : start.get(series.size());
        if (!series.isEmpty() || from != null) {
          base = from == null ? baseScore(loss) : from.baseScore();
          training.restart(objective(loss), base, from == null ? null : scores(from));
        }
        begin(task, constraints, loss);
        if (judged != null) {
          float[] sums = from == null ? null : from.sums(validation.columns());
          judged.begin(loss, base, sums);
        }
        series.add(boost(judged, loss, base, series, team));
      }
      boostingNanos = System.nanoTime() - began;
      return result(series);
    }
  }

  /** Before a row is sent to the device. */
  private static void check(Device device, TreeTask task) {
    device
        .refusal(task)
        .ifPresent(
            why -> {
              throw SlipstreamException.invalid(
                  Text.format(
                      "%s (%s) cannot train these trees: %s", device.kind(), device.name(), why),
                  "Say device: cpu; the model will be the same.");
            });
    if (device.kind() == Device.Kind.CPU) {
      return; // a run has looked at this process's memory before its first fit, and for all of it
    }
    long needed = device.bytes(task);
    long there = device.memory(needed);
    if (needed > there) {
      throw new SlipstreamException(
          SlipstreamException.Category.RESOURCE_EXHAUSTED,
          Text.format(
              "training needs %,d MB of memory on %s (%s), which has %,d MB left",
              Math.ceilDiv(needed, 1 << 20), device.kind(), device.name(), there >> 20),
          null,
          "Use fewer rows or features, or say device: cpu; the model will be the same.");
    }
  }

  private RowSource scores(BoostedTrees from) {
    return (_, first, end, into) -> {
      float[] sums = from.sums(columns, first, end);
      MemorySegment.copy(sums, 0, into, ValueLayout.JAVA_FLOAT, 0, sums.length);
    };
  }

  private void begin(TreeTask task, Constraints constraints, Loss loss) {
    scales = new GradientScales(task.countBits(), task.hessians());
    grower =
        new TreeGrower(
            training,
            task.nodes(),
            new LeafValues(parameters, loss, task.hessians()),
            constraints,
            sampling,
            monitor,
            parameters);
    newScale();
    scales.lossFromLargest(totals.maxLoss());
  }

  private TreeTask task(Constraints constraints, Loss loss, float baseScore, int threads) {
    return new TreeTask(
        rows,
        columns.features(),
        cuts.all(),
        cuts.missing(),
        cuts.categorical(),
        objective(loss),
        baseScore,
        hessians,
        weights != null,
        sampling.samplesRows() || losses.size() > 1 && !start.isEmpty(),
        bagged ? parameters.rounds() : 0,
        new TreeTask.Search(
            parameters.l1(),
            parameters.l2(),
            parameters.minRowsPerLeaf(),
            parameters.minGain(),
            parameters.categorySmoothing(),
            parameters.minRowsPerCategory(),
            constraints.directions(),
            constraints.boundsValues()),
        TreeGrower.nodes(parameters, rows),
        TreeGrower.histograms(parameters, rows),
        threads);
  }

  private static TreeTask.Objective objective(Loss loss) {
    return loss instanceof StandardLoss standard
        ? new TreeTask.Objective(standard.objective().word(), standard.shape(), loss)
        : new TreeTask.Objective("", 0, loss);
  }

  private void copy(int column, int from, int to, MemorySegment into) {
    if (column >= columns.features()) {
      for (int row = from; row < to; row++) {
        float value = column == columns.features() ? target(row) : weight(row);
        into.setAtIndex(ValueLayout.JAVA_FLOAT, row - from, value);
      }
    } else if (into.heapBase().orElse(null) instanceof float[] array
        && into.address() == 0) { // the device's memory is this process's
      columns.copy(column, from, to, array);
    } else {
      float[] values = new float[to - from];
      columns.copy(column, from, to, values);
      MemorySegment.copy(values, 0, into, ValueLayout.JAVA_FLOAT, 0, values.length);
    }
  }

  private ValidationRows judged(Validation validation, ThreadTeam team) {
    checkShape(validation.columns(), validation.target(), "validation");
    checkTarget(validation.target(), losses.getFirst());
    return new ValidationRows(
        validation.columns(), validation.target(), validation.weights(), cuts, team);
  }

  /** The trees of one loss, and their losses by round. */
  private record Series(
      Loss loss,
      float baseScore,
      List<RegressionTree> trees,
      List<Double> trainLoss,
      List<Double> judgedLoss) {}

  /**
   * @param before the series that came first; the curve is told once all losses are known
   */
  private Series boost(
      ValidationRows judged, Loss loss, float baseScore, List<Series> before, ThreadTeam team) {
    Series series =
        new Series(
            loss,
            baseScore,
            new ArrayList<>(start.isEmpty() ? List.of() : start.get(before.size()).trees()),
            new ArrayList<>(),
            new ArrayList<>());
    boolean last = before.size() == losses.size() - 1;
    int bestRound = first();
    double bestLoss = Double.POSITIVE_INFINITY;
    for (int round = first() + 1; round <= parameters.rounds(); round++) {
      if (monitor.cancelled()) {
        throw new CancellationException("training cancelled");
      }
      if (!bagged && scales.outOfRange(totals)) {
        newScale();
      }
      Node root = grower.grow(round, scales.scale());
      BinnedTree binned = root.binned();
      totals = training.finish(binned);
      series.trees.add(RegressionTree.of(root, cuts));
      series.trainLoss.add(bagged ? Double.NaN : scales.takeLoss(totals.loss()) / rows);
      double judgedLoss = judged == null ? Double.NaN : judged.add(binned, team);
      series.judgedLoss.add(judgedLoss);
      monitor.onTree(
          before.size() * (parameters.rounds() - first()) + round,
          losses.size() * (parameters.rounds() - first()) + first());
      if (last && before.stream().allMatch(each -> each.trees.size() >= series.trees.size())) {
        List<Series> all = new ArrayList<>(before);
        all.add(series);
        RoundReport report = report(all, round);
        curve.add(report);
        monitor.onRound(report);
      }
      if (judged == null || judgedLoss < bestLoss) {
        bestRound = round;
        bestLoss = judgedLoss;
      } else if (parameters.earlyStoppingRounds() > 0
          && round - bestRound >= parameters.earlyStoppingRounds()) {
        break;
      }
    }
    return series;
  }

  /** Trees that were there before the first round. */
  private int first() {
    return start.isEmpty() ? 0 : start.getFirst().trees().size();
  }

  private RoundReport report(List<Series> all, int round) {
    int at = round - first() - 1;
    return new RoundReport(
        round,
        mean(all, each -> each.loss.reported(each.trainLoss.get(at))),
        mean(all, each -> each.loss.reported(each.judgedLoss.get(at))));
  }

  private static double mean(List<Series> all, ToDoubleFunction<Series> value) {
    return all.size() == 1
        ? value.applyAsDouble(all.getFirst())
        : all.stream().mapToDouble(value).sequential().reduce(0, Double::sum) / all.size();
  }

  private Result result(List<Series> all) {
    int kept = first() + curve.size();
    if (parameters.earlyStoppingRounds() > 0) {
      double best = Double.POSITIVE_INFINITY;
      kept = first();
      for (int i = 0; i < curve.size(); i++) {
        int at = i;
        double loss = mean(all, each -> each.judgedLoss.get(at));
        if (loss < best) {
          best = loss;
          kept = first() + at + 1;
        }
      }
    }
    List<BoostedTrees> models = new ArrayList<>();
    for (Series each : all) {
      models.add(
          new BoostedTrees(
              columns.features(), each.baseScore, each.loss.link(), each.trees.subList(0, kept)));
    }
    return new Result(List.copyOf(models), List.copyOf(curve), phases(), outOfBag());
  }

  private Optional<OutOfBag> outOfBag() {
    if (!bagged) {
      return Optional.empty();
    }
    // A mean of targets is no further from a row's target than twice the largest distance to the
    // base.
    double scale = scales.scale().loss() / 4;
    TreeTraining.OutOfBag judged = training.outOfBag(scale);
    return judged.rows() == 0
        ? Optional.empty()
        : Optional.of(
            new OutOfBag(Math.sqrt(judged.loss() / scale / judged.rows()), judged.rows()));
  }

  private CutPoints findCuts(ThreadTeam team) {
    int features = columns.features();
    float[][] found = new float[features][];
    boolean[] missing = new boolean[features];
    boolean[] categorical = new boolean[features];
    AtomicInteger next = new AtomicInteger();
    RowMass mass = weights == null ? null : new RowMass(weights);
    team.run(
        w -> {
          var finder = new CutPointFinder(mass);
          for (int f = next.getAndIncrement(); f < features; f = next.getAndIncrement()) {
            if (monitor.cancelled()) {
              throw new CancellationException("training cancelled");
            }
            categorical[f] = columns.categories(f) > 0;
            if (categorical[f]) {
              found[f] = categories(columns.categories(f));
              missing[f] = anyMissing(f);
            } else {
              found[f] = finder.find(columns, f, parameters.bins());
              missing[f] = finder.foundMissing();
            }
          }
        });
    return new CutPoints(found, missing, categorical);
  }

  /** Cuts that give each category a bin: that of its number. */
  private static float[] categories(int count) {
    if (count > CutPoints.MISSING_BIN) {
      throw new IllegalArgumentException(count + " categories");
    }
    float[] cuts = new float[count - 1];
    for (int k = 0; k < cuts.length; k++) {
      cuts[k] = k;
    }
    return cuts;
  }

  private boolean anyMissing(int feature) {
    float[] block = new float[Math.min(rows, 1 << 13)];
    for (int from = 0; from < rows; from += block.length) {
      int n = Math.min(block.length, rows - from);
      columns.copy(feature, from, from + n, block);
      for (int i = 0; i < n; i++) {
        if (Float.isNaN(block[i])) {
          return true;
        }
      }
    }
    return false;
  }

  /** An order statistic for losses that outliers must not move, else the loss's own start. */
  private float baseScore(Loss loss) {
    if (StandardLoss.needsResiduals(loss)) {
      StandardLoss standard = (StandardLoss) loss;
      double q = standard.objective() == StandardObjective.QUANTILE ? standard.shape() : 0.5;
      return (weights == null ? quantile(q) : weightedQuantile(q)) + 0f;
    }
    // As the trees see them, and in a plug-in's hands: copies, which are gone before rows are
    // binned.
    double[] targets = new double[rows];
    double[] weights = this.weights == null ? null : new double[rows];
    for (int i = 0; i < rows; i++) {
      targets[i] = target(i);
      if (weights != null) {
        weights[i] = weight(i);
      }
    }
    return (float) loss.start(targets, weights) + 0f;
  }

  private float quantile(double q) {
    float[] copy = new float[rows];
    for (int i = 0; i < rows; i++) {
      copy[i] = target(i);
    }
    return ResidualValues.select(copy, copy.length, (int) (q * copy.length));
  }

  /** With weights in units of 2^-24 of the largest. */
  private float weightedQuantile(double q) {
    float largest = 0;
    for (int i = 0; i < rows; i++) {
      largest = Math.max(largest, weight(i));
    }
    long[] packed = new long[rows];
    for (int i = 0; i < rows; i++) {
      int weight = Math.max(1, (int) Math.rint((double) weight(i) / largest * (1 << 24)));
      packed[i] = ResidualValues.pack(target(i), weight);
    }
    Arrays.sort(packed);
    return (float) ResidualValues.weightedQuantile(packed, rows, q);
  }

  /** Chooses the scale of the gradients from what they are now, and writes them. */
  private void newScale() {
    totals = training.writeGradients(scales.scale());
    scales.fromLargest(totals);
    totals = training.writeGradients(scales.scale());
    scales.lower(totals);
    totals = training.writeGradients(scales.scale());
  }

  private Phases phases() {
    TreeTraining.Seconds device = training.seconds();
    return new Phases(
        binningNanos / 1e9,
        boostingNanos / 1e9,
        device.histogram(),
        device.partition(),
        device.search(),
        device.update());
  }
}
