package slipstream.training.metrics;

import slipstream.core.CompensatedSum;
import slipstream.core.spi.Metric;

/** Mean of predicted minus realised; best at 0, though tables order it by size. */
public final class Bias implements Metric {
  @Override
  public String name() {
    return "bias";
  }

  @Override
  public String title() {
    return "Bias";
  }

  @Override
  public String summary() {
    return "mean(predicted - realised): best at 0; positive predicts too much.";
  }

  @Override
  public boolean inTargetUnit() {
    return true;
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public double score(double[] actual, double[] predicted, double[] baseline) {
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; i < actual.length; i++) {
      sum.add(predicted[i] - actual[i]);
    }
    return sum.value() / actual.length;
  }
}
