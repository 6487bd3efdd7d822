package slipstream.features.internal.plan;

import java.util.Arrays;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.FeatureFunction.Rows;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * The nodes that some outputs need, in an order in which they can be evaluated, on any stretch of a partition.
 *
 * <p>When every reach is finite, a stretch is evaluated with as many rows around it as its values reach; these are
 * pure functions of the rows they reach, so the bits do not depend on how a partition is cut.
 */
final class Program {
  private final Graph graph;
  private final int[] order;
  private final int[] outputs;
  private final int[] uses;
  private final boolean usesTimes;
  private final boolean whole;

  Program(Graph graph, List<Integer> outputs) {
    this.graph = graph;
    this.outputs = outputs.stream().mapToInt(Integer::intValue).toArray();
    boolean[] needed = graph.needed(outputs);
    int[] nodes = new int[graph.size()];
    int count = 0;
    uses = new int[graph.size()];
    boolean times = false;
    boolean all = false;
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        nodes[count++] = i;
        graph.node(i).inputs().forEach(input -> uses[input]++);
        Kernel kernel = graph.kernel(i);
        if (kernel != null) {
          times |= kernel.usesTimes();
          all |= kernel.lookBack().all() || kernel.lookAhead().all();
        }
      }
    }
    order = Arrays.copyOf(nodes, count);
    usesTimes = times;
    whole = all;
    for (int output : outputs) {
      uses[output]++;
    }
  }

  /** True when a value may depend on all rows of its partition, which is then evaluated in one piece. */
  boolean whole() {
    return whole;
  }

  /**
   * Rows [from, to) of a partition and the rows [first, last) around them that their values depend on, which are found
   * by walking from the outputs to their inputs.
   */
  record Stretch(Partition partition, long from, long to, long first, long last) {
    long rows() {
      return to - from;
    }

    /** Rows that are evaluated and belong to other stretches. */
    long overlap() {
      return last - first - rows();
    }
  }

  /** What rows [from, to), which lie in the partition and are at least one, need. */
  Stretch stretch(Table table, Partition partition, long from, long to) {
    if (whole) {
      return new Stretch(partition, from, to, partition.from(), partition.to());
    }
    Walk walk = new Walk(table.hasTime() ? table.time() : null, partition);
    long[] first = new long[graph.size()];
    long[] last = new long[graph.size()];
    Arrays.fill(first, from);
    Arrays.fill(last, to - 1);
    long earliest = from;
    long latest = to - 1;
    for (int i = order.length - 1; i >= 0; i--) {
      int index = order[i];
      Kernel kernel = graph.kernel(index);
      long begin = first[index];
      long end = last[index];
      if (kernel != null) {
        begin = walk.back(begin, kernel.lookBack());
        end = walk.ahead(end, kernel.lookAhead());
      }
      earliest = Math.min(earliest, begin);
      latest = Math.max(latest, end);
      for (int input : graph.node(index).inputs()) {
        first[input] = Math.min(first[input], begin);
        last[input] = Math.max(last[input], end);
      }
    }
    return new Stretch(partition, from, to, earliest, latest + 1);
  }

  /**
   * Evaluates a stretch.
   *
   * @param results per output a column over all rows of the table
   * @param progress asked before every node whether anybody waits
   */
  void run(Table table, Stretch stretch, double[][] results, Buffers buffers, Progress progress) {
    Partition partition = stretch.partition();
    long first = stretch.first();
    long from = stretch.from();
    long to = stretch.to();
    int rows = Math.toIntExact(stretch.last() - first);
    long[] times = usesTimes && table.hasTime() ? table.time().toLongs(first, first + rows) : null;
    double[][] values = new double[graph.size()][];
    int[] left = uses.clone();
    for (int index : order) {
      progress.checkCancelled();
      Node node = graph.node(index);
      if (!(node instanceof Node.Constant)) {
        values[index] = buffers.take(rows);
        evaluate(index, table, partition, first, rows, times, values, buffers, values[index]);
      }
      for (int i = 0; i < outputs.length; i++) {
        if (outputs[i] == index) {
          copy(node, values[index], (int) (from - first), (int) from, (int) to, results[i]);
          release(index, values, left, buffers);
        }
      }
      for (int input : node.inputs()) {
        release(input, values, left, buffers);
      }
    }
  }

  private static void release(int index, double[][] values, int[] left, Buffers buffers) {
    if (--left[index] == 0 && values[index] != null) {
      buffers.give(values[index]);
      values[index] = null;
    }
  }

  private static void copy(
      Node node, double[] values, int offset, int from, int to, double[] result) {
    if (node instanceof Node.Constant constant) {
      Arrays.fill(result, from, to, constant.value());
      return;
    }
    for (int row = from; row < to; row++) {
      double value = values[offset + row - from];
      // Which of the many NaNs it is depends on the machine; one is written.
      result[row] = value == value ? value : Double.NaN;
    }
  }

  private void evaluate(
      int index,
      Table table,
      Partition partition,
      long first,
      int rows,
      long[] times,
      double[][] values,
      Buffers buffers,
      double[] result) {
    switch (graph.node(index)) {
      case Node.Load load ->
          table.column(load.column()).copyDoubles(first, first + rows, result, 0);
      case Node.TextTest test -> test(test, table.column(test.column()), first, rows, result);
      case Node.Codes codes -> codes(table.column(codes.column()), first, rows, result);
      case Node.AsOf _ ->
          throw new IllegalStateException("asof is evaluated in a stage of its own");
      case Node.Constant constant -> Arrays.fill(result, 0, rows, constant.value());
      case Node.Prefix prefix ->
          Operators.apply(prefix.operator(), values[prefix.operand()], rows, result);
      case Node.Infix infix -> infix(infix, values, rows, result);
      case Node.Call call ->
          call(call, graph.kernel(index), partition, rows, times, values, buffers, result);
    }
  }

  private static void test(
      Node.TextTest test, Column column, long first, int rows, double[] result) {
    int code = column.dictionary().indexOf(test.text());
    double same = test.equal() ? 1 : 0;
    for (int i = 0; i < rows; i++) {
      result[i] =
          column.isNull(first + i)
              ? Double.NaN
              : column.getLong(first + i) == code ? same : 1 - same;
    }
  }

  private static void codes(Column column, long first, int rows, double[] result) {
    for (int i = 0; i < rows; i++) {
      result[i] = column.isNull(first + i) ? Double.NaN : column.getLong(first + i);
    }
  }

  private void infix(Node.Infix infix, double[][] values, int rows, double[] result) {
    Node left = graph.node(infix.left());
    Node right = graph.node(infix.right());
    if (right instanceof Node.Constant y) {
      Operators.apply(infix.operator(), values[infix.left()], y.value(), rows, result);
    } else if (left instanceof Node.Constant x) {
      Operators.apply(infix.operator(), x.value(), values[infix.right()], rows, result);
    } else {
      Operators.apply(infix.operator(), values[infix.left()], values[infix.right()], rows, result);
    }
  }

  private void call(
      Node.Call call,
      Kernel kernel,
      Partition partition,
      int rows,
      long[] times,
      double[][] values,
      Buffers buffers,
      double[] result) {
    double[][] columns = new double[call.series().size()][];
    for (int i = 0; i < columns.length; i++) {
      int input = call.series().get(i);
      if (values[input] == null && graph.node(input) instanceof Node.Constant constant) {
        values[input] = buffers.take(rows);
        Arrays.fill(values[input], 0, rows, constant.value());
      }
      columns[i] = values[input];
    }
    try {
      Rows described = new Rows(rows, kernel.usesTimes() ? times : null, partition.instrument());
      kernel.evaluate(described, columns, result);
    } catch (SlipstreamException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new SlipstreamException(
          SlipstreamException.Category.INTERNAL,
          Text.format(
              "function '%s' failed%s: %s",
              call.function().name(),
              partition.instrument().isEmpty() ? "" : " on " + partition.instrument(),
              e),
          null,
          "Report it to whoever made the plug-in.",
          e);
    }
  }
}
