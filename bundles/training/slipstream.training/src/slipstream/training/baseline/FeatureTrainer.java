package slipstream.training.baseline;

import java.util.OptionalLong;
import slipstream.core.CompensatedSum;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Trainer;

/** A feature as it is: a forecast that an expression makes, or what a desk uses now. */
public final class FeatureTrainer implements Trainer<FeatureParameters> {
  static final String NAME = "feature";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Predicts what a feature says, as it is: a yardstick, or a forecast that needs no model.";
  }

  @Override
  public Class<FeatureParameters> parameters() {
    return FeatureParameters.class;
  }

  @Override
  public FeatureModel train(TrainingData data, FeatureParameters parameters, Context context) {
    context.progress().checkCancelled();
    double[] target = data.target();
    if (target.length == 0) {
      throw SlipstreamException.invalid(
          "there are no training rows", "Widen the data or the validation split.");
    }
    int column = data.features().names().indexOf(parameters.feature());
    if (column < 0) {
      throw SlipstreamException.invalid(
          "there is no feature '" + parameters.feature() + "'",
          Place.key("feature"),
          Nearest.remedy(parameters.feature(), data.features().names()));
    }
    double mean =
        data.facts().hasWeights()
            ? CompensatedSum.weightedMean(target, data.facts().weights())
            : CompensatedSum.mean(target);
    return new FeatureModel(data.features().names(), column, mean);
  }

  @Override
  public OptionalLong memory(FeatureParameters parameters, Size size) {
    return OptionalLong.of(0);
  }

  @Override
  public FeatureModel decode(byte[] bytes) {
    return FeatureModel.decode(bytes);
  }
}
