package slipstream.training.trees;

import slipstream.core.device.FixedPoint;
import slipstream.core.device.GradientTotals;
import slipstream.core.device.Split;
import slipstream.core.device.TreeTask;
import slipstream.core.spi.Loss;

/**
 * Writes gradients in fixed point (see {@link GradientScales}): a gradient is a float32, and {@code
 * rint(gradient * scale)} its fixed-point form. Where rows have weights, or the objective second derivatives that differ,
 * a hessian stands beside each gradient, with a scale of its own.
 */
final class Gradients {
  final Loss loss;
  private final boolean squared;
  final float baseScore;
  final int countBits;
  final boolean hessians;
  double scale = 1;
  double hessianScale = 1;
  double lossScale = 1;

  Gradients(TreeTask task, TreeTask.Objective objective, float baseScore) {
    hessians = task.hessians();
    loss = objective.loss();
    squared =
        loss instanceof StandardLoss standard && standard.objective() == StandardObjective.SQUARED;
    this.baseScore = baseScore;
    countBits = task.countBits();
  }

  void scale(FixedPoint scales) {
    scale = scales.gradient();
    hessianScale = scales.hessian();
    lossScale = scales.loss();
  }

  /** What a pass over rows adds up; order-free. */
  static final class Totals {
    long sumAbsolute;
    int magnitude; // bitwise or of the absolute values (one less for negative ones)
    long loss;
    long sumHessian;
    int hessianMagnitude;
    float maxGradient;
    float maxHessian;
    double maxLoss;

    void clear() {
      sumAbsolute = 0;
      magnitude = 0;
      loss = 0;
      sumHessian = 0;
      hessianMagnitude = 0;
      maxHessian = 0;
      maxGradient = 0;
      maxLoss = 0;
    }

    GradientTotals sums() {
      return new GradientTotals(
          sumAbsolute,
          magnitude,
          loss,
          sumHessian,
          hessianMagnitude,
          maxGradient,
          maxHessian,
          maxLoss);
    }
  }

  float residual(long state) {
    return Shard.target(state) - (baseScore + Shard.score(state));
  }

  /** Writes the gradients of rows {@code [from, to)} with the present scale. */
  void write(Shard shard, int from, int to, Totals totals) {
    for (int i = from, o = (from + 1) * shard.stride - 1; i < to; i++, o += shard.stride) {
      float target = Shard.target(shard.state[i]);
      float score = baseScore + Shard.score(shard.state[i]);
      if (hessians) {
        writeBoth(shard, i, o, target, score, totals);
        totals.maxLoss = Math.max(totals.maxLoss, loss(shard, i, target, score));
        continue;
      }
      float g = (float) -loss.gradient(target, score);
      int q = (int) Math.rint(g * scale);
      shard.records[o] = shard.records[o] & 0xffffffffL | (long) q << 32;
      totals.sumAbsolute += Math.abs(q);
      totals.magnitude |= q ^ q >> 31;
      totals.maxGradient = Math.max(totals.maxGradient, Math.abs(g));
      totals.maxLoss = Math.max(totals.maxLoss, loss.loss(target, score));
    }
  }

  /**
   * Adds leaf values to the scores of rows {@code [from, to)}, {@code left} to those that the split
   * sends left, and writes the next gradients. One pass; the rows stay where they are.
   */
  void apply(Shard shard, int from, int to, Split split, float left, float right, Totals totals) {
    if (split.categories() != null) {
      applyCategories(shard, from, to, split, left, right, totals);
      return;
    }
    if (squared && !hessians) {
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
      float target = Shard.target(s);
      score = baseScore + score;
      totals.loss += (long) (loss(shard, i, target, score) * lossScale);
      if (hessians) {
        writeBoth(shard, i, o + stride - 1, target, score, totals);
        continue;
      }
      int q = (int) Math.rint((float) -loss.gradient(target, score) * scale);
      records[o + stride - 1] = records[o + stride - 1] & 0xffffffffL | (long) q << 32;
      totals.sumAbsolute += Math.abs(q);
      totals.magnitude |= q ^ q >> 31;
    }
  }

  private void applyCategories(
      Shard shard, int from, int to, Split split, float left, float right, Totals totals) {
    int word = RecordLayout.word(split.feature());
    int shift = RecordLayout.shift(split.feature());
    for (int i = from; i < to; i++) {
      int bin = (int) (shard.records[i * shard.stride + word] >>> shift) & 255;
      float value = split.goesLeft(bin) ? left : right;
      apply(shard, i, i + 1, Split.NONE, value, value, totals);
    }
  }

  /** Gradient and hessian times the weight; a hessian is at least 1 after rounding. */
  private void writeBoth(Shard shard, int i, int o, float target, float score, Totals totals) {
    float weight = shard.weights == null ? 1 : shard.weights[i];
    float g = times((float) -loss.gradient(target, score), weight);
    float h = times((float) loss.hessian(target, score), weight);
    int q = (int) Math.rint(g * scale);
    int k = Math.max(1, (int) Math.rint(h * hessianScale));
    shard.records[o] = (long) q << 32 | k;
    totals.sumAbsolute += Math.abs(q);
    totals.magnitude |= q ^ q >> 31;
    totals.maxGradient = Math.max(totals.maxGradient, Math.abs(g));
    totals.sumHessian += k;
    totals.hessianMagnitude |= k;
    totals.maxHessian = Math.max(totals.maxHessian, h);
  }

  private static float times(float value, float weight) {
    return Math.clamp(value * weight, -Float.MAX_VALUE, Float.MAX_VALUE);
  }

  private double loss(Shard shard, int i, float target, float score) {
    double share = loss.loss(target, score);
    return shard.weights == null ? share : shard.weights[i] * share;
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
    long losses = 0;
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
      losses += (long) ((double) r * r * lossScale);
    }
    totals.sumAbsolute += sum;
    totals.magnitude |= magnitude;
    totals.loss += losses;
  }
}
