package slipstream.training.parametric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;

/**
 * Passes over the rows of a fit. Rows are cut into shards of a fixed number, added up in order, so that threads change
 * nothing. A row whose inputs are not finite, whose value is not defined or whose weight is 0 is left out.
 */
final class Rows {
  private static final int BLOCK = 512;
  private static final int SHARD = 16 * BLOCK;

  private final CostFormula formula;
  private final FeatureMatrix features;
  private final int[] inputs;
  private final double[] target;
  private final double[] weights;
  private final int stride;
  private final int threads;
  private final Progress progress;

  /**
   * @param target finite; of the formula's kind, so its logarithm where that is fitted
   * @param weights or null for equal weights
   */
  Rows(
      CostFormula formula,
      FeatureMatrix features,
      double[] target,
      double[] weights,
      int threads,
      Progress progress) {
    this(formula, features, target, weights, 1, threads, progress);
  }

  private Rows(
      CostFormula formula,
      FeatureMatrix features,
      double[] target,
      double[] weights,
      int stride,
      int threads,
      Progress progress) {
    this.formula = formula;
    this.features = features;
    this.inputs = formula.inputs();
    this.target = target;
    this.weights = weights;
    this.stride = stride;
    this.threads = threads;
    this.progress = progress;
  }

  /** About so many of the rows, evenly spaced. */
  Rows thinned(int wanted) {
    return new Rows(
        formula, features, target, weights, Math.max(1, target.length / wanted), threads, progress);
  }

  int coefficients() {
    return formula.terms().size();
  }

  /** What is done with each row that counts. */
  private interface Visitor {
    void row(int row, double[] x, double y, double weight);
  }

  private void visit(int from, int to, Visitor visitor) {
    double[][] columns = new double[inputs.length][BLOCK];
    double[] x = new double[inputs.length];
    for (int start = from; start < to; start += BLOCK) {
      progress.checkCancelled();
      int end = Math.min(to, start + BLOCK);
      for (int c = 0; c < inputs.length; c++) {
        features.copy(inputs[c], start, end, columns[c], 0);
      }
      int first = (start + stride - 1) / stride * stride;
      rows:
      for (int row = first; row < end; row += stride) {
        double weight = weights == null ? 1 : weights[row];
        if (weight == 0) {
          continue;
        }
        for (int c = 0; c < x.length; c++) {
          x[c] = columns[c][row - start];
          if (!Double.isFinite(x[c])) {
            continue rows;
          }
        }
        visitor.row(row, x, target[row], weight);
      }
    }
  }

  private <T> List<T> shards(ShardWork<T> work) {
    return Parallel.map(
        Math.ceilDiv(target.length, SHARD),
        threads,
        progress,
        i -> {
          int from = i * SHARD;
          return work.run(from, from + Math.min(SHARD, target.length - from));
        });
  }

  private interface ShardWork<T> {
    T run(int from, int to);
  }

  // ------------------------------------------------------------------ passes

  /**
   * The normal equations at a point.
   *
   * @param cost weighted sum of squared residuals; infinite where the formula is not defined
   * @param slope JᵀWr, r = target - value
   * @param hessian JᵀWJ
   */
  record Normal(double cost, double[] slope, double[][] hessian) {}

  /** Compensated sums of cost, slope and the hessian's lower triangle. */
  private static final class Sums {
    private final double[] high;
    private final double[] low;

    Sums(int p) {
      high = new double[1 + p + p * (p + 1) / 2];
      low = new double[high.length];
    }

    void add(int index, double value) {
      double sum = high[index];
      double next = sum + value;
      low[index] = Double.isFinite(next) ? low[index] + CompensatedSum.lost(sum, value, next) : 0;
      high[index] = next;
    }

    void add(Sums other) {
      for (int i = 0; i < high.length; i++) {
        add(i, other.high[i]);
        low[i] += other.low[i];
      }
    }

    double value(int index) {
      return high[index] + low[index];
    }
  }

  /**
   * @param robust further weights, or null
   */
  Normal pass(double[] theta, double[] robust) {
    int p = theta.length;
    Sums all = new Sums(p);
    for (Sums sums : shards((from, to) -> shard(theta, robust, from, to))) {
      all.add(sums);
    }
    double[] slope = new double[p];
    double[][] hessian = new double[p][p];
    int at = 1;
    for (int j = 0; j < p; j++) {
      slope[j] = all.value(at++);
    }
    for (int i = 0; i < p; i++) {
      for (int j = 0; j <= i; j++) {
        hessian[i][j] = all.value(at++);
        hessian[j][i] = hessian[i][j];
      }
    }
    return new Normal(all.value(0), slope, hessian);
  }

  private Sums shard(double[] theta, double[] robust, int from, int to) {
    int p = theta.length;
    Sums sums = new Sums(p);
    double[] gradient = new double[p];
    visit(
        from,
        to,
        (row, x, y, weight) -> {
          double w = robust == null ? weight : weight * robust[row];
          if (w == 0) {
            return;
          }
          double residual = y - formula.value(x, theta, gradient);
          if (!Double.isFinite(residual)) {
            sums.add(0, Double.POSITIVE_INFINITY);
            return;
          }
          sums.add(0, w * residual * residual);
          int at = 1;
          for (int j = 0; j < p; j++) {
            sums.add(at++, w * gradient[j] * residual);
          }
          for (int i = 0; i < p; i++) {
            double scaled = w * gradient[i];
            if (scaled == 0) {
              at += i + 1;
              continue;
            }
            for (int j = 0; j <= i; j++) {
              sums.add(at++, scaled * gradient[j]);
            }
          }
        });
    return sums;
  }

  /** Rows that count. */
  int count() {
    int count = 0;
    for (int each :
        shards(
            (from, to) -> {
              int[] n = {0};
              visit(from, to, (row, x, y, weight) -> n[0]++);
              return n[0];
            })) {
      count += each;
    }
    return count;
  }

  /**
   * @throws SlipstreamException INVALID_INPUT when the formula is not defined on some rows
   */
  void checkDefined(double[] theta) {
    int[] wrong = new int[1];
    double[][] first = new double[1][];
    visit(
        0,
        target.length,
        (row, x, y, weight) -> {
          if (!Double.isFinite(formula.value(x, theta, null)) && wrong[0]++ == 0) {
            first[0] = x.clone();
          }
        });
    if (wrong[0] > 0) {
      List<String> inputsOfFirst = new ArrayList<>();
      for (int c = 0; c < inputs.length; c++) {
        inputsOfFirst.add(features.names().get(inputs[c]) + " = " + first[0][c]);
      }
      throw SlipstreamException.invalid(
          Text.format(
              "the formula is not defined on %,d rows, such as %s",
              wrong[0], String.join(", ", inputsOfFirst)),
          "Sizes, volumes and whatever else is raised to a power must be positive.");
    }
  }

  double totalWeight() {
    CompensatedSum total = new CompensatedSum();
    visit(0, target.length, (row, x, y, weight) -> total.add(weight));
    return total.value();
  }

  /** The largest target. */
  double targetScale() {
    double largest = 0;
    for (double y : target) {
      largest = Math.max(largest, Math.abs(y));
    }
    return largest;
  }

  /** By row; NaN for rows that do not count. */
  double[] residuals(double[] theta) {
    double[] residuals = new double[target.length];
    Arrays.fill(residuals, Double.NaN);
    shards(
        (from, to) -> {
          visit(
              from, to, (row, x, y, weight) -> residuals[row] = y - formula.value(x, theta, null));
          return null;
        });
    return residuals;
  }

  /** The weighted mean of exp(residual): Duan's factor from a fit of logarithms to the mean (1983). */
  double smearing(double[] theta) {
    CompensatedSum sum = new CompensatedSum();
    CompensatedSum total = new CompensatedSum();
    visit(
        0,
        target.length,
        (row, x, y, weight) -> {
          sum.add(weight * Math.exp(y - formula.value(x, theta, null)));
          total.add(weight);
        });
    return sum.value() / total.value();
  }

  /** JᵀWJ with the loss's curvature, of the free coefficients. */
  double[][] curvature(double[] theta, int[] free, Loss loss, double scale) {
    int k = free.length;
    Sums all = new Sums(k);
    for (Sums sums :
        shards(
            (from, to) -> {
              Sums part = new Sums(k);
              double[] gradient = new double[theta.length];
              visit(
                  from,
                  to,
                  (row, x, y, weight) -> {
                    double residual = y - formula.value(x, theta, gradient);
                    double u = loss == Loss.SQUARED ? 0 : residual / scale;
                    add(part, weight * loss.curvature(u), gradient, free);
                  });
              return part;
            })) {
      all.add(sums);
    }
    return square(all, k);
  }

  private static void add(Sums sums, double weight, double[] gradient, int[] free) {
    int at = 1 + free.length;
    for (int i = 0; i < free.length; i++) {
      for (int j = 0; j <= i; j++) {
        sums.add(at++, weight * gradient[free[i]] * gradient[free[j]]);
      }
    }
  }

  /**
   * Sum of the squares of the rows' scores, each over 1 less its leverage (MacKinnon and White 1985).
   *
   * @param inverse of the curvature
   */
  double[][] meat(double[] theta, int[] free, Loss loss, double scale, double[][] inverse) {
    int k = free.length;
    Sums all = new Sums(k);
    for (Sums sums :
        shards(
            (from, to) -> {
              Sums part = new Sums(k);
              double[] gradient = new double[theta.length];
              visit(
                  from,
                  to,
                  (row, x, y, weight) -> {
                    double residual = y - formula.value(x, theta, gradient);
                    double u = loss == Loss.SQUARED ? 0 : residual / scale;
                    double leverage = 0;
                    for (int i = 0; i < k; i++) {
                      for (int j = 0; j < k; j++) {
                        leverage += gradient[free[i]] * inverse[i][j] * gradient[free[j]];
                      }
                    }
                    leverage *= weight * loss.curvature(u);
                    double score = weight * loss.weight(u) * residual;
                    // A row that alone determines a coefficient is fitted exactly, and says
                    // nothing.
                    score = leverage < 1 - 1e-10 ? score / (1 - leverage) : 0;
                    add(part, score * score, gradient, free);
                  });
              return part;
            })) {
      all.add(sums);
    }
    return square(all, k);
  }

  /**
   * Sums by cluster.
   *
   * @param rows how many count
   * @param scores one vector each
   * @param curvatures lower triangles by row, or null when they were not wanted
   */
  record ClusterSums(int[] rows, double[][] scores, double[][] curvatures) {}

  ClusterSums clusterSums(
      double[] theta, int[] free, Loss loss, double scale, int[] clusters, boolean curvatures) {
    int k = free.length;
    int groups = 0;
    for (int cluster : clusters) {
      groups = Math.max(groups, cluster + 1);
    }
    int[] counts = new int[groups];
    double[][] scores = new double[groups][];
    double[][] matrices = curvatures ? new double[groups][] : null;
    double[] gradient = new double[theta.length];
    // In one thread: rows of a cluster may lie anywhere, and are to be added in order.
    visit(
        0,
        target.length,
        (row, x, y, weight) -> {
          double residual = y - formula.value(x, theta, gradient);
          double u = loss == Loss.SQUARED ? 0 : residual / scale;
          double score = weight * loss.weight(u) * residual;
          double curvature = weight * loss.curvature(u);
          int cluster = clusters[row];
          if (counts[cluster]++ == 0) {
            scores[cluster] = new double[k];
            if (curvatures) {
              matrices[cluster] = new double[k * (k + 1) / 2];
            }
          }
          for (int i = 0, at = 0; i < k; i++) {
            scores[cluster][i] += score * gradient[free[i]];
            for (int j = 0; curvatures && j <= i; j++) {
              matrices[cluster][at++] += curvature * gradient[free[i]] * gradient[free[j]];
            }
          }
        });
    return new ClusterSums(counts, scores, matrices);
  }

  private static double[][] square(Sums sums, int k) {
    double[][] square = new double[k][k];
    int at = 1 + k;
    for (int i = 0; i < k; i++) {
      for (int j = 0; j <= i; j++) {
        square[i][j] = sums.value(at++);
        square[j][i] = square[i][j];
      }
    }
    return square;
  }
}
