package slipstream.training.metrics;

import slipstream.core.spi.Metric;

/**
 * Share of the baseline's squared error that the model takes away.
 *
 * <p>Both were fitted on the same training rows: above 0 the model beats the baseline out of
 * sample.
 */
public final class Skill implements Metric {
  @Override
  public String name() {
    return "skill";
  }

  @Override
  public String title() {
    return "Skill";
  }

  @Override
  public String summary() {
    return "1 - MSE(model) / MSE(baseline): above 0 the model beats the baseline out of sample.";
  }

  @Override
  public boolean inTargetUnit() {
    return false;
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public double score(double[] actual, double[] predicted, double[] baseline) {
    double yardstick = Errors.meanSquared(actual, baseline);
    return yardstick > 0 ? 1 - Errors.meanSquared(actual, predicted) / yardstick : Double.NaN;
  }
}
