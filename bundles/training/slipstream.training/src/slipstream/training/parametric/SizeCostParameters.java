package slipstream.training.parametric;

import java.util.List;
import java.util.Map;
import slipstream.core.parameters.Parameter;

/** Parts of the size-cost model. */
public record SizeCostParameters(
    @Parameter(help = "Feature: size of the trade, positive.") String size,
    @Parameter(
            help = "Further features that are added, each with a coefficient of its name.",
            defaultValue = "")
        List<String> linear,
    @Parameter(
            help =
                "Whether a constant is added; this form has one already, c0, so it changes nothing.",
            defaultValue = "false")
        boolean intercept,
    @Parameter(help = "Coefficients that are given: {NAME: VALUE}.", defaultValue = "")
        Map<String, String> fixed,
    @Parameter(
            help = "Ranges of coefficients: {NAME: 0.2..0.8}; an end left out is unbounded.",
            defaultValue = "")
        Map<String, String> bounds,
    @Parameter(
            help = "What a residual costs; all but squared bear outliers.",
            defaultValue = "squared")
        Loss loss,
    @Parameter(
            help = "Starting points of the fit; more find the best of several minima.",
            defaultValue = "5",
            min = 1,
            max = 1000)
        int starts,
    @Parameter(
            help = "Confidence of the coefficients' intervals.",
            unit = "fraction",
            defaultValue = "0.95",
            min = 0.01,
            max = 0.9999)
        double confidence,
    @Parameter(
            help =
                "Values that the data were made with, shown beside the estimates: {NAME: VALUE}.",
            defaultValue = "")
        Map<String, String> truth)
    implements FitParameters {}
