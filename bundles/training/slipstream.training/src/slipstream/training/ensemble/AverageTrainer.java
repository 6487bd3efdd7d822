package slipstream.training.ensemble;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;

/**
 * The average of other models. Weights by the inverse of the mean squared error are those of Bates and Granger (Operational
 * Research Quarterly 1969) for errors that are taken as uncorrelated.
 */
public final class AverageTrainer implements Trainer<AverageParameters> {
  static final String NAME = "average";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "The average of other models of the experiment, equal or by the inverse of their errors.";
  }

  @Override
  public Class<AverageParameters> parameters() {
    return AverageParameters.class;
  }

  /** Members see to them. */
  @Override
  public boolean takesCategories() {
    return true;
  }

  @Override
  public List<String> members(AverageParameters parameters) {
    return parameters.of();
  }

  @Override
  public EnsembleModel train(TrainingData data, AverageParameters parameters, Context context) {
    double[] weights = new double[parameters.of().size()];
    switch (parameters.weights()) {
      case EQUAL -> Arrays.fill(weights, 1.0 / weights.length);
      case INVERSE_ERROR -> inverseErrors(OutOfFold.of(data, NAME, context), weights);
    }
    return new EnsembleModel(NAME, 0, OutOfFold.models(context), weights);
  }

  private static void inverseErrors(OutOfFold rows, double[] weights) {
    double[] errors = new double[weights.length];
    double least = Double.POSITIVE_INFINITY;
    for (int m = 0; m < weights.length; m++) {
      double[] error = rows.error(m);
      errors[m] = rows.meanProduct(error, 0, error, 0);
      least = Math.min(least, errors[m]);
    }
    double total = 0;
    for (int m = 0; m < weights.length; m++) {
      // Against the least error, so that nothing overflows; a perfect model takes all.
      weights[m] = errors[m] == least ? 1 : least / errors[m];
      total += weights[m];
    }
    for (int m = 0; m < weights.length; m++) {
      weights[m] /= total;
    }
  }

  /** Predictions of the members where weights need them. */
  @Override
  public OptionalLong memory(AverageParameters parameters, Size size) {
    return OptionalLong.of(
        parameters.weights() == AverageParameters.Weights.EQUAL
            ? 0
            : StackingTrainer.memory(parameters.of().size(), size));
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
