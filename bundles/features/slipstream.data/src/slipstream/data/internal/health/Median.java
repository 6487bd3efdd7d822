package slipstream.data.internal.health;

import java.util.Arrays;
import slipstream.core.progress.Progress;
import slipstream.data.internal.Quantiles;

/**
 * Exact medians, NaN and infinities left out: by sorting up to {@value #SORTED} rows; beyond, in constant memory,
 * by {@link Quantiles#select}.
 */
final class Median {
  private static final int BLOCK = 1 << 13;
  private static final int SORTED = 1 << 22;

  private Median() {}

  /** Gives values by the block, which is cheaper than one by one. */
  @FunctionalInterface
  interface Values {
    /** Copies the values of rows [from, to) to the target, from 0 on. */
    void copy(long from, long to, double[] target);
  }

  /**
   * The median of the finite values, the mean of the middle two for an even count; NaN when there are none.
   *
   * @param finite how many values are finite, where that is known, which saves a pass; else -1
   */
  static double of(long rows, long finite, Values values, Progress progress) {
    return rows <= SORTED
        ? sorted((int) rows, values, progress)
        : selected(rows, finite, values, progress);
  }

  private static double sorted(int rows, Values values, Progress progress) {
    double[] finite = new double[rows];
    int[] count = {0};
    forEach(
        rows,
        values,
        progress,
        (block, length) -> {
          for (int i = 0; i < length; i++) {
            if (block[i] == block[i]) {
              finite[count[0]++] = block[i];
            }
          }
        });
    if (count[0] == 0) {
      return Double.NaN;
    }
    Arrays.sort(finite, 0, count[0]);
    return middle(finite[(count[0] - 1) / 2], finite[count[0] / 2]);
  }

  private static double middle(double lower, double upper) {
    return (lower == upper ? upper : lower / 2 + upper / 2) + 0.0;
  }

  static double selected(long rows, long finite, Values values, Progress progress) {
    Quantiles.Source source = block -> forEach(rows, values, progress, block);
    long known = finite < 0 ? count(source) : finite;
    if (known == 0) {
      return Double.NaN;
    }
    double[] middle = Quantiles.select(source, (known - 1) / 2, known / 2);
    return middle(middle[0], middle[1]);
  }

  private static long count(Quantiles.Source source) {
    long[] known = {0};
    source.forEach(
        (block, count) -> {
          for (int i = 0; i < count; i++) {
            known[0] += Double.isNaN(block[i]) ? 0 : 1;
          }
        });
    return known[0];
  }

  /** Infinities count as unknown, and -0 as 0. */
  private static void forEach(long rows, Values values, Progress progress, Quantiles.Block block) {
    double[] part = new double[(int) Math.min(rows, BLOCK)];
    for (long from = 0; from < rows; from += BLOCK) {
      progress.checkCancelled();
      int count = (int) Math.min(BLOCK, rows - from);
      values.copy(from, from + count, part);
      for (int i = 0; i < count; i++) {
        part[i] = Double.isFinite(part[i]) ? part[i] + 0.0 : Double.NaN;
      }
      block.accept(part, count);
    }
  }
}
