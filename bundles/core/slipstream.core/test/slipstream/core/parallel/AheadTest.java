package slipstream.core.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

@Timeout(60)
final class AheadTest {
  @Test
  void resultsComeInTheirOrder() {
    for (int threads : new int[] {1, 2, 5}) {
      for (int tasks : new int[] {0, 1, 2, 7, 500}) {
        List<Integer> given = new ArrayList<>();
        try (Ahead<Integer> ahead = new Ahead<>(tasks, threads, i -> i * i)) {
          ahead.forEachRemaining(given::add);
          assertFalse(ahead.hasNext());
          assertThrows(NoSuchElementException.class, ahead::next);
        }
        assertEquals(IntStream.range(0, tasks).mapToObj(i -> i * i).toList(), given);
      }
    }
  }

  @Test
  void onlyAFewAreMadeAheadOfTheirUse() throws InterruptedException {
    AtomicInteger begun = new AtomicInteger();
    try (Ahead<Integer> ahead =
        new Ahead<>(
            1000,
            3,
            i -> {
              begun.incrementAndGet();
              return i;
            })) {
      for (int taken = 0; taken < 20; taken++) {
        assertTrue(begun.get() <= taken + 4, begun::toString);
        assertEquals(taken, ahead.next());
      }
    }
    assertTrue(begun.get() <= 24, "what has not begun at the end never does");
  }

  @Test
  void aFailureComesInItsPlace() {
    try (Ahead<Integer> ahead =
        new Ahead<>(
            5,
            4,
            i -> {
              if (i == 2) {
                throw new IllegalArgumentException("two");
              }
              return i;
            })) {
      assertEquals(0, ahead.next());
      assertEquals(1, ahead.next());
      assertEquals("two", assertThrows(IllegalArgumentException.class, ahead::next).getMessage());
    }
  }

  @Test
  void closingWaitsForWhatRuns() throws InterruptedException {
    AtomicInteger running = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(2);
    Ahead<Integer> ahead =
        new Ahead<>(
            50,
            2,
            i -> {
              running.incrementAndGet();
              begun.countDown();
              try {
                Thread.sleep(20);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              } finally {
                running.decrementAndGet();
              }
              return i;
            });
    begun.await();
    ahead.close();
    assertEquals(0, running.get());
  }

  @Test
  void anInterruptEndsTheWaiting() {
    CountDownLatch never = new CountDownLatch(1);
    try (Ahead<Integer> ahead =
        new Ahead<>(
            1,
            1,
            i -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                return -1; // passed on by close
              }
              return i;
            })) {
      Thread.currentThread().interrupt();
      SlipstreamException e = assertThrows(SlipstreamException.class, ahead::next);
      assertEquals(Category.CANCELLED, e.category());
      assertTrue(Thread.currentThread().isInterrupted());
    }
    assertTrue(Thread.interrupted(), "the caller stays interrupted");
  }
}
