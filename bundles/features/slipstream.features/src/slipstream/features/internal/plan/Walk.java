package slipstream.features.internal.plan;

import slipstream.core.spi.Reach;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;

/**
 * From a row to the first or last row of its instrument that it reaches.
 *
 * @param time null when the table has none
 */
record Walk(Column time, Partition partition) {
  /** The first row reached by a look-back. */
  long back(long row, Reach reach) {
    long first = reach.nanos() == 0 ? row : backInTime(row, reach.nanos());
    return reach.rows() >= first - partition.from() ? partition.from() : first - reach.rows();
  }

  /** The last row reached by a look-ahead. */
  long ahead(long row, Reach reach) {
    long last = reach.nanos() == 0 ? row : aheadInTime(row, reach.nanos());
    return reach.rows() >= partition.to() - 1 - last ? partition.to() - 1 : last + reach.rows();
  }

  /** The first row, at most {@code row}, whose time is above that of {@code row} less {@code nanos}. */
  private long backInTime(long row, long nanos) {
    long now = time.getLong(row);
    long limit = now - nanos > now ? Long.MIN_VALUE : now - nanos;
    long step = 1;
    long in = row;
    long out = partition.from() - 1;
    while (in - step > out && time.getLong(in - step) > limit) {
      in -= step;
      step <<= 1;
    }
    if (in - step > out) {
      out = in - step;
    }
    while (in - out > 1) {
      long middle = (in + out) >>> 1;
      if (time.getLong(middle) > limit) {
        in = middle;
      } else {
        out = middle;
      }
    }
    return in;
  }

  private long aheadInTime(long row, long nanos) {
    long now = time.getLong(row);
    long limit = now + nanos < now ? Long.MAX_VALUE : now + nanos;
    long step = 1;
    long in = row;
    long out = partition.to();
    while (in + step < out && time.getLong(in + step) < limit) {
      in += step;
      step <<= 1;
    }
    if (in + step < out) {
      out = in + step;
    }
    while (out - in > 1) {
      long middle = (in + out) >>> 1;
      if (time.getLong(middle) < limit) {
        in = middle;
      } else {
        out = middle;
      }
    }
    return in;
  }
}
