package slipstream.training.trees;

/**
 * A part of the training rows with arrays of its own: records (see {@link RecordLayout}), and a
 * state for each row that moves with its record: the target in the lower and the score, the sum of
 * the leaf values so far, in the upper half. {@code ids} are the rows' first positions, and only
 * kept when rows are sampled.
 */
final class Shard {
  final int firstRow;
  final int rows;
  final int stride;
  final long[] records;
  final long[] state;
  final int[] ids;

  /** Of bagged trees, how many were not grown on the row; else null. */
  final short[] outOfBag;

  /** Of mean 1; null when all are 1. */
  final float[] weights;

  Shard(
      int firstRow,
      int rows,
      RecordLayout layout,
      boolean keepIds,
      boolean weighted,
      boolean bagged) {
    this.firstRow = firstRow;
    this.rows = rows;
    this.stride = layout.stride();
    records = new long[rows * stride];
    state = new long[rows];
    weights = weighted ? new float[rows] : null;
    outOfBag = bagged ? new short[rows] : null;
    ids = keepIds ? new int[rows] : null;
  }

  static long state(float target, float score) {
    return Float.floatToRawIntBits(target) & 0xffffffffL
        | (long) Float.floatToRawIntBits(score) << 32;
  }

  static float target(long state) {
    return Float.intBitsToFloat((int) state);
  }

  static float score(long state) {
    return Float.intBitsToFloat((int) (state >>> 32));
  }
}
