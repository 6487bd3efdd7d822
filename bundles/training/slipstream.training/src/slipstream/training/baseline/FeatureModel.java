package slipstream.training.baseline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * One of the features, as it is.
 *
 * @param features of the rows
 * @param column of the one that is the prediction
 * @param otherwise what is predicted where it is not finite: the mean of the training targets
 */
public record FeatureModel(List<String> features, int column, double otherwise) implements Model {
  private static final String MAGIC = "SLIPFEAT";
  private static final int VERSION = 1;

  public FeatureModel {
    features = List.copyOf(features);
  }

  @Override
  public String trainer() {
    return FeatureTrainer.NAME;
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    rows.copy(column, 0, rows.rows(), result, 0);
    for (int i = 0; i < rows.rows(); i++) {
      result[i] = Double.isFinite(result[i]) ? result[i] : otherwise;
    }
  }

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION).putInt(features.size());
    features.forEach(out::putString);
    return out.putInt(column).putDouble(otherwise).bytes();
  }

  static FeatureModel decode(byte[] bytes) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, "feature model");
    List<String> features = in.getStrings();
    int column = in.getInt();
    if (column < 0 || column >= features.size()) {
      throw in.damaged("it claims feature " + column + " of " + features.size());
    }
    FeatureModel model = new FeatureModel(features, column, in.getFinite());
    in.end();
    return model;
  }

  @Override
  public SequencedMap<String, Double> importance() {
    SequencedMap<String, Double> importance = new LinkedHashMap<>();
    importance.put(features.get(column), 1.0);
    return importance;
  }
}
