package slipstream.training.validation;

import java.util.Arrays;
import slipstream.core.CompensatedSum;

/**
 * The probability of backtest overfitting of a search, by combinatorially symmetric cross-validation
 * (Bailey, Borwein, López de Prado and Zhu 2017, "The probability of backtest overfitting", Journal
 * of Computational Finance 20(4)).
 *
 * <p>Out-of-sample performance of every trial is known by block of time. Each way of taking half of
 * the blocks stands for a search: the trial that is best on that half is the one that would have
 * been chosen, and the other half tells what it was worth. If the search finds something, the chosen
 * trial is among the better ones there too; if it only fits noise, it ranks anywhere.
 */
public final class BacktestOverfitting {
  /** C(20, 10) = 184,756 ways to halve the blocks; more tell nothing more. */
  public static final int MAX_BLOCKS = 20;

  private BacktestOverfitting() {}

  /**
   * What the halvings of the blocks say. Arrays have one value per halving, in lexicographic order
   * of the chosen blocks, and must not be changed.
   *
   * @param probability of overfitting: share of halvings whose logit is 0 or less
   * @param logits ln(ω / (1 - ω)), ω being the rank of the chosen trial among all on the other half,
   *     divided by the number of trials + 1; the rank is 1 for the worst, equal performances have
   *     their mean rank; 0 is the median
   * @param chosen the trial that is best on the half, the first one where several are
   * @param inSample its performance there
   * @param outOfSample its performance on the other half
   * @param slope of the least-squares line of {@code outOfSample} on {@code inSample}, the
   *     degradation of performance: 1 when what is seen is kept, below 0 when a better past means a
   *     worse future; NaN when {@code inSample} does not vary
   * @param intercept of that line
   * @param rSquared of that line; NaN when either side does not vary
   * @param probabilityOfLoss share of halvings in which {@code outOfSample} is below 0
   */
  public record Result(
      int trials,
      int blocks,
      double probability,
      double[] logits,
      int[] chosen,
      double[] inSample,
      double[] outOfSample,
      double slope,
      double intercept,
      double rSquared,
      double probabilityOfLoss) {
    /** The middle logit, the mean of the two middle ones. */
    public double medianLogit() {
      double[] sorted = logits.clone();
      Arrays.sort(sorted);
      int n = sorted.length;
      return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
  }

  /** All blocks count the same: {@link #of(double[][], double[])}. */
  public static Result of(double[][] performance) {
    double[] weights = new double[performance.length == 0 ? 0 : performance[0].length];
    Arrays.fill(weights, 1);
    return of(performance, weights);
  }

  /**
   * Takes every half of the blocks once; of an odd number of blocks, the smaller half is the one
   * that chooses. The performance over several blocks is the weighted mean, so that it is that over
   * their rows together when a block's performance is a mean over its rows and its weight their
   * number.
   *
   * @param performance by trial and block, finite; more is better and 0 is the yardstick: for a mean
   *     error, the baseline's less the trial's on the same rows
   * @param weights of the blocks, above 0
   * @throws IllegalArgumentException with fewer than 2 trials, fewer than 2 or more than {@value
   *     #MAX_BLOCKS} blocks, rows of unequal length or values that are not finite
   */
  public static Result of(double[][] performance, double[] weights) {
    int trials = performance.length;
    int blocks = weights.length;
    check(performance, weights);
    // By block, so that the sums over trials run through memory from first to last.
    double[][] weighted = new double[blocks][trials];
    for (int trial = 0; trial < trials; trial++) {
      for (int block = 0; block < blocks; block++) {
        weighted[block][trial] = weights[block] * performance[trial][block];
      }
    }
    int half = blocks / 2;
    int count = Math.toIntExact(Combinations.count(blocks, half));
    double[] logits = new double[count];
    int[] chosen = new int[count];
    double[] inSample = new double[count];
    double[] outOfSample = new double[count];
    double[] in = new double[trials];
    double[] out = new double[trials];
    int over = 0;
    int losses = 0;
    int[] members = Combinations.first(half);
    for (int i = 0; i < count; i++) {
      boolean[] choosing = new boolean[blocks];
      for (int block : members) {
        choosing[block] = true;
      }
      double inWeight = sum(weighted, weights, choosing, true, in);
      double outWeight = sum(weighted, weights, choosing, false, out);
      int best = best(in);
      chosen[i] = best;
      inSample[i] = in[best] / inWeight;
      outOfSample[i] = out[best] / outWeight;
      double rank = rank(out, best);
      logits[i] = Math.log(rank / (trials + 1 - rank));
      over += logits[i] <= 0 ? 1 : 0;
      losses += outOfSample[i] < 0 ? 1 : 0;
      Combinations.next(members, blocks);
    }
    double[] line = line(inSample, outOfSample);
    return new Result(
        trials,
        blocks,
        (double) over / count,
        logits,
        chosen,
        inSample,
        outOfSample,
        line[0],
        line[1],
        line[2],
        (double) losses / count);
  }

  private static void check(double[][] performance, double[] weights) {
    if (performance.length < 2) {
      throw new IllegalArgumentException(performance.length + " trials leave nothing to choose");
    }
    if (weights.length < 2 || weights.length > MAX_BLOCKS) {
      throw new IllegalArgumentException(
          weights.length + " blocks; from 2 to " + MAX_BLOCKS + " can be halved");
    }
    for (double weight : weights) {
      if (!(weight > 0) || weight == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("a block has weight " + weight);
      }
    }
    for (int trial = 0; trial < performance.length; trial++) {
      if (performance[trial].length != weights.length) {
        throw new IllegalArgumentException(
            "trial " + trial + " has " + performance[trial].length + " blocks");
      }
      for (double value : performance[trial]) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException("trial " + trial + " has performance " + value);
        }
      }
    }
  }

  /** The weight of the blocks on one side; their weighted performances are summed by trial. */
  private static double sum(
      double[][] weighted, double[] weights, boolean[] choosing, boolean side, double[] sums) {
    Arrays.fill(sums, 0);
    double weight = 0;
    for (int block = 0; block < weighted.length; block++) {
      if (choosing[block] == side) {
        double[] values = weighted[block];
        for (int trial = 0; trial < sums.length; trial++) {
          sums[trial] += values[trial];
        }
        weight += weights[block];
      }
    }
    return weight;
  }

  private static int best(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  /** From 1 for the least; the mean rank of equal values. */
  private static double rank(double[] values, int which) {
    double value = values[which];
    int below = 0;
    int equal = 0;
    for (double each : values) {
      below += each < value ? 1 : 0;
      equal += each == value ? 1 : 0;
    }
    return below + (equal + 1) / 2.0;
  }

  /** Slope, intercept and R² of the least-squares line. */
  private static double[] line(double[] x, double[] y) {
    double xMean = CompensatedSum.mean(x);
    double yMean = CompensatedSum.mean(y);
    CompensatedSum xx = new CompensatedSum();
    CompensatedSum xy = new CompensatedSum();
    CompensatedSum yy = new CompensatedSum();
    for (int i = 0; i < x.length; i++) {
      xx.add((x[i] - xMean) * (x[i] - xMean));
      xy.add((x[i] - xMean) * (y[i] - yMean));
      yy.add((y[i] - yMean) * (y[i] - yMean));
    }
    if (!(xx.value() > 0)) {
      return new double[] {Double.NaN, Double.NaN, Double.NaN};
    }
    double slope = xy.value() / xx.value();
    double rSquared = yy.value() > 0 ? slope * xy.value() / yy.value() : Double.NaN;
    return new double[] {slope, yMean - slope * xMean, rSquared};
  }
}
