package slipstream.training.run;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.PluginUse;
import slipstream.core.progress.Progress;
import slipstream.core.store.ContentStore;
import slipstream.core.store.Hashing;
import slipstream.core.store.Lineage;
import slipstream.core.table.Table;
import slipstream.core.table.TableVersions;

/**
 * Tells of a prepared table that it grew, where its data did, so that only the new rows of its features are computed.
 *
 * <p>No step is asked whether it goes row by row: the first rows of the new table are compared, by content hash, with what
 * the same steps made of the earlier data. A step that changes earlier rows, or other data that did, just leave none.
 */
final class PreparedLineage {
  /** Versions of the data before this are not looked for. */
  private static final int MOST = 100;

  private PreparedLineage() {}

  /**
   * Records how a prepared table grew, and what it is for the next one.
   *
   * @param steps of the preparation, at least one
   * @param raw the data, perhaps with a lineage in the store
   */
  static void record(
      ContentStore store,
      List<PluginUse> steps,
      Table raw,
      Table prepared,
      int threads,
      Progress progress) {
    if (lineage(store, prepared.hash()).isEmpty()) {
      earlier(store, steps, raw.hash())
          .filter(each -> !each.previous().equals(prepared.hash()))
          .flatMap(
              each -> TableVersions.grown(prepared, each.previous(), rows(each), threads, progress))
          .ifPresent(lineage -> store.putLineage(prepared.hash(), lineage));
    }
    store.putPrepared(key(raw.hash(), steps), state(prepared));
  }

  /** What the steps made of the latest earlier version of the data of which it is known. */
  private static Optional<Lineage> earlier(ContentStore store, List<PluginUse> steps, String data) {
    Set<String> seen = new HashSet<>();
    Optional<Lineage> step = lineage(store, data);
    while (step.isPresent() && seen.size() < MOST && seen.add(step.get().previous())) {
      String previous = step.get().previous();
      Optional<Lineage> prepared = prepared(store, key(previous, steps));
      if (prepared.isPresent()) {
        return prepared;
      }
      step = lineage(store, previous);
    }
    return Optional.empty();
  }

  private static Optional<Lineage> lineage(ContentStore store, String hash) {
    try {
      return store.lineage(hash);
    } catch (SlipstreamException e) {
      return damaged(e);
    }
  }

  private static Optional<Lineage> prepared(ContentStore store, String key) {
    try {
      return store.prepared(key);
    } catch (SlipstreamException e) {
      return damaged(e);
    }
  }

  /** A damaged record costs nothing but time. */
  private static Optional<Lineage> damaged(SlipstreamException e) {
    if (e.category() == SlipstreamException.Category.CORRUPT) {
      return Optional.empty();
    }
    throw e;
  }

  private static Map<String, Long> rows(Lineage state) {
    Map<String, Long> rows = new LinkedHashMap<>();
    state.partitions().forEach(each -> rows.put(each.instrument(), each.rows()));
    return rows;
  }

  private static Lineage state(Table table) {
    return new Lineage(
        table.hash(),
        table.partitions().stream()
            .map(each -> new Lineage.Extension(each.instrument(), each.rows(), each.rows()))
            .toList());
  }

  /** Only a hint at what may have grown: what it leads to is compared. */
  private static String key(String data, List<PluginUse> steps) {
    StringBuilder text = new StringBuilder("slipstream prepared 1\n").append(data).append('\n');
    for (PluginUse step : steps) {
      text.append(step.plugin()).append(' ').append(new TreeMap<>(step.parameters())).append('\n');
    }
    return Hashing.sha256(text.toString());
  }
}
