package slipstream.tribuo;

import slipstream.core.parameters.Parameter;

/**
 * How a linear model is fitted by stochastic gradient descent.
 *
 * @param loss what is made small
 * @param epochs passes through the rows
 * @param learningRate AdaGrad's, on standardised features and target
 */
public record LinearSgdParameters(
    @Parameter(help = LOSS, defaultValue = "squared") SgdLoss loss,
    @Parameter(help = EPOCHS, unit = "passes", defaultValue = "10", min = 1, max = 100_000)
        int epochs,
    @Parameter(help = LEARNING_RATE, defaultValue = "0.1", min = 1e-9, max = 100)
        double learningRate) {
  static final String LOSS =
      "What is made small: squared errors (mean), absolute ones (median), or huber: squared up to one"
          + " standard deviation of the target, absolute beyond.";
  static final String EPOCHS = "Passes through the rows; more fit closer and take longer.";
  static final String LEARNING_RATE =
      "Length of AdaGrad's steps, on standardised features and target; larger learns faster, too"
          + " large diverges.";
}
