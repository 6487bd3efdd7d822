package slipstream.training.metrics;

import java.util.Optional;
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
  public Optional<Means> means(double centre) {
    return Optional.of(
        new Means() {
          @Override
          public int count() {
            return 3;
          }

          @Override
          public void terms(double actual, double predicted, double baseline, double[] terms) {
            terms[0] = (actual - predicted) * (actual - predicted);
            terms[1] = actual - centre;
            terms[2] = (actual - centre) * (actual - centre);
          }

          @Override
          public double score(double[] means) {
            double variation = means[2] - means[1] * means[1];
            return variation > 0 ? 1 - means[0] / variation : Double.NaN;
          }
        });
  }
}
