package slipstream.training.search;

import java.util.concurrent.CompletionStage;
import slipstream.core.progress.Progress;

/**
 * Where trials run: in this process ({@link LocalTrials}), or on other machines.
 *
 * <p>A trial never takes its executor down: one that throws or hangs ends as {@link TrialResult.Failed}. Thread-safe.
 */
public interface TrialExecutor extends AutoCloseable {
  /**
   * Starts a trial and returns at once.
   *
   * @param progress of this trial
   */
  Running submit(TrialSpec spec, Progress progress);

  /** Cancels what runs. Returns without waiting for it. */
  @Override
  void close();

  /** A trial under way. */
  interface Running {
    /**
     * The result. Fails with a {@link slipstream.core.SlipstreamException}: CANCELLED after {@link #cancel}, anything else
     * when no trial can be run here any more.
     */
    CompletionStage<TrialResult> result();

    /** Asks it to stop; its result then fails as CANCELLED unless it had ended. */
    void cancel();
  }
}
