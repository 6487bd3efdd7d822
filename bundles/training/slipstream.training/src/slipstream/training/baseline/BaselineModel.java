package slipstream.training.baseline;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.training.baseline.BaselineParameters.Statistic;

/**
 * Predicts one number for every row and needs no features.
 *
 * @param value in the target's unit
 */
public record BaselineModel(Statistic statistic, double value) implements Model {
  private static final String MAGIC = "SLIPBASE";
  private static final int VERSION = 1;

  @Override
  public String trainer() {
    return BaselineTrainer.NAME;
  }

  @Override
  public List<String> features() {
    return List.of();
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    Arrays.fill(result, 0, rows.rows(), value);
  }

  @Override
  public byte[] encode() {
    return new ModelBytes.Writer(MAGIC, VERSION)
        .putInt(statistic.ordinal())
        .putDouble(value)
        .bytes();
  }

  static BaselineModel decode(byte[] bytes) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, "baseline model");
    int statistic = in.getInt();
    if (statistic < 0 || statistic >= Statistic.values().length) {
      throw in.damaged("it names statistic " + statistic);
    }
    BaselineModel model = new BaselineModel(Statistic.values()[statistic], in.getFinite());
    in.end();
    return model;
  }

  @Override
  public SequencedMap<String, Double> importance() {
    return new LinkedHashMap<>();
  }
}
