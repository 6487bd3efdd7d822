package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Statistics of windows that are put together from the statistics of 2, 4, 8 … rows, by doubling: what {@link
 * RollingSum} does, for anything that can be merged and for windows of any length each.
 *
 * <p>The group of a row of width 2^k is merged from its own and its neighbour's of half the width; a window of n rows is
 * merged from the groups that the bits of n name, the smallest first, which ends at the row itself. Nothing is ever
 * taken away again, so nothing drifts, and the result depends on the values in the window alone. log2(n) merges a row
 * make the groups and as many as n has bits the window.
 *
 * <p>An instance is the scratch memory of one evaluation.
 */
abstract class MergedWindows {
  /** Rows whose results one pass computes, at least. */
  private static final int BLOCK = 1024;

  private final int components;
  private double[][] own;
  private double[][] total;
  private double[][] later;
  private double[][] earlier;
  private Sizes sizes;
  private int[] places;
  private int[] starts;

  /** The value, unknown where it is infinite. */
  static double finite(double value) {
    return value + (value - value);
  }

  /** How many rows the two groups of each merge have. */
  static final class Sizes {
    /** Rows of the later group. */
    final double[] rows;

    /** Rows of the earlier group as a fraction of both. */
    final double[] share;

    /** Product of the two numbers of rows, divided by their sum. */
    final double[] weight;

    Sizes(int length) {
      rows = new double[length];
      share = new double[length];
      weight = new double[length];
    }

    /** From the {@link #rows} of the later groups. */
    void divide(int count, int earlierRows) {
      double before = earlierRows;
      for (int i = 0; i < count; i++) {
        share[i] = before / (rows[i] + before);
        weight[i] = rows[i] * share[i];
      }
    }

    void fill(int from, int to, int laterRows, int earlierRows) {
      double part = earlierRows / ((double) laterRows + earlierRows);
      Arrays.fill(rows, from, to, laterRows);
      Arrays.fill(share, from, to, part);
      Arrays.fill(weight, from, to, laterRows * part);
    }
  }

  /**
   * @param components numbers that describe a group of rows besides how many they are
   */
  MergedWindows(int components) {
    this.components = components;
  }

  /** Describes each row alone, of the rows [first, first + length), from index 0 on. */
  abstract void single(int first, int length, double[][] groups);

  /**
   * Merges groups with those just before them.
   *
   * @param later groups; become both
   * @param earlier groups, at the same indices
   * @param earlierRows rows of each of the earlier groups
   */
  abstract void merge(
      double[][] later, double[][] earlier, int from, int to, Sizes sizes, int earlierRows);

  /** The statistic of the window of a row: {@code rows} rows, at least 1, which the group at an index describes. */
  abstract double statistic(double[][] groups, int at, int rows, int row);

  /**
   * @param result gets {@code rows} values, NaN for a row without a window
   */
  final void evaluate(int rows, Windows windows, double[] result) {
    for (int from = 0; from < rows; ) {
      if (windows.length(from) == 0) {
        result[from++] = Double.NaN;
        continue;
      }
      int base = from - (windows.length(from) - 1);
      // At least two windows, so that the rows before a block cost at most half of its own.
      int to = (int) Math.min(rows, from + Math.max(BLOCK, 2L * (from - base)));
      int longest = 0;
      for (int row = from; row < to; row++) {
        longest = Math.max(longest, windows.length(row));
      }
      reserve(to - base);
      single(base, to - base, own);
      if (windows.fixed()) {
        mergeFixed(windows.rows(), to - base);
      } else {
        mergeEach(windows.lengths(), longest, from, to, base);
      }
      for (int row = from; row < to; row++) {
        result[row] = statistic(total, row - base, windows.length(row), row);
      }
      from = to;
    }
  }

  private void reserve(int length) {
    if (own == null || own[0].length < length) {
      own = new double[components][length];
      total = new double[components][length];
      later = new double[components][length];
      earlier = new double[components][length];
      // One more, for what is written and not counted.
      sizes = new Sizes(length + 1);
      places = new int[length + 1];
      starts = new int[length + 1];
    }
  }

  private void mergeFixed(int window, int length) {
    int taken = 0;
    for (int width = 1; ; width <<= 1) {
      if ((window & width) != 0) {
        if (taken == 0) {
          copy(own, total, 0, length);
        } else {
          copy(own, earlier, taken, length);
          sizes.fill(taken, length, taken, width);
          merge(total, earlier, taken, length, sizes, width);
        }
        taken += width;
      }
      if (taken == window) {
        return;
      }
      widen(width, length);
    }
  }

  /** Rows [from, to), each with a window of its own length. */
  private void mergeEach(int[] lengths, int longest, int from, int to, int base) {
    for (int width = 1; ; width <<= 1) {
      int first = 0;
      int count = 0;
      // Without branches, which nobody could predict: what is not counted is overwritten.
      for (int row = from; row < to; row++) {
        int length = lengths[row];
        int taken = length & (width - 1);
        int wanted = (length & width) != 0 ? 1 : 0;
        int begins = (taken - 1) >>> 31;
        starts[first] = row - base;
        first += wanted & begins;
        places[count] = row - base;
        sizes.rows[count] = taken;
        count += wanted & (1 - begins);
      }
      sizes.divide(count, width);
      // Those that have something to merge side by side, so that the merge is one loop over arrays.
      for (int c = 0; c < components; c++) {
        begin(total[c], own[c], first);
        gather(total[c], own[c], count, later[c], earlier[c]);
      }
      merge(later, earlier, 0, count, sizes, width);
      for (int c = 0; c < components; c++) {
        scatter(later[c], count, total[c]);
      }
      if (2L * width > longest) {
        return;
      }
      widen(width, to - base);
    }
  }

  private void begin(double[] whole, double[] groups, int count) {
    for (int i = 0; i < count; i++) {
      whole[starts[i]] = groups[starts[i]];
    }
  }

  private void gather(double[] whole, double[] groups, int count, double[] late, double[] early) {
    for (int i = 0; i < count; i++) {
      late[i] = whole[places[i]];
      early[i] = groups[places[i] - (int) sizes.rows[i]];
    }
  }

  private void scatter(double[] late, int count, double[] whole) {
    for (int i = 0; i < count; i++) {
      whole[places[i]] = late[i];
    }
  }

  /** Groups of twice the width; those that would begin before index 0 hold less and are never used. */
  private void widen(int width, int length) {
    copy(own, earlier, width, length);
    sizes.fill(width, length, width, width);
    merge(own, earlier, width, length, sizes, width);
  }

  /** To each index from {@code by} on what is {@code by} before it. */
  private void copy(double[][] from, double[][] to, int by, int length) {
    for (int c = 0; c < components; c++) {
      System.arraycopy(from[c], 0, to[c], by, length - by);
    }
  }
}
