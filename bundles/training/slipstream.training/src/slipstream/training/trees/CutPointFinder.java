package slipstream.training.trees;

import java.util.Arrays;

/**
 * Chooses cut points from the exact quantiles of all rows of a feature, see {@link RankedValues}. Where rows have weights,
 * a row counts as its weight.
 *
 * <p>A feature with no more distinct values than bins gets one bin for each, cut midway between two
 * neighbouring values, so that a model is not upset by the last bit of a feature that another
 * program computes. Otherwise bins are filled from the left: each takes an equal share of what is
 * left, moved to the nearer end of a run of equal values, so that a frequent value costs one bin
 * and not several; then the cut moves to the roundest number within an eighth of a bin, see {@link
 * RoundNumbers}.
 */
public final class CutPointFinder {
  private final RankedValues values;
  private final RowMass mass;

  /**
   * @param mass of the rows; null for 1 each
   */
  CutPointFinder(RowMass mass) {
    this(mass, new RankedValues());
  }

  /** For tests, which look at small windows. */
  CutPointFinder(RowMass mass, RankedValues values) {
    this.mass = mass;
    this.values = values;
  }

  /**
   * Cut points of the first feature of some columns, ascending: bin k holds the values x with {@code cut[k-1] < x <= cut[k]},
   * the last bin all values above the last cut.
   *
   * @param bins most bins, one of which is left for missing values where there are any
   */
  public static float[] cuts(FeatureColumns columns, int bins) {
    return new CutPointFinder(null).find(columns, 0, bins);
  }

  /** Cut points of one feature; {@link #foundMissing} then tells whether it has missing values. */
  float[] find(FeatureColumns columns, int feature, int bins) {
    values.open(columns, feature, mass);
    float[] cuts = new float[Math.max(0, (foundMissing() ? bins - 1 : bins) - 1)];
    int count = distinctCuts(cuts);
    if (count < 0) {
      count = quantileCuts(cuts);
    }
    return Arrays.copyOf(cuts, count);
  }

  boolean foundMissing() {
    return values.missing();
  }

  /** A cut between each two distinct values; -1 when there are too many. */
  private int distinctCuts(float[] cuts) {
    long n = values.total();
    int count = 0;
    int before = 0;
    for (long at = 0; at < n; at = values.runTo()) {
      values.from(at);
      values.at(at);
      if (at > 0) {
        if (count == cuts.length) {
          return -1;
        }
        cuts[count++] = between(before, values.key());
      }
      before = values.key();
    }
    return count;
  }

  private int quantileCuts(float[] cuts) {
    long n = values.total();
    int count = 0;
    long start = 0;
    while (count < cuts.length) {
      values.from(start);
      int binsLeft = cuts.length - count + 1;
      long wanted = start + (n - start + binsLeft - 1) / binsLeft;
      values.at(wanted - 1);
      long low = values.runFrom();
      long high = values.runTo();
      long end = low > start && wanted - low < high - wanted ? low : high;
      if (end >= n) {
        break;
      }
      long slack = (wanted - start) / 8;
      int before = key(Math.max(start, end - 1 - slack));
      int after = key(Math.min(n - 1, end + slack));
      float round = RoundNumbers.within(FloatOrder.value(before), FloatOrder.value(after));
      if (round == round) {
        cuts[count++] = round;
        end = values.upTo(FloatOrder.key(round));
      } else {
        cuts[count++] = between(key(end - 1), key(end));
      }
      start = end;
    }
    return count;
  }

  private int key(long position) {
    values.at(position);
    return values.key();
  }

  /** A float c with {@code a <= c < b}, the middle where there is one. */
  static float between(int keyA, int keyB) {
    float a = FloatOrder.value(keyA);
    float b = FloatOrder.value(keyB);
    if (Float.isInfinite(a) || Float.isInfinite(b)) {
      return a;
    }
    float middle = (float) (((double) a + b) / 2);
    return (middle >= a && middle < b ? middle : a) + 0f;
  }
}
