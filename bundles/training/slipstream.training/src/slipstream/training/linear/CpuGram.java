package slipstream.training.linear;

import java.lang.foreign.MemorySegment;
import slipstream.core.CompensatedSum;
import slipstream.core.device.GramKernel;
import slipstream.core.device.GramKernel.GramTask;
import slipstream.core.device.RowSource;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;

/** {@link GramKernel} on the processor: threads share out shards, so their number changes nothing. */
public final class CpuGram {
  private static final int BLOCK = GramKernel.GRAM_BLOCK;
  private static final int SHARD = GramKernel.GRAM_SHARD;

  private CpuGram() {}

  /** See {@link GramKernel#gram}. */
  public static double[] products(GramTask task, RowSource rows, Progress progress) {
    Sums all = new Sums(task.products());
    int shards = (task.rows() + SHARD - 1) / SHARD;
    int wave = Math.max(1, task.threads());
    for (int first = 0; first < shards; first += wave) {
      progress.stage(task.what(), (long) first * SHARD, task.rows(), "rows");
      int start = first;
      Parallel.map(
              Math.min(wave, shards - first),
              task.threads(),
              progress,
              i -> {
                int from = (start + i) * SHARD;
                return shard(
                    task, rows, from, from + Math.min(SHARD, task.rows() - from), progress);
              })
          .forEach(all::add);
    }
    return all.values();
  }

  private static Sums shard(
      GramTask task, RowSource rows, int shardFrom, int shardTo, Progress progress) {
    int columns = task.columns();
    Sums sums = new Sums(task.products());
    double[][] z = new double[columns + 1][BLOCK]; // the last is the target
    double[] weights = task.weighted() ? new double[BLOCK] : null;
    for (int from = shardFrom; from < shardTo; from += BLOCK) {
      progress.checkCancelled();
      int n = Math.min(shardTo, from + BLOCK) - from;
      for (int c = 0; c <= columns; c++) {
        copy(rows, c, from, n, z[c]);
      }
      if (weights != null) {
        copy(rows, columns + 1, from, n, weights);
      }
      int at = 0;
      for (int i = 0; i < columns; i++) {
        double[] weighted = weighted(z[i], weights, n);
        for (int j = 0; j <= i; j++) {
          sums.add(at++, dot(weighted, z[j], n));
        }
      }
      double[] target = z[columns];
      double[] weightedTarget = weighted(target, weights, n);
      for (int i = 0; i <= columns; i++) {
        sums.add(at++, dot(z[i], weightedTarget, n));
      }
    }
    return sums;
  }

  private static void copy(RowSource rows, int column, int from, int n, double[] into) {
    rows.copy(column, from, from + n, MemorySegment.ofArray(into).asSlice(0, 8L * n));
  }

  private static double[] weighted(double[] values, double[] weights, int n) {
    if (weights == null) {
      return values;
    }
    double[] weighted = new double[n];
    for (int i = 0; i < n; i++) {
      weighted[i] = values[i] * weights[i];
    }
    return weighted;
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

    Sums(int products) {
      high = new double[products];
      low = new double[products];
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
