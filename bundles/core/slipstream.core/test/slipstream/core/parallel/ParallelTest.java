package slipstream.core.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;

final class ParallelTest {
  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int task;

    Failed(int task) {
      super("task " + task);
      this.task = task;
    }
  }

  @Property(tries = 200)
  void everyTaskIsDoneOnceAndResultsComeInTheirOrder(
      @ForAll @IntRange(max = 300) int tasks, @ForAll @IntRange(min = -1, max = 9) int threads) {
    int[] done = new int[tasks];
    List<Integer> squares =
        Parallel.map(
            tasks,
            threads,
            Progress.NONE,
            i -> {
              done[i]++;
              return i * i;
            });
    assertEquals(IntStream.range(0, tasks).mapToObj(i -> i * i).toList(), squares);
    assertTrue(Arrays.stream(done).allMatch(each -> each == 1));
  }

  @Property(tries = 300)
  void theFirstFailureInTheOrderIsThrownWhateverTheThreads(
      @ForAll Set<@IntRange(max = 60) Integer> failing,
      @ForAll @IntRange(min = 1, max = 80) int tasks,
      @ForAll @IntRange(min = 1, max = 6) int threads) {
    Set<Integer> begun = ConcurrentHashMap.newKeySet();
    Runnable work =
        () ->
            Parallel.forEach(
                tasks,
                threads,
                Progress.NONE,
                i -> {
                  begun.add(i);
                  if (failing.contains(i)) {
                    throw new Failed(i);
                  }
                });
    int first = failing.stream().mapToInt(i -> i).filter(i -> i < tasks).min().orElse(-1);
    if (first < 0) {
      work.run();
      assertEquals(tasks, begun.size());
      return;
    }
    Failed thrown = assertThrows(Failed.class, work::run);
    assertEquals(first, thrown.task);
    int before = first;
    for (Throwable each : thrown.getSuppressed()) {
      int task = ((Failed) each).task;
      assertTrue(task > before && failing.contains(task), "suppressed in the order");
      before = task;
    }
    assertTrue(begun.containsAll(IntStream.rangeClosed(0, first).boxed().toList()));
    assertEquals(begun.size() - 1, Collections.max(begun), "tasks are begun in their order");
    if (threads == 1) {
      assertEquals(first + 1, begun.size());
    }
  }

  @Test
  void withOneThreadAllIsDoneByTheCaller() {
    for (int threads : new int[] {-5, 0, 1}) {
      List<Thread> used = new ArrayList<>();
      Parallel.forEach(3, threads, Progress.NONE, i -> used.add(Thread.currentThread()));
      assertEquals(Collections.nCopies(3, Thread.currentThread()), used);
    }
  }

  @Test
  @Timeout(60)
  void asManyThreadsAsAskedForWorkAtATimeAndTheCallerIsOneOfThem() throws Exception {
    CyclicBarrier all = new CyclicBarrier(4);
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    Parallel.forEach(
        40,
        4,
        Progress.NONE,
        i -> {
          used.add(Thread.currentThread());
          try {
            all.await(); // nobody passes unless four are here
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    assertEquals(4, used.size());
    assertTrue(used.contains(Thread.currentThread()));
    for (Thread each : used) {
      assertTrue(each == Thread.currentThread() || !each.isAlive());
    }
  }

  @Test
  void eachThreadHasItsOwnState() {
    List<Set<Thread>> states = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger done = new AtomicInteger();
    Parallel.<Set<Thread>>forEach(
        1000,
        3,
        Progress.NONE,
        () -> {
          Set<Thread> state = new HashSet<>();
          states.add(state);
          return state;
        },
        (state, i) -> {
          state.add(Thread.currentThread());
          done.incrementAndGet();
        });
    assertEquals(1000, done.get());
    assertTrue(!states.isEmpty() && states.size() <= 3);
    assertTrue(states.stream().allMatch(each -> each.size() == 1));
    assertEquals(states.size(), states.stream().flatMap(Set::stream).distinct().count());
    Parallel.<Object>forEach(0, 3, Progress.NONE, () -> fail("no task, no state"), (_, _) -> {});
  }

  @Test
  void aStateThatCannotBeMadeIsTheFailureOfItsTask() {
    Failed thrown =
        assertThrows(
            Failed.class,
            () ->
                Parallel.<Object>forEach(
                    9,
                    2,
                    Progress.NONE,
                    () -> {
                      throw new Failed(-1);
                    },
                    (_, _) -> fail("has no state")));
    assertEquals(-1, thrown.task);
  }

  @Test
  @Timeout(60)
  void itReturnsOnlyWhenNoTaskRunsAnyMore() {
    for (int round = 0; round < 20; round++) {
      AtomicInteger running = new AtomicInteger();
      CountDownLatch slowOnesRun = new CountDownLatch(3);
      Failed thrown =
          assertThrows(
              Failed.class,
              () ->
                  Parallel.forEach(
                      100,
                      4,
                      Progress.NONE,
                      i -> {
                        running.incrementAndGet();
                        try {
                          if (i == 0) {
                            slowOnesRun.await();
                            throw new Failed(0);
                          }
                          slowOnesRun.countDown();
                          Thread.sleep(5);
                        } catch (InterruptedException e) {
                          fail("a failure interrupts nobody");
                        } finally {
                          running.decrementAndGet();
                        }
                      }));
      assertEquals(0, thrown.task);
      assertEquals(0, running.get());
    }
  }

  @Test
  @Timeout(60)
  void oneFailureThrownByAllOfThemIsNotSuppressedByItself() {
    Failed one = new Failed(0);
    CyclicBarrier all = new CyclicBarrier(3);
    Failed thrown =
        assertThrows(
            Failed.class,
            () ->
                Parallel.forEach(
                    3,
                    3,
                    Progress.NONE,
                    i -> {
                      try {
                        all.await();
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                      throw one;
                    }));
    assertSame(one, thrown);
    assertEquals(0, thrown.getSuppressed().length);
  }

  @Test
  void errorsComeAsTheyAreAndUndeclaredExceptionsAsCauses() {
    for (int threads : new int[] {1, 3}) {
      assertThrows(
          StackOverflowError.class,
          () ->
              Parallel.forEach(
                  5,
                  threads,
                  Progress.NONE,
                  i -> {
                    throw new StackOverflowError();
                  }));
      Exception undeclared = new Exception("undeclared");
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  Parallel.forEach(
                      5, threads, Progress.NONE, i -> ParallelTest.<Error>sneaky(undeclared)));
      assertSame(undeclared, e.getCause());
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneaky(Throwable e) throws E {
    throw (E) e;
  }

  private static Progress cancelledOnce(AtomicInteger count, int from) {
    return new Progress() {
      @Override
      public boolean cancelled() {
        return count.get() >= from;
      }
    };
  }

  @Test
  void cancellingLeavesOutTheTasksThatHaveNotBegun() {
    for (int threads : new int[] {1, 2, 5}) {
      AtomicInteger begun = new AtomicInteger();
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () ->
                  Parallel.forEach(
                      1000, threads, cancelledOnce(begun, 7), i -> begun.incrementAndGet()));
      assertEquals(Category.CANCELLED, e.category());
      assertTrue(begun.get() >= 7 && begun.get() <= 7 + threads, begun::toString);
    }
  }

  @Test
  void cancellingWhenAllHaveBegunIsTooLate() {
    for (int threads : new int[] {1, 2, 5}) {
      AtomicInteger begun = new AtomicInteger();
      Parallel.forEach(5, threads, cancelledOnce(begun, 5), i -> begun.incrementAndGet());
      assertEquals(5, begun.get());
    }
  }

  @Test
  void aTaskThatFindsItselfCancelledEndsTheWork() {
    AtomicInteger asked = new AtomicInteger();
    Progress progress = cancelledOnce(asked, 50);
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                Parallel.forEach(
                    4,
                    2,
                    progress,
                    i -> {
                      while (true) {
                        asked.incrementAndGet();
                        progress.checkCancelled();
                      }
                    }));
    assertEquals(Category.CANCELLED, e.category());
  }

  @Test
  void anInterruptedCallerBeginsNothingAndStaysInterrupted() {
    for (int threads : new int[] {1, 3}) {
      Thread.currentThread().interrupt();
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () -> Parallel.forEach(5, threads, Progress.NONE, i -> fail("begun")));
      assertTrue(Thread.interrupted());
      assertEquals(Category.CANCELLED, e.category());
    }
  }

  @Test
  @Timeout(60)
  void anInterruptReachesTheTasksOfOtherThreads() {
    Thread caller = Thread.currentThread();
    CountDownLatch asleep = new CountDownLatch(2);
    AtomicInteger woken = new AtomicInteger();
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                Parallel.forEach(
                    100,
                    3,
                    Progress.NONE,
                    i -> {
                      if (Thread.currentThread() == caller) {
                        try {
                          asleep.await();
                        } catch (InterruptedException interrupted) {
                          throw new IllegalStateException(interrupted);
                        }
                        caller.interrupt();
                        return;
                      }
                      asleep.countDown();
                      try {
                        Thread.sleep(100_000);
                      } catch (InterruptedException interrupted) {
                        woken.incrementAndGet();
                        throw new IllegalStateException("could not wait", interrupted);
                      }
                    }));
    assertTrue(Thread.interrupted(), "the caller stays interrupted");
    assertEquals(Category.CANCELLED, e.category());
    assertEquals(2, woken.get());
    assertEquals(2, e.getSuppressed().length);
  }

  @Test
  @Timeout(60)
  void tasksMayThemselvesHaveTasks() {
    for (int threads : new int[] {1, 2, 4}) {
      List<Integer> sums =
          Parallel.map(
              6,
              threads,
              Progress.NONE,
              i ->
                  Parallel.map(
                          6,
                          threads,
                          Progress.NONE,
                          j ->
                              Parallel.map(6, threads, Progress.NONE, k -> 36 * i + 6 * j + k)
                                  .stream()
                                  .mapToInt(each -> each)
                                  .sum())
                      .stream()
                      .mapToInt(each -> each)
                      .sum());
      assertEquals(IntStream.range(0, 6).mapToObj(i -> 36 * 36 * i + 630).toList(), sums);
    }
  }

  @Test
  void aFailureDeepWithinIsTheSameForAnyThreads() {
    for (int threads : new int[] {1, 2, 4}) {
      Failed thrown =
          assertThrows(
              Failed.class,
              () ->
                  Parallel.forEach(
                      8,
                      threads,
                      Progress.NONE,
                      i ->
                          Parallel.run(
                              List.<Runnable>of(
                                  () -> {},
                                  () -> {
                                    if (i >= 3) {
                                      throw new Failed(i);
                                    }
                                  }),
                              threads,
                              Progress.NONE)));
      assertEquals(3, thrown.task);
    }
  }

  @Test
  void threadsAreNamedAfterWhomTheyHelp() {
    Set<String> names = ConcurrentHashMap.newKeySet();
    CyclicBarrier all = new CyclicBarrier(2);
    Parallel.forEach(
        2,
        2,
        Progress.NONE,
        i -> {
          try {
            all.await();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          names.add(Thread.currentThread().getName());
        });
    String mine = Thread.currentThread().getName();
    assertEquals(Set.of(mine, mine + "+1"), names);
  }
}
