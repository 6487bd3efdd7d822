package slipstream.training.linear;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.Coefficient;

/** A linear model fitted by the LASSO or the elastic net, with the path that it was taken from. */
public final class ElasticNetModel extends LinearModel {
  private static final String MAGIC = "SLIPENET";
  private static final int VERSION = 1;

  /**
   * A point of the path.
   *
   * @param lambda the penalty, in units of the target
   * @param terms how many columns have a coefficient, indicators of missing values included
   * @param trainingError root mean square on the training rows, in units of the target
   * @param validationError the same on the validation rows; NaN where there were none
   * @param slopes by feature, in units of the target for each unit of the feature; not to be changed
   */
  public record PathPoint(
      double lambda, int terms, double trainingError, double validationError, double[] slopes) {}

  private final String trainer;
  private final double l1Ratio;
  private final double lambda;
  private final int step;
  private final List<PathPoint> path;

  ElasticNetModel(
      String trainer, Terms terms, double l1Ratio, double lambda, int step, List<PathPoint> path) {
    super(terms);
    this.trainer = trainer;
    this.l1Ratio = l1Ratio;
    this.lambda = lambda;
    this.step = step;
    this.path = List.copyOf(path);
  }

  @Override
  public String trainer() {
    return trainer;
  }

  /** The penalty that the model was fitted with, in units of the target. */
  public double lambda() {
    return lambda;
  }

  /** The share of the penalty on absolute coefficients. */
  public double l1Ratio() {
    return l1Ratio;
  }

  /** From the largest penalty on; a single point where the penalty was given. */
  public List<PathPoint> path() {
    return path;
  }

  /** The number of its point of the path, from 1; 0 where the penalty was given. */
  @Override
  public int steps() {
    return step;
  }

  /**
   * The intercept, each feature's slope (0 where it was dropped) and what missing values have. A
   * penalised estimate has no standard error.
   */
  @Override
  public List<Coefficient> coefficients() {
    List<Coefficient> coefficients = new ArrayList<>();
    coefficients.add(coefficient("intercept", terms().intercept()));
    for (int j = 0; j < features().size(); j++) {
      coefficients.add(coefficient(features().get(j), terms().coefficients()[j]));
      if (terms().missing()[j] != 0) {
        coefficients.add(coefficient(features().get(j) + " missing", terms().missing()[j]));
      }
    }
    return coefficients;
  }

  private static Coefficient coefficient(String name, double estimate) {
    return new Coefficient(name, "", estimate, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION).putString(trainer);
    terms().write(out);
    out.putDouble(l1Ratio).putDouble(lambda).putInt(step).putInt(path.size());
    for (PathPoint point : path) {
      out.putDouble(point.lambda)
          .putInt(point.terms)
          .putDouble(point.trainingError)
          .putDouble(point.validationError)
          .putDoubles(point.slopes);
    }
    return out.bytes();
  }

  static ElasticNetModel decode(byte[] bytes, String trainer) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, trainer + " model");
    String made = in.getString();
    if (!made.equals(trainer)) {
      throw in.damaged("it was made by '" + made + "'");
    }
    Terms terms = Terms.read(in);
    int features = terms.features().size();
    double l1Ratio = in.getFinite();
    double lambda = in.getFinite();
    int step = in.getInt();
    int points = in.getCount(28 + 8 * features);
    if (step < 0 || step > points) {
      throw in.damaged("it claims step " + step + " of " + points);
    }
    List<PathPoint> path = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      double penalty = in.getFinite();
      int count = in.getInt();
      if (count < 0) {
        throw in.damaged("it claims " + count + " terms");
      }
      path.add(
          new PathPoint(penalty, count, in.getFinite(), in.getDouble(), in.getFinite(features)));
    }
    in.end();
    return new ElasticNetModel(trainer, terms, l1Ratio, lambda, step, path);
  }
}
