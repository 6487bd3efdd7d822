package slipstream.tribuo;

import java.util.OptionalLong;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.regression.sgd.fm.FMRegressionModel;
import org.tribuo.regression.sgd.fm.FMRegressionTrainer;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;

/**
 * Tribuo's factorisation machine (Rendle 2010) by stochastic gradient descent with AdaGrad, a row a step, on standardised
 * features and target. A missing value stands at the training mean.
 */
public final class FactorisationMachineTrainer implements Trainer<FactorisationMachineParameters> {
  static final String NAME = "tribuo-factorisation-machine";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Tribuo's factorisation machine: linear effects and the products of every two features,"
        + " with few coefficients.";
  }

  @Override
  public Class<FactorisationMachineParameters> parameters() {
    return FactorisationMachineParameters.class;
  }

  @Override
  public OptionalLong memory(FactorisationMachineParameters parameters, Size size) {
    return Footprint.gradientDescent(size);
  }

  @Override
  public Model train(
      TrainingData data, FactorisationMachineParameters parameters, Context context) {
    var standardisation = Standardisation.of(data, NAME, context);
    var optimiser =
        new Watched(
            new AdaGrad(parameters.learningRate(), LinearSgdTrainer.EPSILON),
            context.progress(),
            "Tribuo factorisation machine",
            data.target().length,
            parameters.epochs());
    // Tribuo multiplies standard normal numbers by what it calls the variance.
    FMRegressionModel fitted =
        new FMRegressionTrainer(
                parameters.loss().objective(),
                optimiser,
                parameters.epochs(),
                -1,
                context.seed(),
                parameters.factors(),
                parameters.deviation(),
                false)
            .train(
                Examples.standardised(
                    standardisation, data, Examples.all(data), context.progress()));
    int[] features = Examples.features(fitted.getFeatureIDMap());
    DenseMatrix linear = fitted.getLinearWeightsCopy();
    DenseMatrix vectors = (DenseMatrix) fitted.getFactorsCopy()[0];
    double[] weights = new double[features.length];
    double[][] factors = new double[parameters.factors()][features.length];
    for (int id = 0; id < features.length; id++) {
      weights[features[id]] = Footprint.finite(linear.get(0, id), NAME);
      for (int k = 0; k < factors.length; k++) {
        factors[k][features[id]] = Footprint.finite(vectors.get(k, id), NAME);
      }
    }
    double bias = Footprint.finite(fitted.getBiasesCopy().get(0), NAME);
    return new FactorisationMachineModel(standardisation, bias, weights, factors);
  }

  @Override
  public Model decode(byte[] bytes) {
    return FactorisationMachineModel.decode(bytes);
  }
}
