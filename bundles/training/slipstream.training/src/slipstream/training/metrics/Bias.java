package slipstream.training.metrics;

import java.util.Optional;
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
  public Optional<Means> means(double centre) {
    return Optional.of(
        new Means() {
          @Override
          public int count() {
            return 1;
          }

          @Override
          public void terms(double actual, double predicted, double baseline, double[] terms) {
            terms[0] = predicted - actual;
          }

          @Override
          public double score(double[] means) {
            return means[0];
          }
        });
  }
}
