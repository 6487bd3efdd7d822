package slipstream.tribuo;

import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.linear.FeatureMoments;

/**
 * The target at mean 0 and standard deviation 1, so that step lengths, tolerances and float32 sums fit any unit.
 *
 * @param mean weighted
 * @param deviation above 0; 1 where the target does not vary
 */
record TargetScale(double mean, double deviation) {
  static TargetScale of(TrainingData data, Context context) {
    double[] target = data.target();
    double[] weights = data.facts().weights();
    double mean =
        weights == null
            ? CompensatedSum.mean(target)
            : CompensatedSum.weightedMean(target, weights);
    FeatureMatrix column = FeatureMatrix.ofColumns(List.of("target"), new double[][] {target});
    double deviation = FeatureMoments.of(column, weights, context).getFirst().deviation();
    return new TargetScale(mean, deviation > 0 ? deviation : 1);
  }

  double standard(double value) {
    return (value - mean) / deviation;
  }

  /** The target of a standardised one. */
  double value(double standard) {
    return mean + deviation * standard;
  }

  void write(ModelBytes.Writer out) {
    out.putDouble(mean).putDouble(deviation);
  }

  static TargetScale read(ModelBytes.Reader in) {
    var scale = new TargetScale(in.getFinite(), in.getFinite());
    if (scale.deviation <= 0) {
      throw in.damaged("a standard deviation is not above 0");
    }
    return scale;
  }
}
