package slipstream.training.trees;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import slipstream.core.device.FixedPoint;
import slipstream.core.device.GrowthPolicy.Found;
import slipstream.core.device.NodeSums;
import slipstream.core.device.ResidualStatistics;
import slipstream.core.device.ResidualStatistics.Side;
import slipstream.core.device.SearchSpace;
import slipstream.core.device.Step;
import slipstream.core.device.TreeTraining;

/**
 * Decides how a tree grows; the device that keeps the rows does it. Grown level-wise, parents of leaves are not
 * partitioned, and nodes come in the order that the device likes. Grown leaf-wise, each leaf that may still be split keeps
 * its histogram.
 */
final class TreeGrower {
  private final TreeTraining rows;
  private final LeafValues leafValues;
  private final TrainingMonitor monitor;
  private final Constraints constraints;
  private final int depth;
  private final int maxLeaves; // 0: level-wise
  private final Sampling sampling;
  private final Node[] nodes;
  private final AtomicInteger numbers = new AtomicInteger();
  private int round;
  private FixedPoint scale;

  TreeGrower(
      TreeTraining rows,
      int nodes,
      LeafValues leafValues,
      Constraints constraints,
      Sampling sampling,
      TrainingMonitor monitor,
      BoostedTreesParameters parameters) {
    this.rows = rows;
    this.nodes = new Node[nodes];
    this.leafValues = leafValues;
    this.constraints = constraints;
    this.sampling = sampling;
    this.monitor = monitor;
    depth = parameters.depth();
    maxLeaves = parameters.growth() == Growth.LEAF_WISE ? parameters.maxLeaves() : 0;
  }

  /**
   * Most nodes that a device must number: leaf-wise, beside those of the tree, the children of
   * leaves that were split on trial.
   */
  static int nodes(BoostedTreesParameters parameters, int rows) {
    long most = 2L * rows + 1;
    return (int)
        Math.min(
            parameters.growth() == Growth.LEAF_WISE
                ? 4L * parameters.maxLeaves() + 1
                : (2L << parameters.depth()) - 1,
            Math.max(most, 3));
  }

  /** Most histograms that are alive at once. */
  static int histograms(BoostedTreesParameters parameters, int rows) {
    return parameters.growth() == Growth.LEAF_WISE
        ? nodes(parameters, rows)
        : 1 + nodes(parameters, rows) / 2;
  }

  /**
   * Grows a round's tree, adds its leaf values to the scores of its rows and writes their next gradients.
   */
  Node grow(int round, FixedPoint scale) {
    this.round = round;
    this.scale = scale;
    numbers.set(0);
    NodeSums sums = rows.begin(sampling.rows(round), scale);
    Node root = add(0, 1, sums, constraints.atRoot(sampling.features(round)));
    if (maxLeaves > 0) {
      growLeafWise(root);
    } else {
      rows.grow(List.of(search(root)), this::levelWise);
    }
    return root;
  }

  private Node add(int depth, long path, NodeSums sums, Constraints.Room room) {
    Node node = new Node(depth, numbers.getAndIncrement(), path, sums, room);
    nodes[node.number] = node;
    return node;
  }

  private Step search(Node node) {
    return new Step.Search(node.number, space(node));
  }

  private SearchSpace space(Node node) {
    int[] drawn = sampling.features(round, node.path, node.room.features());
    return new SearchSpace(drawn, node.room.lower(), node.room.upper());
  }

  // ---------------------------------------------------------------- level-wise

  private List<Step> levelWise(List<Found> found, ResidualStatistics statistics) {
    List<Step> steps = new ArrayList<>(found.size());
    for (Node node : take(found, statistics)) {
      if (node.isLeaf()) {
        steps.add(update(node));
        continue;
      }
      makeChildren(node);
      if (node.depth < depth - 1) {
        steps.add(part(node, true));
      } else {
        setValue(node.left);
        setValue(node.right);
        steps.add(new Step.Update(node.number, node.split, node.left.value, node.right.value));
      }
    }
    return steps;
  }

  // ----------------------------------------------------------------- leaf-wise

  /**
   * Splits the node with the largest gain, again and again. The next best ones are split with it, on trial, as many as the
   * device likes to work on at once: what then does not come to its turn becomes a leaf again. So the tree does not depend
   * on their number.
   */
  private void growLeafWise(Node root) {
    List<Node> open = new ArrayList<>(); // can be split; in the order in which they came to be
    rows.grow(List.of(search(root)), this::keep);
    if (!root.isLeaf()) {
      open.add(root);
    }
    for (int leaves = 1; leaves < maxLeaves && !open.isEmpty(); leaves++) {
      if (monitor.cancelled()) {
        throw new CancellationException("training cancelled");
      }
      Node best = best(open, node -> true);
      if (best.left == null) {
        expand(onTrial(open, Math.min(rows.batch(), maxLeaves - leaves)));
      }
      open.remove(best);
      for (Node child : List.of(best.left, best.right)) {
        if (!child.isLeaf()) {
          open.add(child);
        }
      }
    }
    List<Step> last = new ArrayList<>();
    for (Node node : open) {
      undo(node, last);
    }
    addLeaves(root, last);
    rows.grow(last, this::values);
  }

  /** Keeps what was found for the node's turn. */
  private List<Step> keep(List<Found> found, ResidualStatistics statistics) {
    take(found, statistics);
    return List.of();
  }

  /** At the end: the leaves' values. */
  private List<Step> values(List<Found> found, ResidualStatistics statistics) {
    return take(found, statistics).stream().map(this::update).toList();
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

  private void expand(List<Node> chosen) {
    List<Step> steps = new ArrayList<>();
    for (Node node : chosen) {
      makeChildren(node);
      steps.add(part(node, node.depth < depth - 1));
    }
    rows.grow(steps, this::keep);
  }

  /** What was split on trial, or not at all, is a leaf. */
  private static void undo(Node node, List<Step> steps) {
    if (node.left != null) {
      steps.add(new Step.Close(node.left.number));
      steps.add(new Step.Close(node.right.number));
    }
    node.split = null;
    node.left = null;
    node.right = null;
  }

  private static void addLeaves(Node node, List<Step> steps) {
    if (node.isLeaf()) {
      steps.add(new Step.Search(node.number, null));
    } else {
      addLeaves(node.left, steps);
      addLeaves(node.right, steps);
    }
  }

  // ---------------------------------------------------------------------- both

  /** Notes what was found, and the values that the next steps need. */
  private List<Node> take(List<Found> found, ResidualStatistics statistics) {
    List<Node> taken = new ArrayList<>(found.size());
    List<Side> sides = new ArrayList<>();
    for (Found each : found) {
      Node node = nodes[each.node()];
      taken.add(node);
      node.split = each.split();
      if (node.isLeaf() && Double.isNaN(node.raw)) {
        sides.add(new Side(node.number, null, true));
      } else if (!node.isLeaf() && valuesOfChildren(node)) {
        sides.add(new Side(node.number, node.split, true));
        sides.add(new Side(node.number, node.split, false));
      }
    }
    if (!sides.isEmpty()) {
      double[] values = leafValues.needResiduals() ? statistics.values(sides) : valuesOfSums(sides);
      for (int k = 0; k < values.length; k++) {
        Node node = nodes[sides.get(k).node()];
        if (node.isLeaf()) {
          node.raw = values[k];
        } else {
          node.childValues = new double[] {values[k], values[++k]};
        }
      }
    }
    return taken;
  }

  private boolean valuesOfChildren(Node node) {
    return constraints.direction(node.split.feature()) != 0
        || maxLeaves == 0 && node.depth == depth - 1;
  }

  private double[] valuesOfSums(List<Side> sides) {
    double[] values = new double[sides.size()];
    for (int k = 0; k < values.length; k++) {
      Side side = sides.get(k);
      NodeSums sums = nodes[side.node()].sums;
      if (side.split() != null) {
        NodeSums left = side.split().left();
        sums = side.left() ? left : sums.minus(left);
      }
      values[k] = leafValues.ofSums(sums, scale);
    }
    return values;
  }

  private void makeChildren(Node node) {
    int feature = node.split.feature();
    NodeSums left = node.split.left();
    double[] values = node.childValues;
    double middle = values == null ? Double.NaN : node.room.between(values[0], values[1]);
    Constraints.Room leftRoom = constraints.ofChild(node.room, feature, middle, true);
    Constraints.Room rightRoom = constraints.ofChild(node.room, feature, middle, false);
    node.left = add(node.depth + 1, 2 * node.path, left, leftRoom);
    node.right = add(node.depth + 1, 2 * node.path + 1, node.sums.minus(left), rightRoom);
    if (values != null) {
      node.left.raw = values[0];
      node.right.raw = values[1];
    }
  }

  private Step part(Node node, boolean searched) {
    return new Step.Part(
        node.number,
        node.split,
        node.left.number,
        node.right.number,
        searched ? space(node.left) : null,
        searched ? space(node.right) : null);
  }

  private Step update(Node leaf) {
    setValue(leaf);
    return new Step.Update(leaf.number, null, leaf.value, leaf.value);
  }

  private void setValue(Node leaf) {
    leaf.value = leafValues.ofLeaf(leaf.raw, leaf.room);
  }
}
