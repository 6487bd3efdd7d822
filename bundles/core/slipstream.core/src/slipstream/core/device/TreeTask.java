package slipstream.core.device;

import slipstream.core.spi.Loss;

/**
 * What a device must know of a training of trees beforehand. Arrays are not to be changed.
 *
 * @param rows of the training
 * @param features of a row, at least 1
 * @param cuts by feature, ascending: bin k holds the values x with {@code cut[k-1] < x <= cut[k]}, the last bin those
 *     above the last cut; at most 255 cuts, 254 where values are missing
 * @param missing by feature: whether values may be missing; their bin is 255
 * @param categorical by feature: whether a value is the number of a category, from 0 on, at most 254; cuts are then 0, 1, …,
 *     so that a bin is a category
 * @param objective whose gradients the device writes
 * @param baseScore the score of each row before the first tree
 * @param hessians whether rows have second derivatives or weights of their own
 * @param weighted whether rows have weights
 * @param sampled whether trees may be grown on some of the rows, and so each row's position must be kept
 * @param bagged 0 where trees are boosted; else their number: each is then fitted to the first gradients, scores add up the
 *     values of trees that were not grown on the row, and {@link TreeTraining#outOfBag} judges them
 * @param search for splits
 * @param nodes most nodes of a tree that is being grown; they are numbered from 0 on
 * @param histograms most histograms that are alive at once
 * @param threads most threads of this machine that the device may use
 */
public record TreeTask(
    int rows,
    int features,
    float[][] cuts,
    boolean[] missing,
    boolean[] categorical,
    Objective objective,
    float baseScore,
    boolean hessians,
    boolean weighted,
    boolean sampled,
    int bagged,
    Search search,
    int nodes,
    int histograms,
    int threads) {

  /**
   * What is minimised.
   *
   * @param name in experiment files, such as {@code squared}; empty for a plug-in's loss, which only {@code loss} knows
   * @param shape Huber's delta or the quantile; unused by others
   * @param loss its formulas; a device that cannot call them has its own by the name, of the same bits
   */
  public record Objective(String name, float shape, Loss loss) {}

  /**
   * What a split must satisfy.
   *
   * <p>Of a category's bins those go left that come first in the order of G / (H + {@code smoothing}), G the sum of a bin's
   * gradients in the node and H of its hessians, else its rows; equals by their bin. Bins of fewer than {@code
   * minCategoryRows} rows in the node are put in that order as one, behind equals; those without a row go with the missing
   * values. Of all places to part the order, each with missing values on the right and on the left, the best one is
   * sought as it is among cuts.
   *
   * @param l1 that gradient sums are moved by towards 0, in the unit of gradients
   * @param l2 added to the denominators of scores
   * @param minRows fewest rows of a child
   * @param minGain least decrease of the objective
   * @param smoothing added to the denominators that order categories
   * @param minCategoryRows fewest rows of a category that is ordered on its own
   * @param directions by feature: 1 where values must not fall from the left child to the right, -1 where they must not
   *     rise, 0 else; null when all are 0
   * @param boundsCount whether a node's bounds clip the values that splits are scored with
   */
  public record Search(
      double l1,
      double l2,
      int minRows,
      double minGain,
      double smoothing,
      int minCategoryRows,
      int[] directions,
      boolean boundsCount) {
    public int direction(int feature) {
      return directions == null ? 0 : directions[feature];
    }
  }

  /** Bits of the number of rows. */
  public int countBits() {
    return 32 - Integer.numberOfLeadingZeros(rows);
  }
}
