package slipstream.training.metrics;

import java.util.Optional;
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
  public Optional<Means> means(double centre) {
    return Optional.of(
        new Means() {
          @Override
          public int count() {
            return 1;
          }

          @Override
          public void terms(double actual, double predicted, double baseline, double[] terms) {
            terms[0] = Math.abs(actual - predicted);
          }

          @Override
          public double score(double[] means) {
            return means[0];
          }
        });
  }
}
