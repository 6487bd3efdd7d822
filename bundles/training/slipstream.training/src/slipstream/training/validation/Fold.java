package slipstream.training.validation;

/**
 * One step of a walk-forward: rows to train on and the later rows to score. Indices are rows of the
 * table, in order of time, then row.
 *
 * @param number from 1
 * @param training every row that may be trained on
 * @param fit the training rows without the holdout and without those whose target or the embargo
 *     reaches into it
 * @param holdout the latest training rows, for early stopping and the learning curve; may be empty
 * @param scored rows that the fold's models predict
 * @param purged rows before the scored block that are left out because their target or the embargo
 *     reaches into it
 * @param trainingStart time of the first training row, UTC nanoseconds (a row number where there is
 *     no time)
 * @param trainingEnd time of the last training row
 * @param scoredStart time of the first scored row
 * @param scoredEnd time of the last scored row
 */
public record Fold(
    int number,
    int[] training,
    int[] fit,
    int[] holdout,
    int[] scored,
    int purged,
    long trainingStart,
    long trainingEnd,
    long scoredStart,
    long scoredEnd) {}
