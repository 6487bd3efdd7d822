package slipstream.training.metrics;

import slipstream.core.spi.Metric;

/** Root mean squared error. */
public final class RootMeanSquaredError implements Metric {
  @Override
  public String name() {
    return "rmse";
  }

  @Override
  public String title() {
    return "RMSE";
  }

  @Override
  public String summary() {
    return "Root mean squared error: sqrt(mean((realised - predicted)²)).";
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
    return Math.sqrt(Errors.meanSquared(actual, predicted));
  }
}
