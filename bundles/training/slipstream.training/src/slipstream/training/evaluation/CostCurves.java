package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.training.evaluation.CostCurve.Band;

/**
 * The cost curves of all models of a target on the same axes, the other features at their medians: {@link CostCurve}.
 *
 * @param feature that is varied
 * @param logarithmic whether the grid is even in the logarithm
 * @param grid ascending, from the 1% to the 99% quantile of the scored rows
 * @param held the other features' values
 * @param curves in the order of the models
 */
public record CostCurves(
    String feature,
    String unit,
    boolean logarithmic,
    List<Double> grid,
    List<Held> held,
    List<Curve> curves) {
  private static final int POINTS = 50;

  /** Medians and quantiles are taken from so many rows, evenly spaced. */
  private static final int MAX_ROWS = 200_000;

  /** Features that range over more than this are drawn on a logarithmic scale. */
  private static final double WIDE = 50;

  /**
   * A feature that is not varied.
   *
   * @param value NaN when it is never known, or has categories
   */
  public record Held(String feature, double value) {}

  /**
   * A model's curve.
   *
   * @param low lower ends of the band; NaN where there is none
   * @param level share that the band holds; NaN without one
   */
  public record Curve(
      String model,
      List<Double> predicted,
      List<Double> low,
      List<Double> high,
      Band band,
      double level) {}

  /**
   * @param names of the models, in their order
   * @param rows what they are asked, columns in the order of their features
   * @param feature one of these
   * @param unit of the feature
   * @return empty when the feature does not vary, or has categories
   */
  public static Optional<CostCurves> of(
      SequencedMap<String, Model> models, FeatureMatrix rows, String feature, String unit) {
    int count = Math.min(rows.rows(), MAX_ROWS);
    FeatureMatrix sample =
        rows.select(
            IntStream.range(0, count).map(k -> (int) ((long) k * rows.rows() / count)).toArray());
    int varied = sample.names().indexOf(feature);
    if (!sample.categories(varied).isEmpty()) {
      return Optional.empty();
    }
    double[] column = new double[count];
    sample.copy(varied, 0, count, column, 0);
    double[] known = Arrays.stream(column).filter(Double::isFinite).sorted().toArray();
    if (known.length == 0) {
      return Optional.empty();
    }
    double from = known[(int) (0.01 * (known.length - 1))];
    double to = known[(int) Math.ceil(0.99 * (known.length - 1))];
    if (from == to) {
      return Optional.empty();
    }
    boolean logarithmic = from > 0 && to / from > WIDE;
    double[] grid = CostCurve.grid(from, to, POINTS, logarithmic);
    double[] row = CostCurve.medians(sample);
    List<Held> held = new ArrayList<>();
    for (int f = 0; f < row.length; f++) {
      if (f != varied) {
        held.add(new Held(sample.names().get(f), row[f]));
      }
    }
    List<Curve> curves = new ArrayList<>();
    models.forEach((name, model) -> curves.add(curve(name, model, row, feature, grid)));
    return Optional.of(new CostCurves(feature, unit, logarithmic, list(grid), held, curves));
  }

  private static Curve curve(
      String name, Model model, double[] row, String feature, double[] grid) {
    if (model.features().isEmpty()) { // a constant
      FeatureMatrix points = FeatureMatrix.ofColumns(List.of(feature), new double[][] {grid});
      double[] unknown = new double[grid.length];
      Arrays.fill(unknown, Double.NaN);
      return new Curve(
          name, list(model.predict(points)), list(unknown), list(unknown), Band.NONE, Double.NaN);
    }
    CostCurve curve = CostCurve.of(model, row, feature, grid);
    return new Curve(
        name,
        list(curve.predicted()),
        list(curve.low()),
        list(curve.high()),
        curve.band(),
        curve.level());
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
