package slipstream.core.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import slipstream.core.progress.Progress;

/**
 * How rows lie by instrument and time, seen in one pass over these two columns, and the order that sorts them: by
 * instrument (its UTF-8 bytes), time, and place.
 */
final class RowOrder {
  private static final int BLOCK = 1 << 13;

  private final Column instrument;
  private final Column time;
  private final long rows;

  /** Each instrument's place among all by name, by code. */
  private final int[] rank;

  /** Rows by code. */
  private final long[] count;

  /** Codes of instruments whose time goes backwards. */
  private final BitSet unsorted = new BitSet();

  private final List<Partition> runs = new ArrayList<>();
  private long splitAt = -1;
  private long backwardsAt = -1;
  private long backwards;
  private boolean byName = true;

  private RowOrder(Column instrument, Column time, long rows) {
    this.instrument = instrument;
    this.time = time;
    this.rows = rows;
    List<String> names = instrument == null ? List.of("") : instrument.dictionary();
    this.rank = ranks(names);
    this.count = new long[names.size()];
  }

  /**
   * @param instrument a STRING column without nulls, or null: all rows are of one
   * @param time a TIMESTAMP column without nulls, or null
   */
  static RowOrder of(Column instrument, Column time, long rows) {
    RowOrder order = new RowOrder(instrument, time, rows);
    order.look();
    return order;
  }

  private static int[] ranks(List<String> names) {
    byte[][] bytes =
        names.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    int[] byName =
        IntStream.range(0, bytes.length)
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] rank = new int[bytes.length];
    for (int i = 0; i < byName.length; i++) {
      rank[byName[i]] = i;
    }
    return rank;
  }

  private void look() {
    int[] codes = new int[BLOCK];
    long[] times = new long[BLOCK];
    long[] last = new long[count.length];
    Arrays.fill(last, Long.MIN_VALUE);
    BitSet seen = new BitSet(count.length);
    int current = -1;
    long currentFrom = 0;
    long currentTime = Long.MIN_VALUE;
    for (long from = 0; from < rows; from += BLOCK) {
      int length = (int) Math.min(BLOCK, rows - from);
      if (instrument != null) {
        instrument.copyCodes(from, from + length, codes);
      }
      if (time != null) {
        time.copyLongs(from, from + length, times);
      }
      for (int i = 0; i < length; i++) {
        int code = codes[i];
        if (code != current) {
          if (current >= 0) {
            end(current, currentFrom, from + i);
            last[current] = currentTime;
            byName &= rank[code] > rank[current];
          }
          if (splitAt < 0 && seen.get(code)) {
            splitAt = from + i;
          }
          seen.set(code);
          current = code;
          currentFrom = from + i;
          currentTime = last[code];
        }
        if (times[i] < currentTime) {
          backwards++;
          unsorted.set(code);
          if (backwardsAt < 0) {
            backwardsAt = from + i;
          }
        }
        currentTime = times[i];
      }
    }
    if (current >= 0) {
      end(current, currentFrom, rows);
    } else if (instrument == null) {
      runs.add(new Partition("", 0, 0));
    }
  }

  private void end(int code, long from, long to) {
    count[code] += to - from;
    if (splitAt < 0) {
      runs.add(new Partition(name(code), from, to));
    }
  }

  private String name(int code) {
    return instrument == null ? "" : instrument.dictionary().get(code);
  }

  /** The first row of an instrument whose rows are not together, or -1. */
  long splitAt() {
    return splitAt;
  }

  /** The first row stamped earlier than the one before it of the same instrument, or -1. */
  long backwardsAt() {
    return backwardsAt;
  }

  /** Rows stamped earlier than the one before them of the same instrument. */
  long backwards() {
    return backwards;
  }

  /** True when sorting would move no row. */
  boolean sorted() {
    return byName && backwards == 0;
  }

  /** A partition for each instrument, where the rows of each are together. */
  List<Partition> partitions() {
    return runs;
  }

  /** A partition for each instrument of the sorted rows. */
  List<Partition> sortedPartitions() {
    List<Partition> partitions = new ArrayList<>();
    long from = 0;
    for (int code : byRank()) {
      if (count[code] > 0) {
        partitions.add(new Partition(name(code), from, from + count[code]));
        from += count[code];
      }
    }
    return partitions;
  }

  private int[] byRank() {
    int[] codes = new int[rank.length];
    for (int code = 0; code < codes.length; code++) {
      codes[rank[code]] = code;
    }
    return codes;
  }

  /** Row numbers in the order that sorts, outside of the heap. */
  static final class Rows {
    private final MemorySegment rows;
    private final boolean wide;

    private Rows(long count, Arena arena) {
      wide = count > 1L << 32;
      rows = arena.allocate(wide ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT, count);
    }

    long get(long index) {
      return wide
          ? rows.getAtIndex(ValueLayout.JAVA_LONG, index)
          : rows.getAtIndex(ValueLayout.JAVA_INT, index) & 0xffff_ffffL;
    }

    private void set(long index, long row) {
      if (wide) {
        rows.setAtIndex(ValueLayout.JAVA_LONG, index, row);
      } else {
        rows.setAtIndex(ValueLayout.JAVA_INT, index, (int) row);
      }
    }
  }

  /** The rows in the order that sorts them: counted by instrument, then merged by time where that goes backwards. */
  Rows rows(Arena arena, Progress progress) {
    Rows result = new Rows(rows, arena);
    long[] next = new long[count.length];
    long at = 0;
    for (int code : byRank()) {
      next[code] = at;
      at += count[code];
    }
    int[] codes = new int[BLOCK];
    for (long from = 0; from < rows; from += BLOCK) {
      progress.checkCancelled();
      int length = (int) Math.min(BLOCK, rows - from);
      if (instrument != null) {
        instrument.copyCodes(from, from + length, codes);
      }
      for (int i = 0; i < length; i++) {
        result.set(next[codes[i]]++, from + i);
      }
    }
    for (int code = unsorted.nextSetBit(0); code >= 0; code = unsorted.nextSetBit(code + 1)) {
      sortByTime(result, next[code] - count[code], Math.toIntExact(count[code]), progress);
    }
    return result;
  }

  private void sortByTime(Rows result, long from, int length, Progress progress) {
    long[] row = new long[length];
    long[] key = new long[length];
    for (int i = 0; i < length; i++) {
      row[i] = result.get(from + i);
      key[i] = time.getLong(row[i]);
    }
    row = sorted(row, key, progress);
    for (int i = 0; i < length; i++) {
      result.set(from + i, row[i]);
    }
  }

  /** Rows by key; of equal keys the earlier one comes first. A merge from runs of one upwards. */
  private static long[] sorted(long[] row, long[] key, Progress progress) {
    int length = row.length;
    long[] toRow = new long[length];
    long[] toKey = new long[length];
    for (int width = 1; width < length; width = width > length / 2 ? length : 2 * width) {
      progress.checkCancelled();
      for (int low = 0; low < length; low = length - low > 2L * width ? low + 2 * width : length) {
        int middle = Math.min(length - low, width) + low;
        int high = Math.min(length - middle, width) + middle;
        int left = low;
        int right = middle;
        for (int to = low; to < high; to++) {
          boolean takeLeft = right == high || left < middle && key[left] <= key[right];
          int taken = takeLeft ? left++ : right++;
          toRow[to] = row[taken];
          toKey[to] = key[taken];
        }
      }
      long[] swap = row;
      row = toRow;
      toRow = swap;
      swap = key;
      key = toKey;
      toKey = swap;
    }
    return row;
  }
}
