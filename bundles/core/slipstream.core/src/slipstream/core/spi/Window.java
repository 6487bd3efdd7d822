package slipstream.core.spi;

/** The rows up to and including a row that a rolling function looks at. */
public sealed interface Window {
  /** The last so many rows, the row itself included. */
  record OfRows(int rows) implements Window {
    public OfRows {
      if (rows < 1) {
        throw new IllegalArgumentException("a window of " + rows + " rows");
      }
    }

    @Override
    public Reach lookBack() {
      return Reach.ofRows(rows - 1L);
    }
  }

  /** The rows with time in (t - nanos, t]: those there are, at least the row itself. */
  record OfTime(long nanos) implements Window {
    public OfTime {
      if (nanos < 1) {
        throw new IllegalArgumentException("a window of " + nanos + " ns");
      }
    }

    @Override
    public Reach lookBack() {
      return Reach.ofTime(nanos);
    }
  }

  Reach lookBack();
}
