package slipstream.training.trees;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The known values of a feature in ascending order, each with the mass of its rows, which is 1 a row or a weight. Values
 * are found by rank and ranks by value, exactly, for any number of rows in bounded memory: a first pass over the column counts rows by
 * the upper 16 bits of their keys; later ones collect the rows of a window of consecutive such buckets, which are sorted
 * when they are asked for. A bucket that is larger than the window is counted by the lower 16 bits instead.
 *
 * <p>Queries that go up pass over the column once for each window.
 */
final class RankedValues {
  /** Rows in a window: 4 bytes each, or 12 with weights, and as much again while a bucket of all of them is sorted. */
  static final int WINDOW = 1 << 22;

  private static final int BUCKETS = 1 << 16;
  private static final int BLOCK = 8192;

  /** Fewer keys than this are sorted by comparing them. */
  private static final int RADIX = 512;

  private final int capacity;
  private final float[] block = new float[BLOCK];
  private final int[] rowsBefore = new int[BUCKETS + 1];
  private final long[] massBefore = new long[BUCKETS + 1];
  private final int[] fill = new int[BUCKETS];
  private final int[] digits = new int[257];
  private int[] keys = new int[0];
  private long[] masses = new long[0]; // with weights; once sorted, of the bucket's rows up to here
  private int[] spareKeys = new int[0];
  private long[] spareMasses = new long[0];
  private final BitSet sorted = new BitSet(BUCKETS); // of the window's buckets
  private long[] byLowDigit; // mass before each low digit of a bucket larger than the window

  private FeatureColumns columns;
  private int feature;
  private RowMass mass;
  private boolean missing;
  private long lowest; // no query below this mass is expected
  private int first; // bucket of the window
  private int last; // after it
  private boolean counted; // the window is one bucket, counted by low digits

  // The answer of at().
  private int key;
  private long from;
  private long to;

  RankedValues() {
    this(WINDOW);
  }

  /** The most bytes that one of these takes for columns of so many rows. */
  static long bytes(int rows, boolean weighted) {
    return 2L * Math.min(rows, WINDOW) * (weighted ? 12 : 4) + (1 << 21);
  }

  /** For tests, which look at small windows. */
  RankedValues(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Goes to a feature.
   *
   * @param mass of the rows; null for 1 each
   */
  void open(FeatureColumns columns, int feature, RowMass mass) {
    this.columns = columns;
    this.feature = feature;
    this.mass = mass;
    lowest = 0;
    first = 0;
    last = 0;
    Arrays.fill(rowsBefore, 0);
    Arrays.fill(massBefore, 0);
    int known = 0;
    for (int start = 0; start < columns.rows(); start += BLOCK) {
      int n = read(start);
      for (int i = 0; i < n; i++) {
        if (block[i] == block[i]) {
          int bucket = bucket(key(block[i]));
          known++;
          rowsBefore[bucket + 1]++;
          if (mass != null) {
            massBefore[bucket + 1] += mass.of(start + i);
          }
        }
      }
    }
    missing = known < columns.rows();
    for (int b = 0; b < BUCKETS; b++) {
      rowsBefore[b + 1] += rowsBefore[b];
      massBefore[b + 1] = mass == null ? rowsBefore[b + 1] : massBefore[b] + massBefore[b + 1];
    }
  }

  private int read(int start) {
    int end = Math.min(columns.rows(), start + BLOCK);
    columns.copy(feature, start, end, block);
    return end - start;
  }

  private static int key(float value) {
    return FloatOrder.key(value + 0f); // makes -0 a 0
  }

  private static int bucket(int key) {
    return (key ^ Integer.MIN_VALUE) >>> 16;
  }

  private static int key(int bucket, int low) {
    return (bucket << 16 | low) ^ Integer.MIN_VALUE;
  }

  /** Whether any row's value is not known. */
  boolean missing() {
    return missing;
  }

  /** The mass of all known values. */
  long total() {
    return massBefore[BUCKETS];
  }

  /** Says that the next queries are at or above a mass. */
  void from(long lowest) {
    this.lowest = lowest;
  }

  /** Finds the value at a mass from 0 on, below {@link #total}: the key of the value, and where its rows begin and end. */
  void at(long position) {
    int bucket = bucketAt(position);
    load(bucket);
    long before = massBefore[bucket];
    long within = position - before;
    if (counted) {
      int low = firstAbove(byLowDigit, within, 0, byLowDigit.length) - 1;
      key = key(bucket, low);
      from = before + byLowDigit[low];
      to = before + byLowDigit[low + 1];
      return;
    }
    int start = rowsBefore[bucket] - rowsBefore[first];
    int end = rowsBefore[bucket + 1] - rowsBefore[first];
    int at = mass == null ? start + (int) within : firstAbove(masses, within, start, end);
    key = keys[at];
    int runStart = lowerBound(key, start, at);
    int runEnd = upperBound(key, at, end);
    from = before + massUpTo(start, runStart);
    to = before + massUpTo(start, runEnd);
  }

  /** The key that was found. */
  int key() {
    return key;
  }

  /** The mass before the value that was found. */
  long runFrom() {
    return from;
  }

  /** The mass up to and with the value that was found. */
  long runTo() {
    return to;
  }

  /** The mass of all values up to and with a key. */
  long upTo(int key) {
    int bucket = bucket(key);
    if (rowsBefore[bucket] == rowsBefore[bucket + 1]) {
      return massBefore[bucket];
    }
    load(bucket);
    if (counted) {
      return massBefore[bucket] + byLowDigit[(key & 0xffff) + 1];
    }
    int start = rowsBefore[bucket] - rowsBefore[first];
    int end = rowsBefore[bucket + 1] - rowsBefore[first];
    return massBefore[bucket] + massUpTo(start, upperBound(key, start, end));
  }

  private long massUpTo(int start, int end) {
    return mass == null ? end - start : end == start ? 0 : masses[end - 1];
  }

  /** The bucket whose rows hold a mass. */
  private int bucketAt(long position) {
    return firstAbove(massBefore, position, 0, massBefore.length) - 1;
  }

  /** First position in {@code [start, end)} with a larger key. */
  private int upperBound(int key, int start, int end) {
    int low = start - 1;
    int high = end;
    while (high - low > 1) {
      int middle = low + high >>> 1;
      if (keys[middle] > key) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** First position in {@code [start, end)} with this key or a larger one. */
  private int lowerBound(int key, int start, int end) {
    int low = start - 1;
    int high = end;
    while (high - low > 1) {
      int middle = low + high >>> 1;
      if (keys[middle] >= key) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private static int firstAbove(long[] ascending, long value, int start, int end) {
    int low = start - 1;
    int high = end;
    while (high - low > 1) {
      int middle = low + high >>> 1;
      if (ascending[middle] > value) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** Makes sure that the window holds a bucket, and that it is sorted. */
  private void load(int bucket) {
    if (bucket < first || bucket >= last) {
      int start = Math.min(bucket, bucketAt(Math.min(lowest, total() - 1)));
      if (rowsBefore[bucket + 1] - rowsBefore[start] > capacity) {
        start = bucket;
      }
      if (rowsBefore[start + 1] - rowsBefore[start] > capacity) {
        count(start);
      } else {
        collect(start);
      }
    }
    if (!counted && !sorted.get(bucket)) {
      sort(rowsBefore[bucket] - rowsBefore[first], rowsBefore[bucket + 1] - rowsBefore[first]);
      sorted.set(bucket);
    }
  }

  private void count(int bucket) {
    first = bucket;
    last = bucket + 1;
    counted = true;
    if (byLowDigit == null) {
      byLowDigit = new long[(1 << 16) + 1];
    }
    Arrays.fill(byLowDigit, 0);
    for (int start = 0; start < columns.rows(); start += BLOCK) {
      int n = read(start);
      for (int i = 0; i < n; i++) {
        int k = key(block[i]);
        if (block[i] == block[i] && bucket(k) == bucket) {
          byLowDigit[(k & 0xffff) + 1] += mass == null ? 1 : mass.of(start + i);
        }
      }
    }
    for (int d = 0; d < 1 << 16; d++) {
      byLowDigit[d + 1] += byLowDigit[d];
    }
  }

  /** The rows of as many buckets as there is place for, bucket by bucket. */
  private void collect(int start) {
    first = start;
    counted = false;
    sorted.clear();
    last = start;
    while (last < BUCKETS && rowsBefore[last + 1] - rowsBefore[start] <= capacity) {
      fill[last - start] = rowsBefore[last] - rowsBefore[start];
      last++;
    }
    int rows = rowsBefore[last] - rowsBefore[first];
    if (keys.length < rows) {
      keys = new int[rows];
    }
    if (mass != null && masses.length < rows) {
      masses = new long[rows];
    }
    for (int row = 0; row < columns.rows(); row += BLOCK) {
      int n = read(row);
      for (int i = 0; i < n; i++) {
        int k = key(block[i]);
        int b = bucket(k) - first;
        if (b >= 0 && b < last - first && block[i] == block[i]) {
          int at = fill[b]++;
          keys[at] = k;
          if (mass != null) {
            masses[at] = mass.of(row + i);
          }
        }
      }
    }
  }

  /** Sorts the rows of a bucket, which differ in the lower 16 bits alone; masses become those up to each row. */
  private void sort(int start, int end) {
    int n = end - start;
    if (mass == null && n < RADIX) {
      Arrays.sort(keys, start, end);
      return;
    }
    if (n > 1) {
      if (spareKeys.length < n) {
        spareKeys = new int[n];
      }
      if (mass != null && spareMasses.length < n) {
        spareMasses = new long[n];
      }
      pass(keys, masses, start, spareKeys, spareMasses, 0, n, 0);
      pass(spareKeys, spareMasses, 0, keys, masses, start, n, 8);
    }
    for (int i = start + 1; mass != null && i < end; i++) {
      masses[i] += masses[i - 1];
    }
  }

  /** A stable counting pass by 8 bits. */
  private void pass(
      int[] fromKeys,
      long[] fromMasses,
      int from,
      int[] toKeys,
      long[] toMasses,
      int to,
      int n,
      int shift) {
    Arrays.fill(digits, 0);
    for (int i = from; i < from + n; i++) {
      digits[(fromKeys[i] >>> shift & 255) + 1]++;
    }
    for (int d = 0; d < 256; d++) {
      digits[d + 1] += digits[d];
    }
    for (int i = from; i < from + n; i++) {
      int at = to + digits[fromKeys[i] >>> shift & 255]++;
      toKeys[at] = fromKeys[i];
      if (mass != null) {
        toMasses[at] = fromMasses[i];
      }
    }
  }
}
