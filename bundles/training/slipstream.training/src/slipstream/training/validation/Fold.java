package slipstream.training.validation;

import slipstream.core.CounterRandom;
import slipstream.core.spi.RowSelection;

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
    RowSelection training,
    RowSelection fit,
    RowSelection holdout,
    RowSelection scored,
    int purged,
    long trainingStart,
    long trainingEnd,
    long scoredStart,
    long scoredEnd) {

  /**
   * The same fold with a share of the rows that are learned: the holdout and the scored rows stay.
   *
   * <p>Each row is drawn on its own, by a hash of the seed and its place among the training rows, so that the rows of a
   * smaller share are among those of a larger one.
   *
   * @param share 1 for all
   */
  public Fold sampled(double share, long seed) {
    return share >= 1
        ? this
        : new Fold(
            number,
            drawn(training, share, seed),
            drawn(fit, share, seed),
            holdout,
            scored,
            purged,
            trainingStart,
            trainingEnd,
            scoredStart,
            scoredEnd);
  }

  private static RowSelection drawn(RowSelection rows, double share, long seed) {
    RowSelection places =
        RowSelection.all(rows.size()).where(place -> CounterRandom.uniform(seed, 0, place) < share);
    return rows.select(places).compact();
  }
}
