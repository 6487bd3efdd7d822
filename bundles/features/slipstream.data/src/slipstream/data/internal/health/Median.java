package slipstream.data.internal.health;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import slipstream.core.progress.Progress;
import slipstream.data.internal.Quantiles;

/**
 * Exact medians, NaN and infinities left out: by sorting up to {@value #SORTED} rows; beyond, in constant memory,
 * by {@link Quantiles#select}.
 */
public final class Median {
  private static final int BLOCK = 1 << 13;
  private static final int SORTED = 1 << 22;
  private static final int CHECK = 1 << 16;

  private Median() {}

  /** The median of the finite values, the mean of the middle two for an even count; NaN when there are none. */
  public static double of(long rows, LongToDoubleFunction values, Progress progress) {
    return of(rows, -1, values, progress);
  }

  /**
   * The same.
   *
   * @param finite how many values are finite, where that is known, which saves a pass; else -1
   */
  static double of(long rows, long finite, LongToDoubleFunction values, Progress progress) {
    LongToDoubleFunction checked =
        row -> {
          if ((row & (CHECK - 1)) == 0) {
            progress.checkCancelled();
          }
          return values.applyAsDouble(row);
        };
    return rows <= SORTED ? sorted((int) rows, checked) : selected(rows, finite, checked);
  }

  private static double sorted(int rows, LongToDoubleFunction values) {
    double[] finite = new double[rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      double value = values.applyAsDouble(row);
      if (Double.isFinite(value)) {
        finite[count++] = value;
      }
    }
    if (count == 0) {
      return Double.NaN;
    }
    Arrays.sort(finite, 0, count);
    double upper = finite[count / 2];
    double lower = finite[(count - 1) / 2];
    return middle(lower, upper);
  }

  private static double middle(double lower, double upper) {
    return (lower == upper ? upper : lower / 2 + upper / 2) + 0.0;
  }

  static double selected(long rows, LongToDoubleFunction values) {
    return selected(rows, -1, values);
  }

  private static double selected(long rows, long finite, LongToDoubleFunction values) {
    Quantiles.Source source = block -> forEach(rows, values, block);
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
  private static void forEach(long rows, LongToDoubleFunction values, Quantiles.Block block) {
    double[] part = new double[(int) Math.min(rows, BLOCK)];
    for (long from = 0; from < rows; from += part.length) {
      int count = (int) Math.min(part.length, rows - from);
      for (int i = 0; i < count; i++) {
        double value = values.applyAsDouble(from + i);
        part[i] = Double.isFinite(value) ? value + 0.0 : Double.NaN;
      }
      block.accept(part, count);
    }
  }
}
