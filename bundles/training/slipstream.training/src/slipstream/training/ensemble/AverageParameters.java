package slipstream.training.ensemble;

import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.Parameter;

/**
 * What is averaged.
 *
 * @param of models of the experiment
 * @param weights how the models count
 */
public record AverageParameters(
    @Parameter(help = "Models of this experiment that are averaged, two or more.") List<String> of,
    @Parameter(
            help =
                "equal: each model counts the same. inverse-error: each by the inverse of its mean"
                    + " squared error on training rows that it was not fitted on.",
            defaultValue = "equal")
        Weights weights) {
  public AverageParameters {
    checkMembers(of);
  }

  /**
   * @throws SlipstreamException INVALID_INPUT when there is nothing to combine
   */
  static void checkMembers(List<String> of) {
    if (of.size() < 2) {
      throw SlipstreamException.invalid(
          of.isEmpty()
              ? "it combines no model"
              : "it combines a single model, '" + of.getFirst() + "'",
          "Name two or more models of this experiment, such as 'of: [ridge, trees]'.");
    }
  }

  /** How models count. */
  public enum Weights {
    EQUAL,
    INVERSE_ERROR
  }
}
