package slipstream.core.experiment;

import java.time.Duration;
import slipstream.core.parameters.Parameter;

/**
 * How models are validated: which rows are scored, by models trained on which others.
 *
 * <p>Schemes of time cut the time line into blocks of equal numbers of rows; rows whose target reaches into a scored
 * block, and rows within the embargo around it, are not trained on (purging, López de Prado 2018, chapter 7). Where a
 * group is named, models are also scored on groups alone that they were not trained on.
 */
public record Validation(
    @Parameter(
            help =
                "walk-forward: blocks of time, each scored by models trained on what precedes it."
                    + " purged-k-fold: each block by models trained on all others. combinatorial:"
                    + " every choice of test_blocks blocks by models trained on the others, which"
                    + " gives several paths of predictions. grouped: groups of rows, such as"
                    + " instruments, by models trained on other groups.",
            defaultValue = "walk-forward")
        Scheme scheme,
    @Parameter(
            help =
                "Number of blocks that are scored (combinatorial: that time is cut into; grouped:"
                    + " parts that the groups are dealt into).",
            defaultValue = "4",
            min = 1,
            max = 1000)
        int folds,
    @Parameter(
            help = "Combinatorial: how many blocks are scored at a time.",
            defaultValue = "2",
            min = 1,
            max = 100)
        int testBlocks,
    @Parameter(
            help =
                "Walk-forward: whether training starts at the first row (expanding) or keeps its"
                    + " length.",
            defaultValue = "expanding")
        Window window,
    @Parameter(
            help =
                "A column or an expression, such as the issuer: rows of equal values are one group."
                    + " In schemes of time each block is then scored part by part, by models that"
                    + " saw none of the part's groups. Grouped: by default the instrument.",
            defaultValue = "")
        String group,
    @Parameter(
            help = "Parts that groups are dealt into, where a scheme of time has a group.",
            defaultValue = "2",
            min = 2,
            max = 100)
        int groupFolds,
    @Parameter(
            help =
                "Rows this close before a scored block or a holdout, or after a scored block, are"
                    + " not trained on, beyond the target's own reach.",
            defaultValue = "0s")
        Duration embargo,
    @Parameter(
            help =
                "Share of the training rows, the latest (with groups: whole groups), that early"
                    + " stopping and the learning curve are judged on.",
            unit = "fraction",
            defaultValue = "0.15",
            min = 0,
            max = 0.5)
        double holdout,
    @Parameter(
            help =
                "An expression: how much a row counts in scores that are shown beside those that"
                    + " count each row once, such as its notional; at least 0.",
            defaultValue = "")
        String weight,
    @Parameter(
            help =
                "Whether to look for leaks, on a sample of the rows: with a shuffled target, with one"
                    + " of another time, and feature by feature.",
            defaultValue = "true")
        boolean leakCheck) {

  /** Which rows are scored and which are trained on. */
  public enum Scheme {
    WALK_FORWARD,
    PURGED_K_FOLD,
    COMBINATORIAL,
    GROUPED
  }

  /** Which rows before a scored block are trained on. */
  public enum Window {
    EXPANDING,
    ROLLING
  }

  /** Walk-forward. */
  public Validation(int folds, Window window, Duration embargo, double holdout) {
    this(Scheme.WALK_FORWARD, folds, 2, window, "", 2, embargo, holdout, "", true);
  }

  /** The same by another scheme. */
  public Validation withScheme(Scheme other) {
    return new Validation(
        other, folds, testBlocks, window, group, groupFolds, embargo, holdout, weight, leakCheck);
  }

  /** Whether models are scored on groups that they were not trained on. */
  public boolean hasGroups() {
    return scheme == Scheme.GROUPED || !group.isBlank();
  }
}
