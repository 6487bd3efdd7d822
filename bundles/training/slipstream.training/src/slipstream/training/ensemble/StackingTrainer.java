package slipstream.training.ensemble;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.linear.RidgeModel;
import slipstream.training.linear.RidgeParameters;
import slipstream.training.linear.RidgeTrainer;

/**
 * Stacking (Wolpert, Neural Networks 1992; Breiman, Machine Learning 1996): other models are combined by weights that are
 * fitted to what they predict of training rows which they were not fitted on.
 *
 * <p>Non-negative weights minimise the weighted mean squared error, without or with Σw = 1; a constant is fitted with them
 * where it is wanted. With Σw = 1 the error is w'Ew, E the mean products of the members' errors, and the minimum is that of
 * u'Eu/2 - Σu over u ≥ 0, divided by its sum.
 */
public final class StackingTrainer implements Trainer<StackingParameters> {
  static final String NAME = "stacking";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Other models of the experiment, weighted by how well they predict rows they were not"
        + " fitted on.";
  }

  @Override
  public Class<StackingParameters> parameters() {
    return StackingParameters.class;
  }

  /** Members see to them. */
  @Override
  public boolean takesCategories() {
    return true;
  }

  @Override
  public List<String> members(StackingParameters parameters) {
    return parameters.of();
  }

  @Override
  public EnsembleModel train(TrainingData data, StackingParameters parameters, Context context) {
    OutOfFold rows = OutOfFold.of(data, NAME, context);
    return switch (parameters.method()) {
      case RIDGE -> ridge(rows, parameters, context);
      case NON_NEGATIVE -> nonNegative(rows, parameters, context);
    };
  }

  private static EnsembleModel ridge(
      OutOfFold rows, StackingParameters parameters, Context context) {
    TrainingData predictions =
        new TrainingData(
            FeatureMatrix.ofColumns(parameters.of(), rows.predicted()),
            rows.target(),
            new RowFacts(rows.weights(), null, null, null),
            FeatureMatrix.ofColumns(parameters.of(), new double[rows.members()][0]),
            new double[0],
            RowFacts.NONE);
    RidgeModel fitted =
        new RidgeTrainer().train(predictions, new RidgeParameters(parameters.l2(), false), context);
    double[] weights = fitted.slopes();
    double[] means = fitted.means();
    double intercept = fitted.intercept();
    for (int m = 0; m < weights.length; m++) {
      intercept -= weights[m] * means[m];
    }
    return new EnsembleModel(NAME, intercept, OutOfFold.models(context), weights);
  }

  private static EnsembleModel nonNegative(
      OutOfFold rows, StackingParameters parameters, Context context) {
    double[] weights =
        parameters.sumToOne()
            ? convex(rows, parameters.intercept())
            : free(rows, parameters.intercept());
    double intercept = 0;
    if (parameters.intercept()) {
      intercept = rows.mean(rows.target());
      for (int m = 0; m < weights.length; m++) {
        intercept -= weights[m] * rows.mean(rows.predicted()[m]);
      }
    }
    return new EnsembleModel(NAME, intercept, OutOfFold.models(context), weights);
  }

  /** The least error over weights that are not negative and add up to 1. */
  static double[] convex(OutOfFold rows, boolean centred) {
    int members = rows.members();
    double[][] errors = new double[members][];
    double[] means = new double[members];
    for (int m = 0; m < members; m++) {
      errors[m] = rows.error(m);
      means[m] = centred ? rows.mean(errors[m]) : 0;
    }
    double[][] products = products(rows, errors, means);
    int best = 0;
    for (int m = 0; m < members; m++) {
      best = products[m][m] < products[best][best] ? m : best;
    }
    double[] weights = new double[members];
    if (products[best][best] > 0) {
      double[] ones = new double[members];
      Arrays.fill(ones, 1);
      weights = NonNegativeLeastSquares.solve(products, ones);
    }
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    if (total > 0) {
      for (int m = 0; m < members; m++) {
        weights[m] /= total;
      }
    } else {
      weights[best] = 1; // a member without error
    }
    return weights;
  }

  /** The least error over weights that are not negative. */
  private static double[] free(OutOfFold rows, boolean centred) {
    int members = rows.members();
    double[] means = new double[members];
    double target = centred ? rows.mean(rows.target()) : 0;
    for (int m = 0; m < members; m++) {
      means[m] = centred ? rows.mean(rows.predicted()[m]) : 0;
    }
    double[] moments = new double[members];
    for (int m = 0; m < members; m++) {
      moments[m] = rows.meanProduct(rows.predicted()[m], means[m], rows.target(), target);
    }
    return NonNegativeLeastSquares.solve(products(rows, rows.predicted(), means), moments);
  }

  private static double[][] products(OutOfFold rows, double[][] series, double[] means) {
    double[][] products = new double[series.length][series.length];
    for (int i = 0; i < series.length; i++) {
      for (int j = 0; j <= i; j++) {
        products[i][j] = rows.meanProduct(series[i], means[i], series[j], means[j]);
        products[j][i] = products[i][j];
      }
    }
    return products;
  }

  @Override
  public OptionalLong memory(StackingParameters parameters, Size size) {
    return OptionalLong.of(memory(parameters.of().size(), size));
  }

  /** Predictions of the members, as they come and without unknown ones, places of rows, errors and products. */
  static long memory(int members, Size size) {
    return (24L * members + 8 + 4 + 8 + (size.weighted() ? 8 : 0)) * size.rows();
  }

  @Override
  public EnsembleModel decode(byte[] bytes) {
    return decode(bytes, Collections.emptyNavigableMap());
  }

  @Override
  public EnsembleModel decode(byte[] bytes, SequencedMap<String, Model> members) {
    return EnsembleModel.decode(bytes, members, NAME);
  }
}
