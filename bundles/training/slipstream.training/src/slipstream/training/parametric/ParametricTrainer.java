package slipstream.training.parametric;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import slipstream.core.CompensatedSum;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer;
import slipstream.training.parametric.CostFormula.Term;

/** A trainer of one published form: parameters say which feature plays which part. */
abstract class ParametricTrainer<P extends Record & FitParameters> implements Trainer<P> {
  private final String name;
  private final String summary;
  private final Class<P> parameters;

  ParametricTrainer(String name, String summary, Class<P> parameters) {
    this.name = name;
    this.summary = summary;
    this.parameters = parameters;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String summary() {
    return summary;
  }

  @Override
  public final Class<P> parameters() {
    return parameters;
  }

  /** The formula without intercept and linear terms, for these features. */
  abstract CostFormula formula(P parameters, Parts parts);

  /** Coefficients that are given unless the user says otherwise. */
  Map<String, Double> givenByDefault(P parameters) {
    return Map.of();
  }

  /** How many coefficients there are at most. */
  int coefficients(P parameters) {
    return 6 + parameters.linear().size();
  }

  /**
   * Logarithms of the target, or nothing; residuals, a sorted copy and weights for a robust loss; numbers of clusters, and
   * their sums.
   */
  @Override
  public final OptionalLong memory(P parameters, Size size) {
    long k = coefficients(parameters);
    long each = (parameters.loss() == Loss.SQUARED ? 8 : 32) + (size.clusters() > 0 ? 4 : 0);
    long matrices = Math.min(ParametricFit.MAX_JACKKNIFE, size.clusters() * (k * (k + 1) / 2));
    return OptionalLong.of(each * size.rows() + size.clusters() * (36 + 8 * k) + 8 * matrices);
  }

  @Override
  public final ParametricModel decode(byte[] bytes) {
    return ParametricModel.decode(bytes, name);
  }

  /** The formula's own features are quantities; the others are nothing to it. */
  @Override
  public final boolean takesCategories() {
    return true;
  }

  @Override
  public ParametricModel train(TrainingData data, P parameters, Context context) {
    FeatureMatrix features = data.features();
    if (data.target().length == 0) {
      throw SlipstreamException.invalid(
          "there are no training rows", "Widen the data or the validation split.");
    }
    Parts parts = new Parts(features.names());
    CostFormula formula = formula(parameters, parts);
    // A second constant could not be told from the formula's own.
    boolean constant = parameters.intercept() && !formula.hasConstant();
    if (constant || !parameters.linear().isEmpty()) {
      formula =
          new Formulas.WithLinear(
              formula, constant, parts.all("linear", parameters.linear()), parameters.linear());
    }
    for (int input : formula.inputs()) {
      if (!features.categories(input).isEmpty()) {
        throw SlipstreamException.invalid(
            "'" + features.names().get(input) + "' has categories, and " + name + " needs a number",
            "Tell categories apart by comparing: x == \"…\" is 1 or 0.");
      }
    }
    ParametricFit.Options options = options(formula, parameters, context);
    double[] truth = truth(formula, parameters);
    return fit(formula, data, options, truth);
  }

  ParametricModel fit(
      CostFormula formula, TrainingData data, ParametricFit.Options options, double[] truth) {
    ParametricFit.Result result =
        ParametricFit.fit(
            formula,
            data.features(),
            data.target(),
            data.facts().weights(),
            data.facts().clusters(),
            options);
    return model(formula, data, result, truth);
  }

  ParametricModel model(
      CostFormula formula, TrainingData data, ParametricFit.Result result, double[] truth) {
    double mean =
        data.facts().weights() == null
            ? CompensatedSum.mean(data.target())
            : CompensatedSum.weightedMean(data.target(), data.facts().weights());
    return ParametricModel.of(name, data.features(), formula, result, truth, mean);
  }

  private ParametricFit.Options options(CostFormula formula, P parameters, Context context) {
    List<Term> terms = formula.terms();
    double[] low = terms.stream().mapToDouble(Term::low).toArray();
    double[] high = terms.stream().mapToDouble(Term::high).toArray();
    List<String> names = terms.stream().map(Term::name).toList();
    givenByDefault(parameters)
        .forEach(
            (coefficient, value) -> {
              int at = names.indexOf(coefficient);
              if (at >= 0 && !parameters.bounds().containsKey(coefficient)) {
                low[at] = value;
                high[at] = value;
              }
            });
    parameters
        .bounds()
        .forEach(
            (coefficient, text) -> {
              int at = index(names, "bounds", coefficient);
              String[] ends = text.split("\\.\\.", -1);
              if (ends.length != 2) {
                throw wrong(
                    "bounds",
                    coefficient,
                    "'" + text + "' is not a range",
                    "Write 0.2..0.8; leave an end out for none.");
              }
              low[at] = end("bounds", coefficient, ends[0], Double.NEGATIVE_INFINITY);
              high[at] = end("bounds", coefficient, ends[1], Double.POSITIVE_INFINITY);
              if (!(low[at] <= high[at])) {
                throw wrong(
                    "bounds",
                    coefficient,
                    "'" + text + "' is empty",
                    "Write the smaller end first.");
              }
            });
    parameters
        .fixed()
        .forEach(
            (coefficient, text) -> {
              int at = index(names, "fixed", coefficient);
              low[at] = end("fixed", coefficient, text, Double.NaN);
              high[at] = low[at];
            });
    return new ParametricFit.Options(
        low,
        high,
        parameters.loss(),
        parameters.starts(),
        parameters.confidence(),
        context.threads(),
        context.progress());
  }

  private static double[] truth(CostFormula formula, FitParameters parameters) {
    List<String> names = formula.terms().stream().map(Term::name).toList();
    double[] truth = new double[names.size()];
    Arrays.fill(truth, Double.NaN);
    parameters
        .truth()
        .forEach(
            (coefficient, text) ->
                truth[index(names, "truth", coefficient)] =
                    end("truth", coefficient, text, Double.NaN));
    return truth;
  }

  private static int index(List<String> names, String key, String coefficient) {
    int index = names.indexOf(coefficient);
    if (index < 0) {
      throw wrong(
          key,
          coefficient,
          "there is no coefficient '" + coefficient + "'",
          Nearest.remedy(coefficient, names));
    }
    return index;
  }

  private static double end(String key, String coefficient, String text, double otherwise) {
    if (text.isBlank() && !Double.isNaN(otherwise)) {
      return otherwise;
    }
    try {
      double value = Double.parseDouble(text.strip());
      if (!Double.isNaN(value) && (Double.isFinite(value) || !Double.isNaN(otherwise))) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(key, coefficient, "'" + text + "' is not a number", "Write one, such as 0.5.");
  }

  private static SlipstreamException wrong(
      String key, String coefficient, String problem, String remedy) {
    return SlipstreamException.invalid(problem, Place.key(key + "." + coefficient), remedy);
  }

  /** Finds features by the names that parameters give. */
  record Parts(List<String> names) {
    /**
     * @param part the parameter
     */
    int one(String part, String feature) {
      int index = names.indexOf(feature);
      if (index < 0) {
        throw SlipstreamException.invalid(
            "there is no feature '" + feature + "'",
            Place.key(part),
            Nearest.remedy(feature, names));
      }
      return index;
    }

    int[] all(String part, List<String> features) {
      return features.stream().mapToInt(each -> one(part, each)).toArray();
    }
  }
}
