package slipstream.core.spi;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Chosen rows in a chosen order, as a view: stretches of an order that many selections share. What is contiguous costs
 * nothing per row. Immutable, thread-safe.
 */
public final class RowSelection {
  /** With fewer rows a stretch than this on average, row numbers are smaller and faster than stretches. */
  private static final int SHORT = 16;

  private final int[] order; // null: the rows in the order of their numbers
  private final int[] starts; // of each stretch, as a place in the order
  private final int[] before; // rows before each stretch, and in all

  private RowSelection(int[] order, int[] starts, int[] before) {
    this.order = order;
    this.starts = starts;
    this.before = before;
  }

  /** Rows [0, rows) as they are. */
  public static RowSelection all(int rows) {
    return of(null, 0, rows);
  }

  /** The rows at these indices, in this order; the array is not copied and must not be changed. */
  public static RowSelection of(int... rows) {
    return of(rows, 0, rows.length);
  }

  private static RowSelection of(int[] order, int from, int to) {
    return from == to
        ? new RowSelection(order, new int[0], new int[1])
        : new RowSelection(order, new int[] {from}, new int[] {0, to - from});
  }

  public int size() {
    return before[starts.length];
  }

  /** The row at a position. */
  public int get(int position) {
    int place = starts.length == 1 ? starts[0] + position : place(position);
    return order == null ? place : order[place];
  }

  private int place(int position) {
    int stretch = stretch(position);
    return starts[stretch] + position - before[stretch];
  }

  private int stretch(int position) {
    int at = Arrays.binarySearch(before, position);
    return at >= 0 ? at : -at - 2;
  }

  /** Copies the rows at positions [from, to) to {@code target[0 .. to - from)}. */
  public void copy(int from, int to, int[] target) {
    forEachStretch(
        from,
        to,
        (place, count, position) -> {
          for (int i = 0; i < count; i++) {
            target[position - from + i] = order == null ? place + i : order[place + i];
          }
        });
  }

  /** All rows. */
  public int[] toArray() {
    int[] rows = new int[size()];
    copy(0, rows.length, rows);
    return rows;
  }

  /** True when rows are consecutive numbers, stretch by stretch. */
  boolean contiguous() {
    return order == null;
  }

  /** Takes part of a stretch. */
  interface Stretch {
    /**
     * @param place where it starts in the order
     * @param position where it starts in the selection
     */
    void accept(int place, int count, int position);
  }

  /** Goes through the parts of stretches at positions [from, to). */
  void forEachStretch(int from, int to, Stretch action) {
    for (int at = from, stretch = from < to ? stretch(from) : 0; at < to; stretch++) {
      int count = Math.min(to, before[stretch + 1]) - at;
      action.accept(starts[stretch] + at - before[stretch], count, at);
      at += count;
    }
  }

  /** The rows at positions [from, to). */
  public RowSelection slice(int from, int to) {
    if (starts.length == 1) {
      return of(order, starts[0] + from, starts[0] + to);
    }
    Builder slice = new Builder();
    forEachStretch(from, to, (place, count, position) -> slice.add(place, count));
    return slice.build(order);
  }

  /** The rows that fulfil a condition, in the same order. */
  public RowSelection where(IntPredicate condition) {
    Builder chosen = new Builder();
    forEachStretch(
        0,
        size(),
        (place, count, position) -> {
          for (int i = place; i < place + count; i++) {
            if (condition.test(order == null ? i : order[i])) {
              chosen.add(i, 1);
            }
          }
        });
    return chosen.build(order);
  }

  /** The rows at these positions of this selection. */
  public RowSelection select(RowSelection positions) {
    if (order == null && starts.length == 1 && starts[0] == 0) {
      return positions;
    }
    if (positions.order != null) {
      int[] rows = new int[positions.size()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = get(positions.get(i));
      }
      return of(rows);
    }
    Builder chosen = new Builder();
    positions.forEachStretch(
        0,
        positions.size(),
        (first, count, position) ->
            forEachStretch(first, first + count, (place, n, at) -> chosen.add(place, n)));
    return chosen.build(order);
  }

  /** This selection with its row numbers in an array of its own, where that is smaller. */
  public RowSelection compact() {
    return starts.length > size() / SHORT ? of(toArray()) : this;
  }

  private static final class Builder {
    private int[] starts = new int[4];
    private int[] before = new int[5];
    private int stretches;
    private int end; // the place after the last stretch

    void add(int place, int count) {
      if (count == 0) {
        return;
      }
      if (stretches > 0 && place == end) {
        before[stretches] += count;
      } else {
        if (stretches == starts.length) {
          starts = Arrays.copyOf(starts, 2 * stretches);
          before = Arrays.copyOf(before, 2 * stretches + 1);
        }
        starts[stretches] = place;
        before[stretches + 1] = before[stretches] + count;
        stretches++;
      }
      end = place + count;
    }

    RowSelection build(int[] order) {
      return new RowSelection(
          order, Arrays.copyOf(starts, stretches), Arrays.copyOf(before, stretches + 1));
    }
  }
}
