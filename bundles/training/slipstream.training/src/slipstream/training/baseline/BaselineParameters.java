package slipstream.training.baseline;

import slipstream.core.parameters.Parameter;

/**
 * How the baseline predicts.
 *
 * @param statistic what it takes of the training targets
 */
public record BaselineParameters(
    @Parameter(
            help =
                "What is predicted for every row: the mean of the training targets, which no"
                    + " constant beats in squared error, or the median, which none beats in"
                    + " absolute error.",
            defaultValue = "mean")
        Statistic statistic) {

  /** A number that stands for many. */
  public enum Statistic {
    MEAN,
    MEDIAN
  }
}
