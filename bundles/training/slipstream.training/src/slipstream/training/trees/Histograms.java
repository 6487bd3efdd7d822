package slipstream.training.trees;

/**
 * Without hessians: counts rows and sums gradients by bin: for each slot of a record 256 longs, each {@code sum <<
 * countBits | count} packed by addition. One 64-bit addition updates both; subtraction and prefix
 * sums work on the packed value; integer sums do not depend on the order of rows, threads or
 * blocks.
 *
 * <p>The inner methods add up one block of rows in an array of constant length, which lets the
 * compiler drop the bounds checks, and which stays in the L1 cache.
 */
final class Histograms {
  static final int BINS = 256;
  private static final int SMALL = 2048;

  private Histograms() {}

  /** Adds rows {@code [from, to)} to {@code into}, of {@code layout.histogramLength()} longs. */
  static void accumulate(
      long[] records,
      RecordLayout layout,
      int from,
      int to,
      int countBits,
      int block,
      long[] into) {
    int stride = layout.stride();
    if (layout.hessians()) {
      withHessians(records, stride, from, to, countBits, block, into);
      return;
    }
    if (to - from < Math.min(SMALL, block)) {
      direct(records, stride, from, to, countBits, into);
      return;
    }
    for (int start = from; start < to; start += block) {
      int end = Math.min(to, start + block);
      if (end - start < SMALL / 2) {
        direct(records, stride, start, end, countBits, into);
      } else {
        block(records, stride, start, end, countBits, into);
      }
    }
  }

  private static void block(
      long[] records, int stride, int from, int to, int countBits, long[] into) {
    int word = 0;
    for (; word + 2 < stride; word += 2) {
      long[] sums =
          stride == 4
              ? twoWordsOfFour(records, from, to, countBits)
              : twoWords(records, stride, word, from, to, countBits);
      add(sums, into, word * 8 * BINS);
    }
    if (word + 2 == stride) {
      long[] sums =
          stride == 4
              ? wordAndTailOfFour(records, from, to, countBits)
              : wordAndTail(records, stride, from, to, countBits);
      add(sums, into, word * 8 * BINS);
    } else {
      add(tail(records, stride, from, to, countBits), into, word * 8 * BINS);
    }
  }

  private static long[] twoWordsOfFour(long[] records, int from, int to, int countBits) {
    long[] sums = new long[16 * BINS];
    for (int i = from; i < to; i++) {
      int o = i << 2;
      long v = packed(records[o + 3], countBits);
      add8(sums, records[o], v, 0);
      add8(sums, records[o + 1], v, 8 * BINS);
    }
    return sums;
  }

  private static long[] wordAndTailOfFour(long[] records, int from, int to, int countBits) {
    long[] sums = new long[12 * BINS];
    for (int i = from; i < to; i++) {
      int o = i << 2;
      long last = records[o + 3];
      long v = packed(last, countBits);
      add8(sums, records[o + 2], v, 0);
      add4(sums, (int) last, v, 8 * BINS);
    }
    return sums;
  }

  private static long[] twoWords(
      long[] records, int stride, int word, int from, int to, int countBits) {
    long[] sums = new long[16 * BINS];
    for (int i = from, o = from * stride; i < to; i++, o += stride) {
      long v = packed(records[o + stride - 1], countBits);
      add8(sums, records[o + word], v, 0);
      add8(sums, records[o + word + 1], v, 8 * BINS);
    }
    return sums;
  }

  private static long[] wordAndTail(long[] records, int stride, int from, int to, int countBits) {
    long[] sums = new long[12 * BINS];
    for (int i = from, o = (from + 1) * stride - 2; i < to; i++, o += stride) {
      long last = records[o + 1];
      long v = packed(last, countBits);
      add8(sums, records[o], v, 0);
      add4(sums, (int) last, v, 8 * BINS);
    }
    return sums;
  }

  private static long[] tail(long[] records, int stride, int from, int to, int countBits) {
    long[] sums = new long[4 * BINS];
    for (int i = from, o = (from + 1) * stride - 1; i < to; i++, o += stride) {
      long last = records[o];
      add4(sums, (int) last, packed(last, countBits), 0);
    }
    return sums;
  }

  /** For few rows: straight into the target. */
  private static void direct(
      long[] records, int stride, int from, int to, int countBits, long[] into) {
    for (int i = from, o = from * stride; i < to; i++, o += stride) {
      long last = records[o + stride - 1];
      long v = packed(last, countBits);
      int h = 0;
      for (int w = o; w < o + stride - 1; w++, h += 8 * BINS) {
        add8(into, records[w], v, h);
      }
      add4(into, (int) last, v, h);
    }
  }

  /** A sum and a count in one long. */
  static long packed(long sum, int count, int countBits) {
    return (sum << countBits) + count;
  }

  private static long packed(long lastWord, int countBits) {
    // Or, not plus: the compiler would move an added constant out to each of the updates.
    return lastWord >> 32 << countBits | 1;
  }

  private static void add8(long[] sums, long bins, long v, int at) {
    add4(sums, (int) bins, v, at);
    add4(sums, (int) (bins >>> 32), v, at + 4 * BINS);
  }

  private static void add4(long[] sums, int bins, long v, int at) {
    sums[at + (bins & 255)] += v;
    sums[at + BINS + (bins >>> 8 & 255)] += v;
    sums[at + 2 * BINS + (bins >>> 16 & 255)] += v;
    sums[at + 3 * BINS + (bins >>> 24)] += v;
  }

  /** For each bin a long of gradients, then one of {@code hessians << countBits | count}. */
  private static void withHessians(
      long[] records, int stride, int from, int to, int countBits, int block, long[] into) {
    for (int start = from; start < to; start += block) {
      int end = Math.min(to, start + block);
      for (int w = 0; w < stride - 1; w++) {
        int at = w * 16 * BINS;
        if (end - start < SMALL / 2) {
          for (int i = start, o = start * stride; i < end; i++, o += stride) {
            addPairs(into, records[o + w], records[o + stride - 1], countBits, at);
          }
        } else {
          add(wordWithHessians(records, stride, w, start, end, countBits), into, at);
        }
      }
    }
  }

  private static long[] wordWithHessians(
      long[] records, int stride, int word, int from, int to, int countBits) {
    long[] sums = new long[16 * BINS];
    for (int i = from, o = from * stride; i < to; i++, o += stride) {
      addPairs(sums, records[o + word], records[o + stride - 1], countBits, 0);
    }
    return sums;
  }

  private static void addPairs(long[] sums, long bins, long last, int countBits, int at) {
    long g = last >> 32;
    long h = (last & 0xffffffffL) << countBits | 1;
    for (int k = 0; k < 8; k++) {
      int o = at + ((k << 8) + (int) (bins >>> (k << 3) & 255) << 1);
      sums[o] += g;
      sums[o + 1] += h;
    }
  }

  static void add(long[] sums, long[] into, int at) {
    for (int i = 0; i < sums.length; i++) {
      into[at + i] += sums[i];
    }
  }

  static void subtract(long[] from, long[] part) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= part[i];
    }
  }
}
