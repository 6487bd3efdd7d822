package slipstream.training.trees;

/**
 * The fixed-point gradients of a training, one power-of-two scale for all rows of a round.
 *
 * <p>A gradient is a float32, and {@code rint(gradient * scale)} its fixed-point form. With n rows
 * and c = bits of n, the sum of the absolute fixed-point values stays below 2^(62-c), so no sum
 * over any subset of rows can leave its field of a packed long. While the leaves of a round are
 * applied, the next gradients are written with the present scale; {@link #outOfRange} then says
 * whether the scale must be chosen anew: the sum or a value is too large, or the values have become
 * so small (by 2^5 or more below the limit, and below 2^24) that precision would be given away. All
 * of it depends on sums and maxima of integers alone, not on the order of rows.
 */
final class Gradients {
  private static final int MAX_EXPONENT = 28; // largest gradient first becomes 2^28 .. 2^29
  private static final int SATURATED = 1 << 30;
  private static final int COARSE = 1 << 24;

  final Objective objective;
  final float shape;
  final float baseScore;
  final int countBits;
  private final long limit;
  double scale = 1;
  double lossScale = 1;

  Gradients(BoostedTreesParameters parameters, float baseScore, int rows) {
    objective = parameters.objective();
    shape = parameters.shape();
    this.baseScore = baseScore;
    countBits = 32 - Integer.numberOfLeadingZeros(rows);
    limit = 1L << 62 - countBits;
  }

  /** What a pass over rows adds up; order-free. */
  static final class Totals {
    long sumAbsolute;
    int magnitude; // bitwise or of the absolute values (one less for negative ones)
    long loss;
    float maxGradient;
    double maxLoss;

    void clear() {
      sumAbsolute = 0;
      magnitude = 0;
      loss = 0;
      maxGradient = 0;
      maxLoss = 0;
    }

    void add(Totals other) {
      sumAbsolute += other.sumAbsolute;
      magnitude |= other.magnitude;
      loss += other.loss;
      maxGradient = Math.max(maxGradient, other.maxGradient);
      maxLoss = Math.max(maxLoss, other.maxLoss);
    }
  }

  boolean outOfRange(Totals t) {
    return t.sumAbsolute >= limit
        || t.magnitude >= SATURATED
        || t.sumAbsolute < limit >> 5 && t.magnitude < COARSE;
  }

  /** First step of a new scale: from the largest gradient. */
  void scaleFromLargest(float maxGradient) {
    scale = maxGradient > 0 ? Math.scalb(1.0, MAX_EXPONENT - Math.getExponent(maxGradient)) : 1.0;
  }

  /**
   * Second step: lowers the scale until the sum of absolute values, taken with the first one, has
   * its place.
   */
  void lowerScale(long sumAbsolute) {
    int bits = 64 - Long.numberOfLeadingZeros(sumAbsolute);
    scale = Math.scalb(scale, -Math.max(0, bits - (61 - countBits)));
  }

  /** The scale of the loss sums, from the largest loss of a row before the first round. */
  void lossScaleFromLargest(double maxLoss) {
    lossScale = maxLoss > 0 ? Math.scalb(1.0, 58 - countBits - Math.getExponent(maxLoss)) : 1.0;
  }

  /**
   * Rescales so that the next round's sum, which is not much larger than this one, has about 57
   * bits.
   */
  double takeLoss(long sum) {
    double loss = sum / lossScale;
    if (sum > 0) {
      lossScale = Math.scalb(lossScale, 57 - (64 - Long.numberOfLeadingZeros(sum)));
    }
    return loss;
  }

  float residual(long state) {
    return Shard.target(state) - (baseScore + Shard.score(state));
  }

  /** Writes the gradients of rows {@code [from, to)} with the present scale. */
  void write(Shard shard, int from, int to, Totals totals) {
    for (int i = from, o = (from + 1) * shard.stride - 1; i < to; i++, o += shard.stride) {
      float r = residual(shard.state[i]);
      float g = objective.gradient(r, shape);
      int q = (int) Math.rint(g * scale);
      shard.records[o] = shard.records[o] & 0xffffffffL | (long) q << 32;
      totals.sumAbsolute += Math.abs(q);
      totals.magnitude |= q ^ q >> 31;
      totals.maxGradient = Math.max(totals.maxGradient, Math.abs(g));
      totals.maxLoss = Math.max(totals.maxLoss, objective.loss(r, shape));
    }
  }

  /**
   * Adds leaf values to the scores of rows {@code [from, to)}, {@code left} to those that the split
   * sends left, and writes the next gradients. One pass; the rows stay where they are.
   */
  void apply(Shard shard, int from, int to, Split split, float left, float right, Totals totals) {
    if (objective == Objective.SQUARED) {
      applySquared(shard, from, to, split, left, right, totals);
      return;
    }
    int word = RecordLayout.word(split.feature());
    int shift = RecordLayout.shift(split.feature());
    int turn = split.turn();
    int last = split.bin() + turn;
    int stride = shard.stride;
    long[] records = shard.records;
    for (int i = from, o = from * stride; i < to; i++, o += stride) {
      int bin = (int) (records[o + word] >>> shift) + turn & 255;
      long s = shard.state[i];
      float score = Shard.score(s) + (bin <= last ? left : right);
      s = Shard.state(Shard.target(s), score);
      shard.state[i] = s;
      float r = residual(s);
      int q = (int) Math.rint(objective.gradient(r, shape) * scale);
      records[o + stride - 1] = records[o + stride - 1] & 0xffffffffL | (long) q << 32;
      totals.sumAbsolute += Math.abs(q);
      totals.magnitude |= q ^ q >> 31;
      totals.loss += (long) (objective.loss(r, shape) * lossScale);
    }
  }

  private void applySquared(
      Shard shard, int from, int to, Split split, float left, float right, Totals totals) {
    int word = RecordLayout.word(split.feature());
    int shift = RecordLayout.shift(split.feature());
    int turn = split.turn();
    int last = split.bin() + turn;
    int stride = shard.stride;
    long[] records = shard.records;
    long[] state = shard.state;
    double scale = this.scale;
    double lossScale = this.lossScale;
    float base = baseScore;
    long sum = 0;
    long loss = 0;
    int magnitude = 0;
    for (int i = from, o = from * stride; i < to; i++, o += stride) {
      int bin = (int) (records[o + word] >>> shift) + turn & 255;
      long s = state[i];
      float score = Float.intBitsToFloat((int) (s >>> 32)) + (bin <= last ? left : right);
      state[i] = s & 0xffffffffL | (long) Float.floatToRawIntBits(score) << 32;
      float r = Float.intBitsToFloat((int) s) - (base + score);
      int q = (int) Math.rint(r * scale);
      records[o + stride - 1] = records[o + stride - 1] & 0xffffffffL | (long) q << 32;
      sum += Math.abs(q);
      magnitude |= q ^ q >> 31;
      loss += (long) ((double) r * r * lossScale);
    }
    totals.sumAbsolute += sum;
    totals.magnitude |= magnitude;
    totals.loss += loss;
  }
}
