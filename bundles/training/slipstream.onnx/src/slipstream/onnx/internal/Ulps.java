package slipstream.onnx.internal;

/** Distances between floats. */
final class Ulps {
  private Ulps() {}

  /** How many floats lie between, plus one; 0 for equal ones, for 0 and -0, and for two NaNs. */
  static long between(float a, float b) {
    if (Float.isNaN(a) || Float.isNaN(b)) {
      return Float.isNaN(a) && Float.isNaN(b) ? 0 : Long.MAX_VALUE;
    }
    return Math.abs(position(a) - position(b));
  }

  private static long position(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits < 0 ? -(long) (bits & 0x7fffffff) : bits;
  }
}
