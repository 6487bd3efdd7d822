package slipstream.features.internal.plan;

import java.util.Arrays;
import java.util.List;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.Reach;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * How many first rows of each partition of a grown table have the values that they have in the table before, by node.
 *
 * <p>A value within an instrument has changed when it looks ahead to a row that is new or has changed; a value across
 * instruments when any instrument has such a row at its time, or, of one that asks another, at or before it.
 */
public final class Unchanged {
  private final Graph graph;
  private final List<Partition> partitions;
  private final Column time;
  private final long[] known;
  private final long[][] counts;

  public Unchanged(Graph graph, Table table, Growth growth) {
    this.graph = graph;
    this.partitions = table.partitions();
    this.time = table.hasTime() ? table.time() : null;
    this.known = growth.rows();
    this.counts = new long[graph.size()][];
  }

  /** The counts of a node; not to be changed. */
  public long[] of(int node) {
    if (counts[node] == null) {
      counts[node] = compute(node);
    }
    return counts[node];
  }

  private long[] compute(int index) {
    Node node = graph.node(index);
    long[] inputs = known;
    for (int input : node.inputs()) {
      long[] each = of(input);
      inputs = inputs == known ? each : min(inputs, each);
    }
    if (node instanceof Node.AsOf asOf) {
      return before(known, firstChange(inputs, asOf.instrument()));
    } else if (node.crossesInstruments()) {
      return before(inputs, firstChange(inputs, null));
    }
    Kernel kernel = graph.kernel(index);
    return kernel == null || kernel.lookAhead().none()
        ? inputs
        : withoutLookingBeyond(inputs, kernel.lookAhead());
  }

  private static long[] min(long[] a, long[] b) {
    long[] min = a.clone();
    Arrays.setAll(min, p -> Math.min(min[p], b[p]));
    return min;
  }

  /**
   * The earliest time of a row that is new or has changed; null when there is none.
   *
   * @param instrument the only one that counts; null for all
   */
  private Long firstChange(long[] unchanged, String instrument) {
    Long first = null;
    for (int p = 0; p < unchanged.length; p++) {
      Partition partition = partitions.get(p);
      if (unchanged[p] < partition.rows()
          && (instrument == null || partition.instrument().equals(instrument))) {
        long at = time.getLong(partition.from() + unchanged[p]);
        first = first == null ? at : Math.min(first, at);
      }
    }
    return first;
  }

  /** At most so many rows, those before a time. */
  private long[] before(long[] counts, Long end) {
    if (end == null) {
      return counts;
    }
    long[] before = counts.clone();
    for (int p = 0; p < before.length; p++) {
      Partition partition = partitions.get(p);
      before[p] = Math.min(counts[p], Bands.first(time, partition, end) - partition.from());
    }
    return before;
  }

  /** The rows whose look-ahead ends among so many. */
  private long[] withoutLookingBeyond(long[] counts, Reach ahead) {
    long[] result = new long[counts.length];
    for (int p = 0; p < result.length; p++) {
      Partition partition = partitions.get(p);
      Walk walk = new Walk(time, partition);
      long end = partition.from() + counts[p];
      long low = partition.from();
      long high = end;
      while (low < high) {
        long middle = (low + high) >>> 1;
        if (walk.ahead(middle, ahead) < end) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      result[p] = low - partition.from();
    }
    return result;
  }
}
