package slipstream.features.internal.kernel;

import java.util.Arrays;
import slipstream.core.CompensatedSum;

/**
 * Statistics over the rows of one moment, or over those of each group of them. Rows whose value is unknown do not
 * count; rows of an unknown group belong to none.
 *
 * <p>Values are added in ascending order, with compensation, so that a result does not depend on the order of the rows
 * to the bit.
 */
public final class CrossSection {
  private CrossSection() {}

  /** What is told of each row. */
  public enum Statistic {
    /** Fraction of the other rows that are below it, of equal ones half. */
    RANK,
    /** Distance from the mean. */
    DISTANCE,
    /** Distance from the mean in sample standard deviations. */
    SCORE,
    /** Its group's mean. */
    MEAN,
    /** Its group's mean without it. */
    MEAN_OF_OTHERS,
    /** Its group's sum. */
    SUM,
    /** Its group's sample standard deviation. */
    DEVIATION,
    /** Its group's median. */
    MEDIAN,
    /** Its group's smallest value. */
    MIN,
    /** Its group's largest value. */
    MAX,
    /** Its group's rows whose value is known. */
    COUNT;

    /** True when it tells where the row's own value stands, so that it must be known. */
    boolean ofRow() {
      return this == RANK || this == DISTANCE || this == SCORE;
    }
  }

  /**
   * @param by a number a row, equal for rows of one group, NaN for none; null when all rows are one group
   * @param result gets {@code rows} values
   */
  public static void evaluate(
      Statistic statistic, double[] x, double[] by, int rows, double[] result) {
    if (by == null || oneGroup(by, rows)) {
      int[] order = new int[rows];
      Arrays.setAll(order, i -> i);
      group(statistic, x, order, 0, rows, new double[rows], result);
      return;
    }
    RowGroups groups = new RowGroups(by, rows);
    double[] values = new double[rows];
    for (int g = 0; g < groups.count; g++) {
      group(statistic, x, groups.order, groups.start[g], groups.start[g + 1], values, result);
    }
    for (int i = 0; i < rows; i++) {
      if (Double.isNaN(by[i])) {
        result[i] = Double.NaN;
      }
    }
  }

  private static boolean oneGroup(double[] by, int rows) {
    int i = 0;
    while (i < rows && by[i] == by[0]) {
      i++;
    }
    return i == rows;
  }

  /** One group: rows order[from, to). */
  private static void group(
      Statistic statistic,
      double[] x,
      int[] order,
      int from,
      int to,
      double[] values,
      double[] result) {
    int known = 0;
    for (int i = from; i < to; i++) {
      double value = x[order[i]];
      if (!Double.isNaN(value)) {
        // -0 and 0 are one value.
        values[known++] = value + 0.0;
      }
    }
    if (known > 1 && statistic != Statistic.COUNT) {
      Arrays.sort(values, 0, known);
    }
    Summary summary = new Summary(statistic, values, known);
    for (int i = from; i < to; i++) {
      double value = x[order[i]];
      result[order[i]] = Double.isNaN(value) && statistic.ofRow() ? Double.NaN : summary.of(value);
    }
  }

  /** Sum of ascending values. */
  private static double sum(double[] values, int count) {
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; i < count; i++) {
      sum.add(values[i]);
    }
    return sum.value();
  }

  /** Mean of ascending values, exactly theirs when they are equal. */
  private static double mean(double[] values, int count) {
    if (count == 0) {
      return Double.NaN;
    }
    double low = values[0];
    double high = values[count - 1];
    return low == high ? low : sum(values, count) / count;
  }

  private static double deviation(double[] values, int count, double mean) {
    if (count < 2) {
      return Double.NaN;
    }
    CompensatedSum squares = new CompensatedSum();
    for (int i = 0; i < count; i++) {
      double delta = values[i] - mean;
      squares.add(delta * delta);
    }
    return Math.sqrt(MergedWindows.finite(squares.value() / (count - 1)));
  }

  /** What the rows of a group have in common. */
  private static final class Summary {
    private final Statistic statistic;
    private final double[] values;
    private final int count;
    private final double common;
    private final double scale;
    private double[] upTo;
    private double[] from;

    /**
     * @param values the known ones, ascending
     */
    Summary(Statistic statistic, double[] values, int count) {
      this.statistic = statistic;
      this.values = values;
      this.count = count;
      this.common =
          switch (statistic) {
            case RANK -> Double.NaN;
            case DISTANCE, SCORE, MEAN, MEAN_OF_OTHERS -> mean(values, count);
            case DEVIATION -> deviation(values, count, mean(values, count));
            case SUM -> count == 0 ? Double.NaN : sum(values, count);
            case MEDIAN -> median();
            case MIN -> count == 0 ? Double.NaN : values[0];
            case MAX -> count == 0 ? Double.NaN : values[count - 1];
            case COUNT -> count;
          };
      this.scale = statistic == Statistic.SCORE ? deviation(values, count, common) : 1;
      if (statistic == Statistic.MEAN_OF_OTHERS) {
        others();
      }
    }

    double of(double value) {
      return switch (statistic) {
        case RANK -> rank(value + 0.0);
        case DISTANCE -> value - common;
        case SCORE -> scale == 0 ? Double.NaN : (value - common) / scale;
        case MEAN_OF_OTHERS -> Double.isNaN(value) ? common : without(value + 0.0);
        default -> common;
      };
    }

    private double median() {
      if (count == 0) {
        return Double.NaN;
      }
      double low = values[(count - 1) / 2];
      return count % 2 == 1 ? low : RollingQuantile.interpolate(low, values[count / 2], 0.5);
    }

    private double rank(double value) {
      int below = below(value);
      int equal = 1;
      while (below + equal < count && values[below + equal] == value) {
        equal++;
      }
      return (2.0 * below + equal - 1) / (2.0 * (count - 1));
    }

    /** How many values are smaller. */
    private int below(double value) {
      int low = 0;
      int high = count;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (values[middle] < value) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** Sums of the values before each and from each on: taking a value off the sum would lose the others' digits. */
    private void others() {
      upTo = new double[count + 1];
      from = new double[count + 1];
      CompensatedSum sum = new CompensatedSum();
      for (int i = 0; i < count; i++) {
        sum.add(values[i]);
        upTo[i + 1] = sum.value();
      }
      sum = new CompensatedSum();
      for (int i = count - 1; i >= 0; i--) {
        sum.add(values[i]);
        from[i] = sum.value();
      }
    }

    private double without(double value) {
      int at = below(value);
      // Of equal values it does not matter which is left out.
      return count == 1 ? Double.NaN : (upTo[at] + from[at + 1]) / (count - 1);
    }
  }
}
