package slipstream.data.internal;

import java.util.Arrays;

/**
 * Exact quantiles of any number of values in four passes and constant memory: the ranks are narrowed down 16 bits of the
 * values at a time (radix selection on the order-preserving form of IEEE 754).
 */
public final class Quantiles {
  private static final int DIGIT = 16;
  private static final int BUCKETS = 1 << DIGIT;

  private Quantiles() {}

  /** A part of the values. */
  public interface Block {
    /** The first {@code count} of the values; NaN where unknown. */
    void accept(double[] values, int count);
  }

  /** Values that can be gone through more than once. */
  public interface Source {
    /** Goes through the values in order. */
    void forEach(Block block);
  }

  /** As a signed number in the order of the values; −0 comes before 0. */
  private static long key(double value) {
    long bits = Double.doubleToRawLongBits(value);
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  private static double value(long key) {
    return Double.longBitsToDouble(key ^ key >> 63 & Long.MAX_VALUE);
  }

  /**
   * Quantiles of type 7 (Hyndman and Fan 1996: linear between the two nearest ranks), as {@code quantile} of the
   * expression language.
   *
   * @param known how many of the values are not NaN
   * @return NaN each when none is known
   */
  public static double[] of(Source values, long known, double... probabilities) {
    double[] result = new double[probabilities.length];
    if (known == 0) {
      Arrays.fill(result, Double.NaN);
      return result;
    }
    long[] ranks = new long[2 * probabilities.length];
    for (int i = 0; i < probabilities.length; i++) {
      double position = probabilities[i] * (known - 1);
      ranks[2 * i] = Math.min(known - 1, (long) Math.floor(position));
      ranks[2 * i + 1] = Math.min(known - 1, ranks[2 * i] + 1);
    }
    double[] at = select(values, ranks);
    for (int i = 0; i < result.length; i++) {
      double share = probabilities[i] * (known - 1) - ranks[2 * i];
      double low = at[2 * i];
      double high = at[2 * i + 1];
      result[i] = share == 0 || low == high ? low : low + share * (high - low);
    }
    return result;
  }

  /**
   * The values of these ranks.
   *
   * @param ranks from 0, below the number of known values
   */
  public static double[] select(Source values, long... ranks) {
    long[] prefixes = new long[ranks.length]; // of the sought keys, as far as they are known
    long[] left = ranks.clone();
    for (int shift = 64 - DIGIT; shift >= 0; shift -= DIGIT) {
      long[] distinct = Arrays.stream(prefixes).distinct().toArray();
      long[][] counts = new long[distinct.length][BUCKETS];
      int low = shift;
      boolean first = shift == 64 - DIGIT;
      values.forEach(
          (block, count) -> {
            for (int i = 0; i < count; i++) {
              if (Double.isNaN(block[i])) {
                continue;
              }
              // The sign flipped, so that the digits order as unsigned numbers.
              long key = key(block[i]) ^ Long.MIN_VALUE;
              if (first) {
                counts[0][(int) (key >>> low)]++;
              } else {
                long prefix = key >>> low + DIGIT;
                for (int d = 0; d < distinct.length; d++) {
                  if (distinct[d] == prefix) {
                    counts[d][(int) (key >>> low) & BUCKETS - 1]++;
                    break;
                  }
                }
              }
            }
          });
      for (int i = 0; i < left.length; i++) {
        int d = 0;
        while (distinct[d] != prefixes[i]) {
          d++;
        }
        int bucket = 0;
        while (left[i] >= counts[d][bucket]) {
          left[i] -= counts[d][bucket++];
        }
        prefixes[i] = prefixes[i] << DIGIT | bucket;
      }
    }
    return Arrays.stream(prefixes).mapToDouble(each -> value(each ^ Long.MIN_VALUE)).toArray();
  }
}
