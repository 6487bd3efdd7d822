package slipstream.training.search;

import java.util.List;
import slipstream.core.SlipstreamException.Category;

/** How a trial ended. */
public sealed interface TrialResult {
  /** Time that it took. */
  double seconds();

  /** Threads that it could use. */
  int threads();

  /**
   * It was scored.
   *
   * @param objective the score
   * @param baseline the baseline's score; NaN where it has none
   * @param folds the objective's metric by fold
   * @param blocks how much better than the baseline's the metric is, by block of the scored rows in order of time; the
   *     blocks of all trials of a search are the same. Above 0 is better, whatever the metric
   */
  record Scored(
      double objective,
      double baseline,
      List<Double> folds,
      List<Double> blocks,
      double seconds,
      int threads)
      implements TrialResult {
    public Scored {
      folds = List.copyOf(folds);
      blocks = List.copyOf(blocks);
    }
  }

  /**
   * It failed, or took too long.
   *
   * @param problem what was wrong, in one line
   * @param key of the experiment that it is about; may be empty
   * @param remedy what to do; may be empty
   */
  record Failed(
      Category category, String problem, String key, String remedy, double seconds, int threads)
      implements TrialResult {}
}
