package slipstream.training.trees;

import slipstream.core.device.Split;

/**
 * Moves the rows of a range so that those of the left child come first. In place and unstable,
 * which exact sums allow: blocks of offsets of misplaced rows are collected without branches from
 * both ends and swapped (Edelkamp and Weiss 2016, BlockQuicksort).
 */
final class RowPartition {
  private static final int BLOCK = 64;

  private final byte[] leftOffsets = new byte[BLOCK + 8];
  private final byte[] rightOffsets = new byte[BLOCK + 8];

  /** Returns where the right child's rows begin in {@code [from, to)}. */
  int partition(Shard shard, int from, int to, Split split) {
    if (split.categories() != null) {
      return partitionCategories(shard, from, to, split);
    }
    long[] records = shard.records;
    int stride = shard.stride;
    int word = RecordLayout.word(split.feature());
    int shift = RecordLayout.shift(split.feature());
    int turn = split.turn();
    int last = split.bin() + turn;
    int left = from;
    int right = to;
    int nLeft = 0;
    int nRight = 0;
    int atLeft = 0;
    int atRight = 0;
    while (right - left >= 2 * BLOCK) {
      if (nLeft == 0) {
        atLeft = 0;
        nLeft = misplacedLeft(records, left * stride + word, stride, shift, turn, last);
      }
      if (nRight == 0) {
        atRight = 0;
        nRight = misplacedRight(records, (right - 1) * stride + word, stride, shift, turn, last);
      }
      int m = Math.min(nLeft, nRight);
      swapAll(shard, left, right, atLeft, atRight, m);
      nLeft -= m;
      nRight -= m;
      atLeft += m;
      atRight += m;
      if (nLeft == 0) {
        left += BLOCK;
      }
      if (nRight == 0) {
        right -= BLOCK;
      }
    }
    for (int i = left; i < right; i++) {
      int bin = (int) (records[i * stride + word] >>> shift) + turn & 255;
      if (bin <= last) {
        swap(shard, i, left++);
      }
    }
    return left;
  }

  private static int partitionCategories(Shard shard, int from, int to, Split split) {
    int word = RecordLayout.word(split.feature());
    int shift = RecordLayout.shift(split.feature());
    int left = from;
    int right = to;
    while (left < right) {
      if (split.goesLeft((int) (shard.records[left * shard.stride + word] >>> shift) & 255)) {
        left++;
      } else {
        swap(shard, left, --right);
      }
    }
    return left;
  }

  private int misplacedLeft(long[] records, int at, int stride, int shift, int turn, int last) {
    byte[] offsets = leftOffsets;
    int count = 0;
    for (int k = 0, o = at; k < BLOCK; k++, o += stride) {
      offsets[count] = (byte) k;
      int bin = (int) (records[o] >>> shift) + turn & 255;
      count += last - bin >>> 31;
    }
    return count;
  }

  private int misplacedRight(long[] records, int at, int stride, int shift, int turn, int last) {
    byte[] offsets = rightOffsets;
    int count = 0;
    for (int k = 0, o = at; k < BLOCK; k++, o -= stride) {
      offsets[count] = (byte) k;
      int bin = (int) (records[o] >>> shift) + turn & 255;
      count += bin - last - 1 >>> 31;
    }
    return count;
  }

  private void swapAll(Shard shard, int left, int right, int atLeft, int atRight, int m) {
    if (shard.stride == 4 && shard.ids == null && shard.weights == null) {
      long[] records = shard.records;
      long[] state = shard.state;
      for (int k = 0; k < m; k++) {
        swapFour(
            records, state, left + leftOffsets[atLeft + k], right - 1 - rightOffsets[atRight + k]);
      }
      return;
    }
    for (int k = 0; k < m; k++) {
      swap(shard, left + leftOffsets[atLeft + k], right - 1 - rightOffsets[atRight + k]);
    }
  }

  private static void swapFour(long[] records, long[] state, int i, int j) {
    int a = i << 2;
    int b = j << 2;
    long x0 = records[a];
    long x1 = records[a + 1];
    long x2 = records[a + 2];
    long x3 = records[a + 3];
    records[a] = records[b];
    records[a + 1] = records[b + 1];
    records[a + 2] = records[b + 2];
    records[a + 3] = records[b + 3];
    records[b] = x0;
    records[b + 1] = x1;
    records[b + 2] = x2;
    records[b + 3] = x3;
    long s = state[i];
    state[i] = state[j];
    state[j] = s;
  }

  static void swap(Shard shard, int i, int j) {
    long[] records = shard.records;
    int stride = shard.stride;
    for (int a = i * stride, b = j * stride, end = a + stride; a < end; a++, b++) {
      long x = records[a];
      records[a] = records[b];
      records[b] = x;
    }
    long s = shard.state[i];
    shard.state[i] = shard.state[j];
    shard.state[j] = s;
    if (shard.weights != null) {
      float weight = shard.weights[i];
      shard.weights[i] = shard.weights[j];
      shard.weights[j] = weight;
    }
    if (shard.outOfBag != null) {
      short trees = shard.outOfBag[i];
      shard.outOfBag[i] = shard.outOfBag[j];
      shard.outOfBag[j] = trees;
    }
    if (shard.ids != null) {
      int id = shard.ids[i];
      shard.ids[i] = shard.ids[j];
      shard.ids[j] = id;
    }
  }
}
