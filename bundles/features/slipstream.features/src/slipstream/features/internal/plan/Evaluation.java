package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.plan.Program.Sink;
import slipstream.features.internal.plan.Program.Stretch;
import slipstream.features.internal.series.FileSeries;
import slipstream.features.internal.series.SeriesStore;

/**
 * Evaluates nodes of a graph on a table.
 *
 * <p>Within an instrument: whole partitions where a value may depend on all rows before it, stretches of partitions
 * otherwise. What asks other instruments is evaluated in stages: its inputs for all rows first, which are kept aside, then
 * itself, then what uses it. What is cut where does not depend on the number of threads, and changes no result.
 */
public final class Evaluation {
  /** Rows of a band of times: its columns take some megabytes. */
  public static final int BAND = 1 << 19;

  /** Rows of a stretch: its columns fit the second-level cache. */
  private static final int STRETCH = 1 << 14;

  /** What is read of tables larger than this is given back as soon as it is used. */
  private static final long LARGE = 256L << 20;

  private final Graph graph;
  private final Table table;
  private final Space space;
  private final int threads;
  private final int bandRows;
  private final Progress progress;
  private final boolean large;
  private final Needs needs;
  private final long[] starts;
  private final boolean partial;
  private final long rows;
  private final AtomicLong done = new AtomicLong();
  private final Map<Integer, Source> ready = new HashMap<>();
  private final List<SeriesStore> kept = new ArrayList<>();
  private long total;

  private Evaluation(
      Graph graph,
      List<Integer> outputs,
      Table table,
      long[] starts,
      Space space,
      int bandRows,
      int threads,
      Progress progress) {
    this.graph = graph;
    this.table = table;
    this.starts = starts;
    this.space = space;
    this.threads = threads;
    this.bandRows = bandRows;
    this.progress = progress;
    this.needs = new Needs(graph, table, outputs, starts);
    long width = table.columns().stream().mapToLong(each -> each.type().width()).sum();
    this.large = width * table.rows() > LARGE;
    long wanted = 0;
    for (int p = 0; p < starts.length; p++) {
      wanted += table.partitions().get(p).to() - starts[p];
    }
    this.rows = wanted;
    this.partial = wanted < table.rows();
  }

  /** Where each partition of a table starts: the starts of an evaluation of all rows. */
  public static long[] all(Table table) {
    return table.partitions().stream().mapToLong(Partition::from).toArray();
  }

  /**
   * Evaluates nodes on the last rows of each partition. They get the values that they have when all rows are evaluated,
   * from as many rows before them as these depend on.
   *
   * @param outputs nodes of the graph
   * @param starts the first row of the table that is wanted of each partition; its end for none
   * @param results gets the values of the rows that are wanted; NaN is always {@link Double#NaN}, to the bit
   * @param series of the results, one an output
   * @param bandRows of the bands in which functions of a moment are evaluated; {@link #BAND} but for tests
   */
  public static void run(
      Graph graph,
      List<Integer> outputs,
      Table table,
      long[] starts,
      SeriesStore results,
      int[] series,
      Space space,
      int bandRows,
      int threads,
      Progress progress) {
    new Evaluation(graph, outputs, table, starts, space, bandRows, threads, progress)
        .run(outputs, results, series);
  }

  private void run(List<Integer> outputs, SeriesStore results, int[] series) {
    List<List<Integer>> stages = needs.stages();
    // Each stage is at most two passes over the rows, and so are the outputs.
    total = rows * (2L * stages.size() + 1);
    try {
      for (List<Integer> stage : stages) {
        stage(stage);
      }
      evaluate(
          outputs,
          starts,
          results instanceof FileSeries,
          (output, row, values, offset, count) ->
              results.write(series[output], row, values, offset, count));
      progress.stage("Features", rows, rows, "rows");
    } finally {
      kept.forEach(SeriesStore::close);
    }
  }

  private void advance(long rows) {
    long now = Math.min(total, done.addAndGet(rows));
    long shown = total == 0 ? 0 : (long) ((double) now / total * this.rows);
    progress.stage("Features", shown, this.rows, "rows");
  }

  // --------------------------------------------------------------- stages

  private void stage(List<Integer> stage) {
    List<Integer> moments = new ArrayList<>();
    Map<String, List<Integer>> others = new LinkedHashMap<>();
    for (int index : stage) {
      if (graph.node(index) instanceof Node.AsOf asOf) {
        others.computeIfAbsent(asOf.instrument(), _ -> new ArrayList<>()).add(index);
      } else {
        moments.add(index);
      }
    }
    Map<Integer, Source> computed = new HashMap<>();
    others.forEach((instrument, nodes) -> asOf(instrument, nodes, computed));
    if (!moments.isEmpty()) {
      moments(moments, computed);
    }
    ready.putAll(computed);
  }

  private void moments(List<Integer> nodes, Map<Integer, Source> computed) {
    Map<Integer, Source> inputs = new HashMap<>();
    Set<Integer> missing = new LinkedHashSet<>();
    for (int node : nodes) {
      for (int input : graph.node(node).inputs()) {
        Source source =
            ready.containsKey(input) ? ready.get(input) : Source.of(graph.node(input), table);
        if (source == null) {
          missing.add(input);
        } else {
          inputs.put(input, source);
        }
      }
    }
    List<Integer> wanted = List.copyOf(missing);
    SeriesStore before = space.store(wanted.size(), table.rows());
    try {
      if (!wanted.isEmpty()) {
        evaluate(wanted, needs.first(wanted), before instanceof FileSeries, before::write);
      }
      for (int i = 0; i < wanted.size(); i++) {
        inputs.put(wanted.get(i), Source.of(before, i));
      }
      SeriesStore results = space.store(nodes.size(), table.rows());
      kept.add(results);
      long earliest = partial ? needs.earliest(nodes) : Long.MIN_VALUE;
      Moments moments =
          new Moments(graph, nodes, inputs, table, results, bandRows, earliest, progress);
      Runnable unload =
          () -> {
            for (int i = 0; i < before.series(); i++) {
              before.unload(i);
            }
            unload(0, table.rows());
          };
      Task.run(moments.tasks(unload), threads, progress, this::advance);
      for (int i = 0; i < nodes.size(); i++) {
        computed.put(nodes.get(i), Source.of(results, i));
      }
    } finally {
      before.close();
    }
  }

  private void asOf(String instrument, List<Integer> nodes, Map<Integer, Source> computed) {
    Optional<Partition> partition =
        table.partitions().stream().filter(each -> each.instrument().equals(instrument)).findAny();
    List<Integer> inputs = new ArrayList<>();
    nodes.forEach(node -> inputs.add(((Node.AsOf) graph.node(node)).input()));
    int rows = partition.map(each -> Math.toIntExact(each.rows())).orElse(0);
    double[][] values = new double[nodes.size()][rows];
    long[] times = new long[0];
    if (partition.isPresent()) {
      long first = partition.get().from();
      times = table.time().toLongs(first, partition.get().to());
      Sink sink =
          (output, row, from, offset, count) ->
              System.arraycopy(from, offset, values[output], (int) (row - first), count);
      long[] from = needs.first(inputs);
      List<Suffix> asked = new ArrayList<>();
      for (Suffix each : suffixes(from)) {
        if (each.partition().equals(partition.get())) {
          asked.add(each);
        }
      }
      Task.run(tasks(inputs, asked, sink, false), threads, progress, this::advance);
    }
    for (int i = 0; i < nodes.size(); i++) {
      computed.put(nodes.get(i), Source.asOf(table.time(), times, values[i]));
    }
  }

  // ------------------------------------------------ within an instrument

  /** The last rows of a partition. */
  private record Suffix(Partition partition, long from) {}

  private List<Suffix> suffixes(long[] from) {
    List<Suffix> suffixes = new ArrayList<>();
    for (int p = 0; p < from.length; p++) {
      Partition partition = table.partitions().get(p);
      if (from[p] < partition.to()) {
        suffixes.add(new Suffix(partition, from[p]));
      }
    }
    return suffixes;
  }

  private void evaluate(List<Integer> outputs, long[] from, boolean inFiles, Sink sink) {
    Task.run(
        tasks(outputs, suffixes(from), sink, inFiles && !partial),
        threads,
        progress,
        this::advance);
  }

  /**
   * The work on some partitions.
   *
   * @param collect true when the sink is to get few long pieces
   */
  private List<Task> tasks(
      List<Integer> outputs, List<Suffix> suffixes, Sink sink, boolean collect) {
    List<Task> tasks = new ArrayList<>();
    Program all = program(outputs);
    // Of long partitions only what must be is evaluated in one piece.
    boolean[] whole = whole();
    List<Program> programs = new ArrayList<>();
    List<Sink> sinks = new ArrayList<>();
    for (boolean inOnePiece : new boolean[] {true, false}) {
      int[] chosen = positions(outputs, whole, inOnePiece);
      if (chosen.length > 0) {
        programs.add(program(Arrays.stream(chosen).mapToObj(outputs::get).toList()));
        sinks.add(
            (output, row, values, offset, count) ->
                sink.accept(chosen[output], row, values, offset, count));
      }
    }
    List<Stretch> batch = new ArrayList<>();
    long batched = 0;
    for (Suffix suffix : suffixes) {
      Partition partition = suffix.partition();
      // Of a part, what must be evaluated in one piece is more than the part.
      if (partition.rows() > STRETCH || partial && programs.size() > 1) {
        for (int i = 0; i < programs.size(); i++) {
          cut(programs.get(i), suffix, sinks.get(i), tasks, (double) 1 / programs.size());
        }
        continue;
      }
      Stretch stretch = all.stretch(partition, suffix.from(), partition.to());
      boolean follows = batch.isEmpty() || batch.getLast().to() == stretch.from();
      if (collect && !follows || batched + stretch.rows() > STRETCH) {
        tasks.add(new Batch(all, List.copyOf(batch), sink, collect, 1));
        batch.clear();
        batched = 0;
      }
      batch.add(stretch);
      batched += stretch.rows();
    }
    if (!batch.isEmpty()) {
      tasks.add(new Batch(all, List.copyOf(batch), sink, collect, 1));
    }
    return tasks;
  }

  /** The nodes whose values may depend on all rows of a partition. */
  private boolean[] whole() {
    boolean[] whole = new boolean[graph.size()];
    for (int i = 0; i < whole.length; i++) {
      if (!ready.containsKey(i)) {
        Kernel kernel = graph.kernel(i);
        whole[i] = kernel != null && (kernel.lookBack().all() || kernel.lookAhead().all());
        for (int input : graph.node(i).inputs()) {
          whole[i] |= whole[input];
        }
      }
    }
    return whole;
  }

  private static int[] positions(List<Integer> outputs, boolean[] whole, boolean inOnePiece) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (whole[outputs.get(i)] == inOnePiece) {
        positions.add(i);
      }
    }
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }

  private Program program(List<Integer> outputs) {
    return new Program(graph, outputs, table, ready);
  }

  private void cut(Program program, Suffix suffix, Sink sink, List<Task> tasks, double weight) {
    Partition partition = suffix.partition();
    for (long from = suffix.from(); from < partition.to(); ) {
      Stretch stretch = stretch(program, partition, from);
      tasks.add(new Batch(program, List.of(stretch), sink, false, weight));
      from = stretch.to();
    }
  }

  private Stretch stretch(Program program, Partition partition, long from) {
    // Rows around a stretch are evaluated again for the next: they stay a small part of it.
    for (long rows = STRETCH; ; rows *= 2) {
      long to = program.whole() ? partition.to() : Math.min(partition.to(), from + rows);
      Stretch stretch = program.stretch(partition, from, to);
      if (to == partition.to() || 8 * stretch.overlap() <= rows) {
        return stretch;
      }
    }
  }

  private void unload(long from, long to) {
    if (large) {
      for (Column column : table.columns()) {
        column.unload(from, to);
      }
    }
  }

  /** Consecutive stretches that are evaluated one after another. */
  private final class Batch implements Task {
    private final Program program;
    private final List<Stretch> stretches;
    private final Sink sink;
    private final boolean collect;
    private final double weight;

    Batch(Program program, List<Stretch> stretches, Sink sink, boolean collect, double weight) {
      this.program = program;
      this.stretches = stretches;
      this.sink = sink;
      this.collect = collect;
      this.weight = weight;
    }

    @Override
    public long rows() {
      return (long) (weight * stretches.stream().mapToLong(Stretch::rows).sum());
    }

    @Override
    public void run(Buffers buffers) {
      if (collect && stretches.size() > 1) {
        collect(buffers);
      } else {
        for (Stretch stretch : stretches) {
          program.run(stretch, sink, buffers, progress);
        }
      }
      unload(stretches.getFirst().first(), stretches.getLast().last());
    }

    private void collect(Buffers buffers) {
      long first = stretches.getFirst().from();
      int rows = (int) (stretches.getLast().to() - first);
      double[][] values = new double[program.outputs()][];
      Arrays.setAll(values, _ -> buffers.take(rows));
      Sink collected =
          (output, row, from, offset, count) ->
              System.arraycopy(from, offset, values[output], (int) (row - first), count);
      for (Stretch stretch : stretches) {
        program.run(stretch, collected, buffers, progress);
      }
      for (int i = 0; i < values.length; i++) {
        sink.accept(i, first, values[i], 0, rows);
        buffers.give(values[i]);
      }
    }
  }
}
