package slipstream.training.metrics;

import java.util.Optional;
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
  public Optional<Means> means(double centre) {
    return Optional.of(
        new Means() {
          @Override
          public int count() {
            return 1;
          }

          @Override
          public void terms(double actual, double predicted, double baseline, double[] terms) {
            terms[0] = (actual - predicted) * (actual - predicted);
          }

          @Override
          public double score(double[] means) {
            return Math.sqrt(means[0]);
          }
        });
  }
}
