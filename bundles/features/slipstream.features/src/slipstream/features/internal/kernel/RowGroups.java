package slipstream.features.internal.kernel;

import java.util.Arrays;

/** Rows of one moment by group: those of group g are order[start[g], start[g + 1]), ascending. */
public final class RowGroups {
  final int[] order;
  final int[] start;
  int count;

  /**
   * @param by a number a row, equal for rows of one group, NaN for none
   */
  public RowGroups(double[] by, int rows) {
    int size = Integer.highestOneBit(Math.max(1, rows)) << 2;
    int[] table = new int[size];
    int[] group = new int[rows];
    double[] keys = new double[rows];
    int[] counts = new int[rows + 1];
    for (int i = 0; i < rows; i++) {
      // -0 and 0 are one group.
      double key = by[i] + 0.0;
      group[i] = Double.isNaN(key) ? -1 : find(key, table, keys);
      counts[group[i] + 1]++;
    }
    counts[0] = 0;
    for (int g = 0; g < count; g++) {
      counts[g + 1] += counts[g];
    }
    start = Arrays.copyOf(counts, count + 1);
    order = new int[start[count]];
    for (int i = 0; i < rows; i++) {
      if (group[i] >= 0) {
        order[counts[group[i]]++] = i;
      }
    }
  }

  /** The group's number: groups are counted as they appear. */
  private int find(double key, int[] table, double[] keys) {
    long bits = Double.doubleToRawLongBits(key);
    int mask = table.length - 1;
    int at = (int) ((bits * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (table[at] != 0) {
      if (keys[table[at] - 1] == key) {
        return table[at] - 1;
      }
      at = (at + 1) & mask;
    }
    keys[count] = key;
    table[at] = ++count;
    return count - 1;
  }

  /** How many groups there are. */
  public int count() {
    return count;
  }

  /** The rows of a group, ascending. */
  public int[] rows(int group) {
    return Arrays.copyOfRange(order, start[group], start[group + 1]);
  }
}
