package slipstream.training.trees;

/**
 * The cut points of each feature: bin k holds the values x with {@code cut[k-1] < x <= cut[k]}, the
 * last bin all values above the last cut. Missing values have bin {@link #MISSING_BIN}, which no
 * value uses in a feature that has any.
 */
final class CutPoints {
  static final int MISSING_BIN = 255;

  private final float[][] cuts;
  private final boolean[] missing;
  private final boolean[] categorical;

  /**
   * @param categorical by feature: whether its values are numbers of categories; cuts are then 0, 1, …
   */
  CutPoints(float[][] cuts, boolean[] missing, boolean[] categorical) {
    this.cuts = cuts;
    this.missing = missing;
    this.categorical = categorical;
  }

  /** By feature; not to be changed. */
  float[][] all() {
    return cuts;
  }

  /** By feature: {@link #hasMissing}; not to be changed. */
  boolean[] missing() {
    return missing;
  }

  /** By feature: {@link #isCategorical}; not to be changed. */
  boolean[] categorical() {
    return categorical;
  }

  /** Whether a bin is a category. */
  boolean isCategorical(int feature) {
    return categorical[feature];
  }

  int features() {
    return cuts.length;
  }

  /** Ascending, distinct, no NaN and no -0. */
  float[] cuts(int feature) {
    return cuts[feature];
  }

  boolean hasMissing(int feature) {
    return missing[feature];
  }

  /** Bins that values (not missing ones) fall into; at least 1. */
  int valueBins(int feature) {
    return cuts[feature].length + 1;
  }

  /**
   * The threshold of a split after a bin: {@code x <= threshold} is the left side. After the last
   * bin it is +infinity, which separates all values from the missing ones.
   */
  float threshold(int feature, int bin) {
    return bin < cuts[feature].length ? cuts[feature][bin] : Float.POSITIVE_INFINITY;
  }
}
