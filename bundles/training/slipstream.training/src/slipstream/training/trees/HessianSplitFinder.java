package slipstream.training.trees;

import slipstream.core.device.BinSet;
import slipstream.core.device.NodeSums;
import slipstream.core.device.Split;
import slipstream.core.device.TreeTask;

/**
 * {@link SplitFinder} for histograms with hessians: with H their sum, a node scores T²/(H + λ) and
 * its value is T/(H + λ). Otherwise the same rules.
 */
final class HessianSplitFinder implements SplitSearch {
  private final CutPoints cuts;
  private final TreeTask.Search search;
  private final Gradients gradients;
  private final int countBits;
  private final long countMask;
  private final double l1;
  private final double l2;
  private final int minRows;
  private final double minGain;
  private final long[] sums = new long[Histograms.BINS];
  private final long[] weights = new long[Histograms.BINS];
  private final CategoryOrder categories;

  private NodeRows node;
  private boolean bounded;
  private double lower;
  private double upper;
  private double alpha; // l1 in the unit of the fixed-point gradients
  private double best;
  private int feature;
  private int bin;
  private boolean missingLeft;
  private long left;
  private long leftWeight;

  HessianSplitFinder(CutPoints cuts, Gradients gradients, TreeTask.Search search) {
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
  public Split find(NodeRows searched) {
    node = searched;
    if (node.rows < 2L * minRows) {
      return null;
    }
    double scale = gradients.scale;
    bounded = search.boundsCount() && node.room.isBounded();
    lower = node.room.lower() * scale;
    upper = node.room.upper() * scale;
    double sum = node.total;
    alpha = l1 * scale;
    double weight = weight(node.weight);
    double shrunk = LeafValues.towardsZero(sum, alpha);
    double parent = bounded ? boundedScore(sum, weight) : shrunk * shrunk / weight;
    double unit = 0.5 / scale / scale;
    best = parent + Math.max(Math.abs(parent) * 1e-12, minGain / unit);
    feature = -1;
    for (int f : node.room.features()) {
      searchIn(f);
    }
    if (feature < 0) {
      return null;
    }
    boolean sawMissing = cuts.hasMissing(feature);
    if (!sawMissing || missing(feature) == 0) { // they follow the larger child
      missingLeft = 2 * (leftWeight & countMask) >= node.rows;
    }
    BinSet set = null;
    if (cuts.isCategorical(feature)) {
      sorted(feature);
      set = categories.left(bin, missingLeft);
    }
    return new Split(
        feature,
        bin,
        missingLeft,
        sawMissing,
        (best - parent) * unit,
        new NodeSums(left, leftWeight >> countBits, (int) (leftWeight & countMask)),
        set);
  }

  /** Rows without a value of the feature. */
  private long missing(int f) {
    return node.histogram[2 * (f * Histograms.BINS + CutPoints.MISSING_BIN) + 1] & countMask;
  }

  private void searchIn(int f) {
    int values = cuts.isCategorical(f) ? sorted(f) : prefixSums(f);
    long[] histogram = node.histogram;
    boolean anyMissing = cuts.hasMissing(f) && missing(f) != 0;
    scan(f, anyMissing ? values : values - 1, false);
    if (anyMissing) {
      int missing = 2 * (f * Histograms.BINS + CutPoints.MISSING_BIN);
      for (int k = 0; k < values; k++) {
        sums[k] += histogram[missing];
        weights[k] += histogram[missing + 1];
      }
      scan(f, values - 1, true);
    }
  }

  private int prefixSums(int f) {
    int values = cuts.valueBins(f);
    int at = 2 * f * Histograms.BINS;
    long sum = 0;
    long weight = 0;
    for (int k = 0; k < values; k++) {
      sum += node.histogram[at + 2 * k];
      weight += node.histogram[at + 2 * k + 1];
      sums[k] = sum;
      weights[k] = weight;
    }
    return values;
  }

  /** Prefix sums over the groups of a feature's categories, in their order; returns their number. */
  private int sorted(int f) {
    int bins = cuts.valueBins(f);
    int at = 2 * f * Histograms.BINS;
    categories.clear(bins, gradients.hessianScale);
    for (int k = 0; k < bins; k++) {
      long packed = node.histogram[at + 2 * k + 1];
      categories.add(k, node.histogram[at + 2 * k], packed >> countBits, packed & countMask);
    }
    int groups = categories.sort();
    long sum = 0;
    long weight = 0;
    for (int g = 0; g < groups; g++) {
      sum += categories.sum(g, node.histogram, at, 2);
      weight += categories.sum(g, node.histogram, at + 1, 2);
      sums[g] = sum;
      weights[g] = weight;
    }
    return groups;
  }

  private void scan(int f, int candidates, boolean missingGoLeft) {
    int direction = search.direction(f);
    for (int k = 0; k < candidates; k++) {
      double gl = sums[k];
      double gr = (double) node.total - sums[k];
      double tl = LeafValues.towardsZero(gl, alpha);
      double tr = LeafValues.towardsZero(gr, alpha);
      double a = weight(weights[k]);
      double b = weight(node.weight - weights[k]);
      double score = (tl * tl * b + tr * tr * a) / (a * b);
      if (bounded && (alpha > 0 || score * SplitFinder.ROUNDING > best)) {
        score = boundedScore(gl, a) + boundedScore(gr, b);
      } else if (bounded) {
        continue; // values within bounds score no more than free ones
      }
      if (score > best) {
        long n = weights[k] & countMask;
        if (n >= minRows
            && node.rows - n >= minRows
            && (direction == 0
                || direction * (bounded ? clipped(gr, b) - clipped(gl, a) : tr * a - tl * b)
                    >= 0)) {
          best = score;
          feature = f;
          bin = k;
          missingLeft = missingGoLeft;
          left = sums[k];
          leftWeight = weights[k];
        }
      }
    }
  }

  /** H + λ. */
  private double weight(long packed) {
    return (packed >> countBits) / gradients.hessianScale + l2;
  }

  private double boundedScore(double sum, double weight) {
    return LeafValues.boundedScore(sum, weight, alpha, lower, upper);
  }

  private double clipped(double sum, double weight) {
    return LeafValues.bounded(sum, weight, alpha, lower, upper);
  }
}
