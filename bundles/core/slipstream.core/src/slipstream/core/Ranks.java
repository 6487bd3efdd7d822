package slipstream.core;

import java.util.stream.IntStream;

/** Ranks of values. */
public final class Ranks {
  private Ranks() {}

  /**
   * From 1, ascending; equal values, 0.0 and −0.0 among them, have their mean rank. NaN values come last, each with a rank
   * of its own.
   */
  public static double[] of(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted((i, j) -> values[i] == values[j] ? 0 : Double.compare(values[i], values[j]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
