package slipstream.training.metrics;

import java.util.Arrays;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.Metric;

/**
 * Coefficient of determination on the scored rows.
 *
 * <p>The yardstick is the mean of the scored rows themselves, which no forecast could know; a model
 * that only knows the training mean therefore scores 0 or less. {@link Skill} compares with what
 * was known.
 */
public final class RSquared implements Metric {
  @Override
  public String name() {
    return "r2";
  }

  @Override
  public String title() {
    return "R²";
  }

  @Override
  public String summary() {
    return "1 - sum((realised - predicted)²) / sum((realised - mean realised)²), over the scored"
        + " rows.";
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
    double mean = CompensatedSum.mean(actual);
    double[] constant = new double[actual.length];
    Arrays.fill(constant, mean);
    double variation = Errors.meanSquared(actual, constant);
    return variation > 0 ? 1 - Errors.meanSquared(actual, predicted) / variation : Double.NaN;
  }
}
