package slipstream.features.internal.bars;

import java.util.Arrays;
import slipstream.core.table.Column;

/**
 * What happens to the rows of a stretch, in order: which are used, and where bars open, close and are filled. It is written
 * once from times (and volumes), and played by every column of the result on its own.
 */
final class Script {
  /** Things that happen between rows. */
  enum Kind {
    /** The next instrument begins; a is the number of its partition. Nothing is carried over. */
    RESET,
    /** A bar opens; it starts at a. b is 1 where what was in force before is not any more. */
    OPEN,
    /** The bar closes and is stamped a. */
    CLOSE,
    /** The bar closes and leaves no row. */
    DROP,
    /** Bars without rows: c of them, the first stamped a, the next b later. */
    FILL,
    /** The same, where what was in force before is not any more. */
    FILL_FRESH
  }

  private Kind[] kinds = new Kind[64];
  private int[] at = new int[64];
  private long[] a = new long[64];
  private long[] b = new long[64];
  private long[] c = new long[64];
  private int size;

  private long from;
  private int count;
  private final int[] selected;
  private int used;
  private final long[] times;

  /**
   * @param stretch the most rows it is written for at once
   */
  Script(int stretch) {
    selected = new int[stretch];
    times = new long[stretch];
  }

  /** Begins anew with the rows [from, from + count) of the input. */
  void begin(long firstRow, int rows) {
    from = firstRow;
    count = rows;
    used = 0;
    size = 0;
  }

  /** Uses a row of the stretch. */
  void use(int row, long time) {
    selected[used] = row;
    times[used++] = time;
  }

  /** Notes what happens after the rows that are used so far. */
  void note(Kind kind, long first, long second, long third) {
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * size);
      at = Arrays.copyOf(at, 2 * size);
      a = Arrays.copyOf(a, 2 * size);
      b = Arrays.copyOf(b, 2 * size);
      c = Arrays.copyOf(c, 2 * size);
    }
    kinds[size] = kind;
    at[size] = used;
    a[size] = first;
    b[size] = second;
    c[size++] = third;
  }

  int size() {
    return size;
  }

  Kind kind(int event) {
    return kinds[event];
  }

  /** The number of used rows before an event. */
  int at(int event) {
    return at[event];
  }

  long a(int event) {
    return a[event];
  }

  long b(int event) {
    return b[event];
  }

  long c(int event) {
    return c[event];
  }

  /** Rows that are used. */
  int used() {
    return used;
  }

  /** The times of the used rows. */
  long[] times() {
    return times;
  }

  /** The row of the input that a used row is. */
  long row(int index) {
    return from + selected[index];
  }

  /** The values of the used rows; NaN where unknown. Of text, 0 where known. */
  void load(Column column, double[] values) {
    if (column.type().numeric()) {
      column.copyDoubles(from, from + count, values, 0);
      if (used < count) {
        for (int i = 0; i < used; i++) {
          values[i] = values[selected[i]];
        }
      }
    } else {
      for (int i = 0; i < used; i++) {
        values[i] = column.isNull(row(i)) ? Double.NaN : 0;
      }
    }
  }
}
