package slipstream.core.device;

/**
 * Some of a feature's 256 bins, a bit each: bin b is bit {@code b & 63} of word {@code b >>> 6}.
 */
public record BinSet(long word0, long word1, long word2, long word3) {
  /** Bits in four longs. */
  public static BinSet of(long[] words) {
    return new BinSet(words[0], words[1], words[2], words[3]);
  }

  public boolean contains(int bin) {
    return (word(bin >>> 6) >>> bin & 1) != 0;
  }

  public long word(int index) {
    return switch (index) {
      case 0 -> word0;
      case 1 -> word1;
      case 2 -> word2;
      default -> word3;
    };
  }

  /** Those of these bins that are below a number. */
  public BinSet below(int bins) {
    long[] words = new long[4];
    for (int w = 0; w < 4; w++) {
      int bits = Math.clamp(bins - 64 * w, 0, 64);
      words[w] = bits == 64 ? word(w) : word(w) & (1L << bits) - 1;
    }
    return of(words);
  }
}
