package slipstream.training.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.Search.Method;
import slipstream.core.experiment.Search.Objective;
import slipstream.core.experiment.Search.Settings;
import slipstream.core.progress.Progress;

@Timeout(60)
class SearchEngineTest {
  private static final Space SPACE =
      new Space(
          List.of("models.m.a", "models.m.b"),
          List.of(new Axis.Interval(0, 1, false, false), new Axis.Steps(1, 1, 4, true)));

  private static Settings settings(Method method, int trials, int concurrent) {
    return settings(method, trials, concurrent, Duration.ZERO);
  }

  private static Settings settings(Method method, int trials, int concurrent, Duration limit) {
    return new Settings(method, trials, Duration.ZERO, 0, concurrent, 7, limit, 3, 0.1, 1);
  }

  private static SearchEngine.Task task(Settings settings) {
    return new SearchEngine.Task(
        "experiment", new Objective("rmse", "y", "m"), false, SPACE, settings, Duration.ZERO);
  }

  /** What a trial of the values gives: a function of them, and now and then a failure. */
  private static TrialResult.Scored score(TrialSpec spec) {
    double a = (double) spec.values().get("models.m.a");
    long b = (long) spec.values().get("models.m.b");
    if (Math.floorMod(Double.hashCode(a), 11) == 0) {
      throw SlipstreamException.invalid("a does not suit the trainer", "Use another.");
    }
    double loss = Math.abs(a - 0.37) + 0.1 * b + 0.05 * (1 - spec.resource());
    return new TrialResult.Scored(loss, 1, List.of(loss), List.of(1 - loss), 0.001, 1);
  }

  private static TrialResult resultOf(TrialSpec spec) {
    try {
      return score(spec);
    } catch (SlipstreamException e) {
      return new TrialResult.Failed(e.category(), e.problem(), "", e.remedy(), 0.001, 1);
    }
  }

  /** Ends trials in an order of chance, as workers of any speed would. */
  private static final class Shuffled implements TrialExecutor {
    private final Random random;
    private final Map<Integer, CompletableFuture<TrialResult>> running = new HashMap<>();
    private final Map<Integer, TrialSpec> specs = new HashMap<>();
    private int submitted;
    private int most;

    Shuffled(long seed) {
      this.random = new Random(seed);
    }

    @Override
    public synchronized Running submit(TrialSpec spec, Progress progress) {
      submitted++;
      CompletableFuture<TrialResult> future = new CompletableFuture<>();
      running.put(spec.number(), future);
      specs.put(spec.number(), spec);
      most = Math.max(most, running.size());
      return new Running() {
        @Override
        public CompletionStage<TrialResult> result() {
          return future;
        }

        @Override
        public void cancel() {}
      };
    }

    synchronized boolean endOne() {
      if (running.isEmpty()) {
        return false;
      }
      List<Integer> numbers = new ArrayList<>(running.keySet());
      int number = numbers.get(random.nextInt(numbers.size()));
      running.remove(number).complete(resultOf(specs.get(number)));
      return true;
    }

    @Override
    public void close() {}
  }

  /** Keeps what is recorded; like a store, it may be read by a later search. */
  private static final class Memory implements TrialJournal {
    private final Map<Integer, Entry> entries = new HashMap<>();

    @Override
    public synchronized Optional<Entry> find(TrialSpec spec) {
      return Optional.ofNullable(entries.get(spec.number()))
          .map(
              entry -> {
                assertEquals(entry.spec(), spec, "the same number means the same trial");
                return entry;
              });
    }

    @Override
    public synchronized void record(List<Entry> ended) {
      ended.forEach(each -> entries.put(each.spec().number(), each));
    }
  }

  private static SearchEngine.Outcome run(
      Settings settings, Shuffled executor, TrialJournal journal, Progress progress) {
    Thread ending =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    if (!executor.endOne()) {
                      Thread.onSpinWait();
                      Thread.yield();
                    }
                  }
                });
    try {
      return SearchEngine.run(
          task(settings), executor, journal, new SearchEngine.Listener() {}, progress);
    } finally {
      ending.interrupt();
    }
  }

  private static List<String> told(SearchEngine.Outcome outcome) {
    return outcome.trials().stream().map(each -> each.spec() + " " + each.result()).toList();
  }

  @Property(tries = 60)
  void theOrderInWhichTrialsEndChangesNothing(
      @ForAll Method any,
      @ForAll @IntRange(min = 1, max = 9) int concurrent,
      @ForAll long first,
      @ForAll long second) {
    Method method = any == Method.GRID ? Method.ASHA : any;
    Settings settings = settings(method, 40, concurrent);
    Shuffled executor = new Shuffled(first);
    SearchEngine.Outcome one = run(settings, executor, TrialJournal.NONE, Progress.NONE);
    SearchEngine.Outcome other =
        run(settings, new Shuffled(second), TrialJournal.NONE, Progress.NONE);
    assertEquals(told(one), told(other));
    assertEquals(one.best().map(each -> each.spec()), other.best().map(each -> each.spec()));
    assertTrue(executor.most <= concurrent, executor.most + " at a time");
    assertEquals(
        40, one.trials().stream().mapToInt(each -> each.spec().configuration()).distinct().count());
  }

  @Property(tries = 60)
  void aSearchThatWasEndedGoesOnAsIfNothingHadHappened(
      @ForAll Method any,
      @ForAll @IntRange(min = 1, max = 6) int concurrent,
      @ForAll @IntRange(min = 0, max = 45) int endsAfter,
      @ForAll long seed) {
    Method method = any == Method.GRID ? Method.ASHA : any;
    Settings settings = settings(method, 40, concurrent);
    SearchEngine.Outcome undisturbed =
        run(settings, new Shuffled(seed), TrialJournal.NONE, Progress.NONE);
    Memory memory = new Memory();
    Progress ends =
        new Progress() {
          @Override
          public boolean cancelled() {
            return memory.entries.size() >= endsAfter;
          }
        };
    int before = 0;
    try {
      Shuffled executor = new Shuffled(seed + 1);
      run(settings, executor, memory, ends);
    } catch (SlipstreamException e) {
      assertEquals(Category.CANCELLED, e.category());
      before = memory.entries.size();
    }
    Shuffled executor = new Shuffled(seed + 2);
    SearchEngine.Outcome resumed = run(settings, executor, memory, Progress.NONE);
    assertEquals(told(undisturbed), told(resumed));
    if (before > 0) {
      assertEquals(
          undisturbed.trials().size() - before,
          executor.submitted,
          "no finished trial is repeated");
    }
  }

  @Test
  void aTrialThatThrowsIsRecordedAndTheSearchGoesOn() {
    Memory memory = new Memory();
    try (LocalTrials trials =
        new LocalTrials(
            (spec, progress) -> {
              switch (spec.number() % 4) {
                case 0 -> throw new IllegalStateException("boom");
                case 1 -> throw new OutOfMemoryError("heap");
                case 2 -> throw new StackOverflowError();
                default -> {
                  return score(spec);
                }
              }
            },
            1)) {
      SearchEngine.Outcome outcome =
          SearchEngine.run(
              task(settings(Method.RANDOM, 12, 3)),
              trials,
              memory,
              new SearchEngine.Listener() {},
              Progress.NONE);
      assertEquals(12, outcome.trials().size());
      assertTrue(outcome.best().orElseThrow().spec().number() % 4 == 3);
      var first = (TrialResult.Failed) outcome.trials().getFirst().result();
      assertTrue(first.problem().contains("boom"), first.problem());
      var second = (TrialResult.Failed) outcome.trials().get(1).result();
      assertEquals(Category.RESOURCE_EXHAUSTED, second.category());
    }
  }

  @Test
  void aTrialThatHangsIsEndedByItsLimit() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (LocalTrials trials =
        new LocalTrials(
            (spec, progress) -> {
              if (spec.number() == 1) {
                while (true) {
                  progress.checkCancelled(); // One that listens …
                }
              } else if (spec.number() == 2) {
                awaitForever(never); // … and one that does not.
              }
              return score(spec);
            },
            1,
            Duration.ofMillis(50),
            5)) {
      SearchEngine.Outcome outcome =
          SearchEngine.run(
              task(settings(Method.RANDOM, 6, 1, Duration.ofMillis(100))),
              trials,
              TrialJournal.NONE,
              new SearchEngine.Listener() {},
              Progress.NONE);
      assertEquals(6, outcome.trials().size());
      for (int hung : new int[] {1, 2}) {
        var failed = (TrialResult.Failed) outcome.trials().get(hung).result();
        assertTrue(failed.problem().contains("longer than 100ms"), failed.problem());
      }
      assertTrue(outcome.best().isPresent());
    } finally {
      never.countDown();
    }
  }

  @Test
  void tooManyTrialsThatDoNotStopEndTheSearch() {
    CountDownLatch never = new CountDownLatch(1);
    Memory memory = new Memory();
    try (LocalTrials trials =
        new LocalTrials(
            (spec, progress) -> {
              awaitForever(never);
              return score(spec);
            },
            1,
            Duration.ofMillis(1),
            3)) {
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () ->
                  SearchEngine.run(
                      task(settings(Method.RANDOM, 50, 1, Duration.ofMillis(5))),
                      trials,
                      memory,
                      new SearchEngine.Listener() {},
                      Progress.NONE));
      assertEquals(Category.RESOURCE_EXHAUSTED, e.category());
      assertEquals(3, memory.entries.size(), "what ended is recorded");
    } finally {
      never.countDown();
    }
  }

  private static void awaitForever(CountDownLatch never) {
    try {
      never.await(50, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anUndefinedScoreIsAFailure() {
    try (LocalTrials trials =
        new LocalTrials(
            (spec, progress) -> new TrialResult.Scored(Double.NaN, 1, List.of(), List.of(), 0, 1),
            1)) {
      SearchEngine.Outcome outcome =
          SearchEngine.run(
              task(settings(Method.TPE, 30, 2)),
              trials,
              TrialJournal.NONE,
              new SearchEngine.Listener() {},
              Progress.NONE);
      assertEquals(30, outcome.trials().size());
      assertTrue(outcome.best().isEmpty());
    }
  }

  @Test
  void budgetsOfTimeAndOfCpuHoursEndASearch() {
    AtomicInteger started = new AtomicInteger();
    try (LocalTrials trials =
        new LocalTrials(
            (spec, progress) -> {
              started.incrementAndGet();
              return new TrialResult.Scored(1, 1, List.of(), List.of(), 3600, 2);
            },
            2)) {
      SearchEngine.Outcome byCpu =
          SearchEngine.run(
              task(
                  new Settings(Method.RANDOM, 0, Duration.ZERO, 6, 1, 1, Duration.ZERO, 3, 0.1, 1)),
              trials,
              TrialJournal.NONE,
              new SearchEngine.Listener() {},
              Progress.NONE);
      assertFalse(byCpu.complete());
      assertEquals(3, byCpu.trials().size(), "3 trials of an hour on 2 threads");
      Settings hour =
          new Settings(Method.RANDOM, 0, Duration.ofHours(1), 0, 1, 1, Duration.ZERO, 3, 0.1, 1);
      SearchEngine.Outcome byTime =
          SearchEngine.run(
              new SearchEngine.Task(
                  "", new Objective("rmse", "y", "m"), false, SPACE, hour, Duration.ofHours(2)),
              trials,
              TrialJournal.NONE,
              new SearchEngine.Listener() {},
              Progress.NONE);
      assertFalse(byTime.complete());
      assertEquals(0, byTime.trials().size(), "it had used its time before it was resumed");
    }
  }

  @Test
  void halvingFindsAboutTheSameForAFractionOfTheRows() {
    Settings asha = settings(Method.ASHA, 81, 1);
    Settings random = settings(Method.RANDOM, 81, 1);
    SearchEngine.Outcome halved = run(asha, new Shuffled(1), TrialJournal.NONE, Progress.NONE);
    SearchEngine.Outcome full = run(random, new Shuffled(1), TrialJournal.NONE, Progress.NONE);
    double used = halved.trials().stream().mapToDouble(each -> each.spec().resource()).sum();
    assertTrue(used < 81 / 2.0, "rows used: " + used + " times all");
    assertEquals(
        full.best().orElseThrow().spec().values(), halved.best().orElseThrow().spec().values());
    assertEquals(1.0, halved.best().orElseThrow().spec().resource());
    assertNotEquals(full.trials().size(), halved.trials().size());
  }
}
