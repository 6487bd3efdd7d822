package slipstream.training.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import slipstream.core.experiment.Search.Objective;

@Timeout(30)
class GroupCommitTest {
  private static TrialJournal.Entry trial(int number) {
    return new TrialJournal.Entry(
        new TrialSpec(
            number,
            number,
            0,
            "",
            new Objective("rmse", "y", "m"),
            new LinkedHashMap<>(),
            1,
            Duration.ZERO),
        new TrialResult.Scored(1, 1, List.of(), List.of(), 0, 1),
        false);
  }

  /** Writes when it may. */
  private static final class Slow implements TrialJournal {
    private final List<Integer> groups = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> written = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore writes = new Semaphore(0);
    private volatile RuntimeException failure;

    @Override
    public Optional<Entry> find(TrialSpec spec) {
      return Optional.empty();
    }

    @Override
    public void record(List<Entry> ended) {
      writes.acquireUninterruptibly();
      if (failure != null) {
        throw failure;
      }
      groups.add(ended.size());
      ended.forEach(each -> written.add(each.spec().number()));
    }
  }

  @Test
  void whatEndsWhileTheDiskIsBusyIsOneGroupInOrder() {
    Slow slow = new Slow();
    try (GroupCommit journal = new GroupCommit(slow)) {
      IntStream.range(0, 100).forEach(i -> journal.record(List.of(trial(i))));
      assertTrue(slow.written.isEmpty(), "nobody waited for the disk");
      slow.writes.release(1000);
      journal.flush();
      assertEquals(IntStream.range(0, 100).boxed().toList(), slow.written);
      assertTrue(slow.groups.size() <= 3, slow.groups.toString());
    }
  }

  @Test
  void aWriteThatFailsIsTold() {
    Slow slow = new Slow();
    slow.failure = new IllegalStateException("no space left on device");
    slow.writes.release();
    try (GroupCommit journal = new GroupCommit(slow)) {
      journal.record(List.of(trial(0)));
      assertEquals(slow.failure, assertThrows(IllegalStateException.class, journal::flush));
      assertThrows(IllegalStateException.class, () -> journal.record(List.of(trial(1))));
    }
  }
}
