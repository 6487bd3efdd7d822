package slipstream.training.linear;

import java.util.Arrays;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.parallel.Parallel;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer;
import slipstream.training.linear.Design.Standardised;

/**
 * Mean products of a design's columns with each other and with the target, from one pass over the
 * rows.
 *
 * <p>Rows are cut into shards of a fixed number, and those into blocks. A block's dot products are
 * plain sums over at most {@value #BLOCK} rows; blocks are added up in a shard, and shards in all,
 * in order and with compensation (Neumaier 1974). Threads share out shards, so their number changes
 * nothing.
 *
 * <p>With weights, products are weighted and means are over the weights' total.
 *
 * @param matrix the lower triangle by row: entry (i, j), j ≤ i, at {@code i(i+1)/2 + j}
 * @param moment each column's mean product with the target less its training mean
 * @param square the mean square of the target less its training mean
 */
record GramMatrix(double[] matrix, double[] moment, double square) {
  static final int BLOCK = 512;
  private static final int SHARD = 32 * BLOCK;

  static GramMatrix of(
      FeatureMatrix features,
      double[] target,
      double targetMean,
      double[] weights,
      double total,
      List<Standardised> design,
      String trainer,
      Trainer.Context context) {
    int rows = target.length;
    int columns = design.size();
    Sums all = new Sums(columns);
    int shards = (rows + SHARD - 1) / SHARD;
    int wave = Math.max(1, context.threads());
    for (int first = 0; first < shards; first += wave) {
      context.progress().stage("Train " + trainer, (long) first * SHARD, rows, "rows");
      int start = first;
      Parallel.map(
              Math.min(wave, shards - first),
              context.threads(),
              context.progress(),
              i -> {
                int from = (start + i) * SHARD;
                int to = from + Math.min(SHARD, rows - from);
                return shard(features, target, targetMean, weights, design, from, to, context);
              })
          .forEach(all::add);
    }
    double[] means = all.values();
    for (int i = 0; i < means.length; i++) {
      means[i] /= total;
    }
    int triangle = columns * (columns + 1) / 2;
    return new GramMatrix(
        Arrays.copyOf(means, triangle),
        Arrays.copyOfRange(means, triangle, means.length - 1),
        means[means.length - 1]);
  }

  private static Sums shard(
      FeatureMatrix features,
      double[] target,
      double targetMean,
      double[] weights,
      List<Standardised> design,
      int shardFrom,
      int shardTo,
      Trainer.Context context) {
    int columns = design.size();
    Sums sums = new Sums(columns);
    double[][] z = new double[columns][BLOCK];
    double[] y = new double[BLOCK];
    for (int from = shardFrom; from < shardTo; from += BLOCK) {
      context.progress().checkCancelled();
      int n = Math.min(shardTo, from + BLOCK) - from;
      for (int c = 0; c < columns; c++) {
        standardise(features, design.get(c), from, n, z[c]);
      }
      for (int i = 0; i < n; i++) {
        y[i] = target[from + i] - targetMean;
      }
      int at = 0;
      for (int i = 0; i < columns; i++) {
        double[] weighted = weighted(z[i], weights, from, n);
        for (int j = 0; j <= i; j++) {
          sums.add(at++, dot(weighted, z[j], n));
        }
      }
      double[] weightedTarget = weighted(y, weights, from, n);
      for (int i = 0; i < columns; i++) {
        sums.add(at++, dot(z[i], weightedTarget, n));
      }
      sums.add(at, dot(y, weightedTarget, n));
    }
    return sums;
  }

  private static double[] weighted(double[] values, double[] weights, int from, int n) {
    if (weights == null) {
      return values;
    }
    double[] weighted = new double[n];
    for (int i = 0; i < n; i++) {
      weighted[i] = values[i] * weights[from + i];
    }
    return weighted;
  }

  private static void standardise(
      FeatureMatrix features, Standardised column, int from, int n, double[] z) {
    features.copy(column.feature(), from, from + n, z, 0);
    for (int i = 0; i < n; i++) {
      if (column.indicator()) {
        z[i] = ((Double.isFinite(z[i]) ? 0 : 1) - column.mean()) / column.deviation();
      } else {
        z[i] = Double.isFinite(z[i]) ? (z[i] - column.mean()) / column.deviation() : 0;
      }
    }
  }

  /** Four partial sums, which the processor adds side by side; always the same four. */
  private static double dot(double[] a, double[] b, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < n; i++) {
      s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Compensated sums of all products. */
  private static final class Sums {
    private final double[] high;
    private final double[] low;

    Sums(int columns) {
      int size = columns * (columns + 1) / 2 + columns + 1;
      high = new double[size];
      low = new double[size];
    }

    void add(int index, double value) {
      double sum = high[index];
      double next = sum + value;
      low[index] += CompensatedSum.lost(sum, value, next);
      high[index] = next;
    }

    void add(Sums other) {
      for (int i = 0; i < high.length; i++) {
        add(i, other.high[i]);
        low[i] += other.low[i];
      }
    }

    double[] values() {
      double[] values = new double[high.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = high[i] + low[i];
      }
      return values;
    }
  }
}
