package slipstream.features.internal.kernel;

/**
 * Which rows each row's window holds: the row itself and those before it, either a fixed number of rows or those of a
 * length of time. What a rolling kernel computes depends, to the bit, on the number of rows of a window and the values
 * in it, not on which of the two it is.
 */
public final class Windows {
  private final int rows;
  private final int[] lengths;

  private Windows(int rows, int[] lengths) {
    this.rows = rows;
    this.lengths = lengths;
  }

  /** The last {@code window} rows; a row with fewer than that has no window. */
  public static Windows ofRows(int window) {
    return new Windows(window, null);
  }

  /**
   * The rows with time in (t - nanos, t], as many as there are; of rows of one time those up to the row itself.
   *
   * @param times ascending, at least {@code rows} of them
   */
  public static Windows ofTime(long[] times, int rows, long nanos) {
    int[] lengths = new int[rows];
    int first = 0;
    for (int i = 0; i < rows; i++) {
      // The difference of ascending times may exceed a long; as an unsigned one it is right.
      while (Long.compareUnsigned(times[i] - times[first], nanos) >= 0) {
        first++;
      }
      lengths[i] = i - first + 1;
    }
    return new Windows(0, lengths);
  }

  /** True when all windows have {@link #rows} rows. */
  boolean fixed() {
    return lengths == null;
  }

  /** Rows of each window, when that is fixed. */
  int rows() {
    return rows;
  }

  /** Rows in each window, when that is not fixed. */
  int[] lengths() {
    return lengths;
  }

  /** Rows in the window of a row; 0 when it has none. */
  int length(int row) {
    return lengths != null ? lengths[row] : row < rows - 1 ? 0 : rows;
  }
}
