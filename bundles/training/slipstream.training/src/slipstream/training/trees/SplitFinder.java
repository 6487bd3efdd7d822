package slipstream.training.trees;

import slipstream.core.device.BinSet;
import slipstream.core.device.NodeSums;
import slipstream.core.device.Split;
import slipstream.core.device.TreeTask;

/**
 * Finds the best split of a node in its packed histogram.
 *
 * <p>With G the gradient sum, n the rows, α = l1 and λ = l2, a node scores T²/(n + λ), where T is G
 * moved by α towards 0, and a split gains half of score(left) + score(right) - score(node), which is
 * the decrease of the regularised squared objective (Chen and Guestrin 2016, with hessians of 1). Ties go to the lower feature,
 * then to missing values on the right, then to the lower bin; a gain below 1e-12 of the node's
 * score is rounding noise and none.
 *
 * <p>A monotone feature is only split where its children's values T/(n + λ) are in order. In a node
 * with bounds a value w is clipped to them, and scores 2Gw - (n + λ)w² - 2α|w|, which is T²/(n + λ)
 * for the value that is not clipped.
 */
final class SplitFinder implements SplitSearch {
  /** A score within bounds, rounded, is no more than so many times the free one; without l1. */
  static final double ROUNDING = 1 + 1e-9;

  private final CutPoints cuts;
  private final TreeTask.Search search;
  private final Gradients gradients;
  private final int countBits;
  private final long countMask;
  private final double l1;
  private final double l2;
  private final int minRows;
  private final double minGain;
  private final long[] prefix = new long[Histograms.BINS];
  private final double[] scores = new double[Histograms.BINS];
  private final CategoryOrder categories;

  private double best;
  private int feature;
  private int bin;
  private boolean missingLeft;
  private long left;
  private boolean bounded;
  private double lower;
  private double upper;
  private double alpha; // l1 in the unit of the fixed-point gradients

  SplitFinder(CutPoints cuts, Gradients gradients, TreeTask.Search search) {
    this.cuts = cuts;
    this.search = search;
    this.gradients = gradients;
    this.countBits = gradients.countBits;
    this.countMask = (1L << countBits) - 1;
    this.l1 = search.l1();
    this.l2 = search.l2();
    this.minRows = search.minRows();
    this.minGain = search.minGain();
    categories = new CategoryOrder(search);
  }

  @Override
  public Split find(NodeRows node) {
    double scale = gradients.scale;
    long[] histogram = node.histogram;
    long total = node.total;
    long rows = total & countMask;
    if (rows < 2L * minRows) {
      return null;
    }
    double sum = total >> countBits;
    alpha = l1 * scale;
    bounded = search.boundsCount() && node.room.isBounded();
    lower = node.room.lower() * scale;
    upper = node.room.upper() * scale;
    double shrunk = LeafValues.towardsZero(sum, alpha);
    double parent = bounded ? boundedScore(sum, rows + l2) : shrunk * shrunk / (rows + l2);
    double unit = 0.5 / scale / scale;
    best = parent + Math.max(Math.abs(parent) * 1e-12, minGain / unit);
    feature = -1;
    for (int f : node.room.features()) {
      int at = f * Histograms.BINS;
      int values = cuts.isCategorical(f) ? sorted(histogram, f) : prefixSums(histogram, f);
      long missing = cuts.hasMissing(f) ? histogram[at + CutPoints.MISSING_BIN] : 0;
      boolean anyMissing = (missing & countMask) != 0;
      scan(f, anyMissing ? values : values - 1, total, false);
      if (anyMissing) {
        for (int k = 0; k < values; k++) {
          prefix[k] += missing;
        }
        scan(f, values - 1, total, true);
      }
    }
    if (feature < 0) {
      return null;
    }
    boolean sawMissing = cuts.hasMissing(feature);
    boolean missingRows =
        sawMissing
            && (histogram[feature * Histograms.BINS + CutPoints.MISSING_BIN] & countMask) != 0;
    if (!missingRows) { // none to learn from: missing values follow the larger child
      missingLeft = 2 * (left & countMask) >= rows;
    }
    BinSet set = null;
    if (cuts.isCategorical(feature)) {
      sorted(histogram, feature);
      set = categories.left(bin, missingLeft);
    }
    return new Split(
        feature,
        bin,
        missingLeft,
        sawMissing,
        (best - parent) * unit,
        new NodeSums(left >> countBits, 0, (int) (left & countMask)),
        set);
  }

  private int prefixSums(long[] histogram, int f) {
    int values = cuts.valueBins(f);
    int at = f * Histograms.BINS;
    long sum = 0;
    for (int k = 0; k < values; k++) {
      sum += histogram[at + k];
      prefix[k] = sum;
    }
    return values;
  }

  /** Prefix sums over the groups of a feature's categories, in their order; returns their number. */
  private int sorted(long[] histogram, int f) {
    int bins = cuts.valueBins(f);
    int at = f * Histograms.BINS;
    categories.clear(bins, 1);
    for (int k = 0; k < bins; k++) {
      long packed = histogram[at + k];
      categories.add(k, packed >> countBits, packed & countMask, packed & countMask);
    }
    int groups = categories.sort();
    long sum = 0;
    for (int g = 0; g < groups; g++) {
      sum += categories.sum(g, histogram, at, 1);
      prefix[g] = sum;
    }
    return groups;
  }

  private void scan(int f, int candidates, long total, boolean missingGoLeft) {
    long rows = total & countMask;
    boolean bounds = bounded && alpha == 0;
    if (bounded && alpha > 0) {
      boundedScores(candidates, total);
    } else if (alpha > 0) {
      shrunkScores(candidates, total);
    } else {
      scores(prefix, scores, candidates, total >> countBits, rows, countBits, countMask, l2);
    }
    int direction = search.direction(f);
    for (int k = 0; k < candidates; k++) {
      // Values within bounds score no more than free ones, which are there for one division.
      if (bounds ? scores[k] * ROUNDING > best : scores[k] > best) {
        double score = bounds ? boundedScore(prefix[k], total) : scores[k];
        long n = prefix[k] & countMask;
        if (score > best
            && n >= minRows
            && rows - n >= minRows
            && (direction == 0 || inOrder(direction, prefix[k], total))) {
          best = score;
          feature = f;
          bin = k;
          missingLeft = missingGoLeft;
          left = prefix[k];
        }
      }
    }
  }

  /**
   * score(left) + score(right) with one division; with l2 = 0 an empty side gives NaN, which is
   * never better.
   */
  private static void scores(
      long[] prefix,
      double[] scores,
      int n,
      double sum,
      double rows,
      int countBits,
      long mask,
      double l2) {
    for (int k = 0; k < n; k++) {
      long p = prefix[k];
      double gl = p >> countBits;
      double gr = sum - gl;
      double count = p & mask;
      double a = count + l2;
      double b = rows - count + l2;
      scores[k] = (gl * gl * b + gr * gr * a) / (a * b);
    }
  }

  private void shrunkScores(int candidates, long total) {
    double sum = total >> countBits;
    double rows = total & countMask;
    for (int k = 0; k < candidates; k++) {
      double gl = prefix[k] >> countBits;
      double tl = LeafValues.towardsZero(gl, alpha);
      double tr = LeafValues.towardsZero(sum - gl, alpha);
      double count = prefix[k] & countMask;
      double a = count + l2;
      double b = rows - count + l2;
      scores[k] = (tl * tl * b + tr * tr * a) / (a * b);
    }
  }

  private boolean inOrder(int direction, long left, long total) {
    double gl = left >> countBits;
    double gr = (total >> countBits) - (double) (left >> countBits);
    double a = (left & countMask) + l2;
    double b = (total & countMask) - (left & countMask) + l2;
    double tl = LeafValues.towardsZero(gl, alpha);
    double tr = LeafValues.towardsZero(gr, alpha);
    return bounded
        ? direction * (clipped(gr, b) - clipped(gl, a)) >= 0
        : direction * (tr * a - tl * b) >= 0;
  }

  private void boundedScores(int candidates, long total) {
    for (int k = 0; k < candidates; k++) {
      scores[k] = boundedScore(prefix[k], total);
    }
  }

  private double boundedScore(long left, long total) {
    double gl = left >> countBits;
    double gr = (total >> countBits) - gl;
    double count = left & countMask;
    return boundedScore(gl, count + l2) + boundedScore(gr, (total & countMask) - count + l2);
  }

  private double boundedScore(double sum, double weight) {
    return LeafValues.boundedScore(sum, weight, alpha, lower, upper);
  }

  private double clipped(double sum, double weight) {
    return LeafValues.bounded(sum, weight, alpha, lower, upper);
  }
}
