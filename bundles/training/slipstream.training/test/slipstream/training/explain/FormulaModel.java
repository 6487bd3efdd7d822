package slipstream.training.explain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/** A model that is a formula of a row. */
record FormulaModel(List<String> features, ToDoubleFunction<double[]> formula) implements Model {
  @Override
  public String trainer() {
    return "formula";
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    double[] row = new double[features.size()];
    double[] value = new double[1];
    for (int i = 0; i < rows.rows(); i++) {
      for (int f = 0; f < row.length; f++) {
        rows.copy(f, i, i + 1, value, 0);
        row[f] = value[0];
      }
      result[i] = formula.applyAsDouble(row);
    }
  }

  @Override
  public byte[] encode() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SequencedMap<String, Double> importance() {
    return new LinkedHashMap<>();
  }
}
