package slipstream.training.trees;

import slipstream.core.device.BinnedTree;

/** Walks of binned rows through trees. */
final class BinnedRows {
  private BinnedRows() {}

  /** The value of the leaf that the record at {@code records[at...]} falls into. */
  static float value(BinnedTree tree, long[] records, int at) {
    int node = 0;
    var split = tree.splits()[0];
    while (split != null) {
      long word = records[at + RecordLayout.word(split.feature())];
      int bin = (int) (word >>> RecordLayout.shift(split.feature())) & 255;
      node = split.goesLeft(bin) ? node + 1 : tree.right()[node];
      split = tree.splits()[node];
    }
    return tree.values()[node];
  }
}
