package slipstream.data.explore;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import slipstream.core.CompensatedSum;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.data.internal.Quantiles;

/**
 * What the values of a column are like, exact over all selected rows: seven passes, constant memory.
 *
 * <p>Minimum to quantiles are of the known, finite values, and NaN where there is none; times count as nanoseconds since
 * 1970 UTC. Text has counts of values instead.
 *
 * @param known rows with a value that is neither null nor NaN
 * @param distinct values of a text or boolean column; -1 where not counted
 * @param quantiles at {@link #PROBABILITIES}
 * @param edges of the histogram's bins, ascending, one more than there are bins; empty when there is nothing to show
 * @param counts rows by bin; a bin includes its lower edge, the last one both
 * @param below rows below the first edge (tails of less than half a percent are cut when they stretch far)
 * @param above rows above the last edge
 * @param top the most frequent texts, most frequent first, ties by the text
 */
public record ColumnProfile(
    long rows,
    long known,
    long nulls,
    long nans,
    long infinities,
    long zeros,
    long negatives,
    long distinct,
    double min,
    double max,
    double mean,
    double std,
    double[] quantiles,
    double[] edges,
    long[] counts,
    long below,
    long above,
    List<TextCount> top) {
  /** Of {@link #quantiles}. */
  public static final List<Double> PROBABILITIES =
      List.of(0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999);

  private static final int TOP = 20;

  /** A tail is cut when it would take more than this share of the histogram. */
  private static final double LONG_TAIL = 0.2;

  /** How often a text occurs. */
  public record TextCount(String text, long count) {}

  /**
   * @param bins of the histogram, at least 1
   */
  public static ColumnProfile of(Column column, RowSelection rows, int bins, Progress progress) {
    Values values = new Values(column, rows, progress);
    return column.type() == ColumnType.STRING
        ? ofText(column, values)
        : new Scan(column, values).profile(bins);
  }

  private static ColumnProfile ofText(Column column, Values values) {
    List<String> dictionary = column.dictionary();
    long[] counts = new long[dictionary.size()];
    long[] nulls = {0};
    values.forEachRow(
        (rows, count) -> {
          for (int i = 0; i < count; i++) {
            if (column.isNull(rows[i])) {
              nulls[0]++;
            } else {
              counts[(int) column.getLong(rows[i])]++;
            }
          }
        });
    List<TextCount> top =
        IntStream.range(0, counts.length)
            .filter(code -> counts[code] > 0)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingLong(code -> -counts[code])
                    .thenComparing(dictionary::get))
            .limit(TOP)
            .map(code -> new TextCount(dictionary.get(code), counts[code]))
            .toList();
    long distinct = IntStream.range(0, counts.length).filter(code -> counts[code] > 0).count();
    double none = Double.NaN;
    return new ColumnProfile(
        values.rows(),
        values.rows() - nulls[0],
        nulls[0],
        0,
        0,
        0,
        0,
        distinct,
        none,
        none,
        none,
        none,
        new double[0],
        new double[0],
        new long[0],
        0,
        0,
        top);
  }

  /** The passes over a column of numbers. */
  private static final class Scan {
    private final Column column;
    private final Values values;
    private long unknown;
    private long infinities;
    private long zeros;
    private long negatives;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    Scan(Column column, Values values) {
      this.column = column;
      this.values = values;
    }

    private long nulls() {
      if (!column.hasNulls()) {
        return 0;
      }
      long[] nulls = {0};
      values.forEachRow(
          (rows, count) -> {
            for (int i = 0; i < count; i++) {
              nulls[0] += column.isNull(rows[i]) ? 1 : 0;
            }
          });
      return nulls[0];
    }

    private void count(double[] block, int count, CompensatedSum sum) {
      for (int i = 0; i < count; i++) {
        double x = block[i];
        if (Double.isNaN(x)) {
          unknown++;
        } else if (Double.isInfinite(x)) {
          infinities++;
          negatives += x < 0 ? 1 : 0;
        } else {
          zeros += x == 0 ? 1 : 0;
          negatives += x < 0 ? 1 : 0;
          min = Math.min(min, x);
          max = Math.max(max, x);
          sum.add(x);
        }
      }
    }

    ColumnProfile profile(int bins) {
      long nulls = nulls();
      CompensatedSum sum = new CompensatedSum();
      values.forEach((block, count) -> count(block, count, sum));
      long known = values.rows() - unknown;
      long finite = known - infinities;
      double mean = finite == 0 ? Double.NaN : sum.value() / finite;
      CompensatedSum squares = new CompensatedSum();
      values.forEach(
          (block, count) -> {
            for (int i = 0; i < count; i++) {
              double d = block[i] - mean;
              if (Double.isFinite(d)) {
                squares.add(d * d);
              }
            }
          });
      double std = finite < 2 ? Double.NaN : Math.sqrt(squares.value() / (finite - 1));
      double[] probabilities = PROBABILITIES.stream().mapToDouble(Double::doubleValue).toArray();
      double[] quantiles = Quantiles.of(values, known, probabilities);
      double[] edges = finite == 0 ? new double[0] : edges(quantiles, bins);
      long[] counts = new long[Math.max(0, edges.length - 1)];
      long[] tails = new long[2];
      if (counts.length > 0) {
        values.forEach((block, count) -> fill(block, count, edges, counts, tails));
      }
      return new ColumnProfile(
          values.rows(),
          known,
          nulls,
          unknown - nulls,
          infinities,
          zeros,
          negatives,
          column.type() == ColumnType.BOOLEAN ? (zeros > 0 ? 1 : 0) + (known > zeros ? 1 : 0) : -1,
          finite == 0 ? Double.NaN : min,
          finite == 0 ? Double.NaN : max,
          mean,
          std,
          quantiles,
          edges,
          counts,
          tails[0],
          tails[1],
          List.of());
    }

    private double[] edges(double[] quantiles, int bins) {
      boolean whole =
          column.type() == ColumnType.INT64
              || column.type() == ColumnType.INT32
              || column.type() == ColumnType.BOOLEAN;
      if (whole && max - min < bins) {
        return IntStream.rangeClosed(0, (int) (max - min) + 1)
            .mapToDouble(i -> min - 0.5 + i)
            .toArray();
      }
      double low = finiteOr(quantiles[0], min);
      double high = finiteOr(quantiles[quantiles.length - 1], max);
      double core = high - low;
      low = low - min <= LONG_TAIL * core ? min : low;
      high = max - high <= LONG_TAIL * core ? max : high;
      if (!(high > low)) {
        double air = Math.max(Math.abs(low) * 0.05, 0.5);
        return new double[] {low - air, low + air};
      }
      double[] edges = new double[bins + 1];
      for (int i = 0; i <= bins; i++) {
        edges[i] = low + (high - low) * i / bins;
      }
      edges[bins] = high;
      return edges;
    }

    private static double finiteOr(double value, double instead) {
      return Double.isFinite(value) ? value : instead;
    }

    private static void fill(
        double[] block, int count, double[] edges, long[] counts, long[] tails) {
      int bins = counts.length;
      double low = edges[0];
      double high = edges[bins];
      double scale = bins / (high - low);
      for (int i = 0; i < count; i++) {
        double x = block[i];
        if (x < low) {
          tails[0]++;
        } else if (x > high) {
          tails[1]++;
        } else if (x == x) {
          int bin = Math.clamp((int) ((x - low) * scale), 0, bins - 1);
          // The product may be off by a bit at an edge.
          if (x < edges[bin]) {
            bin--;
          } else if (bin < bins - 1 && x >= edges[bin + 1]) {
            bin++;
          }
          counts[bin]++;
        }
      }
    }
  }
}
