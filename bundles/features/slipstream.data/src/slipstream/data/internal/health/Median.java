package slipstream.data.internal.health;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import slipstream.core.progress.Progress;

/**
 * Exact medians, NaN and infinities left out: by sorting up to {@value #SORTED} rows; beyond, in constant memory, by a
 * radix select over the bits of the numbers, 16 at a time, in four passes.
 */
public final class Median {
  private static final int BITS = 16;
  private static final int BUCKETS = 1 << BITS;
  private static final int SORTED = 1 << 22;
  private static final int CHECK = 1 << 16;

  private Median() {}

  /** The median of the finite values, the mean of the middle two for an even count; NaN when there are none. */
  public static double of(long rows, LongToDoubleFunction values, Progress progress) {
    LongToDoubleFunction checked =
        row -> {
          if ((row & (CHECK - 1)) == 0) {
            progress.checkCancelled();
          }
          return values.applyAsDouble(row);
        };
    return rows <= SORTED ? sorted((int) rows, checked) : selected(rows, checked);
  }

  private static double sorted(int rows, LongToDoubleFunction values) {
    double[] finite = new double[rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      double value = values.applyAsDouble(row);
      if (Double.isFinite(value)) {
        finite[count++] = value;
      }
    }
    if (count == 0) {
      return Double.NaN;
    }
    Arrays.sort(finite, 0, count);
    double upper = finite[count / 2];
    double lower = finite[(count - 1) / 2];
    return middle(lower, upper);
  }

  private static double middle(double lower, double upper) {
    return (lower == upper ? upper : lower / 2 + upper / 2) + 0.0;
  }

  static double selected(long rows, LongToDoubleFunction values) {
    long finite = 0;
    for (long row = 0; row < rows; row++) {
      finite += Double.isFinite(values.applyAsDouble(row)) ? 1 : 0;
    }
    if (finite == 0) {
      return Double.NaN;
    }
    double upper = select(rows, values, finite / 2);
    if ((finite & 1) == 1) {
      return upper;
    }
    double lower = select(rows, values, finite / 2 - 1);
    return middle(lower, upper);
  }

  /** The value at this position, from 0, among the finite values in ascending order. */
  static double select(long rows, LongToDoubleFunction values, long position) {
    long[] histogram = new long[BUCKETS];
    long prefix = 0;
    long left = position;
    for (int shift = 64 - BITS; shift >= 0; shift -= BITS) {
      Arrays.fill(histogram, 0);
      for (long row = 0; row < rows; row++) {
        double value = values.applyAsDouble(row);
        if (Double.isFinite(value)) {
          long key = key(value);
          if (shift == 64 - BITS || key >>> (shift + BITS) == prefix) {
            histogram[(int) (key >>> shift) & (BUCKETS - 1)]++;
          }
        }
      }
      int bucket = 0;
      while (left >= histogram[bucket]) {
        left -= histogram[bucket++];
      }
      prefix = prefix << BITS | bucket;
    }
    return value(prefix);
  }

  /** A number whose unsigned order is the order of the doubles. */
  private static long key(double value) {
    long bits = Double.doubleToRawLongBits(value == 0 ? 0.0 : value);
    return bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
  }

  private static double value(long key) {
    return Double.longBitsToDouble(key < 0 ? key ^ Long.MIN_VALUE : ~key);
  }
}
