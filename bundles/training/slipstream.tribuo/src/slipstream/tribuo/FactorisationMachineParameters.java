package slipstream.tribuo;

import slipstream.core.parameters.Parameter;

/**
 * How a factorisation machine is fitted.
 *
 * @param factors length of the vector that each feature has
 * @param deviation standard deviation of the vectors' random start
 * @param loss what is made small
 * @param epochs passes through the rows
 * @param learningRate AdaGrad's, on standardised features and target
 */
public record FactorisationMachineParameters(
    @Parameter(
            help =
                "Length of the vector that each feature has; the inner product of two is how much they"
                    + " interact. Longer ones tell interactions apart better and take longer.",
            defaultValue = "4",
            min = 1,
            max = 256)
        int factors,
    @Parameter(
            help =
                "Standard deviation of the vectors' random start; larger ones start further out.",
            defaultValue = "0.1",
            min = 1e-6,
            max = 10)
        double deviation,
    @Parameter(help = LinearSgdParameters.LOSS, defaultValue = "squared") SgdLoss loss,
    @Parameter(
            help = LinearSgdParameters.EPOCHS,
            unit = "passes",
            defaultValue = "10",
            min = 1,
            max = 100_000)
        int epochs,
    @Parameter(
            help = LinearSgdParameters.LEARNING_RATE,
            defaultValue = "0.1",
            min = 1e-9,
            max = 100)
        double learningRate) {}
