package slipstream.training.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.Search;
import slipstream.core.progress.Progress;

/**
 * Runs a search: proposes trials, has them executed, at most {@code max_concurrent} at a time, and records each as it
 * ends.
 *
 * <p><b>Determinism.</b> What is tried does not depend on which trial happens to end first. Trials are scheduled on a
 * clock of their own, on which each takes as long as its resource is large: {@code max_concurrent} virtual workers, each
 * of which takes the next proposal when its trial ends on that clock, ties in the order of the trials. A proposal is
 * made from the results of those trials alone that have ended on that clock by then, and waits for them where they have
 * not ended in truth. So the trials, their order, their scores and the winner are a function of the space, the settings
 * and what the trials return. A search that was killed goes on by being scheduled anew, with the results that were
 * recorded in place of the trials that gave them, and ends as an undisturbed one does. For trials that take as long as
 * their resource says, the schedule is that of asynchronous workers; where they do not, workers sometimes wait.
 *
 * <p>What depends on the clock on the wall is how many trials a budget of time or CPU-hours lets begin, and a trial that
 * exceeds its limit of time; either is recorded, and stays as it is when the search is resumed.
 */
public final class SearchEngine {
  private static final long WAKE_MILLIS = 200;

  /**
   * What is searched.
   *
   * @param experiment canonical text
   * @param objective with nothing left open
   * @param higherIsBetter of the objective's metric
   * @param elapsed how long the search ran before it was resumed
   */
  public record Task(
      String experiment,
      Search.Objective objective,
      boolean higherIsBetter,
      Space space,
      Search.Settings settings,
      Duration elapsed) {}

  /** Hears what happens, on the engine's thread. */
  public interface Listener {
    /** A trial was handed to the executor. */
    default void started(TrialSpec spec) {}

    /** A trial ended, now or before the search was resumed. */
    default void ended(TrialJournal.Entry entry) {}
  }

  /**
   * How a search ended.
   *
   * @param trials all of them, by number
   * @param best the best of the highest rung that has scores; empty when all trials failed
   * @param complete false when a budget of time or CPU-hours ended it
   */
  public record Outcome(
      List<TrialJournal.Entry> trials, Optional<TrialJournal.Entry> best, boolean complete) {}

  private final Task task;
  private final TrialExecutor executor;
  private final TrialJournal journal;
  private final Listener listener;
  private final Progress progress;
  private final Schedule schedule;
  private final long start = System.nanoTime();
  private final BlockingQueue<Ended> arrived = new LinkedBlockingQueue<>();
  private final Map<Integer, TrialResult> results = new HashMap<>();
  private final List<TrialJournal.Entry> trials = new ArrayList<>();
  private final Map<Integer, TrialExecutor.Running> running = new HashMap<>();
  private double cpuSeconds;

  private record Ended(TrialSpec spec, TrialResult result, Throwable failure) {}

  /** A trial on the schedule's own clock. */
  private record Scheduled(Proposal proposal, double end) {}

  private SearchEngine(
      Task task,
      TrialExecutor executor,
      TrialJournal journal,
      Listener listener,
      Progress progress) {
    this.task = task;
    this.executor = executor;
    this.journal = journal;
    this.listener = listener;
    this.progress = progress;
    this.schedule = Schedule.of(task.settings(), task.space());
  }

  /**
   * Runs a search to its end; returns when no trial runs any more.
   *
   * @param executor stays open
   * @param progress of the search, counted in configurations
   * @throws SlipstreamException CANCELLED, or why no trial can be run any more; what has ended is in the journal
   */
  public static Outcome run(
      Task task,
      TrialExecutor executor,
      TrialJournal journal,
      Listener listener,
      Progress progress) {
    SearchEngine engine = new SearchEngine(task, executor, journal, listener, progress);
    Outcome outcome;
    try {
      outcome = engine.run();
    } catch (Throwable e) {
      engine.running.values().forEach(TrialExecutor.Running::cancel);
      try {
        journal.flush();
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    journal.flush();
    return outcome;
  }

  private Outcome run() {
    PriorityQueue<Scheduled> clock =
        new PriorityQueue<>(
            Comparator.comparingDouble(Scheduled::end)
                .thenComparingInt(each -> each.proposal().number()));
    double now = 0;
    boolean complete = true;
    while (true) {
      while (complete && clock.size() < task.settings().maxConcurrent()) {
        if (exhausted()) {
          complete = false;
          break;
        }
        Optional<Proposal> next = schedule.next();
        if (next.isEmpty()) {
          break;
        }
        start(next.get());
        clock.add(new Scheduled(next.get(), now + next.get().resource()));
      }
      Scheduled first = clock.poll();
      if (first == null) {
        break;
      }
      now = first.end();
      schedule.report(first.proposal(), loss(await(first.proposal().number())));
    }
    trials.sort(Comparator.comparingInt(each -> each.spec().number()));
    return new Outcome(List.copyOf(trials), best(trials, task.higherIsBetter()), complete);
  }

  /** The budgets that the wall clock decides. */
  private boolean exhausted() {
    Search.Settings settings = task.settings();
    if (!settings.time().isZero()) {
      Duration passed = task.elapsed().plusNanos(System.nanoTime() - start);
      if (passed.compareTo(settings.time()) >= 0) {
        return true;
      }
    }
    return settings.cpuHours() > 0 && cpuSeconds >= settings.cpuHours() * 3600;
  }

  private void start(Proposal proposal) {
    progress.checkCancelled();
    TrialSpec spec =
        new TrialSpec(
            proposal.number(),
            proposal.configuration(),
            proposal.rung(),
            task.experiment(),
            task.objective(),
            task.space().at(proposal.point()),
            proposal.resource(),
            task.settings().trialTime());
    Optional<TrialJournal.Entry> known = journal.find(spec);
    if (known.isPresent()) {
      ended(known.get());
      return;
    }
    listener.started(spec);
    TrialExecutor.Running trial = executor.submit(spec, progress);
    running.put(spec.number(), trial);
    trial.result().whenComplete((result, failure) -> arrived.add(new Ended(spec, result, failure)));
  }

  private void ended(TrialJournal.Entry entry) {
    results.put(entry.spec().number(), entry.result());
    trials.add(entry);
    if (!entry.reused()) {
      cpuSeconds += entry.result().seconds() * entry.result().threads();
    }
    listener.ended(entry);
  }

  /** Waits for a trial, and records all that end meanwhile. */
  private TrialResult await(int number) {
    List<Ended> batch = new ArrayList<>();
    while (!results.containsKey(number)) {
      progress.checkCancelled();
      try {
        Ended one = arrived.poll(WAKE_MILLIS, TimeUnit.MILLISECONDS);
        if (one == null) {
          continue;
        }
        batch.add(one);
        arrived.drainTo(batch);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SlipstreamException(Category.CANCELLED, "cancelled", "");
      }
      record(batch);
      batch.clear();
    }
    return results.get(number);
  }

  private void record(List<Ended> batch) {
    List<TrialJournal.Entry> entries = new ArrayList<>();
    SlipstreamException failure = null;
    for (Ended each : batch) {
      running.remove(each.spec().number());
      if (each.failure() == null) {
        entries.add(new TrialJournal.Entry(each.spec(), each.result(), false));
      } else {
        failure = problem(each.failure());
      }
    }
    if (!entries.isEmpty()) {
      journal.record(entries);
      entries.forEach(this::ended);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static SlipstreamException problem(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof SlipstreamException known
        ? known
        : new SlipstreamException(
            Category.INTERNAL, "trials cannot be run: " + cause, null, "", cause);
  }

  private double loss(TrialResult result) {
    return loss(result, task.higherIsBetter());
  }

  private static double loss(TrialResult result, boolean higherIsBetter) {
    return switch (result) {
      case TrialResult.Scored scored -> higherIsBetter ? -scored.objective() : scored.objective();
      case TrialResult.Failed _ -> Double.POSITIVE_INFINITY;
    };
  }

  /**
   * The best trial so far: of the highest rung that has scores, the first of the best score.
   *
   * @param trials in any order
   */
  public static Optional<TrialJournal.Entry> best(
      List<TrialJournal.Entry> trials, boolean higherIsBetter) {
    return trials.stream()
        .filter(each -> each.result() instanceof TrialResult.Scored)
        .min(better(higherIsBetter));
  }

  /** Better trials first: of a higher rung, then of a better score, then earlier ones. */
  public static Comparator<TrialJournal.Entry> better(boolean higherIsBetter) {
    return Comparator.comparingInt((TrialJournal.Entry each) -> -each.spec().rung())
        .thenComparingDouble(each -> loss(each.result(), higherIsBetter))
        .thenComparingInt(each -> each.spec().number());
  }
}
