package slipstream.training.trees;

/** Float32 values as integers in the same order. */
final class FloatOrder {
  private FloatOrder() {}

  /**
   * The int whose signed order is the order of the floats; -0 and 0 must have been made one before.
   */
  static int key(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ (bits >> 31 & 0x7fffffff);
  }

  static float value(int key) {
    return Float.intBitsToFloat(key ^ (key >> 31 & 0x7fffffff));
  }
}
