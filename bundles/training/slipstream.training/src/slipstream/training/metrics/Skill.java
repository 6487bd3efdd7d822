package slipstream.training.metrics;

import java.util.Optional;
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
  public Optional<Means> means(double centre) {
    return Optional.of(
        new Means() {
          @Override
          public int count() {
            return 2;
          }

          @Override
          public void terms(double actual, double predicted, double baseline, double[] terms) {
            terms[0] = (actual - predicted) * (actual - predicted);
            terms[1] = (actual - baseline) * (actual - baseline);
          }

          @Override
          public double score(double[] means) {
            return means[1] > 0 ? 1 - means[0] / means[1] : Double.NaN;
          }
        });
  }
}
