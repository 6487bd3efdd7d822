package slipstream.training.parametric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.Coefficient;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.training.parametric.CostFormula.Term;

/**
 * A formula with fitted coefficients. A row whose inputs are unknown, or on which the formula is not defined, is given
 * the mean of the training targets.
 */
public final class ParametricModel implements Model {
  private static final String MAGIC = "SLIPPARM";

  /** 2 added the covariance of the coefficients. */
  private static final int VERSION = 2;

  /** Importance is measured on so many rows. */
  private static final int IMPORTANCE_ROWS = 10_000;

  private final String trainer;
  private final List<String> features;
  private final CostFormula formula;
  private final double[] estimates;
  private final List<Coefficient> coefficients;
  private final double otherwise;
  private final double smearing;
  private final double[] importance;
  private final double[][] covariance; // of the coefficients; null where an older file does not say

  private ParametricModel(
      String trainer,
      List<String> features,
      CostFormula formula,
      List<Coefficient> coefficients,
      double otherwise,
      double smearing,
      double[] importance,
      double[][] covariance) {
    this.covariance = covariance;
    this.trainer = trainer;
    this.features = List.copyOf(features);
    this.formula = formula;
    this.coefficients = List.copyOf(coefficients);
    this.estimates = coefficients.stream().mapToDouble(Coefficient::estimate).toArray();
    this.otherwise = otherwise;
    this.smearing = smearing;
    this.importance = importance;
  }

  /**
   * @param rows that it was fitted on
   * @param truth by coefficient, NaN where it is not known
   * @param mean of the training targets
   */
  static ParametricModel of(
      String trainer,
      FeatureMatrix rows,
      CostFormula formula,
      ParametricFit.Result result,
      double[] truth,
      double mean) {
    List<Term> terms = formula.terms();
    List<Coefficient> coefficients = new ArrayList<>();
    for (int j = 0; j < terms.size(); j++) {
      coefficients.add(
          new Coefficient(
              terms.get(j).name(),
              "",
              result.estimates()[j] + 0.0,
              result.standardError(j),
              result.low()[j],
              result.high()[j],
              truth[j]));
    }
    double[] none = new double[rows.features()];
    ParametricModel model =
        new ParametricModel(
            trainer, rows.names(), formula, coefficients, mean, result.smearing(), none, null);
    return new ParametricModel(
        trainer,
        rows.names(),
        formula,
        coefficients,
        mean,
        result.smearing(),
        model.importance(rows),
        result.covariance());
  }

  @Override
  public String trainer() {
    return trainer;
  }

  @Override
  public List<String> features() {
    return features;
  }

  @Override
  public List<Coefficient> coefficients() {
    return coefficients;
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    int[] inputs = formula.inputs();
    int block = 4096;
    double[][] columns = new double[inputs.length][Math.min(block, rows.rows())];
    double[] x = new double[inputs.length];
    for (int from = 0; from < rows.rows(); from += block) {
      int to = Math.min(rows.rows(), from + block);
      for (int c = 0; c < inputs.length; c++) {
        rows.copy(inputs[c], from, to, columns[c], 0);
      }
      for (int row = from; row < to; row++) {
        for (int c = 0; c < inputs.length; c++) {
          x[c] = columns[c][row - from];
        }
        result[row] = value(x);
      }
    }
  }

  private double value(double[] x) {
    for (double each : x) {
      if (!Double.isFinite(each)) {
        return otherwise;
      }
    }
    double value = formula.value(x, estimates, null);
    double result = formula.logarithmic() ? StrictMath.exp(value) * smearing : value;
    return Double.isFinite(result) ? result : otherwise;
  }

  /**
   * By the delta method: the root of g' C g, g being the derivatives by the coefficients and C their covariance. A coefficient
   * at a bound counts as given, and the smearing factor of a logarithmic formula as known.
   */
  @Override
  public Optional<double[]> standardErrors(FeatureMatrix rows) {
    if (covariance == null) {
      return Optional.empty();
    }
    int[] inputs = formula.inputs();
    double[] x = new double[inputs.length];
    double[] gradient = new double[estimates.length];
    double[] errors = new double[rows.rows()];
    for (int row = 0; row < errors.length; row++) {
      boolean known = true;
      for (int c = 0; c < inputs.length; c++) {
        x[c] = rows.get(row, inputs[c]);
        known &= Double.isFinite(x[c]);
      }
      double value = known ? formula.value(x, estimates, gradient) : Double.NaN;
      double scale = formula.logarithmic() ? StrictMath.exp(value) * smearing : 1;
      double variance = Double.isFinite(value) ? quadraticForm(gradient) : Double.NaN;
      errors[row] = scale * Math.sqrt(Math.max(0, variance));
    }
    return Optional.of(errors);
  }

  private double quadraticForm(double[] gradient) {
    double sum = 0;
    for (int j = 0; j < gradient.length; j++) {
      for (int k = 0; k < gradient.length; k++) {
        double each = covariance[j][k];
        sum += Double.isNaN(each) ? 0 : gradient[j] * each * gradient[k];
      }
    }
    return sum;
  }

  // --------------------------------------------------------------- importance

  /** By feature: how far the result moves on average when the feature is held at its mean. */
  private double[] importance(FeatureMatrix rows) {
    int[] inputs = formula.inputs();
    int stride = Math.max(1, rows.rows() / IMPORTANCE_ROWS);
    double[] means = new double[inputs.length];
    int[] known = new int[inputs.length];
    for (int row = 0; row < rows.rows(); row += stride) {
      for (int c = 0; c < inputs.length; c++) {
        double value = rows.get(row, inputs[c]);
        if (Double.isFinite(value)) {
          means[c] += (value - means[c]) / ++known[c];
        }
      }
    }
    double[] moved = new double[rows.features()];
    double[] x = new double[inputs.length];
    for (int row = 0; row < rows.rows(); row += stride) {
      for (int c = 0; c < inputs.length; c++) {
        x[c] = rows.get(row, inputs[c]);
      }
      double value = value(x);
      for (int c = 0; c < inputs.length; c++) {
        double kept = x[c];
        x[c] = means[c];
        moved[inputs[c]] += Math.abs(value(x) - value);
        x[c] = kept;
      }
    }
    return moved;
  }

  @Override
  public SequencedMap<String, Double> importance() {
    double sum = 0;
    for (double each : importance) {
      sum += each;
    }
    record Share(String feature, double share) {}
    List<Share> shares = new ArrayList<>();
    for (int j = 0; j < importance.length && sum > 0 && Double.isFinite(sum); j++) {
      shares.add(new Share(features.get(j), importance[j] / sum));
    }
    shares.sort(Comparator.comparingDouble(Share::share).reversed());
    SequencedMap<String, Double> result = new LinkedHashMap<>();
    shares.forEach(each -> result.put(each.feature(), each.share()));
    return result;
  }

  // -------------------------------------------------------------------- bytes

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION).putString(trainer);
    out.putInt(features.size());
    features.forEach(out::putString);
    out.putString(formula.kind());
    int[] inputs = formula.inputs();
    out.putInt(inputs.length);
    for (int input : inputs) {
      out.putInt(input);
    }
    out.putInt(formula.options().size());
    formula.options().forEach(out::putString);
    for (Coefficient each : coefficients) {
      out.putDouble(each.estimate());
      out.putDouble(each.standardError());
      out.putDouble(each.low());
      out.putDouble(each.high());
      out.putDouble(each.truth());
    }
    out.putDouble(otherwise).putDouble(smearing).putDoubles(importance);
    out.putInt(covariance == null ? 0 : covariance.length);
    for (int j = 0; covariance != null && j < covariance.length; j++) {
      out.putDoubles(covariance[j]);
    }
    return out.bytes();
  }

  /**
   * @param trainer whose models are read
   */
  static ParametricModel decode(byte[] bytes, String trainer) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, trainer + " model");
    if (!in.getString().equals(trainer)) {
      throw in.damaged("it is another trainer's");
    }
    List<String> features = in.getStrings();
    String kind = in.getString();
    int[] inputs = new int[in.getCount(4)];
    for (int c = 0; c < inputs.length; c++) {
      inputs[c] = in.getInt();
      if (inputs[c] < 0 || inputs[c] >= features.size()) {
        throw in.damaged("it names feature " + inputs[c]);
      }
    }
    List<String> options = in.getStrings();
    CostFormula formula;
    try {
      formula = Formulas.of(kind, inputs, options);
    } catch (IllegalArgumentException e) {
      throw in.damaged(e.getMessage());
    }
    List<Coefficient> coefficients = new ArrayList<>();
    for (Term term : formula.terms()) {
      coefficients.add(
          new Coefficient(
              term.name(),
              "",
              in.getFinite(),
              in.getDouble(),
              in.getDouble(),
              in.getDouble(),
              in.getDouble()));
    }
    double otherwise = in.getFinite();
    double smearing = in.getFinite();
    double[] importance = in.getFinite(features.size());
    double[][] covariance = in.version() == 1 ? null : covariance(in, coefficients.size());
    in.end();
    for (double each : importance) {
      if (each < 0) {
        throw in.damaged("it holds an importance of " + each);
      }
    }
    return new ParametricModel(
        trainer, features, formula, coefficients, otherwise, smearing, importance, covariance);
  }

  private static double[][] covariance(ModelBytes.Reader in, int coefficients) {
    int count = in.getCount(8);
    if (count == 0) {
      return null;
    }
    if (count != coefficients) {
      throw in.damaged("it holds covariances of " + count + " coefficients");
    }
    double[][] covariance = new double[count][count];
    for (double[] row : covariance) {
      Arrays.setAll(row, _ -> in.getDouble());
    }
    return covariance;
  }
}
