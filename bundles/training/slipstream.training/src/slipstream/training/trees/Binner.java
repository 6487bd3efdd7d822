package slipstream.training.trees;

/**
 * Writes rows as bins into records. The search is branch-free: eight steps that add a power of two
 * by the sign of a difference of integer keys.
 */
final class Binner {
  private static final int BLOCK = 2048;

  private final int[] keys; // 256 a feature: keys of the cuts, then the largest int
  private final float[] values = new float[BLOCK];
  private final long[] word = new long[BLOCK];

  Binner(CutPoints cuts) {
    keys = new int[cuts.features() * 256];
    for (int f = 0; f < cuts.features(); f++) {
      float[] c = cuts.cuts(f);
      for (int k = 0; k < 256; k++) {
        keys[f * 256 + k] = k < c.length ? FloatOrder.key(c[k]) : Integer.MAX_VALUE;
      }
    }
  }

  /** Bins rows {@code [from, to)} of the columns into records from {@code at} (a row) on. */
  void bin(FeatureColumns columns, int from, int to, long[] records, RecordLayout layout, int at) {
    for (int start = from; start < to; start += BLOCK) {
      int n = Math.min(BLOCK, to - start);
      for (int w = 0; w < layout.stride(); w++) {
        int slots = layout.slots(w);
        for (int i = 0; i < n; i++) {
          word[i] = 0;
        }
        for (int k = 0; k < slots; k++) {
          int f = w * 8 + k;
          if (f < layout.features()) {
            columns.copy(f, start, start + n, values);
            search(keys, f * 256, values, word, n, k * 8);
          } else {
            for (int i = 0; i < n; i++) {
              word[i] |= (long) (start + i & 255) << k * 8;
            }
          }
        }
        int o = (at + start - from) * layout.stride() + w;
        for (int i = 0; i < n; i++, o += layout.stride()) {
          records[o] = word[i];
        }
      }
    }
  }

  private static void search(int[] keys, int base, float[] x, long[] word, int n, int shift) {
    for (int i = 0; i < n; i++) {
      float v = x[i] + 0f; // makes -0 a 0
      long key = FloatOrder.key(v);
      int p = base;
      p += (int) (keys[p + 127] - key >>> 63) << 7;
      p += (int) (keys[p + 63] - key >>> 63) << 6;
      p += (int) (keys[p + 31] - key >>> 63) << 5;
      p += (int) (keys[p + 15] - key >>> 63) << 4;
      p += (int) (keys[p + 7] - key >>> 63) << 3;
      p += (int) (keys[p + 3] - key >>> 63) << 2;
      p += (int) (keys[p + 1] - key >>> 63) << 1;
      p += (int) (keys[p] - key >>> 63);
      long bin = v != v ? CutPoints.MISSING_BIN : p - base;
      word[i] |= bin << shift;
    }
  }
}
