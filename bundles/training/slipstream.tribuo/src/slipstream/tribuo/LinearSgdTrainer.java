package slipstream.tribuo;

import java.util.OptionalLong;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.regression.sgd.linear.LinearSGDModel;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.linear.FittedLinearModel;

/**
 * Tribuo's linear regression by stochastic gradient descent with AdaGrad (Duchi, Hazan and Singer 2011), a row a step, on
 * standardised features and target. A missing value stands at the training mean.
 */
public final class LinearSgdTrainer implements Trainer<LinearSgdParameters> {
  static final String NAME = "tribuo-linear-sgd";

  /** AdaGrad's, as in Tribuo's own default. */
  static final double EPSILON = 0.1;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Tribuo's linear regression by stochastic gradient descent, of squared, absolute or Huber's"
        + " loss.";
  }

  @Override
  public Class<LinearSgdParameters> parameters() {
    return LinearSgdParameters.class;
  }

  @Override
  public OptionalLong memory(LinearSgdParameters parameters, Size size) {
    return Footprint.gradientDescent(size);
  }

  @Override
  public Model train(TrainingData data, LinearSgdParameters parameters, Context context) {
    var standardisation = Standardisation.of(data, NAME, context);
    int rows = data.target().length;
    var optimiser =
        new Watched(
            new AdaGrad(parameters.learningRate(), EPSILON),
            context.progress(),
            "Tribuo linear SGD",
            rows,
            parameters.epochs());
    LinearSGDModel fitted =
        new org.tribuo.regression.sgd.linear.LinearSGDTrainer(
                parameters.loss().objective(), optimiser, parameters.epochs(), -1, context.seed())
            .train(
                Examples.standardised(
                    standardisation, data, Examples.all(data), context.progress()));
    int[] features = Examples.features(fitted.getFeatureIDMap());
    var weights = fitted.getWeightsCopy();
    int count = standardisation.names().size();
    double[] means = new double[count];
    double[] deviations = new double[count];
    double[] slopes = new double[count];
    for (int id = 0; id < features.length; id++) {
      int k = features[id];
      int feature = standardisation.used()[k];
      means[feature] = standardisation.means()[k];
      deviations[feature] = standardisation.deviations()[k];
      double slope =
          standardisation.target().deviation() * weights.get(0, id) / deviations[feature];
      slopes[feature] = Footprint.finite(slope, NAME);
    }
    double bias = weights.get(0, features.length);
    return new FittedLinearModel(
        NAME,
        standardisation.names(),
        Footprint.finite(standardisation.target().value(bias), NAME),
        means,
        deviations,
        slopes,
        new double[count]);
  }

  @Override
  public Model decode(byte[] bytes) {
    return FittedLinearModel.decode(bytes, NAME);
  }
}
