package slipstream.training.baseline;

import slipstream.core.parameters.Parameter;

/** Which feature is the prediction. */
public record FeatureParameters(
    @Parameter(help = "The feature or given that is the prediction, in the target's unit.")
        String feature) {}
