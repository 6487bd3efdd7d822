package slipstream.data.internal;

import java.util.Arrays;

/**
 * Exact quantiles of any number of values in bounded memory: the ranks are narrowed down 16 bits of the values at a time
 * (radix selection on the order-preserving form of IEEE 754) until few enough values are left to sort; two passes over
 * the values as a rule, four at most.
 */
public final class Quantiles {
  private static final int DIGIT = 16;
  private static final int BUCKETS = 1 << DIGIT;

  /** So many values that begin alike are gathered and sorted instead of being narrowed down further. */
  private static final int GATHERED = 1 << 21;

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

  private static long total(long[] prefixes, long[] sizes) {
    long total = 0;
    for (int i = 0; i < prefixes.length; i++) {
      total += first(prefixes, i) == i ? sizes[i] : 0;
    }
    return total;
  }

  /** Where a prefix comes first. */
  private static int first(long[] prefixes, int i) {
    int at = 0;
    while (prefixes[at] != prefixes[i]) {
      at++;
    }
    return at;
  }

  /**
   * The last pass.
   *
   * @param left the ranks among the values of their prefix
   * @param shift bits of a key that are not in the prefixes
   */
  private static double[] gather(
      Source values, long[] prefixes, long[] sizes, long[] left, int shift) {
    int[] group = new int[prefixes.length];
    Arrays.setAll(group, i -> first(prefixes, i));
    long[][] keys = new long[prefixes.length][];
    int[] filled = new int[prefixes.length];
    for (int i = 0; i < prefixes.length; i++) {
      keys[i] = group[i] == i ? new long[(int) sizes[i]] : null;
    }
    values.forEach(
        (block, count) -> {
          for (int i = 0; i < count; i++) {
            if (Double.isNaN(block[i])) {
              continue;
            }
            long key = key(block[i]) ^ Long.MIN_VALUE;
            long prefix = key >>> shift;
            for (int g = 0; g < prefixes.length; g++) {
              if (prefixes[g] == prefix) {
                keys[g][filled[g]++] = key ^ Long.MIN_VALUE;
                break; // the first, which has the values
              }
            }
          }
        });
    double[] result = new double[prefixes.length];
    for (int i = 0; i < prefixes.length; i++) {
      if (group[i] == i) {
        Arrays.sort(keys[i]);
      }
      result[i] = value(keys[group[i]][(int) left[i]]);
    }
    return result;
  }

  /**
   * The values of these ranks.
   *
   * @param ranks from 0, below the number of known values
   */
  public static double[] select(Source values, long... ranks) {
    return select(values, GATHERED, ranks);
  }

  /**
   * The same.
   *
   * @param gathered most values that are sorted at the end; changes no result
   */
  static double[] select(Source values, long gathered, long[] ranks) {
    long[] prefixes = new long[ranks.length]; // of the sought keys, as far as they are known
    long[] left = ranks.clone();
    long[] sizes = new long[ranks.length]; // how many values begin with them
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
        sizes[i] = counts[d][bucket];
      }
      if (shift > 0 && total(prefixes, sizes) <= gathered) {
        return gather(values, prefixes, sizes, left, shift);
      }
    }
    return Arrays.stream(prefixes).mapToDouble(each -> value(each ^ Long.MIN_VALUE)).toArray();
  }
}
