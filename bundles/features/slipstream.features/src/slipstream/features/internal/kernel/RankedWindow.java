package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Quantiles of windows of any length: rows are ranked a stretch at a time by one sort, the window is a set of bits over
 * ranks, and the order statistic is a place in it that moves by a bit or two a row.
 */
final class RankedWindow {
  private static final int SHORTEST_STRETCH = 512;

  private RankedWindow() {}

  /** Rows [from, to) hold no NaN and at least {@code window} rows. */
  static void evaluate(
      double[] x, int from, int to, int window, double quantile, double[] result) {
    double position = (window - 1) * quantile;
    int low = (int) position;
    double fraction = position - low;
    int most = (int) Math.min((long) to - from, Math.max(SHORTEST_STRETCH, 2L * window));
    long[] packed = new long[most];
    long[] keys = new long[most];
    int[] ranks = new int[most];
    int stretch = most - (window - 1);
    for (int first = from + window - 1; first < to; first += Math.min(stretch, to - first)) {
      int base = first - (window - 1);
      int length = Math.min(to - base, most);
      rank(x, base, length, packed, keys, ranks);
      slide(keys, ranks, length, window, low, fraction, result, base);
      if (length < most) {
        return;
      }
    }
  }

  /** Sorts x[base, base + length): {@code keys} by rank, {@code ranks} by row; ties by row. */
  private static void rank(
      double[] x, int base, int length, long[] packed, long[] keys, int[] ranks) {
    // The row takes the place of the key's lowest bits; what those bits would have decided is mended below.
    int bits = 64 - Long.numberOfLeadingZeros(Math.max(1, length - 1));
    long mask = (1L << bits) - 1;
    for (int i = 0; i < length; i++) {
      packed[i] = RollingQuantile.key(x[base + i]) & ~mask | i;
    }
    Arrays.sort(packed, 0, length);
    for (int i = 0; i < length; ) {
      int end = i + 1;
      while (end < length && (packed[end] ^ packed[i]) >>> bits == 0) {
        end++;
      }
      if (end - i > 1) {
        for (int j = i; j < end; j++) {
          long row = packed[j] & mask;
          packed[j] = (RollingQuantile.key(x[base + (int) row]) & mask) << bits | row;
        }
        Arrays.sort(packed, i, end);
      }
      i = end;
    }
    for (int i = 0; i < length; i++) {
      int row = (int) (packed[i] & mask);
      keys[i] = RollingQuantile.key(x[base + row]);
      ranks[row] = i;
    }
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
      double least = RollingQuantile.value(keys[place]);
      result[base + row] =
          fraction == 0
              ? least
              : RollingQuantile.interpolate(
                  least, RollingQuantile.value(keys[next(present, place + 1)]), fraction);
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
