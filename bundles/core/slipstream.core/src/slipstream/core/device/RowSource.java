package slipstream.core.device;

import java.lang.foreign.MemorySegment;

/**
 * Rows that a device reads, a block of one column at a time. It is asked from any of the device's threads, several at
 * once, for blocks that the device chooses.
 */
public interface RowSource {
  /**
   * Copies rows {@code [from, to)} of a column.
   *
   * @param into memory of the device's choice, for exactly these values, of the element type that the task states, in
   *     the machine's byte order; not to be kept
   */
  void copy(int column, int from, int to, MemorySegment into);
}
