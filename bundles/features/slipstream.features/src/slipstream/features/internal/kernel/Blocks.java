package slipstream.features.internal.kernel;

/** How rolling kernels cut a column so that their scratch memory stays in the first-level cache. */
final class Blocks {
  private static final int CACHED = 1024;

  private Blocks() {}

  /** Rows whose results one pass computes; with the {@code window - 1} rows before them it is the pass's scratch. */
  static int size(int rows, int window) {
    // At least two windows, so that the rows before a block cost at most half of its own.
    return (int) Math.min(rows, Math.max(CACHED, 2L * window));
  }

  /** Length of the scratch arrays of a pass. */
  static int scratch(int rows, int window) {
    return (int) Math.min(rows, (long) size(rows, window) + window - 1);
  }
}
