package slipstream.training.explain;

import java.util.Arrays;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.CounterRandom;
import slipstream.core.SlipstreamException;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * Shapley values of any model, interventional: what a set S of known features is worth is the mean prediction of background
 * rows whose features in S are set to those of the row that is explained,
 *
 * <pre>v(S) = 1/n sum over background rows b of f(x_S, b_rest)</pre>
 *
 * (Štrumbelj and Kononenko, "Explaining prediction models and individual predictions with feature contributions", Knowledge
 * and Information Systems 41, 2014; Janzing, Minorics and Blöbaum 2020). The mean of the background's predictions plus the
 * contributions is the prediction.
 *
 * <p>With up to {@link #EXACT_FEATURES} features that differ from the background, contributions are exact: the sum over all
 * sets. With more, they are means over {@link #PERMUTATIONS} orders in which features become known, in pairs of an order
 * and its reverse, which cancels what is linear in the order (Mitchell, Cooper, Frank and Holmes, "Sampling permutations
 * for Shapley value estimation", JMLR 23, 2022); they still add up, and their standard errors are those of the mean over
 * the pairs. A feature that is the same in all background rows contributes exactly 0.
 */
final class MarginalShapley {
  /** At most so many background rows are used. */
  static final int BACKGROUND = 100;

  static final int EXACT_FEATURES = 10;

  private static final int PERMUTATIONS = 64;

  private final Model model;
  private final int output;
  private final FeatureMatrix background;
  private final int threads = Runtime.getRuntime().availableProcessors();

  /**
   * @param contributions by feature
   * @param standardErrors 0 where exact
   */
  record Result(double baseValue, double[] contributions, double[] standardErrors, boolean exact) {}

  MarginalShapley(Model model, int output, FeatureMatrix background) {
    if (!background.names().equals(model.features())) {
      throw new IllegalArgumentException(
          "the model takes " + model.features() + ", not " + background.names());
    }
    if (background.rows() == 0) {
      throw SlipstreamException.invalid(
          "a prediction of trainer '"
              + model.trainer()
              + "' is explained against rows of data, and there are none",
          "Give rows, such as the data that it was trained on.");
    }
    this.model = model;
    this.output = output;
    this.background = Marginal.sample(background, BACKGROUND);
  }

  /** Of the background. */
  int rows() {
    return background.rows();
  }

  Result contributions(double[] row) {
    int[] active = active(row);
    return active.length <= EXACT_FEATURES ? exact(row, active) : sampled(row, active);
  }

  /** The features that differ from those of a background row. */
  private int[] active(double[] row) {
    int[] active = new int[row.length];
    int count = 0;
    for (int f = 0; f < row.length; f++) {
      boolean same = true;
      for (int i = 0; i < background.rows() && same; i++) {
        double other = background.get(i, f);
        same = other == row[f] || Double.isNaN(other) && Double.isNaN(row[f]);
      }
      if (!same) {
        active[count++] = f;
      }
    }
    return Arrays.copyOf(active, count);
  }

  private double worth(double[] row, boolean[] known) {
    return CompensatedSum.mean(Marginal.predict(model, output, background, known, row));
  }

  private Result exact(double[] row, int[] active) {
    int m = active.length;
    List<Double> worth =
        Parallel.map(
            1 << m,
            threads,
            Progress.NONE,
            set -> {
              boolean[] known = new boolean[row.length];
              for (int j = 0; j < m; j++) {
                known[active[j]] = (set >> j & 1) == 1;
              }
              return worth(row, known);
            });
    // |S|! (m - |S| - 1)! / m! by |S|
    double[] weight = new double[m];
    for (int s = 0; s < m; s++) {
      weight[s] = 1.0 / m;
      for (int k = 1; k <= s; k++) {
        weight[s] *= k / (double) (m - k);
      }
    }
    double[] contributions = new double[row.length];
    for (int j = 0; j < m; j++) {
      CompensatedSum sum = new CompensatedSum();
      for (int set = 0; set < 1 << m; set++) {
        if ((set >> j & 1) == 0) {
          sum.add(weight[Integer.bitCount(set)] * (worth.get(set | 1 << j) - worth.get(set)));
        }
      }
      contributions[active[j]] = sum.value();
    }
    return new Result(worth.getFirst(), contributions, new double[row.length], true);
  }

  private Result sampled(double[] row, int[] active) {
    int pairs = PERMUTATIONS / 2;
    double base = worth(row, new boolean[row.length]);
    List<double[]> means =
        Parallel.map(
            pairs,
            threads,
            Progress.NONE,
            pair -> {
              int[] order = Marginal.order(active.length, CounterRandom.bits(0, 0, pair));
              Arrays.setAll(order, i -> active[order[i]]);
              double[] sum = new double[row.length];
              add(row, order, base, sum);
              reverse(order);
              add(row, order, base, sum);
              Arrays.setAll(sum, f -> sum[f] / 2);
              return sum;
            });
    double[] contributions = new double[row.length];
    double[] errors = new double[row.length];
    for (int f : active) {
      double[] values = means.stream().mapToDouble(each -> each[f]).toArray();
      double mean = CompensatedSum.mean(values);
      CompensatedSum squares = new CompensatedSum();
      for (double each : values) {
        squares.add((each - mean) * (each - mean));
      }
      contributions[f] = mean;
      errors[f] = Math.sqrt(squares.value() / (pairs - 1.0) / pairs);
    }
    return new Result(base, contributions, errors, false);
  }

  /** Adds what each feature changes when it becomes known after those before it. */
  private void add(double[] row, int[] order, double base, double[] sum) {
    boolean[] known = new boolean[row.length];
    double before = base;
    for (int f : order) {
      known[f] = true;
      double after = worth(row, known);
      sum[f] += after - before;
      before = after;
    }
  }

  private static void reverse(int[] order) {
    for (int i = 0, j = order.length - 1; i < j; i++, j--) {
      int feature = order[i];
      order[i] = order[j];
      order[j] = feature;
    }
  }
}
