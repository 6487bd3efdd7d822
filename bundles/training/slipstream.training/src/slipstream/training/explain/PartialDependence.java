package slipstream.training.explain;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * What a model predicts on average when one feature is set to a value and the others are as they
 * are in the data (Friedman 2001), with the curves of single rows behind it (individual conditional
 * expectation, Goldstein et al. 2015):
 *
 * <pre>PD_j(v) = 1/n sum over i of f(x_i with x_ij = v)</pre>
 *
 * <p>Curves of single rows that are not parallel show interactions. Where features move together,
 * some of the rows that are averaged occur nowhere: read the curve with care there.
 *
 * @param feature its name
 * @param grid values that occur in the data, at evenly spaced quantiles, ascending, each once; of a feature with categories
 *     the most frequent ones, by their position in {@link FeatureMatrix#categories}
 * @param mean average prediction at each value of the grid, in the unit of the target
 * @param missing average prediction when the feature is missing; NaN when it never is in the rows
 * @param rows indices of the rows that were averaged
 * @param individual each row's predictions: {@code [row][grid]}
 */
public record PartialDependence(
    String feature,
    double[] grid,
    double[] mean,
    double missing,
    int[] rows,
    double[][] individual) {

  /**
   * @param points most values of the grid, at least 2
   * @param rows most rows to average, evenly spaced in the data, at least 1
   * @param threads upper bound; does not change the result
   */
  public record Options(int points, int rows, int threads) {
    public Options {
      if (points < 2 || rows < 1 || threads < 1) {
        throw new IllegalArgumentException("points, rows or threads out of range");
      }
    }

    /** 40 points, 1000 rows. */
    public static Options of(int threads) {
      return new Options(40, 1000, threads);
    }
  }

  /**
   * @param rows columns in the order of the model's features; the grid is made of all rows
   * @param feature index of the feature
   * @throws SlipstreamException INVALID_INPUT when the feature has no finite value; CANCELLED when
   *     the thread is interrupted
   */
  public static PartialDependence of(
      Model model, FeatureMatrix rows, int feature, Options options) {
    double[] column = new double[rows.rows()];
    rows.copy(feature, 0, column.length, column, 0);
    double[] grid =
        rows.categories(feature).isEmpty()
            ? grid(column, options.points())
            : frequent(column, rows.categories(feature).size(), options.points());
    if (grid.length == 0) {
      throw SlipstreamException.invalid(
          "feature "
              + rows.names().get(feature)
              + " has no finite value in "
              + column.length
              + " rows",
          "Take rows in which it is known.");
    }
    boolean someMissing = Arrays.stream(column).anyMatch(Double::isNaN);
    FeatureMatrix sample = Marginal.sample(rows, options.rows());
    boolean[] marked = new boolean[rows.features()];
    marked[feature] = true;
    double[][] settings = new double[grid.length + (someMissing ? 1 : 0)][rows.features()];
    for (int g = 0; g < settings.length; g++) {
      settings[g][feature] = g < grid.length ? grid[g] : Double.NaN;
    }
    double[][] predicted = Marginal.predict(model, sample, marked, settings, options.threads());
    int n = sample.rows();
    int[] chosen = new int[n];
    double[][] individual = new double[n][grid.length];
    double[] mean = new double[grid.length];
    for (int g = 0; g < grid.length; g++) {
      mean[g] = CompensatedSum.mean(predicted[g]);
      for (int i = 0; i < n; i++) {
        individual[i][g] = predicted[g][i];
      }
    }
    for (int i = 0; i < n; i++) {
      chosen[i] = Marginal.row(rows.rows(), n, i);
    }
    double missing = someMissing ? CompensatedSum.mean(predicted[grid.length]) : Double.NaN;
    return new PartialDependence(
        rows.names().get(feature), grid, mean, missing, chosen, individual);
  }

  /** The categories with the most rows; equals in their order. */
  private static double[] frequent(double[] column, int categories, int points) {
    long[] counts = new long[categories];
    for (double value : column) {
      if (!Double.isNaN(value)) {
        counts[(int) value]++;
      }
    }
    return IntStream.range(0, categories)
        .filter(k -> counts[k] > 0)
        .boxed()
        .sorted(Comparator.comparingLong(k -> -counts[k]))
        .limit(points)
        .mapToDouble(Integer::doubleValue)
        .toArray();
  }

  private static double[] grid(double[] column, int points) {
    double[] sorted = Arrays.stream(column).filter(Double::isFinite).map(v -> v + 0.0).toArray();
    Arrays.sort(sorted);
    int count = Math.min(points, sorted.length);
    double[] grid = new double[count];
    for (int k = 0; k < count; k++) {
      int at = count == 1 ? 0 : Math.toIntExact(((long) k * (sorted.length - 1)) / (count - 1));
      grid[k] = sorted[at];
    }
    return Arrays.stream(grid).distinct().toArray();
  }
}
