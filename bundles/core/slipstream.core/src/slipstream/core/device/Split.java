package slipstream.core.device;

/**
 * A split of a node: rows with {@code bin <= bin()} go left, rows without a value where {@code
 * missingLeft} says. Where bins are categories, those of a set go left.
 *
 * @param sawMissing whether the feature has a bin of missing values at all
 * @param gain decrease of the training objective
 * @param left of the left child
 * @param categories that go left, the bin of missing values among them where these do; null where bins are in order, and
 *     {@code bin} tells
 */
public record Split(
    int feature,
    int bin,
    boolean missingLeft,
    boolean sawMissing,
    double gain,
    NodeSums left,
    BinSet categories) {

  /** Of a feature whose bins are in order. */
  public Split(
      int feature, int bin, boolean missingLeft, boolean sawMissing, double gain, NodeSums left) {
    this(feature, bin, missingLeft, sawMissing, gain, left, null);
  }

  /** Sends every row left: bins are at most 255. */
  public static final Split NONE = new Split(0, 255, false, false, 0, new NodeSums(0, 0, 0));

  /**
   * 1 where missing rows go left: adding it to a bin modulo 256 turns the bin of missing values,
   * 255, into 0, so that {@code (b + turn & 255) <= bin + turn} is the one comparison for all rows.
   * Where bins are in order.
   */
  public int turn() {
    return sawMissing && missingLeft ? 1 : 0;
  }

  /** Whether rows of this bin go left. */
  public boolean goesLeft(int rowBin) {
    return categories == null
        ? (rowBin + turn() & 255) <= bin + turn()
        : categories.contains(rowBin);
  }
}
