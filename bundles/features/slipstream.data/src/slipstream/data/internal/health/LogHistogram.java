package slipstream.data.internal.health;

/**
 * Counts positive numbers in buckets of equal relative width, 128 an octave, so that quantiles are right to 0.4 % in constant
 * memory. Adding is exact and takes any order.
 */
final class LogHistogram {
  private static final int BITS = 7;
  private static final int MIN_EXPONENT = -80;
  private static final int MAX_EXPONENT = 80;
  private static final long FIRST = (long) (MIN_EXPONENT + 1023) << BITS;
  private static final int BUCKETS = (MAX_EXPONENT - MIN_EXPONENT) << BITS;

  private final int[] counts = new int[BUCKETS];
  private long total;
  private int least = BUCKETS;
  private int most = -1;

  /** Counts a positive, finite number; one beyond 2^±80 as if it were there. */
  void add(double value) {
    long bucket = (Double.doubleToRawLongBits(value) >>> 52 - BITS) - FIRST;
    int at = (int) Math.clamp(bucket, 0, BUCKETS - 1);
    counts[at]++;
    total++;
    least = Math.min(least, at);
    most = Math.max(most, at);
  }

  void add(LogHistogram other) {
    for (int i = other.least; i <= other.most; i++) {
      counts[i] += other.counts[i];
    }
    total += other.total;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
  }

  long total() {
    return total;
  }

  /** The middle of the bucket in which the quantile lies; NaN when nothing was counted. */
  double quantile(double share) {
    if (total == 0) {
      return Double.NaN;
    }
    long rank = Math.min(total - 1, (long) (share * total));
    for (int i = least; ; i++) {
      rank -= counts[i];
      if (rank < 0) {
        double low = Double.longBitsToDouble(i + FIRST << 52 - BITS);
        double high = Double.longBitsToDouble(i + 1 + FIRST << 52 - BITS);
        return low / 2 + high / 2;
      }
    }
  }

  void clear() {
    if (total > 0) {
      java.util.Arrays.fill(counts, least, most + 1, 0);
    }
    total = 0;
    least = BUCKETS;
    most = -1;
  }
}
