package slipstream.features.internal.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.FeatureFunction.Rows;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * The nodes that some outputs need, in an order in which they can be evaluated, on any stretch of a partition.
 *
 * <p>When every reach is finite, a stretch is evaluated with as many rows around it as its values reach; these are
 * pure functions of the rows they reach, so the bits do not depend on how a partition is cut.
 */
final class Program {
  /** Takes an output's values as they are ready. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param output position among the program's outputs
     * @param row the table's row of the first value
     * @param values from {@code offset} on, {@code count} of them; not to be kept
     */
    void accept(int output, long row, double[] values, int offset, int count);
  }

  private final Graph graph;
  private final Table table;
  private final int[] order;
  private final int[] outputs;
  private final int[] uses;
  private final Source[] sources;
  private final boolean usesTimes;
  private final boolean whole;

  /**
   * @param ready what an earlier stage has computed, by node: these are read instead
   */
  Program(Graph graph, List<Integer> outputs, Table table, Map<Integer, Source> ready) {
    this.graph = graph;
    this.table = table;
    this.outputs = outputs.stream().mapToInt(Integer::intValue).toArray();
    sources = new Source[graph.size()];
    uses = new int[graph.size()];
    for (int output : outputs) {
      uses[output]++;
    }
    int[] nodes = new int[graph.size()];
    int count = graph.size();
    boolean times = false;
    boolean all = false;
    for (int i = graph.size() - 1; i >= 0; i--) {
      if (uses[i] == 0) {
        continue;
      }
      nodes[--count] = i;
      Node node = graph.node(i);
      sources[i] = ready.containsKey(i) ? ready.get(i) : Source.of(node, table);
      if (sources[i] != null) {
        continue;
      }
      node.inputs().forEach(input -> uses[input]++);
      Kernel kernel = graph.kernel(i);
      if (kernel != null) {
        times |= kernel.usesTimes();
        all |= kernel.lookBack().all() || kernel.lookAhead().all();
      }
    }
    order = Arrays.copyOfRange(nodes, count, nodes.length);
    usesTimes = times;
    whole = all;
  }

  int outputs() {
    return outputs.length;
  }

  private boolean isRead(int index) {
    return sources[index] != null;
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
  Stretch stretch(Partition partition, long from, long to) {
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
      if (isRead(index)) {
        continue;
      }
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
   * @param progress asked before every node whether anybody waits
   */
  void run(Stretch stretch, Sink sink, Buffers buffers, Progress progress) {
    long first = stretch.first();
    int rows = Math.toIntExact(stretch.last() - first);
    long[] times = usesTimes && table.hasTime() ? table.time().toLongs(first, first + rows) : null;
    double[][] values = new double[graph.size()][];
    int[] left = uses.clone();
    for (int index : order) {
      progress.checkCancelled();
      Node node = graph.node(index);
      boolean wanted = wanted(index);
      if (wanted || !(node instanceof Node.Constant)) {
        values[index] = buffers.take(rows);
        if (isRead(index)) {
          sources[index].read(first, first + rows, values[index], 0);
        } else {
          evaluate(index, stretch.partition(), rows, times, values, buffers, values[index]);
        }
      }
      if (wanted) {
        int offset = (int) (stretch.from() - first);
        int count = (int) stretch.rows();
        oneNaN(values[index], offset, count);
        for (int i = 0; i < outputs.length; i++) {
          if (outputs[i] == index) {
            sink.accept(i, stretch.from(), values[index], offset, count);
            release(index, values, left, buffers);
          }
        }
      }
      if (!isRead(index)) {
        for (int input : node.inputs()) {
          release(input, values, left, buffers);
        }
      }
    }
  }

  private boolean wanted(int index) {
    for (int output : outputs) {
      if (output == index) {
        return true;
      }
    }
    return false;
  }

  private static void release(int index, double[][] values, int[] left, Buffers buffers) {
    if (--left[index] == 0 && values[index] != null) {
      buffers.give(values[index]);
      values[index] = null;
    }
  }

  /** Which of the many NaNs an operation gives depends on the machine; one is kept. */
  private static void oneNaN(double[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      values[i] = values[i] == values[i] ? values[i] : Double.NaN;
    }
  }

  private void evaluate(
      int index,
      Partition partition,
      int rows,
      long[] times,
      double[][] values,
      Buffers buffers,
      double[] result) {
    switch (graph.node(index)) {
      case Node.Prefix prefix ->
          Operators.apply(prefix.operator(), values[prefix.operand()], rows, result);
      case Node.Infix infix -> infix(infix, values, rows, result);
      case Node.Call call ->
          call(
              call,
              graph.kernel(index),
              new Rows(rows, times, partition.instrument()),
              values,
              buffers,
              result);
      case Node.Load _, Node.Codes _, Node.TextTest _, Node.Constant _, Node.AsOf _ ->
          throw new IllegalStateException("no source for node " + index);
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
      Rows rows,
      double[][] values,
      Buffers buffers,
      double[] result) {
    double[][] series = new double[call.series().size()][];
    for (int i = 0; i < series.length; i++) {
      int input = call.series().get(i);
      if (values[input] == null && graph.node(input) instanceof Node.Constant constant) {
        values[input] = buffers.take(rows.count());
        Arrays.fill(values[input], 0, rows.count(), constant.value());
      }
      series[i] = values[input];
    }
    evaluate(call.function(), kernel, rows, series, result);
  }

  /** Evaluates a kernel and names the function that fails. */
  static void evaluate(
      FeatureFunction function, Kernel kernel, Rows rows, double[][] series, double[] result) {
    try {
      kernel.evaluate(
          kernel.usesTimes() ? rows : new Rows(rows.count(), null, rows.instrument()),
          series,
          result);
    } catch (SlipstreamException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new SlipstreamException(
          SlipstreamException.Category.INTERNAL,
          Text.format(
              "function '%s' failed%s: %s",
              function.name(), rows.instrument().isEmpty() ? "" : " on " + rows.instrument(), e),
          null,
          "Report it to whoever made the plug-in.",
          e);
    }
  }
}
