package slipstream.core.progress;

import slipstream.core.SlipstreamException;

/**
 * What long work tells whoever waits for it, and how it learns that nobody waits any more.
 *
 * <p>Implementations are thread-safe and return at once; work may call them as often as it likes.
 */
public interface Progress {
  /** Tells nobody and is never cancelled. */
  Progress NONE = new Progress() {};

  /**
   * How far the current stage is.
   *
   * @param stage what is being done, for people: {@code "Import"}, {@code "Train trees, fold 2/4"}
   * @param done units done
   * @param total units in all, or -1 when unknown
   * @param unit what is counted: {@code "rows"}, {@code "rounds"}
   */
  default void stage(String stage, long done, long total, String unit) {}

  /**
   * A point of a learning curve.
   *
   * @param series which fit it belongs to: {@code "impact_bp/trees/fold 2"}
   * @param step boosting round or iteration, from 1
   * @param metric name of the loss, with its unit where it has one
   * @param training loss on the training rows
   * @param validation loss on rows not trained on, or NaN when there are none
   */
  default void learningCurve(
      String series, int step, String metric, double training, double validation) {}

  /** Something a person should read in the run's log. */
  default void message(Severity severity, String text) {}

  /** True once somebody asked the work to stop. Cheap: an inner loop may ask. */
  default boolean cancelled() {
    return Thread.currentThread().isInterrupted();
  }

  /**
   * Stops the work when it was cancelled.
   *
   * @throws SlipstreamException of category CANCELLED
   */
  default void checkCancelled() {
    if (cancelled()) {
      throw SlipstreamException.cancelled();
    }
  }

  /** How much a message matters. */
  enum Severity {
    INFO,
    WARNING,
    ERROR
  }
}
