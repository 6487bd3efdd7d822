package slipstream.core.spi;

import java.util.Optional;
import slipstream.core.CompensatedSum;

/**
 * A score of predictions on rows that were not trained on. Implements {@link #means} where the score is a function of
 * means over rows, else {@link #score}.
 */
public interface Metric {
  /** Name in experiment files and tables: lower-case, such as {@code mae}. */
  String name();

  /** Name for people, such as {@code "MAE"}. */
  String title();

  /** One sentence with the formula. */
  String summary();

  /** True when the score has the target's unit, false for a pure number. */
  boolean inTargetUnit();

  boolean higherIsBetter();

  /**
   * A score that is a function of means over rows. Such a score has confidence intervals, from sums over blocks of rows,
   * and can count rows by weight.
   */
  interface Means {
    /** How many means there are. */
    int count();

    /**
     * What one row adds to each mean.
     *
     * @param terms to be filled, {@link #count} values
     */
    void terms(double actual, double predicted, double baseline, double[] terms);

    /**
     * @param means of the rows' terms
     * @return the score, or NaN when it is not defined
     */
    double score(double[] means);
  }

  /**
   * The score as a function of means; empty when it is none, such as a median.
   *
   * @param centre near the middle of the realised values: squares of differences from it do not cancel
   */
  default Optional<Means> means(double centre) {
    return Optional.empty();
  }

  /**
   * The score of rows that count equally.
   *
   * @param actual realised values, finite
   * @param predicted one per row
   * @param baseline the baseline's prediction, one per row
   * @return the score, or NaN when it is not defined (no rows, no variation)
   */
  default double score(double[] actual, double[] predicted, double[] baseline) {
    if (actual.length == 0) {
      return Double.NaN;
    }
    Means means =
        means(CompensatedSum.mean(actual))
            .orElseThrow(() -> new IllegalStateException("metric " + name() + " has no score"));
    CompensatedSum[] sums = new CompensatedSum[means.count()];
    for (int k = 0; k < sums.length; k++) {
      sums[k] = new CompensatedSum();
    }
    double[] terms = new double[sums.length];
    for (int i = 0; i < actual.length; i++) {
      means.terms(actual[i], predicted[i], baseline[i], terms);
      for (int k = 0; k < terms.length; k++) {
        sums[k].add(terms[k]);
      }
    }
    for (int k = 0; k < terms.length; k++) {
      terms[k] = sums[k].value() / actual.length;
    }
    return means.score(terms);
  }
}
