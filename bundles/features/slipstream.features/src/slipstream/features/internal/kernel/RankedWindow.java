package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Quantiles of windows of any length: rows are ranked a stretch at a time by one sort, the window is a set of bits over
 * ranks, and the order statistic is a place in it that moves by a bit or two a row.
 */
final class RankedWindow {
  /** A stretch of at most this many rows is two words of ranks, which need no searching. */
  private static final int SHORT_STRETCH = 128;

  private static final int LONG_STRETCH = 1024;

  private RankedWindow() {}

  /** Rows [from, to) hold no NaN and at least {@code window} rows. */
  static void evaluate(double[] x, int from, int to, int window, double quantile, double[] result) {
    double position = (window - 1) * quantile;
    int low = (int) position;
    double fraction = position - low;
    boolean small = window <= SHORT_STRETCH / 2;
    long wanted = small ? SHORT_STRETCH : Math.max(LONG_STRETCH, 4L * window);
    int most = (int) Math.min((long) to - from, wanted);
    long[] packed = new long[most];
    long[] keys = new long[most];
    int[] ranks = new int[most];
    int stretch = most - (window - 1);
    for (int first = from + window - 1; first < to; first += Math.min(stretch, to - first)) {
      int base = first - (window - 1);
      int length = Math.min(to - base, most);
      rank(x, base, length, packed, keys, ranks);
      if (small) {
        slideShort(keys, ranks, length, window, low, fraction, result, base);
      } else {
        slide(keys, ranks, length, window, low, fraction, result, base);
      }
      if (length < most) {
        return;
      }
    }
  }

  /** How many rows to rank at once, from the first one of a window on. */
  private static int stretch(int window, int left, int least) {
    return (int) Math.min(left, Math.max(least, 4L * window));
  }

  /** As {@link #evaluate} for windows of a length each; rows [from, to), whose windows hold no NaN. */
  static void evaluateEach(
      double[] x, int from, int to, Windows windows, double quantile, double[] result) {
    long[] packed = {};
    long[] keys = {};
    int[] ranks = {};
    for (int first = from; first < to; ) {
      int base = first - windows.length(first) + 1;
      int length = stretch(windows.length(first), to - base, LONG_STRETCH);
      if (packed.length < length) {
        packed = new long[length];
        keys = new long[length];
        ranks = new int[length];
      }
      rank(x, base, length, packed, keys, ranks);
      slideEach(keys, ranks, length, windows, first - base, quantile, result, base);
      first = base + length;
    }
  }

  /** Rows from index {@code first} of the stretch on. */
  private static void slideEach(
      long[] keys,
      int[] ranks,
      int length,
      Windows windows,
      int first,
      double quantile,
      double[] result,
      int base) {
    long[] present = new long[(length >>> 6) + 1];
    for (int i = 0; i < first; i++) {
      present[ranks[i] >>> 6] |= 1L << ranks[i];
    }
    int oldest = 0;
    int place = 0;
    int below = 0;
    for (int row = first; row < length; row++) {
      int fresh = ranks[row];
      present[fresh >>> 6] |= 1L << fresh;
      below += fresh < place ? 1 : 0;
      int window = windows.length(base + row);
      for (; oldest <= row - window; oldest++) {
        int old = ranks[oldest];
        present[old >>> 6] &= ~(1L << old);
        below -= old < place ? 1 : 0;
      }
      double position = (window - 1) * quantile;
      int low = (int) position;
      double fraction = position - low;
      while (below > low) {
        place = previous(present, place - 1);
        below--;
      }
      if ((present[place >>> 6] >>> place & 1) == 0) {
        place = next(present, place);
      }
      while (below < low) {
        place = next(present, place + 1);
        below++;
      }
      int above = fraction == 0 ? place : next(present, place + 1);
      result[base + row] =
          RollingQuantile.interpolate(
              RollingQuantile.value(keys[place]), RollingQuantile.value(keys[above]), fraction);
    }
  }

  /**
   * The fraction of the other rows of each window that are below its last row, of equal ones half. Rows [from, to),
   * whose windows hold no NaN.
   */
  static void evaluateRanks(double[] x, int from, int to, Windows windows, double[] result) {
    long[] packed = {};
    long[] keys = {};
    int[] ranks = {};
    int[] least = {};
    int[] beyond = {};
    for (int first = from; first < to; ) {
      int base = first - windows.length(first) + 1;
      int length = stretch(windows.length(first), to - base, SHORT_STRETCH);
      if (packed.length < length) {
        packed = new long[length];
        keys = new long[length];
        ranks = new int[length];
        least = new int[length];
        beyond = new int[length];
      }
      rank(x, base, length, packed, keys, ranks);
      ties(keys, length, least, beyond);
      Counts counts = new Counts(length);
      for (int i = 0; i < first - base; i++) {
        counts.add(ranks[i], 1);
      }
      int oldest = 0;
      for (int row = first - base; row < length; row++) {
        int rank = ranks[row];
        counts.add(rank, 1);
        int window = windows.length(base + row);
        for (; oldest <= row - window; oldest++) {
          counts.add(ranks[oldest], -1);
        }
        int below = counts.below(least[rank]);
        // Most values have no equal in their stretch.
        boolean tied = beyond[rank] - least[rank] > 1;
        int equal = tied ? counts.below(beyond[rank]) - below - 1 : 0;
        result[base + row] = (2.0 * below + equal) / (2.0 * (window - 1));
      }
      first = base + length;
    }
  }

  /** Per rank the first rank of an equal value and the first one beyond; -0 equals +0. */
  private static void ties(long[] keys, int length, int[] least, int[] beyond) {
    for (int i = 0; i < length; ) {
      double value = RollingQuantile.value(keys[i]);
      int end = i + 1;
      while (end < length && RollingQuantile.value(keys[end]) == value) {
        end++;
      }
      Arrays.fill(least, i, end, i);
      Arrays.fill(beyond, i, end, end);
      i = end;
    }
  }

  /** A set of ranks that tells how many are below one: bits, and a Fenwick tree over their words. */
  private static final class Counts {
    private final long[] present;
    private final int[] tree;

    Counts(int length) {
      present = new long[(length >>> 6) + 1];
      tree = new int[present.length + 1];
    }

    /** Puts a rank in ({@code by} = 1) or takes it out (-1). */
    void add(int rank, int by) {
      present[rank >>> 6] ^= 1L << rank;
      for (int i = (rank >>> 6) + 1; i < tree.length; i += i & -i) {
        tree[i] += by;
      }
    }

    int below(int rank) {
      int count = Long.bitCount(present[rank >>> 6] & ~(-1L << rank));
      for (int i = rank >>> 6; i > 0; i -= i & -i) {
        count += tree[i];
      }
      return count;
    }
  }

  /** Sorts x[base, base + length): {@code keys} by rank, {@code ranks} by row; ties by row. */
  private static void rank(
      double[] x, int base, int length, long[] packed, long[] keys, int[] ranks) {
    // The row takes the place of the key's lowest bits; what those bits would have decided is
    // mended below.
    int bits = 64 - Long.numberOfLeadingZeros(Math.max(1, length - 1));
    long mask = (1L << bits) - 1;
    for (int i = 0; i < length; i++) {
      packed[i] = RollingQuantile.key(x[base + i]) & ~mask | i;
    }
    Arrays.sort(packed, 0, length);
    if (!spread(x, base, length, packed, mask, keys, ranks)) {
      mend(x, base, length, packed, bits);
      spread(x, base, length, packed, mask, keys, ranks);
    }
  }

  /** True when the keys, in the order of the packed ones, ascend. */
  private static boolean spread(
      double[] x, int base, int length, long[] packed, long mask, long[] keys, int[] ranks) {
    boolean ascending = true;
    long last = Long.MIN_VALUE;
    for (int i = 0; i < length; i++) {
      int row = (int) (packed[i] & mask);
      long key = RollingQuantile.key(x[base + row]);
      ascending &= last <= key;
      keys[i] = key;
      ranks[row] = i;
      last = key;
    }
    return ascending;
  }

  /** Puts rows whose keys differ in the lowest bits alone in order. */
  private static void mend(double[] x, int base, int length, long[] packed, int bits) {
    long mask = (1L << bits) - 1;
    for (int i = 0; i < length; ) {
      int end = i + 1;
      while (end < length && (packed[end] ^ packed[i]) >>> bits == 0) {
        end++;
      }
      for (int j = i; j < end; j++) {
        long row = packed[j] & mask;
        packed[j] = (RollingQuantile.key(x[base + (int) row]) & mask) << bits | row;
      }
      Arrays.sort(packed, i, end);
      i = end;
    }
  }

  /**
   * As {@link #slide} for at most 128 ranks: the window is two words in registers, in which the order statistic is found
   * anew in each row without a branch that depends on the data.
   */
  private static void slideShort(
      long[] keys,
      int[] ranks,
      int length,
      int window,
      int low,
      double fraction,
      double[] result,
      int base) {
    long lower = 0;
    long upper = 0;
    for (int i = 0; i < window - 1; i++) {
      long bit = 1L << ranks[i];
      lower |= ranks[i] < 64 ? bit : 0;
      upper |= ranks[i] < 64 ? 0 : bit;
    }
    // With no fraction the second order statistic counts for nothing; it may then be the first.
    int high = fraction == 0 ? low : low + 1;
    for (int row = window - 1; row < length; row++) {
      int fresh = ranks[row];
      long bit = 1L << fresh;
      lower |= fresh < 64 ? bit : 0;
      upper |= fresh < 64 ? 0 : bit;
      int split = Long.bitCount(lower);
      double least = RollingQuantile.value(keys[select(lower, upper, split, low)]);
      double next = RollingQuantile.value(keys[select(lower, upper, split, high)]);
      result[base + row] = RollingQuantile.interpolate(least, next, fraction);
      int old = ranks[row - (window - 1)];
      bit = 1L << old;
      lower &= old < 64 ? ~bit : -1;
      upper &= old < 64 ? -1 : ~bit;
    }
  }

  /** The rank of the set bit with {@code index} set bits below it; there is one. */
  private static int select(long lower, long upper, int split, int index) {
    boolean above = index >= split;
    long word = above ? upper : lower;
    int within = above ? index - split : index;
    // Deposits a bit where the word has its set bit of that number.
    int place = Long.numberOfTrailingZeros(Long.expand(1L << within, word));
    return above ? place + 64 : place;
  }

  private static void slide(
      long[] keys,
      int[] ranks,
      int length,
      int window,
      int low,
      double fraction,
      double[] result,
      int base) {
    long[] present = new long[(length >>> 6) + 1];
    for (int i = 0; i < window; i++) {
      present[ranks[i] >>> 6] |= 1L << ranks[i];
    }
    int place = next(present, 0);
    // `below` counts the window's ranks under `place`; the one wanted has exactly `low` of them.
    int below = 0;
    for (int row = window - 1; ; ) {
      while (below > low) {
        place = previous(present, place - 1);
        below--;
      }
      if ((present[place >>> 6] >>> place & 1) == 0) {
        place = next(present, place);
      }
      while (below < low) {
        place = next(present, place + 1);
        below++;
      }
      int above = fraction == 0 ? place : next(present, place + 1);
      result[base + row] =
          RollingQuantile.interpolate(
              RollingQuantile.value(keys[place]), RollingQuantile.value(keys[above]), fraction);
      if (++row == length) {
        return;
      }
      int old = ranks[row - window];
      int fresh = ranks[row];
      present[old >>> 6] &= ~(1L << old);
      present[fresh >>> 6] |= 1L << fresh;
      below += (fresh < place ? 1 : 0) - (old < place ? 1 : 0);
    }
  }

  /** The first rank in the set from {@code rank} on; there is one. */
  private static int next(long[] present, int rank) {
    int word = rank >>> 6;
    long bits = present[word] & -1L << rank;
    while (bits == 0) {
      bits = present[++word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  /** The last rank in the set up to {@code rank}; there is one. */
  private static int previous(long[] present, int rank) {
    int word = rank >>> 6;
    long bits = present[word] & -1L >>> (63 - (rank & 63));
    while (bits == 0) {
      bits = present[--word];
    }
    return (word << 6) + 63 - Long.numberOfLeadingZeros(bits);
  }
}
