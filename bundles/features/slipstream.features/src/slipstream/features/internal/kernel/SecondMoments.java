package slipstream.features.internal.kernel;

import java.util.Arrays;

/** Windows described by their mean and the sum of squared deviations from it: see {@link RollingVariance}. */
abstract class SecondMoments extends MergedWindows {
  private final double[] x;

  SecondMoments(double[] x) {
    super(2);
    this.x = x;
  }

  @Override
  final void single(int first, int length, double[][] groups) {
    System.arraycopy(x, first, groups[0], 0, length);
    Arrays.fill(groups[1], 0, length, 0);
  }

  @Override
  final void merge(
      double[][] later, double[][] earlier, int from, int to, Sizes sizes, int earlierRows) {
    merge(later[0], later[1], earlier[0], earlier[1], sizes.share, sizes.weight, from, to);
  }

  static void merge(
      double[] meanA,
      double[] squaresA,
      double[] meanB,
      double[] squaresB,
      double[] share,
      double[] weight,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      double delta = meanB[i] - meanA[i];
      squaresA[i] = squaresA[i] + squaresB[i] + delta * delta * weight[i];
      meanA[i] = meanA[i] + delta * share[i];
    }
  }
}
