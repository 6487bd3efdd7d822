package slipstream.data.explore;

import java.util.Arrays;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * A series of one instrument made to fit a screen: of the rows that fall on one pixel, the least and the greatest value
 * in order of time, so that a line through them looks as the line through all rows would, spikes included.
 *
 * <p>Pixels all of whose rows are unknown give one NaN, where the line breaks. It also breaks at a gap in time: two rows
 * that are more than an hour and more than {@value #GAP_SPACINGS} times the instrument's median spacing apart, such as a
 * night between two sessions (but not a weekend between two daily bars), where that is at least {@value #GAP_PIXELS}
 * pixels wide; a line across would show prices that nobody saw. The median is of at most {@value #SPACINGS} spacings,
 * evenly taken. On each side of the window there is one
 * more known row where there is one, so that lines reach the edge. At most 2 points a pixel and these 2.
 *
 * @param times UTC nanoseconds, or row numbers within the instrument where the table has no time; ascending
 * @param rows that the window holds
 */
public record Decimation(long[] times, double[] values, long rows, long known) {
  private static final long LOOK_ASIDE = 10_000;
  private static final int GAP_SPACINGS = 10;
  private static final int GAP_PIXELS = 3;
  private static final int SPACINGS = 4_096;
  private static final long HOUR = 3_600_000_000_000L;

  /**
   * @param from the window's start, included
   * @param to the window's end, included
   * @param pixels at least 1
   */
  public static Decimation of(
      Table table,
      Column column,
      Partition partition,
      long from,
      long to,
      int pixels,
      Progress progress) {
    Column time = table.hasTime() ? table.time() : null;
    long first = lowerBound(time, partition, from);
    long end = to == Long.MAX_VALUE ? partition.to() : lowerBound(time, partition, to + 1);
    double scale = pixels / Math.max(1.0, distance(from, to));
    double gap = Math.max(gap(time, partition), GAP_PIXELS / scale);
    Builder points = new Builder(pixels, gap);
    known(column, first - 1, Math.max(partition.from() - 1, first - 1 - LOOK_ASIDE), -1)
        .ifPresent(row -> points.add(time(time, partition, row), column.getDouble(row)));
    long known = 0;
    int pixel = -1;
    long minRow = -1;
    long maxRow = -1;
    long startRow = -1;
    double min = Double.NaN;
    double max = Double.NaN;
    for (long row = first; row < end; row++) {
      if ((row & 0xffff) == 0) {
        progress.checkCancelled();
      }
      long t = time(time, partition, row);
      int here = (int) Math.min(pixels - 1.0, Math.max(0, distance(from, t) * scale));
      if (here != pixel) {
        points.pixel(time, partition, startRow, minRow, min, maxRow, max);
        pixel = here;
        startRow = row;
        minRow = -1;
        maxRow = -1;
        min = Double.NaN;
        max = Double.NaN;
      }
      double x = column.getDouble(row);
      if (!Double.isNaN(x)) {
        known++;
        if (minRow < 0 || x < min) {
          min = x;
          minRow = row;
        }
        if (maxRow < 0 || x > max) {
          max = x;
          maxRow = row;
        }
      }
    }
    points.pixel(time, partition, startRow, minRow, min, maxRow, max);
    known(column, end, Math.min(partition.to(), end + LOOK_ASIDE), 1)
        .ifPresent(row -> points.add(time(time, partition, row), column.getDouble(row)));
    return points.build(end - first, known);
  }

  /** How far two rows may be apart for a line to join them, in nanoseconds. */
  private static double gap(Column time, Partition partition) {
    long spacings = partition.rows() - 1;
    if (time == null || spacings < 1) {
      return Double.POSITIVE_INFINITY;
    }
    double[] some = new double[(int) Math.min(spacings, SPACINGS)];
    for (int i = 0; i < some.length; i++) {
      long row = partition.from() + (long) ((double) i / some.length * spacings);
      some[i] = distance(time.getLong(row), time.getLong(row + 1));
    }
    Arrays.sort(some);
    return Math.max(HOUR, GAP_SPACINGS * some[some.length / 2]);
  }

  /** From one time to a later one: the difference first, as a double of nanoseconds since 1970 has steps of 256. */
  private static double distance(long from, long to) {
    long exact = to - from;
    return exact >= 0 ? exact : (double) to - from;
  }

  /** A known row near by, so that the line goes on beyond the edge. */
  private static java.util.OptionalLong known(Column column, long start, long end, int step) {
    for (long row = start; row != end; row += step) {
      if (!Double.isNaN(column.getDouble(row))) {
        return java.util.OptionalLong.of(row);
      }
    }
    return java.util.OptionalLong.empty();
  }

  /** The first row of the partition that is not before a time; its end when there is none. */
  public static long lowerBound(Table table, Partition partition, long time) {
    return lowerBound(table.hasTime() ? table.time() : null, partition, time);
  }

  private static long lowerBound(Column time, Partition partition, long wanted) {
    long low = partition.from();
    long high = partition.to();
    while (low < high) {
      long middle = low + high >>> 1;
      if (time(time, partition, middle) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static long time(Column time, Partition partition, long row) {
    return time == null ? row - partition.from() : time.getLong(row);
  }

  private static final class Builder {
    private long[] times;
    private double[] values;
    private final double gap;
    private int size;

    Builder(int pixels, double gap) {
      this.gap = gap;
      int capacity = 2 * pixels + 2;
      times = new long[Math.min(capacity, 1024)];
      values = new double[times.length];
    }

    void add(long time, double value) {
      if (size > 0 && !Double.isNaN(values[size - 1]) && distance(times[size - 1], time) > gap) {
        append(times[size - 1] + 1, Double.NaN);
      }
      append(time, value);
    }

    private void append(long time, double value) {
      if (size == times.length) {
        times = Arrays.copyOf(times, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      times[size] = time;
      values[size++] = value;
    }

    void pixel(
        Column time,
        Partition partition,
        long startRow,
        long minRow,
        double min,
        long maxRow,
        double max) {
      if (startRow < 0) {
        return;
      }
      if (minRow < 0) {
        if (size > 0 && !Double.isNaN(values[size - 1])) { // one break is enough
          add(time(time, partition, startRow), Double.NaN);
        }
        return;
      }
      boolean minFirst = minRow <= maxRow;
      add(time(time, partition, minFirst ? minRow : maxRow), minFirst ? min : max);
      if (minRow != maxRow) {
        add(time(time, partition, minFirst ? maxRow : minRow), minFirst ? max : min);
      }
    }

    Decimation build(long rows, long known) {
      return new Decimation(Arrays.copyOf(times, size), Arrays.copyOf(values, size), rows, known);
    }
  }
}
