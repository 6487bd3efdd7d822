package slipstream.features.internal.prepare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * The rows of a table by the values of some columns, each group in order of time and, at equal times, of the table.
 *
 * <p>Where the one key is the table's instrument, the groups are its partitions and cost nothing; else 4 bytes a row, and 8
 * for its time.
 */
final class Groups {
  /**
   * A column by which rows are grouped.
   *
   * @param other the column of the table that looks rows up, or null where {@code text} does
   * @param text the one value that is looked up, where no column has it; null where each {@link Finder} has its own
   */
  record Key(Column column, Column other, String text) {}

  /** Groups of which a finder knows where it was. */
  private static final int REMEMBERED = 1 << 12;

  private final List<Key> keys;
  private final List<LongIntMap> values = new ArrayList<>();
  private final List<LongIntMap> pairs = new ArrayList<>();
  private final long[] starts;
  private final int[] order;

  /** Times in the order of the groups; null where {@link #order} is, or where there are none. */
  private final long[] stamps;

  private final Column time;
  private int[][] codes;

  /**
   * @param timed whether rows are in order of time within a group, else in the table's order
   * @param threads at most this many work
   */
  Groups(Table table, List<Key> keys, boolean timed, int threads, Progress progress) {
    this.keys = keys;
    this.time = timed ? table.time() : null;
    keys.forEach(Groups::check);
    if (table.rows() > Integer.MAX_VALUE - 8) {
      throw SlipstreamException.invalid(
          Text.format("%,d rows are too many to be joined with", table.rows()),
          Place.key("with"),
          "Leave rows out of its import by 'where'.");
    }
    for (int k = 0; k < keys.size(); k++) {
      values.add(new LongIntMap());
      pairs.add(new LongIntMap());
    }
    if (keys.isEmpty() && (!timed || table.partitions().size() == 1)) {
      starts = new long[] {0, table.rows()};
      order = null;
      stamps = null;
      return;
    }
    if (keys.size() == 1 && keys.getFirst().column().name().equals(table.instrumentColumn())) {
      starts = new long[table.partitions().size() + 1];
      order = null;
      stamps = null;
      for (int p = 0; p < table.partitions().size(); p++) {
        Partition partition = table.partitions().get(p);
        number(partition.from());
        starts[p + 1] = partition.to();
      }
      return;
    }
    int rows = (int) table.rows();
    int[] group = new int[rows];
    int groups = keys.isEmpty() ? 1 : 0;
    for (int row = 0; row < rows; row++) {
      group[row] = number(row);
      groups = Math.max(groups, group[row] + 1);
    }
    starts = new long[groups + 1];
    for (int each : group) {
      if (each >= 0) {
        starts[each + 1]++;
      }
    }
    for (int g = 0; g < groups; g++) {
      starts[g + 1] += starts[g];
    }
    order = new int[(int) starts[groups]];
    long[] next = starts.clone();
    for (int row = 0; row < rows; row++) {
      if (group[row] >= 0) {
        order[(int) next[group[row]]++] = row;
      }
    }
    stamps = timed ? new long[order.length] : null;
    if (timed) {
      Parallel.forEach(groups, threads, progress, g -> sort((int) starts[g], (int) starts[g + 1]));
    }
  }

  private static void check(Key key) {
    if (key.other() == null) {
      return;
    }
    ColumnType one = key.column().type();
    ColumnType two = key.other().type();
    boolean fits =
        one == ColumnType.STRING
                || two == ColumnType.STRING
                || one == ColumnType.TIMESTAMP
                || two == ColumnType.TIMESTAMP
                || one == ColumnType.BOOLEAN
                || two == ColumnType.BOOLEAN
            ? one == two
            : true;
    if (!fits) {
      throw SlipstreamException.invalid(
          Text.format(
              "'%s' is %s and '%s' of the other data is %s",
              key.other().name(), two, key.column().name(), one),
          Place.key("keys"),
          "Give both the same type in their imports.");
    }
  }

  /** Gives the row's key a number, the group's; -1 where a value is unknown. */
  private int number(long row) {
    int group = 0;
    for (int k = 0; k < keys.size(); k++) {
      Column column = keys.get(k).column();
      if (unknown(column, row)) {
        return -1;
      }
      int value = values.get(k).number(word(column, row, wide(keys.get(k))));
      group = k == 0 ? value : pairs.get(k).number((long) group << 32 | value);
    }
    return group;
  }

  private static boolean wide(Key key) {
    return fraction(key.column()) || key.other() != null && fraction(key.other());
  }

  private static boolean fraction(Column column) {
    return column.type() == ColumnType.FLOAT64 || column.type() == ColumnType.FLOAT32;
  }

  private static boolean unknown(Column column, long row) {
    return column.isNull(row) || fraction(column) && Double.isNaN(column.getDouble(row));
  }

  private static long word(Column column, long row, boolean wide) {
    // Adding 0 makes -0 and 0 one key.
    return wide ? Double.doubleToLongBits(column.getDouble(row) + 0.0) : column.getLong(row);
  }

  /** The rows of a group. */
  int size(int group) {
    return (int) (starts[group + 1] - starts[group]);
  }

  int count() {
    return starts.length - 1;
  }

  /** The row at a place within a group. */
  long row(int group, long place) {
    long at = starts[group] + place;
    return order == null ? at : order[(int) at];
  }

  /** Puts a group in order of time, stably, and notes its times. */
  private void sort(int from, int to) {
    int[] rows = null;
    for (int i = from; i < to; i++) {
      stamps[i] = time.getLong(order[i]);
      if (i > from && stamps[i] < stamps[i - 1] && rows == null) {
        rows = Arrays.copyOfRange(order, from, to);
      }
    }
    if (rows != null) {
      new Merge(rows, stamps, from).run();
    }
  }

  /**
   * Merges the ascending runs that the table's instruments make of a group. Each run is read from its first row to its
   * last, so that the many that there may be do not make the reads of times go to and fro.
   */
  private final class Merge {
    private final int[] rows;
    private final int target;

    /** By run, its next row's place and its end. */
    private final int[] next;

    private final int[] end;
    private final long[] key;

    /** A heap of runs by the time of their next row, then their number. */
    private final int[] heap;

    private int size;

    /**
     * @param rows of the group, as they lie in the table
     * @param stamps their times, from {@code target} on
     * @param target where the group starts
     */
    Merge(int[] rows, long[] stamps, int target) {
      this.rows = rows;
      this.target = target;
      int runs = 1;
      for (int i = 1; i < rows.length; i++) {
        runs += stamps[target + i] < stamps[target + i - 1] ? 1 : 0;
      }
      next = new int[runs];
      end = new int[runs];
      key = new long[runs];
      heap = new int[runs];
      for (int i = 1, run = 0; i <= rows.length; i++) {
        if (i == rows.length || stamps[target + i] < stamps[target + i - 1]) {
          end[run] = i;
          if (++run < runs) {
            next[run] = i;
          }
        }
      }
      for (int run = 0; run < runs; run++) {
        key[run] = stamps[target + next[run]];
        heap[run] = run;
      }
      size = runs;
      for (int at = size / 2 - 1; at >= 0; at--) {
        sink(at);
      }
    }

    void run() {
      for (int to = target; size > 0; to++) {
        int run = heap[0];
        order[to] = rows[next[run]];
        stamps[to] = key[run];
        if (++next[run] < end[run]) {
          key[run] = time.getLong(rows[next[run]]);
        } else {
          heap[0] = heap[--size];
        }
        sink(0);
      }
    }

    private void sink(int start) {
      int at = start;
      int run = heap[at];
      for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
        if (child + 1 < size && before(heap[child + 1], heap[child])) {
          child++;
        }
        if (!before(heap[child], run)) {
          break;
        }
        heap[at] = heap[child];
        at = child;
      }
      heap[at] = run;
    }

    private boolean before(int a, int b) {
      return key[a] < key[b] || key[a] == key[b] && a < b;
    }
  }

  /** By key that is text in both tables: the number of its value by the other column's code, or -1. Made once. */
  private synchronized int[][] codes() {
    if (codes == null) {
      int[][] made = new int[keys.size()][];
      for (int k = 0; k < made.length; k++) {
        Key key = keys.get(k);
        if (key.other() != null && key.column().type() == ColumnType.STRING) {
          Map<String, Integer> byText = new HashMap<>();
          for (int code = 0; code < key.column().dictionary().size(); code++) {
            byText.put(key.column().dictionary().get(code), code);
          }
          List<String> words = key.other().dictionary();
          made[k] = new int[words.size()];
          for (int code = 0; code < made[k].length; code++) {
            Integer same = byText.get(words.get(code));
            made[k][code] = same == null ? -1 : values.get(k).get(same);
          }
        }
      }
      codes = made;
    }
    return codes;
  }

  /** Finds groups, and the latest row of a group before a time. One a thread; fast where its questions ascend. */
  final class Finder {
    private final int[][] codes = codes();
    private final int[] fixed = new int[keys.size()];

    /** Where the last question about a group ended, and its time: groups are often asked in turn. */
    private final int[] lastGroup;

    private final long[] lastTime;
    private final int[] next;

    /**
     * @param own what it looks up for a key that has neither a column nor a text
     */
    Finder(String own) {
      int slots = Integer.highestOneBit(Math.clamp(2L * count() - 1, 1, REMEMBERED));
      lastGroup = new int[slots];
      lastTime = new long[slots];
      next = new int[slots];
      Arrays.fill(lastGroup, -1);
      for (int k = 0; k < keys.size(); k++) {
        Key key = keys.get(k);
        if (key.other() == null) {
          fixed[k] = codeOf(key.column(), key.text() == null ? own : key.text(), k);
        }
      }
    }

    private int codeOf(Column column, String text, int k) {
      int code = column.dictionary().indexOf(text);
      return code < 0 ? -1 : values.get(k).get(code);
    }

    /** The group of a row of the other table, or -1. */
    int group(long row) {
      int group = 0;
      for (int k = 0; k < keys.size() && group >= 0; k++) {
        Key key = keys.get(k);
        int value;
        if (key.other() == null) {
          value = fixed[k];
        } else if (unknown(key.other(), row)) {
          value = -1;
        } else if (codes[k] != null) {
          value = codes[k][(int) key.other().getLong(row)];
        } else {
          value = values.get(k).get(word(key.other(), row, wide(key)));
        }
        group = value < 0 ? -1 : k == 0 ? value : pairs.get(k).get((long) group << 32 | value);
      }
      return group;
    }

    /**
     * The last row of a group that is stamped before a time, or at it; -1 when there is none.
     *
     * @param inclusive whether a row stamped at the time counts
     */
    long latest(int group, long when, boolean inclusive) {
      long size = size(group);
      long low; // all before it are early enough
      long high; // none from it on is
      int slot = group & next.length - 1;
      if (group != lastGroup[slot]) {
        low = 0;
        high = size;
      } else if (when >= lastTime[slot]) {
        low = next[slot];
        long step = 1;
        while (low + step <= size && early(group, low + step - 1, when, inclusive)) {
          low += step;
          step *= 2;
        }
        high = Math.min(size, low + step - 1);
      } else {
        low = 0;
        high = next[slot];
      }
      while (low < high) {
        long middle = (low + high) >>> 1;
        if (early(group, middle, when, inclusive)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      lastGroup[slot] = group;
      lastTime[slot] = when;
      next[slot] = (int) low;
      return low == 0 ? -1 : row(group, low - 1);
    }

    private boolean early(int group, long place, long when, boolean inclusive) {
      long at = starts[group] + place;
      long stamp = stamps == null ? time.getLong(at) : stamps[(int) at];
      return inclusive ? stamp <= when : stamp < when;
    }
  }
}
