package slipstream.data.internal.health;

import slipstream.core.CompensatedSum;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.data.health.HealthReport.ColumnHealth;
import slipstream.data.health.Role;

/** Statistics of a column in constant memory: a few passes over its mapped values. */
public final class ColumnStatistics {
  private static final int DISTINCT_LIMIT = 1 << 20;
  private static final int CHECK = 1 << 16;
  private static final int BLOCK = 1 << 13;

  private ColumnStatistics() {}

  /** Everything that a report says of a column. */
  public static ColumnHealth of(Column column, Role role, Progress progress) {
    String type = column.type().name();
    if (column.type() == ColumnType.STRING) {
      long nulls = 0;
      boolean[] used = new boolean[column.dictionary().size()];
      for (long row = 0; row < column.rows(); row++) {
        check(row, progress);
        if (column.isNull(row)) {
          nulls++;
        } else {
          used[(int) column.getLong(row)] = true;
        }
      }
      long distinct = 0;
      for (boolean each : used) {
        distinct += each ? 1 : 0;
      }
      double none = Double.NaN;
      return new ColumnHealth(
          column.name(),
          type,
          column.field().unit(),
          role,
          nulls,
          0,
          0,
          0,
          0,
          distinct,
          none,
          none,
          none,
          none,
          none);
    }
    boolean fraction = column.type() == ColumnType.FLOAT64 || column.type() == ColumnType.FLOAT32;
    long nulls = 0;
    long nans = 0;
    long infinities = 0;
    long zeros = 0;
    long negatives = 0;
    long finite = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    CompensatedSum sum = new CompensatedSum();
    LongSet distinct = fraction ? null : new LongSet();
    double[] block = new double[BLOCK];
    for (long from = 0; from < column.rows(); from += BLOCK) {
      progress.checkCancelled();
      int count = (int) Math.min(BLOCK, column.rows() - from);
      column.copyDoubles(from, from + count, block, 0);
      for (int i = 0; i < count; i++) {
        double value = block[i];
        if (distinct != null
            && distinct.size() <= DISTINCT_LIMIT
            && !Double.isNaN(value)) { // a null
          distinct.add(column.getLong(from + i));
        }
        if (Double.isNaN(value)) {
          boolean none = column.isNull(from + i);
          nulls += none ? 1 : 0;
          nans += none ? 0 : 1;
        } else if (Double.isInfinite(value)) {
          infinities++;
          negatives += value < 0 ? 1 : 0;
        } else {
          finite++;
          zeros += value == 0 ? 1 : 0;
          negatives += value < 0 ? 1 : 0;
          min = Math.min(min, value);
          max = Math.max(max, value);
          sum.add(value);
        }
      }
    }
    double mean = sum.value() / finite;
    double squares = 0;
    for (long from = 0; from < column.rows() && finite > 1; from += BLOCK) {
      progress.checkCancelled();
      int count = (int) Math.min(BLOCK, column.rows() - from);
      column.copyDoubles(from, from + count, block, 0);
      for (int i = 0; i < count; i++) {
        if (Double.isFinite(block[i])) {
          squares += (block[i] - mean) * (block[i] - mean);
        }
      }
    }
    return new ColumnHealth(
        column.name(),
        type,
        column.field().unit(),
        role,
        nulls,
        nans,
        infinities,
        zeros,
        negatives,
        distinct == null || distinct.size() > DISTINCT_LIMIT ? -1 : distinct.size(),
        finite == 0 ? Double.NaN : min,
        finite == 0 ? Double.NaN : max,
        finite == 0 ? Double.NaN : mean,
        finite < 2 ? Double.NaN : Math.sqrt(squares / (finite - 1)),
        Median.of(
            column.rows(),
            finite,
            (from, to, target) -> column.copyDoubles(from, to, target, 0),
            progress));
  }

  private static void check(long row, Progress progress) {
    if ((row & (CHECK - 1)) == 0) {
      progress.checkCancelled();
    }
  }

  /** Distinct longs, open addressing. */
  private static final class LongSet {
    private long[] slots = new long[1 << 10];
    private int size;
    private boolean zero;

    int size() {
      return size + (zero ? 1 : 0);
    }

    void add(long value) {
      if (value == 0) {
        zero = true;
        return;
      }
      if (insert(slots, value) && ++size * 2 > slots.length) {
        long[] larger = new long[slots.length * 2];
        for (long each : slots) {
          if (each != 0) {
            insert(larger, each);
          }
        }
        slots = larger;
      }
    }

    private static boolean insert(long[] slots, long value) {
      int mask = slots.length - 1;
      long hash = value * 0x9E3779B97F4A7C15L;
      int at = (int) (hash >>> 32) & mask;
      while (slots[at] != 0) {
        if (slots[at] == value) {
          return false;
        }
        at = (at + 1) & mask;
      }
      slots[at] = value;
      return true;
    }
  }
}
