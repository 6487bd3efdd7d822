package slipstream.training.trees;

/**
 * Where a row's record of {@code stride} longs keeps its bins: one byte each from the low end of
 * the first long on, and the fixed-point gradient in the upper half of the last long. Its lower half
 * holds four more bins, or the fixed-point hessian where rows have one of their own. Bytes that no
 * feature uses hold the low byte of the row's first position, so that counting them is not a chain
 * of additions to one address.
 */
record RecordLayout(int features, int stride, boolean hessians) {
  static RecordLayout of(int features) {
    return of(features, false);
  }

  static RecordLayout of(int features, boolean hessians) {
    return new RecordLayout(features, (features + (hessians ? 8 : 4) + 7) / 8, hessians);
  }

  /** Shards that so many rows are cut into at least, because an array has fewer than 2^31 longs. */
  int leastShards(int rows) {
    return (int) ((long) rows * stride / (1 << 30)) + 1;
  }

  /** Bins in a long of the record. */
  int slots(int word) {
    return word < stride - 1 ? 8 : hessians ? 0 : 4;
  }

  /** Longs of a histogram: one for each bin of each slot, used or not, or two with hessians. */
  int histogramLength() {
    return hessians ? (stride - 1) * 16 * Histograms.BINS : (stride * 8 - 4) * Histograms.BINS;
  }

  static int word(int feature) {
    return feature >>> 3;
  }

  static int shift(int feature) {
    return (feature & 7) << 3;
  }
}
