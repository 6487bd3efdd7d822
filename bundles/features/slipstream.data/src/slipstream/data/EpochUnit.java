package slipstream.data;

/** What one is, in a column of whole or decimal numbers that count time. */
public enum EpochUnit {
  /** Told from the size of the numbers; refused when they do not agree. */
  AUTO(0),
  S(1_000_000_000L),
  MS(1_000_000L),
  US(1_000L),
  NS(1L);

  private final long nanos;

  EpochUnit(long nanos) {
    this.nanos = nanos;
  }

  /** Nanoseconds in one; 0 for {@link #AUTO}. */
  public long nanos() {
    return nanos;
  }

  /**
   * The unit in which a count since 1970 falls between 1970-04 and 5138 for seconds, and the corresponding ranges for
   * the finer units; these do not overlap.
   */
  public static EpochUnit ofMagnitude(double count) {
    double size = Math.abs(count);
    if (size < 1e11) {
      return S;
    } else if (size < 1e14) {
      return MS;
    } else if (size < 1e17) {
      return US;
    }
    return NS;
  }
}
