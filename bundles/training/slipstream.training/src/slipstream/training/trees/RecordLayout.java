package slipstream.training.trees;

/**
 * Where a row's record of {@code stride} longs keeps its bins: one byte each from the low end of
 * the first long on, and the fixed-point gradient in the upper half of the last long. Bytes that no
 * feature uses hold the low byte of the row's first position, so that counting them is not a chain
 * of additions to one address.
 */
record RecordLayout(int features, int stride) {
  static RecordLayout of(int features) {
    return new RecordLayout(features, (features + 4 + 7) / 8);
  }

  /** Bytes of a record that are counted in histograms, used or not. */
  int slots() {
    return stride * 8 - 4;
  }

  static int word(int feature) {
    return feature >>> 3;
  }

  static int shift(int feature) {
    return (feature & 7) << 3;
  }
}
