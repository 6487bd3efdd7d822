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
  private final AtomicLong done = new AtomicLong();
  private final Map<Integer, Source> ready = new HashMap<>();
  private final List<SeriesStore> kept = new ArrayList<>();
  private long total;

  private Evaluation(
      Graph graph, Table table, Space space, int bandRows, int threads, Progress progress) {
    this.graph = graph;
    this.table = table;
    this.space = space;
    this.threads = threads;
    this.bandRows = bandRows;
    this.progress = progress;
    long width = table.columns().stream().mapToLong(each -> each.type().width()).sum();
    this.large = width * table.rows() > LARGE;
  }

  /**
   * @param outputs nodes of the graph
   * @param inMemory whether the result is to be in memory
   * @param bandRows of the bands in which functions of a moment are evaluated; {@link #BAND} but for tests
   * @return a series over all rows of the table per output; NaN is always {@link Double#NaN}, to the bit
   */
  public static SeriesStore run(
      Graph graph,
      List<Integer> outputs,
      Table table,
      Space space,
      boolean inMemory,
      int bandRows,
      int threads,
      Progress progress) {
    return new Evaluation(graph, table, space, bandRows, threads, progress).run(outputs, inMemory);
  }

  private SeriesStore run(List<Integer> outputs, boolean inMemory) {
    List<List<Integer>> stages = stages(outputs);
    // Each stage is at most two passes over the rows, and so are the outputs.
    total = table.rows() * (2L * stages.size() + 1);
    try {
      for (List<Integer> stage : stages) {
        stage(stage);
      }
      SeriesStore results = space.store(outputs.size(), table.rows(), inMemory);
      try {
        evaluate(outputs, results);
        progress.stage("Features", table.rows(), table.rows(), "rows");
        return results;
      } catch (RuntimeException | Error e) {
        results.close();
        throw e;
      }
    } finally {
      kept.forEach(SeriesStore::close);
    }
  }

  private void advance(long rows) {
    long now = Math.min(total, done.addAndGet(rows));
    long shown = (long) ((double) now / total * table.rows());
    progress.stage("Features", shown, table.rows(), "rows");
  }

  // --------------------------------------------------------------- stages

  /** The nodes that ask other instruments, such that each stage needs those before it alone. */
  private List<List<Integer>> stages(List<Integer> outputs) {
    boolean[] needed = graph.needed(outputs);
    int[] level = new int[graph.size()];
    List<List<Integer>> stages = new ArrayList<>();
    for (int i = 0; i < graph.size(); i++) {
      if (!needed[i]) {
        continue;
      }
      for (int input : graph.node(i).inputs()) {
        level[i] = Math.max(level[i], level[input]);
      }
      if (graph.node(i).crossesInstruments()) {
        if (stages.size() == level[i]) {
          stages.add(new ArrayList<>());
        }
        stages.get(level[i]++).add(i);
      }
    }
    return stages;
  }

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
        evaluate(wanted, before);
      }
      for (int i = 0; i < wanted.size(); i++) {
        inputs.put(wanted.get(i), Source.of(before, i));
      }
      SeriesStore results = space.store(nodes.size(), table.rows());
      kept.add(results);
      Moments moments = new Moments(graph, nodes, inputs, table, results, bandRows, progress);
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
      Task.run(
          tasks(inputs, List.of(partition.get()), sink, false), threads, progress, this::advance);
    }
    for (int i = 0; i < nodes.size(); i++) {
      computed.put(nodes.get(i), Source.asOf(table.time(), times, values[i]));
    }
  }

  // ------------------------------------------------ within an instrument

  private void evaluate(List<Integer> outputs, SeriesStore results) {
    boolean collect = results instanceof FileSeries;
    Task.run(
        tasks(outputs, table.partitions(), results::write, collect),
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
      List<Integer> outputs, List<Partition> partitions, Sink sink, boolean collect) {
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
    for (Partition partition : partitions) {
      if (partition.rows() == 0) {
        continue;
      }
      if (partition.rows() > STRETCH) {
        for (int i = 0; i < programs.size(); i++) {
          cut(programs.get(i), partition, sinks.get(i), tasks, (double) 1 / programs.size());
        }
        continue;
      }
      Stretch stretch = all.stretch(partition, partition.from(), partition.to());
      boolean follows = batch.isEmpty() || batch.getLast().to() == stretch.from();
      if (!follows || batched + stretch.rows() > STRETCH) {
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

  private void cut(
      Program program, Partition partition, Sink sink, List<Task> tasks, double weight) {
    for (long from = partition.from(); from < partition.to(); ) {
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
      return (long) (weight * (stretches.getLast().to() - stretches.getFirst().from()));
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
