package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import slipstream.core.store.Lineage;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * A table that a table grew out of, by rows after the last of each instrument.
 *
 * @param table content hash of the earlier one
 * @param rows how many first rows of each partition of the grown table it has; its own partitions are those with rows, in
 *     the same order
 */
public record Growth(String table, long[] rows) {
  /** Versions before this are not looked for. */
  private static final int MOST = 1000;

  /** Rows of the earlier table. */
  public long total() {
    long total = 0;
    for (long each : rows) {
      total += each;
    }
    return total;
  }

  /**
   * The tables that one grew out of, the latest first, as far as it is known.
   *
   * @param lineages how a table grew, by its content hash
   */
  public static List<Growth> of(Table table, Function<String, Optional<Lineage>> lineages) {
    List<Growth> steps = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    long[] rows = table.partitions().stream().mapToLong(Partition::rows).toArray();
    String hash = table.hash();
    while (steps.size() < MOST && seen.add(hash)) {
      Optional<Lineage> lineage = lineages.apply(hash);
      if (lineage.isEmpty()) {
        break;
      }
      rows = before(table, rows, lineage.get());
      if (rows == null) {
        break;
      }
      hash = lineage.get().previous();
      steps.add(new Growth(hash, rows));
    }
    return steps;
  }

  /** The rows one step earlier; null when the step is of another table. */
  private static long[] before(Table table, long[] rows, Lineage lineage) {
    Map<String, Lineage.Extension> known = new HashMap<>();
    lineage.partitions().forEach(each -> known.put(each.instrument(), each));
    long[] before = new long[rows.length];
    int found = 0;
    for (int p = 0; p < before.length; p++) {
      Lineage.Extension extension = known.get(table.partitions().get(p).instrument());
      if (extension == null ? rows[p] > 0 : extension.rows() != rows[p]) {
        return null;
      }
      if (extension != null) {
        before[p] = extension.previousRows();
        found++;
      }
    }
    return found == known.size() ? before : null;
  }
}
