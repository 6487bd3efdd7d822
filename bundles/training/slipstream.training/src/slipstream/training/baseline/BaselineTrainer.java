package slipstream.training.baseline;

import java.util.Arrays;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Trainer;

/** The yardstick: the mean or median of the training targets, for every row. */
public final class BaselineTrainer implements Trainer<BaselineParameters> {
  static final String NAME = "baseline";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Predicts the mean or median of the training targets: what a model must beat.";
  }

  @Override
  public Class<BaselineParameters> parameters() {
    return BaselineParameters.class;
  }

  @Override
  public BaselineModel train(TrainingData data, BaselineParameters parameters, Context context) {
    context.progress().checkCancelled();
    double[] target = data.target();
    if (target.length == 0) {
      throw SlipstreamException.invalid(
          "there are no training rows", "Widen the data or the validation split.");
    }
    double value =
        switch (parameters.statistic()) {
          case MEAN -> CompensatedSum.mean(target);
          case MEDIAN -> median(target);
        };
    return new BaselineModel(parameters.statistic(), value);
  }

  @Override
  public BaselineModel decode(byte[] bytes) {
    return BaselineModel.decode(bytes);
  }

  /** The middle value, or the mean of the two middle ones. */
  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
  }
}
