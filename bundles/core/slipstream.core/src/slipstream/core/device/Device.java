package slipstream.core.device;

import java.util.Locale;

/**
 * Where numeric work is done: the processor, or a GPU.
 *
 * <p>A device keeps what it is given in memory of its own. Callers hold numbers and handles, never the device's arrays;
 * data go up block by block through a {@link RowSource}, and only sums, splits and results come back. Work is given in
 * batches; a device takes them apart as suits it.
 *
 * <p>Every device gives the same bits: integers are summed exactly, and where doubles are added up the order is said.
 * So a result does not depend on the device, and neither names it.
 *
 * <p>Thread-safe; what it makes ({@link TreeTraining}) is not, and must be closed.
 */
public interface Device extends TreeKernels, GramKernel {
  /** What kind of device it is. */
  enum Kind {
    CPU,
    GPU;

    /** Its name in experiment files. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Kind kind();

  /** For people, such as the product name of a GPU. */
  String name();

  /**
   * Bytes that new work may take now.
   *
   * @param enough that the caller wants: a device whose memory is tedious to measure need not look closer once it has so
   *     much
   */
  long memory(long enough);
}
