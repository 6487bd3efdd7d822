package slipstream.data.generate;

/**
 * Random numbers by name: each is a pure function of (seed, stream, entity, index).
 *
 * <p>Not thread-safe, as it keeps the latest block of the cipher; make one for each thread. Uses {@link StrictMath}, so
 * that the bits are the same on every machine.
 */
final class Draws {
  private static final double UNIT = 0x1p-52;

  private final int key0;
  private final int key1;
  private final int[] block = new int[4];
  private long blockEntity = -1;
  private int blockStream = -1;
  private int blockIndex = -1;

  Draws(long seed) {
    key0 = (int) seed;
    key1 = (int) (seed >>> 32);
  }

  /** 64 random bits. */
  long bits(int stream, long entity, int index) {
    int pair = index >>> 1;
    if (pair != blockIndex || entity != blockEntity || stream != blockStream) {
      block[0] = pair;
      block[1] = stream;
      block[2] = (int) entity;
      block[3] = (int) (entity >>> 32);
      Philox.encrypt(block, key0, key1);
      blockIndex = pair;
      blockEntity = entity;
      blockStream = stream;
    }
    int at = (index & 1) * 2;
    return (block[at] & 0xFFFFFFFFL) | (long) block[at + 1] << 32;
  }

  /** Uniform on the open interval (0, 1): an odd multiple of 2^-53. */
  double uniform(int stream, long entity, int index) {
    return ((bits(stream, entity, index) >>> 12) + 0.5) * UNIT;
  }

  /** Uniform on the whole numbers [0, bound), up to a bias of bound / 2^52. */
  int whole(int bound, int stream, long entity, int index) {
    return (int) (uniform(stream, entity, index) * bound);
  }

  /** Standard normal. */
  double normal(int stream, long entity, int index) {
    return NormalQuantile.of(uniform(stream, entity, index));
  }

  /**
   * Student's t with five degrees of freedom (variance 5/3), by Bailey's polar method (Math. Comp. 62, 1994), from the
   * uniforms at 2·index and 2·index + 1.
   */
  double student5(int stream, long entity, int index) {
    double u = uniform(stream, entity, 2 * index);
    double v = uniform(stream, entity, 2 * index + 1);
    double radius = StrictMath.sqrt(5 * (StrictMath.pow(u, -0.4) - 1));
    return radius * StrictMath.cos(2 * StrictMath.PI * v);
  }

  /**
   * A stationary autoregression at a time, as the moving average of its last innovations, so that no time needs the
   * ones before it.
   *
   * @param time at least -2^20
   * @param phi coefficient on the time before
   * @param deviation of the series
   * @param terms innovations that are kept: what is dropped is phi^terms of the deviation
   */
  double autoregression(
      int stream, long entity, int time, double phi, double deviation, int terms) {
    double sum = 0;
    double weight = 1;
    double squares = 0;
    for (int k = 0; k < terms; k++) {
      sum += weight * normal(stream, entity, time - k + (1 << 20));
      squares += weight * weight;
      weight *= phi;
    }
    return deviation * sum / StrictMath.sqrt(squares);
  }
}
