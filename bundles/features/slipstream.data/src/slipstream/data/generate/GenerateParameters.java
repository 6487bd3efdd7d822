package slipstream.data.generate;

import slipstream.core.parameters.Parameter;

/** What is generated, as an experiment says it. */
public record GenerateParameters(
    @Parameter(help = "parents: parent orders and their children; bonds: bonds in 5-minute bars.")
        GenerateOptions.Kind kind,
    @Parameter(help = "How many rows; fewer are the first of more.", unit = "rows", min = 1)
        long rows,
    @Parameter(help = "The same seed gives the same rows.", defaultValue = "1") long seed,
    @Parameter(
            help = "Multiplies all noise: 0 for none, 1 for all of it.",
            defaultValue = "1",
            min = 0,
            max = 1000)
        double noise,
    @Parameter(
            help = "Puts stale, crossed, tenfold, missing and duplicate rows into bonds.",
            defaultValue = "false")
        boolean dirty,
    @Parameter(
            help = "Sizes of parents follow momentum, which also moves the price.",
            defaultValue = "false")
        boolean endogenous) {

  GenerateOptions options() {
    return new GenerateOptions(kind, rows, seed, noise, dirty, endogenous);
  }
}
