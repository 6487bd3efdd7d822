package slipstream.core.device;

import slipstream.core.progress.Progress;

/** Sums of products of columns. */
public interface GramKernel {
  /** Rows whose products are summed plainly. */
  int GRAM_BLOCK = 512;

  /** Rows whose blocks are summed, before all such sums are. */
  int GRAM_SHARD = 32 * GRAM_BLOCK;

  /**
   * What is to be multiplied.
   *
   * @param columns of the design, of finite values
   * @param weighted whether products are weighted
   * @param threads most threads of this machine that the device may use
   * @param what for people who follow the progress, such as {@code "Train ridge"}
   */
  record GramTask(int rows, int columns, boolean weighted, int threads, String what) {
    /** Products in all. */
    public int products() {
      return columns * (columns + 1) / 2 + columns + 1;
    }
  }

  /**
   * The sums over all rows of the (weighted) products of columns with each other, of each with the target, and of the
   * target with itself.
   *
   * <p>Within a block of {@value #GRAM_BLOCK} rows, products are added to four sums in turn, row by row, which are then
   * added as {@code (s0 + s1) + (s2 + s3)}; rows beyond a multiple of four go to the first. Blocks are added up in order within shards of
   * {@value #GRAM_SHARD} rows, and shards in order, each with Neumaier's compensation (1974). A weight is multiplied
   * with the column of the larger number first, and with the target.
   *
   * @param rows float64: columns {@code [0, columns)} are the design's, the next is the target, and where the task is
   *     weighted the one after it the weight
   * @return the lower triangle by row, entry (i, j), j ≤ i, at {@code i(i+1)/2 + j}; then the products with the target;
   *     then the target's square
   */
  double[] gram(GramTask task, RowSource rows, Progress progress);
}
