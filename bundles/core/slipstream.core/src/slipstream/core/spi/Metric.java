package slipstream.core.spi;

/** A score of predictions on rows that were not trained on. */
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
   * @param actual realised values, finite
   * @param predicted one per row
   * @param baseline the baseline's prediction, one per row
   * @return the score, or NaN when it is not defined (no rows, no variation)
   */
  double score(double[] actual, double[] predicted, double[] baseline);
}
