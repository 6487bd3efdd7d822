package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.FeatureFunction.Rows;
import slipstream.core.table.Table;
import slipstream.features.internal.plan.Bands.Band;
import slipstream.features.internal.plan.Bands.Piece;
import slipstream.features.internal.series.SeriesStore;

/** Evaluates functions of a moment: band by band of times, in memory that does not grow with the table. */
final class Moments {
  private final Graph graph;
  private final List<Integer> nodes;
  private final Map<Integer, Source> inputs;
  private final Table table;
  private final SeriesStore results;
  private final Progress progress;
  private final Bands bands;

  /**
   * @param nodes calls of functions of a moment
   * @param inputs what the nodes' inputs are, by node
   * @param results gets a series a node
   * @param bandRows rows of a band, about
   * @param earliest rows before this time are left out
   */
  Moments(
      Graph graph,
      List<Integer> nodes,
      Map<Integer, Source> inputs,
      Table table,
      SeriesStore results,
      int bandRows,
      long earliest,
      Progress progress) {
    this.graph = graph;
    this.nodes = nodes;
    this.inputs = inputs;
    this.table = table;
    this.results = results;
    this.progress = progress;
    this.bands = new Bands(table, bandRows, earliest);
  }

  /**
   * @param unload called after each band: what it has read is not needed soon
   */
  List<Task> tasks(Runnable unload) {
    List<Task> tasks = new ArrayList<>();
    long each = table.rows() / bands.count();
    for (int i = 0; i < bands.count(); i++) {
      int band = i;
      long rows = i == 0 ? table.rows() - each * (bands.count() - 1) : each;
      tasks.add(
          new Task() {
            @Override
            public long rows() {
              return rows;
            }

            @Override
            public void run(Buffers buffers) {
              evaluate(bands.band(band), buffers);
              unload.run();
            }
          });
    }
    return tasks;
  }

  private void evaluate(Band band, Buffers buffers) {
    Map<Integer, double[]> columns = new HashMap<>();
    double[] values = buffers.take(band.rows());
    for (int n = 0; n < nodes.size(); n++) {
      progress.checkCancelled();
      Node.Call call = (Node.Call) graph.node(nodes.get(n));
      double[][] series = new double[call.series().size()][];
      for (int i = 0; i < series.length; i++) {
        series[i] =
            columns.computeIfAbsent(
                call.series().get(i),
                input -> band.read(inputs.get(input), buffers.take(band.rows())));
      }
      evaluate(call, graph.kernel(nodes.get(n)), band, series, values);
      for (Piece piece : band.pieces()) {
        results.write(n, piece.from(), values, piece.at(), piece.rows());
      }
    }
    columns.values().forEach(buffers::give);
    buffers.give(values);
  }

  private static void evaluate(
      Node.Call call, Kernel kernel, Band band, double[][] series, double[] values) {
    int[] order = band.order();
    double[][] group = new double[series.length][64];
    double[] result = new double[64];
    long[] times = kernel.usesTimes() ? new long[64] : null;
    for (int from = 0; from < order.length; ) {
      int to = band.end(from);
      int count = to - from;
      if (count > result.length) {
        int room = Math.max(count, 2 * result.length);
        group = new double[series.length][room];
        result = new double[room];
        times = times == null ? null : new long[room];
      }
      for (int s = 0; s < series.length; s++) {
        for (int i = 0; i < count; i++) {
          group[s][i] = series[s][order[from + i]];
        }
      }
      if (times != null) {
        Arrays.fill(times, 0, count, band.times()[order[from]]);
      }
      Program.evaluate(call.function(), kernel, new Rows(count, times, ""), group, result);
      for (int i = 0; i < count; i++) {
        double value = result[i];
        values[order[from + i]] = value == value ? value : Double.NaN;
      }
      from = to;
    }
  }
}
