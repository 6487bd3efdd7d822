package slipstream.data.internal.health;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import slipstream.data.health.Defect;

/** What one worker has found. Sums and smallest-of-an-order only, so that workers may be merged in any order. */
final class Tally {
  static final int DEFECTS = Defect.values().length;
  static final int EXAMPLES = 3;

  /**
   * A row that shows a defect.
   *
   * @param measure how bad; the worst come first, of equal ones the first row
   */
  record Hit(int partition, long row, int column, double measure, String note) {}

  private static final Comparator<Hit> WORST_FIRST =
      Comparator.comparingDouble(Hit::measure)
          .reversed()
          .thenComparingLong(Hit::row)
          .thenComparingInt(Hit::column);

  final long[] counts = new long[DEFECTS];
  final long[] instruments = new long[DEFECTS];
  final Map<Long, long[]> byColumn = new HashMap<>();
  final Hit[][] examples = new Hit[DEFECTS][EXAMPLES];
  final long[][] timeline = new long[DEFECTS][];
  final long[] rowsByBucket;

  /** Of the partition at hand. */
  private long[] current = new long[DEFECTS];

  private boolean any;

  Tally(int buckets) {
    rowsByBucket = new long[buckets];
  }

  /**
   * Counts a row.
   *
   * @param bucket of its time, or -1
   * @param column an example's, or -1
   */
  void hit(Defect defect, int partition, long row, int bucket, int column, double measure) {
    hit(defect, 1, partition, row, bucket, column, measure, null);
  }

  void hit(
      Defect defect,
      long count,
      int partition,
      long row,
      int bucket,
      int column,
      double measure,
      String note) {
    int d = defect.ordinal();
    current[d] += count;
    any = true;
    if (bucket >= 0) {
      if (timeline[d] == null) {
        timeline[d] = new long[rowsByBucket.length];
      }
      timeline[d][bucket] += count;
    }
    Hit[] best = examples[d];
    Hit last = best[EXAMPLES - 1];
    // Rows come in order within a partition, so that an equal one is no better.
    if (last == null || measure > last.measure || measure == last.measure && row < last.row) {
      example(best, new Hit(partition, row, column, measure, note));
    }
  }

  private static void example(Hit[] best, Hit hit) {
    for (int i = 0; i < EXAMPLES; i++) {
      if (best[i] == null || WORST_FIRST.compare(hit, best[i]) < 0) {
        System.arraycopy(best, i, best, i + 1, EXAMPLES - 1 - i);
        best[i] = hit;
        return;
      }
    }
  }

  /** Counts a column's part in a row, which {@link #hit} counts. */
  void column(Defect defect, int column, long count) {
    byColumn.computeIfAbsent(key(defect, column), each -> new long[1])[0] += count;
  }

  static long key(Defect defect, int column) {
    return (long) defect.ordinal() << 32 | column;
  }

  /** Ends a partition: its counts by defect, or null when nothing was found. */
  long[] endPartition() {
    if (!any) {
      return null;
    }
    long[] result = current;
    for (int d = 0; d < DEFECTS; d++) {
      counts[d] += result[d];
      instruments[d] += result[d] > 0 ? 1 : 0;
    }
    current = new long[DEFECTS];
    any = false;
    return result;
  }

  void add(Tally other) {
    for (int d = 0; d < DEFECTS; d++) {
      counts[d] += other.counts[d];
      instruments[d] += other.instruments[d];
      for (Hit hit : other.examples[d]) {
        if (hit != null) {
          example(examples[d], hit);
        }
      }
      if (other.timeline[d] != null) {
        if (timeline[d] == null) {
          timeline[d] = new long[rowsByBucket.length];
        }
        add(timeline[d], other.timeline[d]);
      }
    }
    add(rowsByBucket, other.rowsByBucket);
    other.byColumn.forEach(
        (key, count) -> byColumn.computeIfAbsent(key, each -> new long[1])[0] += count[0]);
  }

  private static void add(long[] to, long[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }
}
