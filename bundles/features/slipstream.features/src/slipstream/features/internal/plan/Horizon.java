package slipstream.features.internal.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.plan.Bands.Band;
import slipstream.features.internal.plan.Bands.Piece;

/**
 * The last time that values depend on, row by row: what a model must not have learned from rows before it. Bounds from
 * above where look-aheads are nested across instruments.
 */
public final class Horizon {
  private final Graph graph;
  private final Table table;
  private final IntToLongFunction times;
  private final int rows;
  private final int[] uses;
  private final Map<Integer, long[]> shared = new HashMap<>();

  /**
   * @param times of all rows, ascending within each partition: UTC nanoseconds, or row numbers
   */
  public Horizon(Graph graph, Table table, IntToLongFunction times) {
    this.graph = graph;
    this.table = table;
    rows = Math.toIntExact(table.rows());
    this.times = times;
    uses = new int[graph.size()];
    for (int i = 0; i < uses.length; i++) {
      graph.node(i).inputs().forEach(input -> uses[input]++);
    }
  }

  /**
   * For each row the last time, not before its own, that one of these nodes depends on: the times themselves where none
   * looks ahead, else 8 bytes a row.
   */
  public IntToLongFunction of(List<Integer> nodes) {
    long[] last = null;
    for (int node : nodes) {
      long[] ends = ends(node);
      if (last == null) {
        last = ends;
      } else {
        max(last, ends);
      }
    }
    if (last == null) {
      return times;
    }
    for (int row = 0; row < rows; row++) {
      last[row] = Math.max(last[row], times.applyAsLong(row));
    }
    long[] found = last;
    return row -> found[row];
  }

  private static void max(long[] a, long[] b) {
    if (b != null) {
      for (int i = 0; i < a.length; i++) {
        a[i] = Math.max(a[i], b[i]);
      }
    }
  }

  /** Null where a value depends on nothing after its own row; else an array of the caller's own. */
  private long[] ends(int index) {
    if (graph.lookAhead(index).none()) {
      return null;
    }
    if (uses[index] < 2) {
      return compute(index);
    }
    // Once for all that use it: a chain of series that each use the one before twice would double
    // the work at every link.
    if (!shared.containsKey(index)) {
      shared.put(index, compute(index));
    }
    long[] known = shared.get(index);
    return known == null ? null : known.clone();
  }

  private long[] compute(int index) {
    Node node = graph.node(index);
    long[] ends = null;
    for (int input : node.inputs()) {
      long[] each = ends(input);
      if (ends == null) {
        ends = each;
      } else {
        max(ends, each);
      }
    }
    if (node.crossesInstruments()) {
      if (ends == null) {
        return null; // of an instrument that is not there
      }
      if (node instanceof Node.AsOf asOf) {
        return asOf(asOf, ends);
      }
      moments(ends);
      return ends;
    }
    Kernel kernel = graph.kernel(index);
    return kernel == null || kernel.lookAhead().none() ? ends : ahead(kernel, ends);
  }

  private long[] ahead(Kernel kernel, long[] inputs) {
    long[] ends = new long[rows];
    for (Partition partition : table.partitions()) {
      int from = (int) partition.from();
      int to = (int) partition.to();
      // A moment's end may lie before that of a moment earlier: the largest so far is what a range
      // of rows may depend on.
      for (int row = from + 1; inputs != null && row < to; row++) {
        inputs[row] = Math.max(inputs[row], inputs[row - 1]);
      }
      Walk walk = new Walk(table.hasTime() ? table.time() : null, partition);
      for (int row = from; row < to; row++) {
        int last = (int) walk.ahead(row, kernel.lookAhead());
        ends[row] = inputs == null ? times.applyAsLong(last) : inputs[last];
      }
    }
    return ends;
  }

  /** Every row of a moment depends on what any of them depends on. */
  private void moments(long[] ends) {
    Bands bands = new Bands(table, Evaluation.BAND);
    for (int b = 0; b < bands.count(); b++) {
      Band band = bands.band(b);
      int[] rows = new int[band.rows()];
      for (Piece piece : band.pieces()) {
        for (int i = 0; i < piece.rows(); i++) {
          rows[piece.at() + i] = (int) piece.from() + i;
        }
      }
      for (int from = 0; from < rows.length; ) {
        int to = band.end(from);
        long last = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
          last = Math.max(last, ends[rows[band.order()[i]]]);
        }
        for (int i = from; i < to; i++) {
          ends[rows[band.order()[i]]] = last;
        }
        from = to;
      }
    }
  }

  private long[] asOf(Node.AsOf node, long[] inputs) {
    Optional<Partition> asked =
        table.partitions().stream()
            .filter(each -> each.instrument().equals(node.instrument()))
            .findAny();
    if (asked.isEmpty()) {
      return null;
    }
    int first = (int) asked.get().from();
    long[] ends = new long[rows];
    for (Partition partition : table.partitions()) {
      int at = first;
      for (int row = (int) partition.from(); row < partition.to(); row++) {
        while (at < asked.get().to() && times.applyAsLong(at) <= times.applyAsLong(row)) {
          at++;
        }
        long time = times.applyAsLong(row);
        ends[row] = at == first ? time : Math.max(time, inputs[at - 1]);
      }
    }
    return ends;
  }
}
