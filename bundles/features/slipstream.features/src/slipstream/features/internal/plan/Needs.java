package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * From which row of each partition on a node's values are needed, found by walking from the outputs to their inputs, and
 * the stages in which nodes that ask other instruments are evaluated.
 */
final class Needs {
  private final Graph graph;
  private final List<Partition> partitions;
  private final Column time;
  private final boolean[] needed;
  private final int[] levels;
  private final long[][] first;

  /**
   * @param starts the row of the table from which on each partition's outputs are wanted; its end for none
   */
  Needs(Graph graph, Table table, List<Integer> outputs, long[] starts) {
    this.graph = graph;
    this.partitions = table.partitions();
    this.time = table.hasTime() ? table.time() : null;
    this.needed = graph.needed(outputs);
    this.levels = levels();
    this.first = new long[graph.size()][];
    if (Arrays.equals(starts, partitions.stream().mapToLong(Partition::from).toArray())) {
      Arrays.fill(first, starts);
      return;
    }
    outputs.forEach(output -> need(output, starts));
    for (int level = Arrays.stream(levels).max().orElse(0); level >= 0; level--) {
      for (int i = graph.size() - 1; i >= 0; i--) {
        if (first[i] != null && levels[i] == level && !graph.node(i).crossesInstruments()) {
          inputs(i);
        }
      }
      int stage = level - 1;
      List<Integer> moments = new ArrayList<>();
      for (int i = 0; i < graph.size(); i++) {
        if (first[i] != null && levels[i] == level && graph.node(i).crossesInstruments()) {
          if (graph.node(i) instanceof Node.AsOf asOf) {
            asked(asOf, earliest(List.of(i)));
          } else {
            moments.add(i);
          }
        }
      }
      if (stage >= 0 && !moments.isEmpty()) {
        // They are evaluated together, at the times that any of them is needed at.
        long[] from = since(earliest(moments));
        for (int node : moments) {
          graph.node(node).inputs().forEach(input -> need(input, from));
        }
      }
    }
  }

  /** How many stages a node comes after: those of the nodes that ask other instruments on the way to it. */
  private int[] levels() {
    int[] level = new int[graph.size()];
    for (int i = 0; i < level.length; i++) {
      if (needed[i]) {
        for (int input : graph.node(i).inputs()) {
          level[i] = Math.max(level[i], level[input]);
        }
        level[i] += graph.node(i).crossesInstruments() ? 1 : 0;
      }
    }
    return level;
  }

  /** The nodes that ask other instruments, such that each stage needs those before it alone. */
  List<List<Integer>> stages() {
    List<List<Integer>> stages = new ArrayList<>();
    for (int i = 0; i < levels.length; i++) {
      if (needed[i] && graph.node(i).crossesInstruments()) {
        while (stages.size() < levels[i]) {
          stages.add(new ArrayList<>());
        }
        stages.get(levels[i] - 1).add(i);
      }
    }
    return stages;
  }

  /** The first row of each partition at which any of these is needed. */
  long[] first(List<Integer> nodes) {
    long[] all = first[nodes.getFirst()].clone();
    for (int node : nodes) {
      Arrays.setAll(all, p -> Math.min(all[p], first[node][p]));
    }
    return all;
  }

  /** The first time at which any of these is needed. */
  long earliest(List<Integer> nodes) {
    long earliest = Long.MAX_VALUE;
    long[] from = first(nodes);
    for (int p = 0; p < from.length; p++) {
      if (from[p] < partitions.get(p).to()) {
        earliest = Math.min(earliest, time.getLong(from[p]));
      }
    }
    return earliest;
  }

  private void need(int node, long[] from) {
    if (first[node] == null) {
      first[node] = from.clone();
    } else {
      long[] mine = first[node];
      Arrays.setAll(mine, p -> Math.min(mine[p], from[p]));
    }
  }

  private void inputs(int index) {
    if (graph.node(index).inputs().isEmpty()) {
      return;
    }
    Kernel kernel = graph.kernel(index);
    long[] from = first[index];
    if (kernel != null && !kernel.lookBack().none()) {
      from = from.clone();
      for (int p = 0; p < from.length; p++) {
        if (from[p] < partitions.get(p).to()) {
          from[p] = new Walk(time, partitions.get(p)).back(from[p], kernel.lookBack());
        }
      }
    }
    for (int input : graph.node(index).inputs()) {
      need(input, from);
    }
  }

  private void asked(Node.AsOf asOf, long earliest) {
    long[] from = partitions.stream().mapToLong(Partition::to).toArray();
    for (int p = 0; p < from.length; p++) {
      Partition partition = partitions.get(p);
      if (partition.instrument().equals(asOf.instrument())) {
        // The one in force at that time came before it.
        from[p] = Math.max(partition.from(), Bands.first(time, partition, earliest) - 1);
      }
    }
    need(asOf.input(), from);
  }

  private long[] since(long earliest) {
    return partitions.stream().mapToLong(each -> Bands.first(time, each, earliest)).toArray();
  }
}
