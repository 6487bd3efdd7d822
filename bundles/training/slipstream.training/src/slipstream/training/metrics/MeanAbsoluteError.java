package slipstream.training.metrics;

import slipstream.core.spi.Metric;

/** Mean absolute error. */
public final class MeanAbsoluteError implements Metric {
  @Override
  public String name() {
    return "mae";
  }

  @Override
  public String title() {
    return "MAE";
  }

  @Override
  public String summary() {
    return "Mean absolute error: mean(|realised - predicted|).";
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
    return Errors.meanAbsolute(actual, predicted);
  }
}
