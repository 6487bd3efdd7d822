package slipstream.core.table;

/**
 * The rows of one instrument: {@code [from, to)}, in order of time.
 *
 * @param instrument the instrument's name; an empty string when the table has no instrument column
 */
public record Partition(String instrument, long from, long to) {
  public Partition {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("bad partition [" + from + ", " + to + ")");
    }
  }

  public long rows() {
    return to - from;
  }
}
