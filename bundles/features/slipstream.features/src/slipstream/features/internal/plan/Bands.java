package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * A table's rows by time: cut into bands of times of which each fits in memory, within a band sorted by time, then by the
 * table's order. A band never cuts rows of one time apart, so that where the cuts are changes no result.
 */
final class Bands {
  private static final int MOST_SAMPLES = 1 << 20;

  private final Table table;
  private final long[] starts;

  /**
   * @param table with time
   * @param rows of a band, about; more where more have one time
   */
  Bands(Table table, int rows) {
    this(table, rows, Long.MIN_VALUE);
  }

  /**
   * The rows from a time on.
   *
   * @param earliest the time
   */
  Bands(Table table, int rows, long earliest) {
    this.table = table;
    this.starts = starts(table, rows, earliest);
  }

  int count() {
    return starts.length;
  }

  /** The first time of each band. */
  private static long[] starts(Table table, int rows, long earliest) {
    long every = Math.max(1, table.rows() / MOST_SAMPLES);
    long[] samples = new long[(int) (table.rows() / every) + table.partitions().size()];
    int count = 0;
    Column time = table.time();
    for (Partition partition : table.partitions()) {
      for (long row = first(time, partition, earliest); row < partition.to(); row += every) {
        samples[count++] = time.getLong(row);
      }
    }
    Arrays.sort(samples, 0, count);
    long[] starts = new long[count + 1];
    starts[0] = earliest;
    int bands = 1;
    int step = (int) Math.max(1, rows / every);
    for (int i = step; i < count; i += step) {
      if (samples[i] > starts[bands - 1]) {
        starts[bands++] = samples[i];
      }
    }
    return Arrays.copyOf(starts, bands);
  }

  /** Consecutive rows of one partition in a band: {@code [from, to)}, the first of them at {@code at} in the band. */
  record Piece(long from, long to, int at) {
    int rows() {
      return (int) (to - from);
    }
  }

  /**
   * The rows of a band.
   *
   * @param pieces in the order of the table
   * @param times by position in the pieces
   * @param order positions by time, then by the table's order
   */
  record Band(List<Piece> pieces, long[] times, int[] order) {
    int rows() {
      return order.length;
    }

    /** After the last place in the order that has the time of this one. */
    int end(int place) {
      int end = place + 1;
      while (end < order.length && times[order[end]] == times[order[place]]) {
        end++;
      }
      return end;
    }

    /** A source's values, by position. */
    double[] read(Source source, double[] target) {
      for (Piece piece : pieces) {
        source.read(piece.from(), piece.to(), target, piece.at());
      }
      return target;
    }
  }

  Band band(int index) {
    Column time = table.time();
    List<Piece> pieces = new ArrayList<>();
    int rows = 0;
    for (Partition partition : table.partitions()) {
      long from = first(time, partition, starts[index]);
      long to =
          index + 1 == starts.length ? partition.to() : first(time, partition, starts[index + 1]);
      if (from < to) {
        pieces.add(new Piece(from, to, rows));
        rows = Math.addExact(rows, Math.toIntExact(to - from));
      }
    }
    long[] times = new long[rows];
    for (Piece piece : pieces) {
      System.arraycopy(time.toLongs(piece.from(), piece.to()), 0, times, piece.at(), piece.rows());
    }
    return new Band(pieces, times, order(pieces, times));
  }

  /** The partition's first row at or after a time. */
  static long first(Column time, Partition partition, long start) {
    long low = partition.from();
    long high = start == Long.MIN_VALUE ? low : partition.to();
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (time.getLong(middle) < start) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Positions by time, then position: the distinct times are sorted, then the rows are counted into them. */
  private static int[] order(List<Piece> pieces, long[] times) {
    long[] distinct = times.clone();
    Arrays.sort(distinct);
    int count = 0;
    for (int i = 0; i < distinct.length; i++) {
      if (i == 0 || distinct[i] != distinct[i - 1]) {
        distinct[count++] = distinct[i];
      }
    }
    int[] rank = new int[times.length];
    int[] starts = new int[count + 1];
    for (Piece piece : pieces) {
      int at = 0;
      for (int i = piece.at(); i < piece.at() + piece.rows(); i++) {
        // Times ascend within a piece.
        at = gallop(distinct, at, count, times[i]);
        rank[i] = at;
        starts[at + 1]++;
      }
    }
    for (int i = 0; i < count; i++) {
      starts[i + 1] += starts[i];
    }
    int[] order = new int[times.length];
    for (int i = 0; i < times.length; i++) {
      order[starts[rank[i]]++] = i;
    }
    return order;
  }

  /** The place of a time that is there, at or after a place. */
  private static int gallop(long[] sorted, int from, int count, long wanted) {
    int step = 1;
    int low = from;
    int high = from;
    while (high < count && sorted[high] < wanted) {
      low = high + 1;
      high += step;
      step <<= 1;
    }
    return Arrays.binarySearch(sorted, low, Math.min(high + 1, count), wanted);
  }
}
