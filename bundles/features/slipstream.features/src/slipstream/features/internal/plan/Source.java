package slipstream.features.internal.plan;

import java.util.Arrays;
import slipstream.core.table.Column;
import slipstream.core.table.Table;
import slipstream.features.internal.series.SeriesStore;

/** Values that are there row by row: columns of the table, and what an earlier stage has computed. */
@FunctionalInterface
interface Source {
  /** Copies rows [from, to) of one partition to {@code target} from {@code offset} on; NaN where unknown. */
  void read(long from, long to, double[] target, int offset);

  /** What a node without inputs reads; null for other nodes. */
  static Source of(Node node, Table table) {
    return switch (node) {
      case Node.Load load -> {
        Column column = table.column(load.column());
        yield column::copyDoubles;
      }
      case Node.Codes codes -> codes(table.column(codes.column()));
      case Node.TextTest test -> test(test, table.column(test.column()));
      case Node.Constant constant ->
          (from, to, target, offset) ->
              Arrays.fill(target, offset, offset + (int) (to - from), constant.value());
      case Node.Prefix _, Node.Infix _, Node.Call _, Node.AsOf _ -> null;
    };
  }

  private static Source codes(Column column) {
    return (from, to, target, offset) -> {
      for (long row = from; row < to; row++) {
        target[offset + (int) (row - from)] = column.isNull(row) ? Double.NaN : column.getLong(row);
      }
    };
  }

  private static Source test(Node.TextTest test, Column column) {
    int code = column.dictionary().indexOf(test.text());
    double same = test.equal() ? 1 : 0;
    return (from, to, target, offset) -> {
      for (long row = from; row < to; row++) {
        target[offset + (int) (row - from)] =
            column.isNull(row) ? Double.NaN : column.getLong(row) == code ? same : 1 - same;
      }
    };
  }

  /** A series of a store. */
  static Source of(SeriesStore store, int series) {
    return (from, to, target, offset) -> store.read(series, from, to, target, offset);
  }

  /**
   * The value of another instrument at each row's time.
   *
   * @param times of the instrument's rows, ascending
   * @param values of the instrument's rows
   */
  static Source asOf(Column time, long[] times, double[] values) {
    return (from, to, target, offset) -> {
      int at = 0;
      for (long row = from; row < to; row++) {
        long now = time.getLong(row);
        if (row == from) {
          at = after(times, now);
        }
        while (at < times.length && times[at] <= now) {
          at++;
        }
        target[offset + (int) (row - from)] = at == 0 ? Double.NaN : values[at - 1];
      }
    };
  }

  /** The first position whose time is after another. */
  private static int after(long[] times, long time) {
    int low = 0;
    int high = times.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
