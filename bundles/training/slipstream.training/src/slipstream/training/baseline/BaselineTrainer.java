package slipstream.training.baseline;

import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalLong;
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

  /** It looks at no feature. */
  @Override
  public boolean takesCategories() {
    return true;
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
          case MEAN -> mean(target, data.facts().weights());
          case MEDIAN -> median(target, data.facts().weights());
        };
    return new BaselineModel(parameters.statistic(), value);
  }

  /** A sorted copy for a median; nothing for a mean. */
  @Override
  public OptionalLong memory(BaselineParameters parameters, Size size) {
    return switch (parameters.statistic()) {
      case MEAN -> OptionalLong.of(0);
      case MEDIAN -> OptionalLong.of((size.weighted() ? 24L : 8L) * size.rows());
    };
  }

  @Override
  public BaselineModel decode(byte[] bytes) {
    return BaselineModel.decode(bytes);
  }

  private static double mean(double[] values, double[] weights) {
    return weights == null
        ? CompensatedSum.mean(values)
        : CompensatedSum.weightedMean(values, weights);
  }

  /**
   * The middle value, or the mean of the two middle ones; with weights the value at which half of
   * the weight is reached, or the mean of it and the next where it is reached exactly.
   */
  private static double median(double[] values, double[] weights) {
    int n = values.length;
    if (weights == null) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
    }
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
    double half = CompensatedSum.of(weights) / 2;
    CompensatedSum reached = new CompensatedSum();
    for (int i = 0; i < n; i++) {
      reached.add(weights[order[i]]);
      if (reached.value() >= half) {
        int next = i + 1;
        while (next < n && weights[order[next]] == 0) {
          next++;
        }
        boolean between = reached.value() == half && next < n;
        double value = values[order[i]];
        return between ? value / 2 + values[order[next]] / 2 : value;
      }
    }
    return values[order[n - 1]];
  }
}
