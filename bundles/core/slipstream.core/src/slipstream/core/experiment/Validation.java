package slipstream.core.experiment;

import java.time.Duration;
import slipstream.core.parameters.Parameter;

/**
 * How models are validated: walk-forward by time.
 *
 * <p>The time line is cut into {@code folds + 1} blocks of equal numbers of rows. Fold k trains on
 * what precedes block k+1 and is scored on block k+1. Rows whose target reaches into the scored
 * block, and rows within the embargo before it, are not trained on.
 */
public record Validation(
    @Parameter(
            help = "Number of blocks that are scored, each by a model trained on what precedes it.",
            defaultValue = "4",
            min = 1,
            max = 1000)
        int folds,
    @Parameter(
            help = "Whether training starts at the first row (expanding) or keeps its length.",
            defaultValue = "expanding")
        Window window,
    @Parameter(
            help =
                "Rows this close before a scored block or a holdout are not trained on, beyond the"
                    + " target's own reach.",
            defaultValue = "0s")
        Duration embargo,
    @Parameter(
            help =
                "Share of the training rows, the latest, that early stopping and the learning curve"
                    + " are judged on.",
            unit = "fraction",
            defaultValue = "0.15",
            min = 0,
            max = 0.5)
        double holdout) {

  /** Which rows before a scored block are trained on. */
  public enum Window {
    EXPANDING,
    ROLLING
  }
}
