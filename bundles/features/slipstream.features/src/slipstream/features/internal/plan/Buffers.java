package slipstream.features.internal.plan;

import java.util.ArrayDeque;

/** Scratch columns of one thread, used again and again. */
final class Buffers {
  private final ArrayDeque<double[]> free = new ArrayDeque<>();

  /** A column of at least this many rows, holding anything. */
  double[] take(int rows) {
    double[] column = free.poll();
    // One that is too short was made for shorter stretches and would not fit the next either.
    return column != null && column.length >= rows ? column : new double[Math.max(rows, 64)];
  }

  void give(double[] column) {
    free.push(column);
  }
}
