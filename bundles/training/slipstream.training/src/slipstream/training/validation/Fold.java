package slipstream.training.validation;

import java.util.Arrays;
import slipstream.core.CounterRandom;
import slipstream.core.spi.RowSelection;

/**
 * Rows to train on and other rows to score. Rows of the table, in order of time, then row.
 *
 * @param number from 1
 * @param name which blocks or groups are scored, such as {@code blocks 1, 3 of 6}; empty in a
 *     walk-forward
 * @param training every row that may be trained on
 * @param fit the training rows without the holdout and without those whose target or the embargo
 *     reaches into it
 * @param holdout the latest training rows, or those of some groups, for early stopping and the
 *     learning curve; may be empty
 * @param scored rows that the fold's models predict
 * @param places where these predictions stand among those of all folds: {@link
 *     CrossValidation#scored}
 * @param purged rows that are left out because their target, a scored row's or the embargo reaches
 *     across
 * @param trainingStart time of the first training row, UTC nanoseconds (a row number where there is
 *     no time)
 * @param trainingEnd time of the last training row
 * @param scoredStart time of the first scored row
 * @param scoredEnd time of the last scored row
 * @param trainedOn words that are the same for folds of one split that train on the same rows
 */
public record Fold(
    int number,
    String name,
    RowSelection training,
    RowSelection fit,
    RowSelection holdout,
    RowSelection scored,
    RowSelection places,
    int purged,
    long trainingStart,
    long trainingEnd,
    long scoredStart,
    long scoredEnd,
    String trainedOn) {

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
            name,
            drawn(training, share, seed),
            drawn(fit, share, seed),
            holdout,
            scored,
            places,
            purged,
            trainingStart,
            trainingEnd,
            scoredStart,
            scoredEnd,
            trainedOn);
  }

  /** The same fold with other words for what it trains on. */
  Fold trainedOn(String words) {
    return new Fold(
        number,
        name,
        training,
        fit,
        holdout,
        scored,
        places,
        purged,
        trainingStart,
        trainingEnd,
        scoredStart,
        scoredEnd,
        words);
  }

  private static RowSelection drawn(RowSelection rows, double share, long seed) {
    int[] drawn = rows.toArray();
    int count = 0;
    for (int place = 0; place < drawn.length; place++) {
      if (CounterRandom.uniform(seed, 0, place) < share) {
        drawn[count++] = drawn[place];
      }
    }
    return RowSelection.of(Arrays.copyOf(drawn, count));
  }
}
