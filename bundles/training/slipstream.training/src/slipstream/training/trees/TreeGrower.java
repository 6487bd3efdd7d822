package slipstream.training.trees;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Grows one tree. Nodes with many rows are split one after another by all threads, partition and
 * histogram in one region; below, whole subtrees are tasks without any hand-off. Only the smaller
 * child's histogram is counted, the larger one's is the parent's less that. Grown level-wise,
 * parents of leaves are not partitioned. Grown leaf-wise, each leaf that may still be split keeps its
 * histogram.
 */
final class TreeGrower {
  /** How the work is cut up; the model does not depend on it. */
  record Layout(int shards, int blockRows, int sharedRows) {
    static Layout of(int rows, int threads) {
      return new Layout(threads, 8192, Math.max(1 << 15, rows / (8 * threads)));
    }
  }

  /** Rows between two looks at the monitor in one long pass. */
  private static final int CHUNK = 1 << 19;

  private final ThreadTeam team;
  private final Worker[] workers;
  private final Shard[] shards;
  private final RecordLayout records;
  private final Layout layout;
  private final Gradients gradients;
  private final TrainingMonitor monitor;
  private final Constraints constraints;
  private final int depth;
  private final int maxLeaves; // 0: level-wise
  private final long countMask;

  TreeGrower(
      ThreadTeam team,
      Worker[] workers,
      Shard[] shards,
      RecordLayout records,
      Layout layout,
      Gradients gradients,
      Constraints constraints,
      TrainingMonitor monitor,
      BoostedTreesParameters parameters) {
    this.team = team;
    this.workers = workers;
    this.shards = shards;
    this.records = records;
    this.layout = layout;
    this.gradients = gradients;
    this.constraints = constraints;
    this.monitor = monitor;
    depth = parameters.depth();
    maxLeaves = parameters.growth() == Growth.LEAF_WISE ? parameters.maxLeaves() : 0;
    this.countMask = (1L << gradients.countBits) - 1;
  }

  interface ShardJob {
    void run(Worker worker, int shard);
  }

  /** Runs a job for each shard; threads claim them one by one. */
  void overShards(ShardJob job) {
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          for (int s = next.getAndIncrement(); s < shards.length; s = next.getAndIncrement()) {
            job.run(workers[w], s);
          }
        });
  }

  /**
   * Grows a tree on rows {@code [0, rows[s])} of each shard, adds its leaf values to their scores
   * and writes their next gradients.
   *
   * @param usable features that may be split on, ascending
   */
  Node grow(int[] rows, int[] usable) {
    overShards((w, s) -> histogram(w, shared(w), s, 0, rows[s]));
    long[] histogram = takeShared();
    long total = 0;
    long weight = 0;
    for (int k = 0; k < Histograms.BINS; k++) { // any feature's bins hold every row once
      total += records.hessians() ? histogram[2 * k] : histogram[k];
      weight += records.hessians() ? histogram[2 * k + 1] : 0;
    }
    Node root =
        new Node(0, total, weight, rows(total, weight), shards.length, constraints.atRoot(usable));
    System.arraycopy(rows, 0, root.to, 0, rows.length);
    root.histogram = histogram;
    if (maxLeaves > 0) {
      growLeafWise(root);
    } else {
      growSubtrees(growTop(root));
    }
    return root;
  }

  /**
   * Splits the node with the largest gain, again and again. With several threads the next best ones
   * are split with it, on trial: what then does not come to its turn becomes a leaf again. So the
   * tree is the one that a single thread grows.
   */
  private void growLeafWise(Node root) {
    findSplit(workers[0], root);
    List<Node> open = new ArrayList<>(); // can be split; in the order in which they came to be
    keepOrRelease(workers[0], root, open);
    for (int leaves = 1; leaves < maxLeaves && !open.isEmpty(); leaves++) {
      checkCancelled();
      Node best = best(open, node -> true);
      if (best.left == null) {
        expand(onTrial(open, Math.min(workers.length, maxLeaves - leaves)));
      }
      open.remove(best);
      for (Node child : List.of(best.left, best.right)) {
        if (child.split != null) {
          open.add(child);
        }
      }
    }
    for (Node node : open) {
      undo(node);
    }
    applyLeavesOf(root);
  }

  private static Node best(List<Node> open, Predicate<Node> wanted) {
    Node best = null;
    for (Node node : open) {
      if (wanted.test(node) && (best == null || node.split.gain() > best.split.gain())) {
        best = node;
      }
    }
    return best;
  }

  /** The best nodes that are not split yet. */
  private static List<Node> onTrial(List<Node> open, int count) {
    List<Node> chosen = new ArrayList<>();
    while (chosen.size() < count) {
      Node next = best(open, node -> node.left == null && !chosen.contains(node));
      if (next == null) {
        break;
      }
      chosen.add(next);
    }
    return chosen;
  }

  private void expand(List<Node> nodes) {
    List<Node> small = new ArrayList<>();
    for (Node node : nodes) {
      if (workers.length > 1 && node.rows > layout.sharedRows()) {
        makeChildren(workers[0], node);
        Node smaller = smaller(node);
        boolean last = node.depth == depth - 1;
        overShards(
            (w, s) -> {
              partition(w, node, s);
              if (!last) {
                histogram(w, shared(w), s, smaller.from[s], smaller.to[s]);
              }
            });
        smaller.histogram = last ? null : takeShared();
        findSplits(workers[0], node, last);
      } else {
        small.add(node);
      }
    }
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          for (int k = next.getAndIncrement(); k < small.size(); k = next.getAndIncrement()) {
            expand(workers[w], small.get(k));
          }
        });
  }

  private void expand(Worker worker, Node node) {
    makeChildren(worker, node);
    for (int s = 0; s < shards.length; s++) {
      partition(worker, node, s);
    }
    boolean last = node.depth == depth - 1;
    if (!last) {
      Node smaller = smaller(node);
      smaller.histogram = worker.histogram();
      for (int s = 0; s < shards.length; s++) {
        histogram(worker, smaller.histogram, s, smaller.from[s], smaller.to[s]);
      }
    }
    findSplits(worker, node, last);
  }

  private void findSplits(Worker worker, Node node, boolean last) {
    if (last) {
      release(worker, node);
      return;
    }
    takeRest(node, smaller(node));
    for (Node child : List.of(node.left, node.right)) {
      findSplit(worker, child);
      keepOrRelease(worker, child, null);
    }
  }

  /** A histogram is kept while its node may be split. */
  private static void keepOrRelease(Worker worker, Node node, List<Node> open) {
    if (node.isLeaf()) {
      release(worker, node);
    } else if (open != null) {
      open.add(node);
    }
  }

  private void undo(Node node) {
    for (Node each : node.left == null ? List.of(node) : List.of(node, node.left, node.right)) {
      if (each.histogram != null) {
        release(workers[0], each);
      }
    }
    node.split = null;
    node.left = null;
    node.right = null;
  }

  private void applyLeavesOf(Node root) {
    List<Node> small = new ArrayList<>();
    ArrayDeque<Node> nodes = new ArrayDeque<>(List.of(root));
    while (!nodes.isEmpty()) {
      Node node = nodes.poll();
      if (!node.isLeaf()) {
        nodes.add(node.left);
        nodes.add(node.right);
      } else if (workers.length > 1 && node.rows > layout.sharedRows()) {
        applyLeaf(node);
      } else {
        small.add(node);
      }
    }
    small.sort((a, b) -> Integer.compare(b.rows, a.rows));
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          for (int k = next.getAndIncrement(); k < small.size(); k = next.getAndIncrement()) {
            applyLeaf(workers[w], small.get(k));
          }
        });
  }

  private List<Node> growTop(Node root) {
    List<Node> tasks = new ArrayList<>();
    ArrayDeque<Node> open = new ArrayDeque<>();
    open.add(root);
    while (!open.isEmpty()) {
      Node node = open.poll();
      if (workers.length == 1 || node.rows <= layout.sharedRows()) {
        tasks.add(node);
        continue;
      }
      checkCancelled();
      findSplit(workers[0], node);
      if (node.isLeaf()) {
        release(workers[0], node);
        applyLeaf(node);
        continue;
      }
      makeChildren(workers[0], node);
      if (node.depth == depth - 1) {
        release(workers[0], node);
        applyLeaves(node);
        continue;
      }
      Node smaller = smaller(node);
      overShards(
          (w, s) -> {
            partition(w, node, s);
            histogram(w, shared(w), s, smaller.from[s], smaller.to[s]);
          });
      smaller.histogram = takeShared();
      takeRest(node, smaller);
      open.add(smaller);
      open.add(larger(node));
    }
    return tasks;
  }

  private void growSubtrees(List<Node> tasks) {
    tasks.sort((a, b) -> Integer.compare(b.rows, a.rows));
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          for (int k = next.getAndIncrement(); k < tasks.size(); k = next.getAndIncrement()) {
            growSubtree(workers[w], tasks.get(k));
          }
        });
  }

  private void growSubtree(Worker worker, Node node) {
    checkCancelled();
    findSplit(worker, node);
    if (node.isLeaf()) {
      release(worker, node);
      applyLeaf(worker, node);
      return;
    }
    makeChildren(worker, node);
    if (node.depth == depth - 1) {
      release(worker, node);
      applyLeaves(worker, node);
      return;
    }
    for (int s = 0; s < shards.length; s++) {
      partition(worker, node, s);
    }
    Node smaller = smaller(node);
    smaller.histogram = worker.histogram();
    for (int s = 0; s < shards.length; s++) {
      histogram(worker, smaller.histogram, s, smaller.from[s], smaller.to[s]);
    }
    takeRest(node, smaller);
    growSubtree(worker, smaller);
    growSubtree(worker, larger(node));
  }

  private void findSplit(Worker worker, Node node) {
    long start = System.nanoTime();
    node.split = worker.splitSearch.find(node);
    worker.nanos.split += System.nanoTime() - start;
  }

  private void makeChildren(Worker worker, Node node) {
    int feature = node.split.feature();
    boolean ordered = constraints.direction(feature) != 0;
    double left = ordered ? raw(worker, node, true) : Double.NaN;
    double right = ordered ? raw(worker, node, false) : Double.NaN;
    double middle = node.room.between(left, right);
    node.left = child(node, true, constraints.ofChild(node.room, feature, middle, true));
    node.right = child(node, false, constraints.ofChild(node.room, feature, middle, false));
    node.left.raw = left;
    node.right.raw = right;
  }

  private Node child(Node parent, boolean left, Constraints.Room room) {
    Split split = parent.split;
    long total = left ? split.left() : parent.total - split.left();
    long weight = left ? split.leftWeight() : parent.weight - split.leftWeight();
    return new Node(parent.depth + 1, total, weight, rows(total, weight), shards.length, room);
  }

  private int rows(long total, long weight) {
    return (int) ((records.hessians() ? weight : total) & countMask);
  }

  private static Node smaller(Node node) {
    return node.left.rows <= node.right.rows ? node.left : node.right;
  }

  private static Node larger(Node node) {
    return node.left.rows <= node.right.rows ? node.right : node.left;
  }

  private static void takeRest(Node node, Node smaller) {
    Histograms.subtract(node.histogram, smaller.histogram);
    larger(node).histogram = node.histogram;
    node.histogram = null;
  }

  private static void release(Worker worker, Node node) {
    worker.release(node.histogram);
    node.histogram = null;
  }

  private void partition(Worker worker, Node node, int s) {
    long start = System.nanoTime();
    int middle = worker.partition.partition(shards[s], node.from[s], node.to[s], node.split);
    node.left.from[s] = node.from[s];
    node.left.to[s] = middle;
    node.right.from[s] = middle;
    node.right.to[s] = node.to[s];
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

  private void applyLeaf(Worker worker, Node leaf) {
    long start = System.nanoTime();
    setValue(worker, leaf);
    for (int s = 0; s < shards.length; s++) {
      apply(worker, s, leaf, Split.NONE, leaf.value, leaf.value);
    }
    worker.nanos.leaves += System.nanoTime() - start;
  }

  private void applyLeaves(Worker worker, Node parent) {
    long start = System.nanoTime();
    setValues(worker, parent);
    for (int s = 0; s < shards.length; s++) {
      apply(worker, s, parent, parent.split, parent.left.value, parent.right.value);
    }
    worker.nanos.leaves += System.nanoTime() - start;
  }

  /** With all threads, for a large leaf. */
  private void applyLeaf(Node leaf) {
    setValue(workers[0], leaf);
    overShards((w, s) -> apply(w, s, leaf, Split.NONE, leaf.value, leaf.value));
  }

  /** With all threads, for a large parent of leaves. */
  private void applyLeaves(Node parent) {
    setValues(workers[0], parent);
    overShards((w, s) -> apply(w, s, parent, parent.split, parent.left.value, parent.right.value));
  }

  private void setValue(Worker worker, Node leaf) {
    LeafValues values = worker.leafValues;
    if (Double.isNaN(leaf.raw)) {
      leaf.raw =
          values.needResiduals()
              ? values.ofResiduals(leaf, shards, Split.NONE, true)
              : values.ofSums(leaf.total, leaf.weight);
    }
    leaf.value = values.ofLeaf(leaf.raw, leaf.room);
  }

  private void setValues(Worker worker, Node parent) {
    for (Node leaf : List.of(parent.left, parent.right)) {
      if (Double.isNaN(leaf.raw)) {
        leaf.raw = raw(worker, parent, leaf == parent.left);
      }
      leaf.value = worker.leafValues.ofLeaf(leaf.raw, leaf.room);
    }
  }

  /** The value of a child whose rows are still among its parent's. */
  private double raw(Worker worker, Node parent, boolean left) {
    LeafValues values = worker.leafValues;
    Split split = parent.split;
    if (values.needResiduals()) {
      return values.ofResiduals(parent, shards, split, left);
    }
    return left
        ? values.ofSums(split.left(), split.leftWeight())
        : values.ofSums(parent.total - split.left(), parent.weight - split.leftWeight());
  }

  private void apply(Worker worker, int s, Node node, Split split, float left, float right) {
    gradients.apply(shards[s], node.from[s], node.to[s], split, left, right, worker.totals);
  }

  private void checkCancelled() {
    if (monitor.cancelled()) {
      throw new CancellationException("training cancelled");
    }
  }
}
