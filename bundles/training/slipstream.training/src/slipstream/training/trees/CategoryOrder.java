package slipstream.training.trees;

import slipstream.core.device.BinSet;
import slipstream.core.device.TreeTask;

/**
 * The categories of a feature in a node, in the order of their smoothed mean gradients. For the squared loss without
 * smoothing the best of all ways to part them in two cuts this order (Fisher, "On grouping for maximum homogeneity", 1958;
 * Breiman et al. 1984), so that of 2^k ways k are looked at; smoothing keeps the luck of few rows from the ends of the order, as in LightGBM
 * (Ke et al. 2017). Rare categories are one group.
 */
final class CategoryOrder {
  private static final int POOL = Histograms.BINS;

  private final double smoothing;
  private final int minRows;
  private final double[] keys = new double[Histograms.BINS + 1];
  private final long[] rows = new long[Histograms.BINS + 1];
  private int[] order = new int[Histograms.BINS + 1];
  private int[] merged = new int[Histograms.BINS + 1];
  private int count;
  private int values;
  private double hessianScale;
  private long pooledGradient;
  private long pooledHessian;

  CategoryOrder(TreeTask.Search search) {
    smoothing = search.smoothing();
    minRows = search.minCategoryRows();
  }

  /**
   * Begins with the bins of a node.
   *
   * @param scale that hessians are divided by
   */
  void clear(int bins, double scale) {
    values = bins;
    count = 0;
    hessianScale = scale;
    rows[POOL] = 0;
    pooledGradient = 0;
    pooledHessian = 0;
  }

  /** Adds a bin, the lowest first: what its rows in the node add up to. */
  void add(int bin, long gradient, long hessian, long count) {
    rows[bin] = count;
    if (count >= minRows) {
      insert(bin, gradient, hessian);
    } else {
      rows[POOL] += count;
      pooledGradient += gradient;
      pooledHessian += hessian;
    }
  }

  private void insert(int bin, long gradient, long hessian) {
    keys[bin] = gradient / (hessian / hessianScale + smoothing);
    order[count++] = bin;
  }

  /** Sorts what was added, by merging; equals stay in the order of their bins. Returns the number of groups. */
  int sort() {
    if (rows[POOL] > 0) {
      insert(POOL, pooledGradient, pooledHessian);
    }
    for (int width = 1; width < count; width *= 2) {
      for (int from = 0; from < count; from += 2 * width) {
        merge(from, Math.min(count, from + width), Math.min(count, from + 2 * width));
      }
      int[] swap = order;
      order = merged;
      merged = swap;
    }
    return count;
  }

  private void merge(int from, int middle, int to) {
    int left = from;
    int right = middle;
    for (int k = from; k < to; k++) {
      boolean first = right == to || left < middle && keys[order[left]] <= keys[order[right]];
      merged[k] = first ? order[left++] : order[right++];
    }
  }

  /** Whether a bin's rows are in the group at a position. */
  boolean holds(int position, int bin) {
    return order[position] == POOL ? rows[bin] > 0 && rows[bin] < minRows : order[position] == bin;
  }

  /**
   * What the rows of the group at a position add up to.
   *
   * @param sums by bin, from {@code at} on, so many apart
   */
  long sum(int position, long[] sums, int at, int apart) {
    if (order[position] != POOL) {
      return sums[at + order[position] * apart];
    }
    long sum = 0;
    for (int bin = 0; bin < values; bin++) {
      sum += holds(position, bin) ? sums[at + bin * apart] : 0;
    }
    return sum;
  }

  /**
   * The bins that go left.
   *
   * @param last position of the order that does
   */
  BinSet left(int last, boolean missingLeft) {
    long[] words = new long[4];
    for (int k = 0; k <= last; k++) {
      for (int bin = 0; bin < values; bin++) {
        if (holds(k, bin)) {
          set(words, bin);
        }
      }
    }
    for (int bin = 0; bin < values && missingLeft; bin++) {
      if (rows[bin] == 0) {
        set(words, bin);
      }
    }
    if (missingLeft) {
      set(words, CutPoints.MISSING_BIN);
    }
    return BinSet.of(words);
  }

  private static void set(long[] words, int bin) {
    words[bin >>> 6] |= 1L << bin;
  }
}
