package slipstream.features;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.plan.Evaluation;
import slipstream.features.internal.plan.Graph;
import slipstream.features.internal.plan.Growth;
import slipstream.features.internal.plan.Space;
import slipstream.features.internal.plan.Unchanged;
import slipstream.features.internal.series.FileSeries;
import slipstream.features.internal.series.MemorySeries;
import slipstream.features.internal.series.SeriesStore;

/**
 * Takes series from a cache, computes the others, and adds them to the cache. Of a series that is there for a table that
 * this one grew out of, only the rows are computed whose values may have changed.
 */
final class CachedEvaluation {
  /** Series with at most so many times the rows to compute of another are computed together with it. */
  private static final int ALIKE = 2;

  /**
   * @param hashes of the values by position, SHA-256 in hex; null where not known
   */
  record Result(SeriesStore values, String[] hashes) {}

  /** The names of series in a cache. */
  interface Keys {
    /** One a series, for a table by its content hash. */
    List<String> of(String table);
  }

  private final FeatureCache cache;
  private final String codeVersion;
  private final Keys keys;
  private final List<Growth> growths;
  private final List<String> expressions;
  private final Graph graph;
  private final List<Integer> outputs;
  private final Table table;
  private final Space space;
  private final int threads;
  private final Progress progress;
  private final AtomicInteger damaged = new AtomicInteger();

  /** By growth, as far as they were asked for. */
  private final Map<Growth, List<String>> earlierKeys = new HashMap<>();

  /**
   * @param growths the tables that this one grew out of, the latest first
   * @param expressions of the series, as written
   * @param outputs the series' nodes
   */
  CachedEvaluation(
      FeatureCache cache,
      String codeVersion,
      Keys keys,
      List<Growth> growths,
      List<String> expressions,
      Graph graph,
      List<Integer> outputs,
      Table table,
      Space space,
      int threads,
      Progress progress) {
    this.cache = cache;
    this.codeVersion = codeVersion;
    this.keys = keys;
    this.growths = growths;
    this.expressions = expressions;
    this.graph = graph;
    this.outputs = outputs;
    this.table = table;
    this.space = space;
    this.threads = threads;
    this.progress = progress;
  }

  Result run() {
    boolean inMemory = space.inMemory(outputs.size(), table.rows());
    SeriesStore store = inMemory ? space.store(outputs.size(), table.rows(), true) : files();
    try {
      return run(store);
    } catch (IOException e) {
      store.close();
      throw AtomicFiles.explain("write the features", space.folder(), e);
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  private FileSeries files() {
    return space.prepareFiles(outputs.size(), table.rows());
  }

  private Result run(SeriesStore store) throws IOException {
    List<String> names = keys.of(table.hash());
    List<Optional<String>> found = each(range(names.size()), i -> take(names.get(i), store, i));
    List<Integer> missing =
        range(names.size()).stream().filter(i -> found.get(i).isEmpty()).toList();
    if (missing.size() < names.size()) {
      progress.message(
          Severity.INFO,
          Text.format(
              "%d of %d series were computed before", names.size() - missing.size(), names.size()));
    }
    progress.checkCancelled();
    if (store instanceof FileSeries files) {
      for (int i : missing) {
        files.begin(i);
      }
    }
    compute(missing, store);
    String[] hashes = new String[names.size()];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = found.get(i).orElse(null);
    }
    add(names, missing, store, hashes);
    prune();
    return new Result(store, hashes);
  }

  private static List<Integer> range(int count) {
    List<Integer> range = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      range.add(i);
    }
    return range;
  }

  // ------------------------------------------------------------------ taking

  private interface Step<T> {
    T apply(int series) throws IOException;
  }

  /** A step for each of some series; empty for a series of which the cache cannot be read: as good as not there. */
  private <T> List<Optional<T>> each(List<Integer> series, Step<Optional<T>> step) {
    damaged.set(0);
    List<Optional<T>> results =
        Parallel.map(
            series.size(),
            threads,
            progress,
            i -> {
              try {
                return step.apply(series.get(i));
              } catch (IOException e) {
                return Optional.empty();
              }
            });
    if (damaged.get() > 0) {
      progress.message(
          Severity.WARNING,
          Text.format("%d damaged series of the cache are computed again", damaged.get()));
    }
    return results;
  }

  private Optional<String> take(String key, SeriesStore store, int series) throws IOException {
    return cache.find(
        key,
        table.rows(),
        damaged::incrementAndGet,
        values -> {
          switch (store) {
            case FileSeries files -> files.take(series, values);
            case MemorySeries memory -> memory.write(series, 0, values, 0, table.rows());
          }
        });
  }

  // --------------------------------------------------------------- computing

  /**
   * What is computed of a series, or of several.
   *
   * @param growth since the table that it is there for; null for none
   * @param unchanged first rows of each partition whose values are known
   * @param fewest rows that any of them would need by itself
   */
  private record Part(Growth growth, List<Integer> series, long[] unchanged, long fewest) {}

  private long computed(long[] unchanged) {
    return table.rows() - Arrays.stream(unchanged).sum();
  }

  private void compute(List<Integer> missing, SeriesStore store) {
    List<Integer> whole = new ArrayList<>();
    long computed = 0;
    int extended = 0;
    for (Part part : together(parts(missing, whole))) {
      List<Optional<Boolean>> copied =
          each(part.series(), i -> copy(part.growth(), part.unchanged(), store, i));
      List<Integer> known = new ArrayList<>();
      for (int i = 0; i < copied.size(); i++) {
        // Somebody may have removed it meanwhile.
        (copied.get(i).isPresent() ? known : whole).add(part.series().get(i));
      }
      if (!known.isEmpty()) {
        evaluate(known, part.unchanged(), store);
        extended += known.size();
        computed = Math.max(computed, computed(part.unchanged()));
      }
    }
    if (extended > 0) {
      progress.message(
          Severity.INFO,
          Text.format(
              "features: %,d rows computed, %,d reused, in %d of %d series",
              computed, table.rows() - computed, extended, missing.size()));
    }
    if (!whole.isEmpty()) {
      evaluate(whole, new long[table.partitions().size()], store);
    }
  }

  private void evaluate(List<Integer> series, long[] unchanged, SeriesStore store) {
    long[] starts = Evaluation.all(table);
    Arrays.setAll(starts, p -> starts[p] + unchanged[p]);
    Evaluation.run(
        graph,
        series.stream().map(outputs::get).toList(),
        table,
        starts,
        store,
        series.stream().mapToInt(Integer::intValue).toArray(),
        space,
        Evaluation.BAND,
        threads,
        progress);
  }

  /** What is to be computed of series of which rows are known; the others go to {@code whole}. */
  private List<Part> parts(List<Integer> missing, List<Integer> whole) {
    Map<Integer, Integer> steps = new HashMap<>();
    for (int step = 0; step < growths.size() && steps.size() < missing.size(); step++) {
      List<String> names = keys.of(growths.get(step).table());
      earlierKeys.put(growths.get(step), names);
      for (int i : missing) {
        if (!steps.containsKey(i) && cache.has(names.get(i))) {
          steps.put(i, step);
        }
      }
    }
    List<Part> parts = new ArrayList<>();
    Unchanged[] unchanged = new Unchanged[growths.size()];
    for (int i : missing) {
      Integer step = steps.get(i);
      if (step == null || graph.isText(outputs.get(i))) {
        whole.add(i);
        continue;
      }
      if (unchanged[step] == null) {
        unchanged[step] = new Unchanged(graph, table, growths.get(step));
      }
      long[] counts = unchanged[step].of(outputs.get(i));
      parts.add(new Part(growths.get(step), List.of(i), counts, computed(counts)));
    }
    return parts;
  }

  /** Series that look ahead have a few more rows to compute than others; they are better computed with them. */
  private static List<Part> together(List<Part> parts) {
    List<Part> sorted = new ArrayList<>(parts);
    sorted.sort(Comparator.comparingLong(Part::fewest));
    List<Part> joined = new ArrayList<>();
    for (Part part : sorted) {
      Part last = joined.isEmpty() ? null : joined.getLast();
      if (last != null
          && last.growth().equals(part.growth())
          && part.fewest() <= ALIKE * last.fewest()) {
        List<Integer> series = new ArrayList<>(last.series());
        series.addAll(part.series());
        long[] least = last.unchanged().clone();
        Arrays.setAll(least, p -> Math.min(least[p], part.unchanged()[p]));
        joined.set(joined.size() - 1, new Part(part.growth(), series, least, last.fewest()));
      } else {
        joined.add(part);
      }
    }
    return joined;
  }

  /** Copies the rows that are known. */
  private Optional<Boolean> copy(Growth growth, long[] unchanged, SeriesStore store, int series)
      throws IOException {
    return cache
        .find(
            earlierKeys.get(growth).get(series),
            growth.total(),
            damaged::incrementAndGet,
            values -> copy(growth, unchanged, store, series, values))
        .map(_ -> true);
  }

  private void copy(
      Growth growth, long[] unchanged, SeriesStore store, int series, FileChannel values)
      throws IOException {
    long at = 0;
    for (int p = 0; p < unchanged.length; p++) {
      progress.checkCancelled();
      Partition partition = table.partitions().get(p);
      if (unchanged[p] > 0) {
        store.write(series, partition.from(), values, at * Double.BYTES, unchanged[p]);
      }
      at += growth.rows()[p];
    }
  }

  // ----------------------------------------------------------------- keeping

  /** A cache that cannot be written costs nothing but time. */
  private void add(List<String> names, List<Integer> missing, SeriesStore store, String[] hashes) {
    List<String> problems = new ArrayList<>();
    Parallel.forEach(
        missing.size(),
        threads,
        progress,
        k -> {
          int i = missing.get(k);
          try {
            hashes[i] =
                switch (store) {
                  case FileSeries files -> {
                    // Mapped before it goes to the cache, where it may be removed at any time.
                    files.segment(i);
                    yield cache.put(
                        names.get(i), expressions.get(i), codeVersion, files.file(i), table.rows());
                  }
                  case MemorySeries memory ->
                      cache.put(names.get(i), expressions.get(i), codeVersion, memory.array(i));
                };
          } catch (IOException e) {
            synchronized (problems) {
              problems.add(AtomicFiles.explain("write", cache.folder(), e).problem());
            }
          }
        });
    if (!problems.isEmpty()) {
      progress.message(
          Severity.WARNING,
          Text.format(
              "%d series could not be kept for the next run: %s",
              problems.size(), problems.getFirst()));
    }
  }

  private void prune() {
    try {
      cache.prune(cache.quota());
    } catch (IOException e) {
      progress.message(
          Severity.WARNING,
          "the feature cache could not be pruned: "
              + AtomicFiles.explain("prune", cache.folder(), e).problem());
    }
  }
}
