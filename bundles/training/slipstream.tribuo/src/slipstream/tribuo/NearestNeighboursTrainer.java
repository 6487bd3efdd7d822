package slipstream.tribuo;

import java.util.Arrays;
import java.util.OptionalLong;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;

/**
 * The mean of the nearest training rows (Fix and Hodges 1951), found by Tribuo's k-d tree, on standardised features. A
 * missing value stands at the training mean; rows count by their weight.
 */
public final class NearestNeighboursTrainer implements Trainer<NearestNeighboursParameters> {
  static final String NAME = "tribuo-knn";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "The mean of the nearest training rows, found by Tribuo's k-d tree.";
  }

  @Override
  public Class<NearestNeighboursParameters> parameters() {
    return NearestNeighboursParameters.class;
  }

  @Override
  public OptionalLong memory(NearestNeighboursParameters parameters, Size size) {
    long kept = Math.min(size.rows(), parameters.rows());
    return OptionalLong.of(kept * (200 + 8L * size.features()));
  }

  @Override
  public Model train(TrainingData data, NearestNeighboursParameters parameters, Context context) {
    var standardisation = Standardisation.of(data, NAME, context);
    int[] chosen = Thinning.rows(data.target().length, parameters.rows(), NAME, context.progress());
    context.progress().stage("Nearest neighbours", 0, -1, "");
    double[][] rows = standardisation.rows(data.features().select(chosen), 0, chosen.length);
    double[] target =
        Arrays.stream(chosen)
            .mapToDouble(row -> standardisation.target().standard(data.target()[row]))
            .toArray();
    double[] weights =
        data.facts().hasWeights()
            ? Arrays.stream(chosen).mapToDouble(data.facts()::weight).toArray()
            : null;
    return new NearestNeighboursModel(
        standardisation, parameters.neighbours(), parameters.metric(), rows, target, weights);
  }

  @Override
  public Model decode(byte[] bytes) {
    return NearestNeighboursModel.decode(bytes);
  }
}
