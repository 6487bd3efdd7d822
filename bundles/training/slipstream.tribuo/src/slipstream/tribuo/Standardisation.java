package slipstream.tribuo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.linear.FeatureMoments;

/**
 * Features and target at mean 0 and standard deviation 1, by the training rows. A missing value (NaN or infinite) stands
 * at the mean; a feature that does not vary is left out.
 *
 * @param names of all features
 * @param used indices of those that vary
 * @param means of those that vary
 * @param deviations of those that vary, above 0
 */
record Standardisation(
    List<String> names, int[] used, double[] means, double[] deviations, TargetScale target) {
  /** Of the training rows, after checking them. */
  static Standardisation of(TrainingData data, String trainer, Context context) {
    data.requireUsable(trainer);
    List<FeatureMoments> moments =
        FeatureMoments.of(data.features(), data.facts().weights(), context);
    List<Integer> varying = new ArrayList<>();
    for (int j = 0; j < moments.size(); j++) {
      if (moments.get(j).deviation() > 0) {
        varying.add(j);
      }
    }
    if (varying.isEmpty()) {
      throw SlipstreamException.invalid(
          trainer + " got no feature that varies over the training rows",
          "Define a feature that differs between rows, or take another trainer.");
    }
    int[] used = varying.stream().mapToInt(j -> j).toArray();
    return new Standardisation(
        data.features().names(),
        used,
        Arrays.stream(used).mapToDouble(j -> moments.get(j).mean()).toArray(),
        Arrays.stream(used).mapToDouble(j -> moments.get(j).deviation()).toArray(),
        TargetScale.of(data, context));
  }

  /** How many features vary. */
  int size() {
    return used.length;
  }

  /** Rows [from, to) as {@code [row][feature that varies]}. */
  double[][] rows(FeatureMatrix features, int from, int to) {
    double[][] rows = new double[to - from][used.length];
    double[] column = new double[to - from];
    for (int k = 0; k < used.length; k++) {
      features.copy(used[k], from, to, column, 0);
      for (int i = 0; i < column.length; i++) {
        rows[i][k] = Double.isFinite(column[i]) ? (column[i] - means[k]) / deviations[k] : 0;
      }
    }
    return rows;
  }

  void write(ModelBytes.Writer out) {
    out.putInt(names.size());
    names.forEach(out::putString);
    out.putInt(used.length);
    for (int feature : used) {
      out.putInt(feature);
    }
    out.putDoubles(means).putDoubles(deviations);
    target.write(out);
  }

  static Standardisation read(ModelBytes.Reader in) {
    List<String> names = in.getStrings();
    int count = in.getCount(20);
    int[] used = new int[count];
    for (int k = 0; k < count; k++) {
      used[k] = in.getInt();
      if (used[k] < (k == 0 ? 0 : used[k - 1] + 1) || used[k] >= names.size()) {
        throw in.damaged("it uses feature " + used[k] + " of " + names.size());
      }
    }
    double[] means = in.getFinite(count);
    double[] deviations = in.getFinite(count);
    if (count == 0 || Arrays.stream(deviations).anyMatch(d -> d <= 0)) {
      throw in.damaged("no feature varies");
    }
    return new Standardisation(names, used, means, deviations, TargetScale.read(in));
  }
}
