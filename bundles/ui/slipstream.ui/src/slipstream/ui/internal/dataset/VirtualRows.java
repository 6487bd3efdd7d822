package slipstream.ui.internal.dataset;

import javafx.collections.ObservableListBase;

/** The positions of the rows in sight as a list that holds nothing. */
final class VirtualRows extends ObservableListBase<Long> {
  private final long from;
  private final int size;

  /**
   * @param from the first position
   */
  VirtualRows(long from, int size) {
    this.from = from;
    this.size = size;
  }

  @Override
  public Long get(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return from + index;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int indexOf(Object item) {
    return item instanceof Long row && row >= from && row < from + size ? (int) (row - from) : -1;
  }

  @Override
  public int lastIndexOf(Object item) {
    return indexOf(item);
  }

  @Override
  public boolean contains(Object item) {
    return indexOf(item) >= 0;
  }

  /** By identity: another list is shown anew. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
