package slipstream.training.trees;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import slipstream.core.device.BinnedTree;
import slipstream.core.device.FixedPoint;
import slipstream.core.device.GradientTotals;
import slipstream.core.device.GrowthPolicy;
import slipstream.core.device.GrowthPolicy.Found;
import slipstream.core.device.NodeSums;
import slipstream.core.device.ResidualStatistics.Side;
import slipstream.core.device.RowSample;
import slipstream.core.device.RowSource;
import slipstream.core.device.Split;
import slipstream.core.device.Step;
import slipstream.core.device.TreeTask;
import slipstream.core.device.TreeTraining;

/**
 * The processor's half of a training of trees. Nodes with many rows are worked on one after another by all threads,
 * partition and histogram in one region; below, each node and what grows from it is the task of one thread, without any
 * hand-off, and its rows stay in that thread's cache. Only the smaller child's histogram is counted, the larger one's is the
 * parent's less that.
 *
 * <p>Memory: 8 bytes for each 8 features and row (4 features in the last word, beside the gradient; 8 in the words before
 * it where rows have weights or the objective hessians), 8 bytes a row of state, 4 of weight where there is one, 4 where
 * rows are sampled, 2 where trees are bagged.
 */
public final class CpuTrees implements TreeTraining {
  /** How the work is cut up; the model does not depend on it. */
  record Layout(int shards, int blockRows, int sharedRows) {
    static Layout of(int rows, int threads) {
      return new Layout(threads, 8192, Math.max(1 << 15, rows / (8 * threads)));
    }
  }

  /** Rows between two looks at whether the work is cancelled, in one long pass. */
  private static final int CHUNK = 1 << 19;

  private final ThreadTeam team;
  private final Worker[] workers;
  private final Shard[] shards;
  private final RecordLayout records;
  private final Layout layout;
  private final TreeTask task;
  private final CutPoints cuts;
  private Gradients gradients;
  private final BooleanSupplier cancelled;
  private final NodeRows[] nodes;
  private final PhaseNanos spent = new PhaseNanos(); // before the last restart
  private final int bagged;
  private int[] taken;

  /** Reads the rows; see {@link slipstream.core.device.TreeKernels#trees}. */
  public CpuTrees(TreeTask task, RowSource rows, BooleanSupplier cancelled) {
    this(task, rows, cancelled, Layout.of(task.rows(), task.threads()));
  }

  CpuTrees(TreeTask task, RowSource rows, BooleanSupplier cancelled, Layout layout) {
    this.cancelled = cancelled;
    this.layout = layout;
    records = RecordLayout.of(task.features(), task.hessians());
    this.task = task;
    nodes = new NodeRows[task.nodes()];
    cuts = new CutPoints(task.cuts(), task.missing(), task.categorical());
    bagged = task.bagged();
    workers = new Worker[task.threads()];
    begin(task.objective(), task.baseScore());
    int parts = Math.max(layout.shards(), records.leastShards(task.rows()));
    shards = makeShards(task, Math.clamp(parts, 1, task.rows()));
    team = new ThreadTeam(task.threads());
    try {
      overShards((w, s) -> fill(shards[s], task, cuts, rows));
    } catch (Throwable t) {
      team.close();
      throw t;
    }
  }

  private void begin(TreeTask.Objective objective, float baseScore) {
    gradients = new Gradients(task, objective, baseScore);
    for (int w = 0; w < workers.length; w++) {
      if (workers[w] != null) {
        spent.add(workers[w].nanos);
      }
      workers[w] =
          new Worker(
              task.hessians()
                  ? new HessianSplitFinder(cuts, gradients, task.search())
                  : new SplitFinder(cuts, gradients, task.search()),
              new ResidualValues(gradients),
              records.histogramLength());
    }
  }

  @Override
  public void restart(TreeTask.Objective objective, float baseScore, RowSource scores) {
    begin(objective, baseScore);
    overShards((w, s) -> setScores(shards[s], scores));
  }

  private static void setScores(Shard shard, RowSource source) {
    int first = shard.firstRow;
    float[] scores = new float[source == null ? 0 : shard.rows];
    if (source != null) {
      source.copy(0, first, first + shard.rows, MemorySegment.ofArray(scores));
    }
    for (int i = 0; i < shard.rows; i++) {
      int row = shard.ids == null ? i : shard.ids[i] - first;
      float score = source == null ? 0 : scores[row];
      shard.state[i] = Shard.state(Shard.target(shard.state[i]), score);
    }
  }

  /** Bytes that the rows and histograms of a training take. */
  public static long bytes(TreeTask task) {
    RecordLayout records = RecordLayout.of(task.features(), task.hessians());
    return bytes(records, task.rows(), task.weighted(), task.sampled(), task.histograms());
  }

  static long bytes(
      RecordLayout records, int rows, boolean weighted, boolean sampled, int histograms) {
    long row = 8L * records.stride() + 8 + (weighted ? 4 : 0) + (sampled ? 4 : 0);
    return row * rows + 8L * records.histogramLength() * histograms;
  }

  private Shard[] makeShards(TreeTask task, int count) {
    Shard[] result = new Shard[count];
    for (int s = 0; s < count; s++) {
      int from = (int) ((long) task.rows() * s / count);
      int to = (int) ((long) task.rows() * (s + 1) / count);
      result[s] =
          new Shard(from, to - from, records, task.sampled(), task.weighted(), task.bagged() > 0);
    }
    return result;
  }

  private void fill(Shard shard, TreeTask task, CutPoints cuts, RowSource rows) {
    FeatureColumns columns =
        new FeatureColumns() {
          @Override
          public int rows() {
            return task.rows();
          }

          @Override
          public int features() {
            return task.features();
          }

          @Override
          public void copy(int column, int from, int to, float[] target) {
            rows.copy(column, from, to, MemorySegment.ofArray(target).asSlice(0, 4L * (to - from)));
          }
        };
    int first = shard.firstRow;
    new Binner(cuts).bin(columns, first, first + shard.rows, shard.records, records, 0);
    float[] block = new float[Math.min(shard.rows, 1 << 13)];
    for (int at = 0; at < shard.rows; at += block.length) {
      int n = Math.min(block.length, shard.rows - at);
      columns.copy(task.features(), first + at, first + at + n, block);
      for (int i = 0; i < n; i++) {
        shard.state[at + i] = Shard.state(block[i], 0);
      }
      if (shard.weights != null) {
        columns.copy(task.features() + 1, first + at, first + at + n, block);
        System.arraycopy(block, 0, shard.weights, at, n);
      }
    }
    for (int i = 0; i < shard.rows && shard.ids != null; i++) {
      shard.ids[i] = first + i;
    }
  }

  @Override
  public int batch() {
    return workers.length;
  }

  @Override
  public GradientTotals writeGradients(FixedPoint scale) {
    gradients.scale(scale);
    clearTotals();
    overShards((w, s) -> gradients.write(shards[s], 0, shards[s].rows, w.totals));
    return totals();
  }

  @Override
  public NodeSums begin(RowSample sample, FixedPoint scale) {
    gradients.scale(scale);
    clearTotals();
    takeRows(sample);
    overShards((w, s) -> histogram(w, shared(w), s, 0, taken[s]));
    long[] histogram = takeShared();
    long first = 0;
    long second = 0;
    for (int k = 0; k < Histograms.BINS; k++) { // any feature's bins hold every row once
      first += records.hessians() ? histogram[2 * k] : histogram[k];
      second += records.hessians() ? histogram[2 * k + 1] : 0;
    }
    long counted = records.hessians() ? second : first;
    int rows = (int) (counted & (1L << gradients.countBits) - 1);
    NodeSums sums =
        records.hessians()
            ? new NodeSums(first, second >> gradients.countBits, rows)
            : new NodeSums(first >> gradients.countBits, 0, rows);
    Arrays.fill(nodes, null);
    NodeRows root = add(0, sums);
    System.arraycopy(taken, 0, root.to, 0, taken.length);
    root.histogram = histogram;
    return sums;
  }

  private NodeRows add(int number, NodeSums sums) {
    return nodes[number] =
        new NodeRows(sums, gradients.countBits, records.hessians(), shards.length);
  }

  private void takeRows(RowSample sample) {
    taken = Arrays.stream(shards).mapToInt(s -> s.rows).toArray();
    if (sample.share() >= 1) {
      return;
    }
    overShards((w, s) -> taken[s] = takenFirst(shards[s], sample));
    if (Arrays.stream(taken).sum() == 0) { // a tree needs a row: the first one
      taken[0] = 1;
      toFront(shards[0], 0);
    }
  }

  /** Moves the round's rows to the front and returns their number. */
  private static int takenFirst(Shard shard, RowSample sample) {
    int taken = 0;
    for (int i = 0; i < shard.rows; i++) {
      if (sample.takes(shard.ids[i])) {
        if (i > taken) {
          RowPartition.swap(shard, i, taken);
        }
        taken++;
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

  // ------------------------------------------------------------------ growing

  @Override
  public void grow(List<Step> steps, GrowthPolicy policy) {
    List<Step> tasks = new ArrayList<>();
    ArrayDeque<Step> open = new ArrayDeque<>(steps);
    while (!open.isEmpty()) {
      Step step = open.poll();
      if (workers.length == 1 || nodes[step.node()].rows <= layout.sharedRows()) {
        tasks.add(step);
      } else {
        checkCancelled();
        open.addAll(withAllThreads(step, policy));
      }
    }
    tasks.sort(Comparator.comparingInt(step -> -nodes[step.node()].rows));
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          for (int k = next.getAndIncrement(); k < tasks.size(); k = next.getAndIncrement()) {
            alone(workers[w], tasks.get(k), policy);
          }
        });
  }

  private List<Step> withAllThreads(Step step, GrowthPolicy policy) {
    return switch (step) {
      case Step.Search search -> found(workers[0], search, policy);
      case Step.Part part -> {
        boolean searched = part.leftSpace() != null;
        NodeRows smaller = addChildren(workers[0], part, searched);
        overShards(
            (w, s) -> {
              partition(w, part, s);
              if (searched) {
                histogram(w, shared(w), s, smaller.from[s], smaller.to[s]);
              }
            });
        if (!searched) {
          yield List.of();
        }
        smaller.histogram = takeShared();
        takeRest(part, smaller);
        yield searches(part, smaller);
      }
      case Step.Update update -> {
        NodeRows node = nodes[update.node()];
        release(workers[0], node);
        if (bagged == 0) {
          overShards((w, s) -> apply(w, s, node, update));
        }
        yield List.of();
      }
      case Step.Close close -> close(workers[0], close);
    };
  }

  private void alone(Worker worker, Step step, GrowthPolicy policy) {
    switch (step) {
      case Step.Search search -> {
        checkCancelled();
        for (Step next : found(worker, search, policy)) {
          alone(worker, next, policy);
        }
      }
      case Step.Part part -> {
        boolean searched = part.leftSpace() != null;
        NodeRows smaller = addChildren(worker, part, searched);
        for (int s = 0; s < shards.length; s++) {
          partition(worker, part, s);
        }
        if (!searched) {
          return;
        }
        smaller.histogram = worker.histogram();
        for (int s = 0; s < shards.length; s++) {
          histogram(worker, smaller.histogram, s, smaller.from[s], smaller.to[s]);
        }
        takeRest(part, smaller);
        for (Step next : searches(part, smaller)) {
          alone(worker, next, policy);
        }
      }
      case Step.Update update -> {
        NodeRows node = nodes[update.node()];
        release(worker, node);
        for (int s = 0; s < shards.length && bagged == 0; s++) {
          apply(worker, s, node, update);
        }
      }
      case Step.Close close -> close(worker, close);
    }
  }

  private List<Step> found(Worker worker, Step.Search step, GrowthPolicy policy) {
    NodeRows node = nodes[step.node()];
    Split split = null;
    if (step.space() != null) {
      long start = System.nanoTime();
      node.room = step.space();
      split = worker.splitSearch.find(node);
      worker.nanos.split += System.nanoTime() - start;
      if (split == null) {
        release(worker, node);
      }
    }
    return policy.next(List.of(new Found(step.node(), split)), sides -> values(worker, sides));
  }

  private double[] values(Worker worker, List<Side> sides) {
    long start = System.nanoTime();
    double[] values = new double[sides.size()];
    for (int k = 0; k < values.length; k++) {
      Side side = sides.get(k);
      Split split = side.split() == null ? Split.NONE : side.split();
      values[k] = worker.residualValues.ofResiduals(nodes[side.node()], shards, split, side.left());
    }
    worker.nanos.leaves += System.nanoTime() - start;
    return values;
  }

  /** Returns the one with fewer rows, which still has no histogram. */
  private NodeRows addChildren(Worker worker, Step.Part part, boolean searched) {
    NodeRows node = nodes[part.node()];
    NodeSums leftSums = part.split().left();
    NodeRows left = add(part.left(), leftSums);
    NodeRows right = add(part.right(), node.sums.minus(leftSums));
    if (!searched) {
      release(worker, node);
    }
    return left.rows <= right.rows ? left : right;
  }

  private void takeRest(Step.Part part, NodeRows smaller) {
    NodeRows node = nodes[part.node()];
    NodeRows left = nodes[part.left()];
    Histograms.subtract(node.histogram, smaller.histogram);
    (left == smaller ? nodes[part.right()] : left).histogram = node.histogram;
    node.histogram = null;
  }

  private List<Step> searches(Step.Part part, NodeRows smaller) {
    Step left = new Step.Search(part.left(), part.leftSpace());
    Step right = new Step.Search(part.right(), part.rightSpace());
    return nodes[part.left()] == smaller ? List.of(left, right) : List.of(right, left);
  }

  private List<Step> close(Worker worker, Step.Close close) {
    release(worker, nodes[close.node()]);
    return List.of();
  }

  private static void release(Worker worker, NodeRows node) {
    if (node.histogram != null) {
      worker.release(node.histogram);
      node.histogram = null;
    }
  }

  private void partition(Worker worker, Step.Part part, int s) {
    long start = System.nanoTime();
    NodeRows node = nodes[part.node()];
    int middle = worker.partition.partition(shards[s], node.from[s], node.to[s], part.split());
    nodes[part.left()].from[s] = node.from[s];
    nodes[part.left()].to[s] = middle;
    nodes[part.right()].from[s] = middle;
    nodes[part.right()].to[s] = node.to[s];
    worker.nanos.partition += System.nanoTime() - start;
  }

  private void histogram(Worker worker, long[] into, int s, int from, int to) {
    long start = System.nanoTime();
    for (int chunk = from; chunk < to; chunk += CHUNK) {
      if (chunk > from) {
        checkCancelled();
      }
      Histograms.accumulate(
          shards[s].records,
          records,
          chunk,
          Math.min(to, chunk + CHUNK),
          gradients.countBits,
          layout.blockRows(),
          into);
    }
    worker.nanos.histogram += System.nanoTime() - start;
  }

  private static long[] shared(Worker worker) {
    if (worker.shared == null) {
      worker.shared = worker.histogram();
    }
    return worker.shared;
  }

  /** The sum of all threads' shares. */
  private long[] takeShared() {
    long[] sum = null;
    for (Worker worker : workers) {
      if (worker.shared != null) {
        if (sum == null) {
          sum = worker.shared;
        } else {
          Histograms.add(worker.shared, sum, 0);
          worker.release(worker.shared);
        }
        worker.shared = null;
      }
    }
    return sum;
  }

  private void apply(Worker worker, int s, NodeRows node, Step.Update update) {
    long start = System.nanoTime();
    Split split = update.split() == null ? Split.NONE : update.split();
    gradients.apply(
        shards[s], node.from[s], node.to[s], split, update.left(), update.right(), worker.totals);
    worker.nanos.leaves += System.nanoTime() - start;
  }

  // ------------------------------------------------------------------- the end

  @Override
  public GradientTotals finish(BinnedTree tree) {
    overShards((w, s) -> applyToOthers(w, s, tree));
    return totals();
  }

  private void applyToOthers(Worker worker, int s, BinnedTree tree) {
    Shard shard = shards[s];
    for (int i = taken[s]; i < shard.rows; i++) {
      float value = BinnedRows.value(tree, shard.records, i * shard.stride);
      if (bagged > 0) {
        long state = shard.state[i];
        shard.state[i] = Shard.state(Shard.target(state), Shard.score(state) + value);
        shard.outOfBag[i]++;
        continue;
      }
      gradients.apply(shard, i, i + 1, Split.NONE, value, value, worker.totals);
    }
  }

  @Override
  public OutOfBag outOfBag(double scale) {
    LongAdder loss = new LongAdder();
    LongAdder judged = new LongAdder();
    overShards(
        (w, s) -> {
          Shard shard = shards[s];
          long sum = 0;
          int rows = 0;
          for (int i = 0; i < shard.rows; i++) {
            int trees = shard.outOfBag[i];
            if (trees > 0) {
              double mean = (double) Shard.score(shard.state[i]) * bagged / trees;
              double r = Shard.target(shard.state[i]) - (gradients.baseScore + mean);
              sum += (long) (r * r * scale);
              rows++;
            }
          }
          loss.add(sum);
          judged.add(rows);
        });
    return new OutOfBag(loss.sum(), judged.intValue());
  }

  @Override
  public Seconds seconds() {
    var sum = new PhaseNanos();
    sum.add(spent);
    for (Worker worker : workers) {
      sum.add(worker.nanos);
    }
    return new Seconds(sum.histogram / 1e9, sum.partition / 1e9, sum.split / 1e9, sum.leaves / 1e9);
  }

  @Override
  public void close() {
    team.close();
  }

  private GradientTotals totals() {
    GradientTotals sum = GradientTotals.ZERO;
    for (Worker worker : workers) {
      sum = sum.plus(worker.totals.sums());
    }
    return sum;
  }

  private void clearTotals() {
    for (Worker worker : workers) {
      worker.totals.clear();
    }
  }

  private interface ShardJob {
    void run(Worker worker, int shard);
  }

  /** Runs a job for each shard; threads claim them one by one. */
  private void overShards(ShardJob job) {
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          for (int s = next.getAndIncrement(); s < shards.length; s = next.getAndIncrement()) {
            job.run(workers[w], s);
          }
        });
  }

  private void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("training cancelled");
    }
  }
}
