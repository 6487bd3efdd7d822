package slipstream.training.ensemble;

import java.util.List;
import slipstream.core.parameters.Parameter;

/**
 * How models are stacked.
 *
 * @param of models of the experiment
 * @param method how the weights are found
 * @param sumToOne of non-negative weights
 * @param intercept with non-negative weights
 * @param l2 of ridge, on standardised predictions
 */
public record StackingParameters(
    @Parameter(help = "Models of this experiment that are combined, two or more.") List<String> of,
    @Parameter(
            help =
                "non-negative: least squares without negative weights. ridge: least squares with a"
                    + " constant and a penalty (l2); weights may be negative.",
            defaultValue = "non-negative")
        Method method,
    @Parameter(
            help =
                "non-negative: whether the weights add up to 1, so that the result lies between the"
                    + " models' predictions.",
            defaultValue = "true")
        boolean sumToOne,
    @Parameter(
            help = "non-negative: whether a constant is added, in the target's unit.",
            defaultValue = "false")
        boolean intercept,
    @Parameter(
            help =
                "ridge: penalty on the squared weights of standardised predictions, per row; larger"
                    + " draws them together and towards zero.",
            defaultValue = "0.001",
            min = 0,
            max = 1e9)
        double l2) {
  public StackingParameters {
    AverageParameters.checkMembers(of);
  }

  /** How weights are found. */
  public enum Method {
    NON_NEGATIVE,
    RIDGE
  }
}
