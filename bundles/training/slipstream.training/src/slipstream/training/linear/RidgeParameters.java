package slipstream.training.linear;

import slipstream.core.parameters.Parameter;

/**
 * How a ridge regression is fitted.
 *
 * @param l2 penalty on the sum of squared standardised coefficients, beside the mean squared error
 * @param missingIndicators whether a feature's absence gets a coefficient of its own
 */
public record RidgeParameters(
    @Parameter(
            help =
                "Penalty on the squared standardised coefficients, per row: 0 is least squares,"
                    + " larger shrinks the coefficients towards zero.",
            defaultValue = "0.001",
            min = 0,
            max = 1e9)
        double l2,
    @Parameter(
            help =
                "Whether a feature that is missing in some rows gets a coefficient for being"
                    + " missing; otherwise the training mean stands in for it.",
            defaultValue = "true")
        boolean missingIndicators) {}
