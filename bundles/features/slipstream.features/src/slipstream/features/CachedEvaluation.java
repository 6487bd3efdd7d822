package slipstream.features;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.store.AtomicFiles;
import slipstream.features.FeatureCache.Hit;
import slipstream.features.internal.series.FileSeries;
import slipstream.features.internal.series.MemorySeries;
import slipstream.features.internal.series.SeriesStore;

/** Takes series from a cache, computes the others, and adds them to the cache. */
final class CachedEvaluation {
  /** Computes some of the series, by position. */
  interface Computation {
    SeriesStore run(List<Integer> positions);
  }

  /**
   * @param hashes of the values by position, SHA-256 in hex; null where not known
   */
  record Result(SeriesStore values, String[] hashes) {}

  private final FeatureCache cache;
  private final String codeVersion;
  private final List<String> keys;
  private final List<String> expressions;
  private final long rows;
  private final int threads;
  private final Progress progress;

  CachedEvaluation(
      FeatureCache cache,
      String codeVersion,
      List<String> keys,
      List<String> expressions,
      long rows,
      int threads,
      Progress progress) {
    this.cache = cache;
    this.codeVersion = codeVersion;
    this.keys = keys;
    this.expressions = expressions;
    this.rows = rows;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * @param inMemory true when the result is to be in memory
   */
  Result run(Computation computation, boolean inMemory) {
    List<Optional<Hit>> hits = find();
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (hits.get(i).isEmpty()) {
        missing.add(i);
      }
    }
    if (missing.size() < keys.size()) {
      progress.message(
          Severity.INFO,
          Text.format(
              "%d of %d series were computed before", keys.size() - missing.size(), keys.size()));
    }
    progress.checkCancelled();
    SeriesStore computed = computation.run(missing);
    try {
      return inMemory ? inMemory(hits, missing, computed) : inFiles(hits, missing, computed);
    } catch (IOException e) {
      computed.close();
      throw AtomicFiles.explain("read the features", cache.folder(), e);
    } catch (RuntimeException | Error e) {
      computed.close();
      throw e;
    }
  }

  private List<Optional<Hit>> find() {
    AtomicInteger damaged = new AtomicInteger();
    List<Optional<Hit>> hits =
        Parallel.map(
            keys.size(),
            threads,
            progress,
            i -> {
              try {
                return cache.find(keys.get(i), rows, damaged::incrementAndGet);
              } catch (IOException e) {
                return Optional.empty(); // as good as not there
              }
            });
    if (damaged.get() > 0) {
      progress.message(
          Severity.WARNING,
          Text.format("%d damaged series of the cache are computed again", damaged.get()));
    }
    return hits;
  }

  private Result inMemory(List<Optional<Hit>> hits, List<Integer> missing, SeriesStore computed)
      throws IOException {
    double[][] values = new double[keys.size()][];
    String[] hashes = new String[keys.size()];
    List<Integer> taken = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (hits.get(i).isPresent()) {
        taken.add(i);
        files.add(hits.get(i).get().file());
        hashes[i] = hits.get(i).get().hash();
      }
    }
    try (FileSeries cached = FileSeries.open(files, rows, null)) {
      for (int k = 0; k < taken.size(); k++) {
        values[taken.get(k)] = new double[(int) rows];
        cached.read(k, 0, rows, values[taken.get(k)], 0);
      }
    }
    for (int k = 0; k < missing.size(); k++) {
      values[missing.get(k)] = ((MemorySeries) computed).array(k);
    }
    List<Optional<Hit>> added =
        add(
            missing.size(),
            k ->
                cache.put(
                    key(missing, k), expression(missing, k), codeVersion, values[missing.get(k)]));
    for (int k = 0; k < missing.size(); k++) {
      hashes[missing.get(k)] = added.get(k).map(Hit::hash).orElse(null);
    }
    prune();
    return new Result(MemorySeries.of(values, (int) rows), hashes);
  }

  private Result inFiles(List<Optional<Hit>> hits, List<Integer> missing, SeriesStore computed)
      throws IOException {
    Path[] files = new Path[keys.size()];
    String[] hashes = new String[keys.size()];
    for (int i = 0; i < keys.size(); i++) {
      if (hits.get(i).isPresent()) {
        files[i] = hits.get(i).get().file();
        hashes[i] = hits.get(i).get().hash();
      }
    }
    Path owned = null;
    if (!missing.isEmpty()) {
      FileSeries made = (FileSeries) computed;
      owned = made.release();
      for (int k = 0; k < missing.size(); k++) {
        files[missing.get(k)] = made.file(k);
      }
      List<Optional<Hit>> added =
          add(
              missing.size(),
              k ->
                  cache.put(
                      key(missing, k), expression(missing, k), codeVersion, made.file(k), rows));
      for (int k = 0; k < missing.size(); k++) {
        if (added.get(k).isPresent()) {
          files[missing.get(k)] = added.get(k).get().file();
          hashes[missing.get(k)] = added.get(k).get().hash();
        }
      }
    }
    // Mapped before anything is pruned: what is mapped stays readable.
    FileSeries all = FileSeries.open(List.of(files), rows, owned);
    prune();
    return new Result(all, hashes);
  }

  private String key(List<Integer> missing, int k) {
    return keys.get(missing.get(k));
  }

  private String expression(List<Integer> missing, int k) {
    return expressions.get(missing.get(k));
  }

  private interface Addition {
    Hit add(int index) throws IOException;
  }

  /** A cache that cannot be written costs nothing but time. */
  private List<Optional<Hit>> add(int count, Addition addition) {
    List<String> problems = new ArrayList<>();
    List<Optional<Hit>> added =
        Parallel.map(
            count,
            threads,
            progress,
            k -> {
              try {
                return Optional.of(addition.add(k));
              } catch (IOException e) {
                synchronized (problems) {
                  problems.add(AtomicFiles.explain("write", cache.folder(), e).problem());
                }
                return Optional.empty();
              }
            });
    if (!problems.isEmpty()) {
      progress.message(
          Severity.WARNING,
          Text.format(
              "%d series could not be kept for the next run: %s",
              problems.size(), problems.getFirst()));
    }
    return added;
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
