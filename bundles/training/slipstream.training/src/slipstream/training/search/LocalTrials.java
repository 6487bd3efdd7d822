package slipstream.training.search;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.parameters.Durations;
import slipstream.core.progress.Progress;

/**
 * Runs trials on threads of this process, as many at a time as are submitted.
 *
 * <p>A trial that exceeds its limit is asked to stop; one that does not answer within a grace period is left behind on its
 * thread, which nothing can end, and counts as failed. When too many were left behind, no trial is taken any more: they
 * hold memory and cores.
 */
public final class LocalTrials implements TrialExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(LocalTrials.class);
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** What a trial does. */
  @FunctionalInterface
  public interface Work {
    /**
     * Scores a configuration.
     *
     * @param progress says when the trial is to stop
     */
    TrialResult.Scored run(TrialSpec spec, Progress progress);
  }

  private final Work work;
  private final int threadsEach;
  private final int maxLeftBehind;
  private final Duration grace;
  private final ExecutorService threads;
  private final ScheduledThreadPoolExecutor clock;
  private final AtomicInteger leftBehind = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param threadsEach threads that a trial may use, for the accounts
   */
  public LocalTrials(Work work, int threadsEach) {
    this(work, threadsEach, GRACE, Math.max(4, Runtime.getRuntime().availableProcessors()));
  }

  LocalTrials(Work work, int threadsEach, Duration grace, int maxLeftBehind) {
    this.work = work;
    this.threadsEach = threadsEach;
    this.grace = grace;
    this.maxLeftBehind = maxLeftBehind;
    this.threads =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().name("slipstream-trial-", 0).daemon(true).factory());
    this.clock =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("slipstream-trial-clock").daemon(true).factory());
    clock.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Running submit(TrialSpec spec, Progress progress) {
    LocalTrial trial = new LocalTrial(spec, progress);
    if (leftBehind.get() >= maxLeftBehind) {
      trial.result.completeExceptionally(
          new SlipstreamException(
              Category.RESOURCE_EXHAUSTED,
              leftBehind + " trials did not end when they were asked to, and still run",
              null,
              "Find out why they hang, or give them more time (search.trial_time); then start"
                  + " Slipstream anew and resume the search."));
    } else {
      threads.execute(trial);
    }
    return trial;
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdown();
    clock.shutdownNow();
  }

  private final class LocalTrial implements Running, Runnable, Progress {
    private final TrialSpec spec;
    private final Progress progress;
    private final CompletableFuture<TrialResult> result = new CompletableFuture<>();
    private volatile long started;
    private volatile boolean cancelled;
    private boolean left;

    LocalTrial(TrialSpec spec, Progress progress) {
      this.spec = spec;
      this.progress = progress;
    }

    @Override
    public CompletionStage<TrialResult> result() {
      return result.minimalCompletionStage();
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public void run() {
      started = System.nanoTime();
      Future<?> limit = limited(spec.limit(), this::exceed);
      try {
        checkCancelled();
        TrialResult.Scored scored = work.run(spec, this);
        result.complete(
            Double.isFinite(scored.objective())
                ? scored
                : failed(
                    Category.INVALID_INPUT,
                    "the objective is not defined: " + scored.objective(),
                    "",
                    "Use another metric, or data that vary."));
      } catch (Throwable e) {
        end(e);
      } finally {
        if (limit != null) {
          limit.cancel(false);
        }
        synchronized (this) {
          if (left) {
            leftBehind.decrementAndGet();
          }
        }
      }
    }

    private Future<?> limited(Duration time, Runnable action) {
      if (time.isZero()) {
        return null;
      }
      try {
        return clock.schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        return null; // Closed: the trial is being cancelled anyway.
      }
    }

    private void exceed() {
      limited(grace, this::leaveBehind);
    }

    /** By the trial's own look at the clock: on a busy machine the timer may come after its end. */
    private boolean late() {
      return !spec.limit().isZero() && System.nanoTime() - started > spec.limit().toNanos();
    }

    private synchronized void leaveBehind() {
      // Counted before anybody hears of it and submits another.
      leftBehind.incrementAndGet();
      left = result.complete(tooLong(" and does not stop"));
      if (!left) {
        leftBehind.decrementAndGet();
      } else {
        LOG.warn("Trial {} does not stop; it is left behind", spec.number());
      }
    }

    private void end(Throwable e) {
      boolean stopped = e instanceof SlipstreamException s && s.category() == Category.CANCELLED;
      if (stopped && late()) {
        result.complete(tooLong(""));
      } else if (stopped && cancelled()) {
        result.completeExceptionally(e);
      } else if (e instanceof SlipstreamException problem) {
        result.complete(
            failed(
                problem.category(),
                problem.problem(),
                problem.place().map(Place::key).orElse(""),
                problem.remedy()));
      } else if (e instanceof OutOfMemoryError) {
        result.complete(
            failed(
                Category.RESOURCE_EXHAUSTED,
                "memory is too small for this trial",
                "",
                "Let fewer trials run at a time (search.max_concurrent), or give Java more memory"
                    + " (-Xmx)."));
      } else {
        LOG.error("Trial {} failed", spec.number(), e);
        result.complete(
            failed(
                Category.INTERNAL,
                "the trial failed: " + e,
                "",
                "The log has the details; please report it."));
      }
    }

    private TrialResult.Failed tooLong(String how) {
      return failed(
          Category.RESOURCE_EXHAUSTED,
          "the trial takes longer than " + Durations.format(spec.limit()) + how,
          "search.trial_time",
          "Raise search.trial_time, or leave out what makes it slow.");
    }

    private TrialResult.Failed failed(
        Category category, String problem, String key, String remedy) {
      double seconds = (System.nanoTime() - started) / 1e9;
      return new TrialResult.Failed(category, problem, key, remedy, seconds, threadsEach);
    }

    // ------------------------------------------------------- what the trial tells and asks

    @Override
    public boolean cancelled() {
      return late() || cancelled || closed || progress.cancelled();
    }

    @Override
    public void stage(String stage, long done, long total, String unit) {
      progress.stage(stage, done, total, unit);
    }

    @Override
    public String toString() {
      return Text.format("trial %d", spec.number());
    }
  }
}
