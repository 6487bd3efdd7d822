package slipstream.training.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Link;
import slipstream.core.spi.Model;
import slipstream.training.linear.LinearModel;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesModel;

/**
 * Says what each feature adds to a model's prediction of a row: base value plus contributions is the prediction, before a
 * {@link Link}. By kind of model:
 *
 * <ul>
 *   <li>trees: {@link TreeShap}, exact;
 *   <li>linear: each feature's term, exact. It is the Shapley value against the training means (Lundberg and Lee, "A
 *       unified approach to interpreting model predictions", NeurIPS 2017, section 4.1);
 *   <li>a model without features: the base value alone;
 *   <li>any other: {@link MarginalShapley} against a background, exact with few features, else sampled with standard
 *       errors.
 * </ul>
 *
 * <p>Immutable and thread-safe; the same bits for any number of threads.
 */
public abstract sealed class Explainer {
  /** How contributions are found. */
  public enum Method {
    CONSTANT,
    LINEAR,
    TREE_SHAP,
    EXACT_SHAPLEY,
    SAMPLED_SHAPLEY
  }

  /**
   * One row's prediction, taken apart.
   *
   * @param baseValue the score when no feature is known
   * @param contributions by feature, in the order of the model's; in the unit of the score
   * @param standardErrors of the contributions; 0 where they are exact
   * @param score base value plus contributions
   * @param prediction the model's own, in the target's unit: the link of the score, to within rounding in float32 for
   *     trees
   */
  public record Explanation(
      double baseValue,
      double[] contributions,
      double[] standardErrors,
      double score,
      double prediction,
      Method method) {

    static Explanation of(
        double base, double[] contributions, double[] errors, double prediction, Method method) {
      double score = base;
      for (double each : contributions) {
        score += each;
      }
      return new Explanation(base, contributions, errors, score, prediction, method);
    }
  }

  private final Model model;
  private final int output;

  private Explainer(Model model, int output) {
    this.model = model;
    this.output = output;
  }

  /**
   * The explainer of a model.
   *
   * @param output the index among the model's outputs
   * @param background rows that stand for an unknown feature, columns in the order of the model's features; asked for only
   *     where {@link #needsBackground}. At most {@link MarginalShapley#BACKGROUND} evenly spaced ones are used
   */
  public static Explainer of(Model model, int output, Supplier<FeatureMatrix> background) {
    if (output < 0 || output >= model.outputs().size()) {
      throw new IllegalArgumentException("output " + output + " of " + model.outputs().size());
    }
    return switch (model) {
      case BoostedTreesModel trees -> new Trees(trees, output);
      case LinearModel linear -> new Linear(linear);
      default ->
          model.features().isEmpty()
              ? new Constant(model, output)
              : new Marginal(model, output, background.get());
    };
  }

  /** Whether a model is explained against rows of data. */
  public static boolean needsBackground(Model model) {
    return !(model instanceof BoostedTreesModel)
        && !(model instanceof LinearModel)
        && !model.features().isEmpty();
  }

  /** What turns a score into a prediction. */
  public Link link() {
    return Link.IDENTITY;
  }

  /** Rows that contributions are found against; 0 where none are needed. */
  public int backgroundRows() {
    return 0;
  }

  /**
   * Explains a row.
   *
   * @param row one value for each feature, NaN where missing
   */
  public final Explanation explain(double[] row) {
    if (row.length != model.features().size()) {
      throw new IllegalArgumentException(
          row.length + " values for " + model.features().size() + " features");
    }
    return explained(row);
  }

  abstract Explanation explained(double[] row);

  final double predict(double[] row) {
    double[][] columns = new double[row.length][1];
    for (int f = 0; f < row.length; f++) {
      columns[f][0] = row[f];
    }
    FeatureMatrix one =
        row.length == 0 ? new NoFeatures() : FeatureMatrix.ofColumns(model.features(), columns);
    return model.predictAll(one)[output][0];
  }

  /** One row of a model that needs nothing. */
  private record NoFeatures() implements FeatureMatrix {
    @Override
    public int rows() {
      return 1;
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public double get(int row, int feature) {
      throw new IndexOutOfBoundsException(feature);
    }

    @Override
    public void copy(int feature, int from, int to, double[] target, int offset) {
      throw new IndexOutOfBoundsException(feature);
    }
  }

  private static final class Constant extends Explainer {
    Constant(Model model, int output) {
      super(model, output);
    }

    @Override
    Explanation explained(double[] row) {
      double prediction = predict(row);
      return Explanation.of(prediction, new double[0], new double[0], prediction, Method.CONSTANT);
    }
  }

  private static final class Linear extends Explainer {
    private final double intercept;
    private final double[] means;
    private final double[] slopes;
    private final double[] missing;

    Linear(LinearModel model) {
      super(model, 0);
      intercept = model.intercept();
      means = model.means();
      slopes = model.slopes();
      missing = model.missing();
    }

    @Override
    Explanation explained(double[] row) {
      double[] contributions = new double[row.length];
      for (int f = 0; f < row.length; f++) {
        contributions[f] = Double.isFinite(row[f]) ? slopes[f] * (row[f] - means[f]) : missing[f];
      }
      return Explanation.of(
          intercept, contributions, new double[row.length], predict(row), Method.LINEAR);
    }
  }

  /** Of several quantiles, which are sorted in each row, the one that is meant may come of any series. */
  private static final class Trees extends Explainer {
    private final List<BoostedTrees> series;
    private final List<TreeShap> shap = new ArrayList<>();
    private final int output;

    Trees(BoostedTreesModel model, int output) {
      super(model, output);
      this.series = model.series();
      this.output = output;
      series.forEach(each -> shap.add(new TreeShap(each)));
    }

    @Override
    public Link link() {
      return series.get(output).link();
    }

    @Override
    Explanation explained(double[] row) {
      float[] rounded = new float[row.length];
      for (int f = 0; f < row.length; f++) {
        rounded[f] = (float) row[f];
      }
      float[] predictions = new float[series.size()];
      for (int k = 0; k < predictions.length; k++) {
        predictions[k] = series.get(k).predict(rounded);
      }
      int source =
          IntStream.range(0, predictions.length)
              .boxed()
              .sorted((a, b) -> Float.compare(predictions[a], predictions[b]))
              .skip(output)
              .findFirst()
              .orElseThrow();
      return Explanation.of(
          shap.get(source).expectedValue(),
          shap.get(source).contributions(rounded),
          new double[row.length],
          predictions[source],
          Method.TREE_SHAP);
    }
  }

  private static final class Marginal extends Explainer {
    private final MarginalShapley shapley;

    Marginal(Model model, int output, FeatureMatrix background) {
      super(model, output);
      shapley = new MarginalShapley(model, output, background);
    }

    @Override
    public int backgroundRows() {
      return shapley.rows();
    }

    @Override
    Explanation explained(double[] row) {
      MarginalShapley.Result found = shapley.contributions(row);
      return Explanation.of(
          found.baseValue(),
          found.contributions(),
          found.standardErrors(),
          predict(row),
          found.exact() ? Method.EXACT_SHAPLEY : Method.SAMPLED_SHAPLEY);
    }
  }
}
