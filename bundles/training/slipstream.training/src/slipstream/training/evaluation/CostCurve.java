package slipstream.training.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * What a model predicts along one feature, such as participation, while the others keep the values of one row: one curve of
 * individual conditional expectation (Goldstein et al. 2015), which is what a trader reads as the cost of an order by its size.
 *
 * <p>Only the feature's own values move. Where other features follow from it (its root, or its product with volatility), the
 * curve is that of an order that does not exist: vary a model's one measure of size.
 *
 * @param feature that is varied
 * @param grid its values, ascending, in its unit
 * @param predicted at each, in the target's unit
 * @param low lower end of the band at each; NaN where there is none
 * @param high its upper end
 * @param band what the band says
 * @param level share of what the band is about that it holds, such as 0.8; NaN without a band
 */
public record CostCurve(
    String feature,
    double[] grid,
    double[] predicted,
    double[] low,
    double[] high,
    Band band,
    double level) {

  /** Level of bands that are made of standard errors. */
  public static final double LEVEL = 0.95;

  /** The standard normal's quantile at (1 + {@link #LEVEL}) / 2. */
  private static final double DEVIATIONS = 1.959963984540054;

  /** Grids of more points than this are a slip. */
  private static final int MAX_POINTS = 100_000;

  /** What a band says. */
  public enum Band {
    /** There is none: the model tells nothing about its uncertainty. */
    NONE,
    /** From the lowest to the highest predicted quantile: where single realised values lie. */
    QUANTILES,
    /** The predicted mean ± standard errors of its coefficients: where the curve itself lies. */
    COEFFICIENTS
  }

  /**
   * The curve of a model.
   *
   * @param row a value for each of {@link Model#features}, in that order, NaN where unknown, of a category its position in
   *     {@link Model#categories}; that of the feature is not used
   * @param feature one of the model's, a quantity
   * @param grid finite, ascending, at least one value: {@link #grid}
   * @throws SlipstreamException INVALID_INPUT when there is no such feature, or the row or grid is not as said
   */
  public static CostCurve of(Model model, double[] row, String feature, double[] grid) {
    List<String> features = model.features();
    int varied = features.indexOf(feature);
    if (varied < 0) {
      throw SlipstreamException.invalid(
          "the model has no feature '" + feature + "'",
          Place.key("feature"),
          features.isEmpty()
              ? "It is a constant: nothing can be varied."
              : Nearest.remedy(feature, features));
    }
    if (row.length != features.size()) {
      throw SlipstreamException.invalid(
          "the row has " + row.length + " values, and the model " + features.size() + " features",
          Place.key("row"),
          "Give one value for each of: " + String.join(", ", features) + ".");
    }
    List<List<String>> categories =
        IntStream.range(0, features.size()).mapToObj(model::categories).toList();
    if (!categories.get(varied).isEmpty()) {
      throw SlipstreamException.invalid(
          "'" + feature + "' has categories, along which there is no curve",
          Place.key("feature"),
          "Vary a number; give the category in the row.");
    }
    checkGrid(grid);
    double[][] columns = new double[features.size()][grid.length];
    for (int f = 0; f < columns.length; f++) {
      Arrays.fill(columns[f], row[f]);
    }
    columns[varied] = grid.clone();
    FeatureMatrix rows = FeatureMatrix.ofColumns(features, columns, categories);
    double[][] outputs = model.predictAll(rows);
    double[] predicted = outputs[model.headline()];
    int lowest = extreme(model.outputs(), -1);
    int highest = extreme(model.outputs(), 1);
    if (lowest != highest) {
      return new CostCurve(
          feature,
          grid.clone(),
          predicted,
          outputs[lowest],
          outputs[highest],
          Band.QUANTILES,
          model.outputs().get(highest).quantile() - model.outputs().get(lowest).quantile());
    }
    Optional<double[]> errors = model.standardErrors(rows);
    double[] low = new double[grid.length];
    double[] high = new double[grid.length];
    for (int i = 0; i < grid.length; i++) {
      double reach = errors.isEmpty() ? Double.NaN : DEVIATIONS * errors.get()[i];
      low[i] = predicted[i] - reach;
      high[i] = predicted[i] + reach;
    }
    boolean known = Arrays.stream(low).anyMatch(Double::isFinite);
    return new CostCurve(
        feature,
        grid.clone(),
        predicted,
        low,
        high,
        known ? Band.COEFFICIENTS : Band.NONE,
        known ? LEVEL : Double.NaN);
  }

  /** The output of the lowest or highest quantile; the headline where none is a quantile. */
  private static int extreme(List<Model.Output> outputs, int sign) {
    int found = 0;
    for (int k = 1; k < outputs.size(); k++) {
      double quantile = outputs.get(k).quantile();
      double best = outputs.get(found).quantile();
      if (Double.isNaN(best) ? !Double.isNaN(quantile) : sign * (quantile - best) > 0) {
        found = k;
      }
    }
    return found;
  }

  private static void checkGrid(double[] grid) {
    if (grid.length == 0 || grid.length > MAX_POINTS) {
      throw SlipstreamException.invalid(
          "a curve of " + grid.length + " points cannot be drawn",
          Place.key("grid"),
          "Give 1 to " + MAX_POINTS + " values.");
    }
    for (int i = 0; i < grid.length; i++) {
      if (!Double.isFinite(grid[i]) || i > 0 && !(grid[i] > grid[i - 1])) {
        throw SlipstreamException.invalid(
            "the grid holds " + grid[i] + (i > 0 ? " after " + grid[i - 1] : ""),
            Place.key("grid"),
            "Give finite values in ascending order, each once.");
      }
    }
  }

  /**
   * Values between two ends, both included, evenly spaced or, on a logarithmic scale, at even ratios.
   *
   * @param points at least 2
   * @throws SlipstreamException INVALID_INPUT when the ends are not finite and ascending, or not above 0 on a logarithmic scale
   */
  public static double[] grid(double from, double to, int points, boolean logarithmic) {
    if (!Double.isFinite(from)
        || !Double.isFinite(to)
        || !(from < to)
        || logarithmic && from <= 0) {
      throw SlipstreamException.invalid(
          "there are no " + points + " values from " + from + " to " + to,
          Place.key("grid"),
          logarithmic
              ? "Give two ascending numbers above 0, or a linear scale."
              : "Give two ascending numbers.");
    }
    if (points < 2 || points > MAX_POINTS) {
      throw SlipstreamException.invalid(
          "a grid cannot have " + points + " points",
          Place.key("grid"),
          "Ask for 2 to " + MAX_POINTS + ".");
    }
    double[] grid = new double[points];
    double start = logarithmic ? StrictMath.log(from) : from;
    double end = logarithmic ? StrictMath.log(to) : to;
    for (int i = 0; i < points; i++) {
      double share = (double) i / (points - 1);
      double value = start * (1 - share) + end * share;
      grid[i] = logarithmic ? StrictMath.exp(value) : value;
    }
    grid[0] = from;
    grid[points - 1] = to;
    // Ends so close that doubles do not tell the points apart.
    return Arrays.stream(grid).distinct().sorted().toArray();
  }

  /**
   * A typical row: of each feature the median of its known values, the lower one of two.
   *
   * @return by feature; NaN where it is never known, and where it has categories
   */
  public static double[] medians(FeatureMatrix rows) {
    double[] medians = new double[rows.features()];
    double[] column = new double[rows.rows()];
    for (int f = 0; f < medians.length; f++) {
      if (!rows.categories(f).isEmpty()) {
        medians[f] = Double.NaN;
        continue;
      }
      rows.copy(f, 0, column.length, column, 0);
      double[] known = Arrays.stream(column).filter(Double::isFinite).sorted().toArray();
      medians[f] = known.length == 0 ? Double.NaN : known[(known.length - 1) / 2];
    }
    return medians;
  }
}
