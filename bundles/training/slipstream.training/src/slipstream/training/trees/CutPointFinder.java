package slipstream.training.trees;

import java.util.Arrays;

/**
 * Chooses cut points from the exact quantiles of a feature. All rows are sorted up to {@link
 * #EXACT_ROWS}; beyond, the rows {@code floor(i * rows / EXACT_ROWS)}, a choice that depends on
 * nothing but the number of rows. Missing values are looked for in every row.
 *
 * <p>A feature with no more distinct values than bins gets one bin for each, cut midway between two
 * neighbouring values, so that a model is not upset by the last bit of a feature that another
 * program computes. Otherwise bins are filled from the left: each takes an equal share of what is
 * left, moved to the nearer end of a run of equal values, so that a frequent value costs one bin
 * and not several; then the cut moves to the roundest number within an eighth of a bin, see {@link
 * RoundNumbers}.
 */
final class CutPointFinder {
  static final int EXACT_ROWS = 1 << 22;
  private static final int BLOCK = 8192;

  private final int exactRows;
  private final RadixSort sort = new RadixSort();
  private final float[] block = new float[BLOCK];
  private int[] keys = new int[0];
  private boolean missing;

  CutPointFinder() {
    this(EXACT_ROWS);
  }

  /** For tests, which look at sampling with fewer rows. */
  CutPointFinder(int exactRows) {
    this.exactRows = exactRows;
  }

  /** Cut points of one feature; {@link #foundMissing} then tells whether it has missing values. */
  float[] find(FeatureColumns columns, int feature, int bins) {
    int valid = read(columns, feature);
    sort.sort(keys, valid);
    return choose(keys, valid, missing ? bins - 1 : bins);
  }

  boolean foundMissing() {
    return missing;
  }

  private int read(FeatureColumns columns, int feature) {
    int rows = columns.rows();
    int sampled = Math.min(rows, exactRows);
    if (keys.length < sampled) {
      keys = new int[sampled];
    }
    missing = false;
    int valid = 0;
    int taken = 0;
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(rows, from + BLOCK);
      columns.copy(feature, from, to, block);
      if (sampled == rows) {
        for (int i = 0; i < to - from; i++) {
          float x = block[i] + 0f; // makes -0 a 0
          keys[valid] = RadixSort.key(x);
          valid += x == x ? 1 : 0;
        }
        continue;
      }
      for (int i = 0; i < to - from; i++) {
        missing |= block[i] != block[i];
      }
      for (; taken < sampled && sampledRow(taken, rows) < to; taken++) {
        float x = block[sampledRow(taken, rows) - from] + 0f;
        keys[valid] = RadixSort.key(x);
        valid += x == x ? 1 : 0;
      }
    }
    missing |= sampled == rows && valid < rows;
    return valid;
  }

  private int sampledRow(int i, int rows) {
    return (int) ((long) i * rows / exactRows);
  }

  /** Cut points between sorted keys. */
  static float[] choose(int[] sorted, int n, int bins) {
    float[] cuts = new float[Math.max(0, bins - 1)];
    int count = distinctCuts(sorted, n, cuts);
    if (count < 0) {
      count = quantileCuts(sorted, n, cuts);
    }
    return Arrays.copyOf(cuts, count);
  }

  /** A cut between each two distinct values; -1 when there are too many. */
  private static int distinctCuts(int[] sorted, int n, float[] cuts) {
    int count = 0;
    for (int end = runEnd(sorted, 0, n); end < n; end = runEnd(sorted, end, n)) {
      if (count == cuts.length) {
        return -1;
      }
      cuts[count++] = between(sorted[end - 1], sorted[end]);
    }
    return count;
  }

  private static int quantileCuts(int[] sorted, int n, float[] cuts) {
    int count = 0;
    int start = 0;
    while (count < cuts.length) {
      int binsLeft = cuts.length - count + 1;
      int wanted = start + (int) (((long) n - start + binsLeft - 1) / binsLeft);
      int low = runStart(sorted, wanted - 1, start);
      int high = runEnd(sorted, wanted - 1, n);
      int end = low > start && wanted - low < high - wanted ? low : high;
      if (end >= n) {
        break;
      }
      int slack = (wanted - start) / 8;
      int before = sorted[Math.max(start, end - 1 - slack)];
      int after = sorted[Math.min(n - 1, end + slack)];
      float round = RoundNumbers.within(RadixSort.value(before), RadixSort.value(after));
      if (round == round) {
        cuts[count++] = round;
        end = firstAbove(sorted, RadixSort.key(round), start, n);
      } else {
        cuts[count++] = between(sorted[end - 1], sorted[end]);
      }
      start = end;
    }
    return count;
  }

  /** First position after i with another value, by galloping. */
  private static int runEnd(int[] sorted, int i, int n) {
    if (n == 0) {
      return 0;
    }
    int key = sorted[i];
    int low = i;
    long step = 1;
    while (low + step < n && sorted[(int) (low + step)] == key) {
      low += (int) step;
      step *= 2;
    }
    int high = (int) Math.min(n, low + step);
    while (high - low > 1) {
      int mid = low + high >>> 1;
      if (sorted[mid] == key) {
        low = mid;
      } else {
        high = mid;
      }
    }
    return high;
  }

  /** First position in {@code [from, to)} with a larger key. */
  private static int firstAbove(int[] sorted, int key, int from, int to) {
    int low = from - 1;
    int high = to;
    while (high - low > 1) {
      int mid = low + high >>> 1;
      if (sorted[mid] > key) {
        high = mid;
      } else {
        low = mid;
      }
    }
    return high;
  }

  /** First position, not before {@code start}, of the run that holds i. */
  private static int runStart(int[] sorted, int i, int start) {
    int key = sorted[i];
    int low = start - 1;
    int high = i;
    while (high - low > 1) {
      int mid = low + high >>> 1;
      if (sorted[mid] == key) {
        high = mid;
      } else {
        low = mid;
      }
    }
    return high;
  }

  /** A float c with {@code a <= c < b}, the middle where there is one. */
  static float between(int keyA, int keyB) {
    float a = RadixSort.value(keyA);
    float b = RadixSort.value(keyB);
    if (Float.isInfinite(a) || Float.isInfinite(b)) {
      return a;
    }
    float middle = (float) (((double) a + b) / 2);
    return (middle >= a && middle < b ? middle : a) + 0f;
  }
}
