package slipstream.core.spi;

/**
 * How far a value reaches into the rows before (or after) its own: first over all rows whose time differs from its own
 * by less than {@code nanos}, then {@code rows} rows further. Ties count as the table orders them.
 *
 * @param rows at least 0; {@link Long#MAX_VALUE} for all rows there are
 * @param nanos at least 0; 0 for none by time
 */
public record Reach(long rows, long nanos) {
  /** The row itself. */
  public static final Reach NONE = new Reach(0, 0);

  /** All rows of the instrument. */
  public static final Reach ALL = new Reach(Long.MAX_VALUE, 0);

  public Reach {
    if (rows < 0 || nanos < 0) {
      throw new IllegalArgumentException("negative reach: " + rows + " rows, " + nanos + " ns");
    }
  }

  /** The row itself and {@code rows} more. */
  public static Reach ofRows(long rows) {
    return new Reach(rows, 0);
  }

  /** Rows with time in (t - nanos, t] of a look-back, [t, t + nanos) of a look-ahead. */
  public static Reach ofTime(long nanos) {
    return new Reach(0, nanos);
  }

  /** True when every row before (or after) may matter. */
  public boolean all() {
    return rows == Long.MAX_VALUE;
  }

  public boolean none() {
    return rows == 0 && nanos == 0;
  }

  /**
   * Rows and time added up: what a value reaches whose inputs reach {@code inner}, told in one line for people and for
   * comparisons. Where rows and time mix, only walking from row to row is exact.
   */
  public Reach plus(Reach inner) {
    return new Reach(sum(rows, inner.rows), sum(nanos, inner.nanos));
  }

  /** The farther of the two, by rows and by time. */
  public Reach max(Reach other) {
    return new Reach(Math.max(rows, other.rows), Math.max(nanos, other.nanos));
  }

  private static long sum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }
}
