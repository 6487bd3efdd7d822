package slipstream.training.evaluation;

import slipstream.core.CompensatedSum;

/**
 * Ratios of sums over rows, such as means, with the standard errors that the block bootstrap gives them, in closed form.
 *
 * <p>Of a ratio θ = Σa / Σb each cell's influence is u = (a − θ b) / Σb. The circular block bootstrap with blocks of l cells
 * gives the ratio, linearised, the variance Σ_j S_j² / l, S_j being the sum of l neighbouring influences from cell j on, the
 * first ones following the last (Politis and Romano 1992; Künsch 1989, section 3, for the linearisation). As in {@link
 * BlockBootstrap} it is divided by 1 − l / n; n are here the cells that have rows of the ratio.
 */
final class BlockSums {
  private BlockSums() {}

  /** A ratio; both NaN where it is not defined. */
  record Ratio(double value, double standardError) {}

  /**
   * @param a numerators of all cells from {@code from} on
   * @param b denominators likewise, at least 0
   * @param cells how many
   * @param block cells drawn together, at least 1
   */
  static Ratio ratio(double[] a, double[] b, int from, int cells, int block) {
    CompensatedSum above = new CompensatedSum();
    CompensatedSum below = new CompensatedSum();
    int present = 0;
    for (int c = from; c < from + cells; c++) {
      above.add(a[c]);
      below.add(b[c]);
      present += b[c] != 0 ? 1 : 0;
    }
    if (!(below.value() > 0)) {
      return new Ratio(Double.NaN, Double.NaN);
    }
    double ratio = above.value() / below.value();
    double[] influence = new double[cells];
    for (int c = 0; c < cells; c++) {
      influence[c] = (a[from + c] - ratio * b[from + c]) / below.value();
    }
    return new Ratio(ratio, standardError(influence, present, block));
  }

  /**
   * @param influence by cell, adding up to 0
   * @param present cells that have rows
   * @return NaN with fewer than two blocks
   */
  static double standardError(double[] influence, int present, int block) {
    int cells = influence.length;
    if (present < 2 * block) {
      return Double.NaN;
    }
    double sum = 0;
    for (int c = 0; c < block - 1; c++) {
      sum += influence[c % cells];
    }
    CompensatedSum squares = new CompensatedSum();
    for (int j = 0; j < cells; j++) {
      sum += influence[(j + block - 1) % cells];
      squares.add(sum * sum);
      sum -= influence[j];
    }
    return Math.sqrt(squares.value() / block / (1 - (double) block / present));
  }
}
