package slipstream.core;

/**
 * Random numbers as a pure function of (seed, round, index): SplitMix64's finaliser over a counter.
 */
public final class CounterRandom {
  private CounterRandom() {}

  public static long bits(long seed, long round, long index) {
    return mix(mix(mix(seed) + round) + index);
  }

  /** Uniform on [0, 1). */
  public static double uniform(long seed, long round, long index) {
    return (bits(seed, round, index) >>> 11) * 0x1p-53;
  }

  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
