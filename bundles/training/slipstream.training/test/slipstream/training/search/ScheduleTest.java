package slipstream.training.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Successive halving against algorithm 2 of Li et al. (2018), written down as it stands there. */
class ScheduleTest {
  private static final Space LINE =
      new Space(List.of("x"), List.of(new Axis.Interval(0, 1, false, false)));

  /** The paper's promotion rule, by sorting everything anew. */
  private static final class Reference {
    private record Result(int configuration, double loss) {}

    private final int reduction;
    private final List<List<Result>> rungs = new ArrayList<>();
    private final List<Set<Integer>> promoted = new ArrayList<>();

    Reference(int reduction, int count) {
      this.reduction = reduction;
      for (int k = 0; k < count; k++) {
        rungs.add(new ArrayList<>());
        promoted.add(new HashSet<>());
      }
    }

    /** Configuration and rung to run, or empty for a new one. */
    Optional<int[]> promote() {
      for (int k = rungs.size() - 2; k >= 0; k--) {
        List<Result> sorted = new ArrayList<>(rungs.get(k));
        sorted.sort(
            Comparator.comparingDouble(Result::loss).thenComparingInt(Result::configuration));
        for (Result each : sorted.subList(0, sorted.size() / reduction)) {
          if (each.loss < Double.POSITIVE_INFINITY && promoted.get(k).add(each.configuration)) {
            return Optional.of(new int[] {each.configuration, k + 1});
          }
        }
      }
      return Optional.empty();
    }
  }

  @Property(tries = 200)
  void promotesAsThePaperSays(
      @ForAll Random random,
      @ForAll @IntRange(min = 2, max = 5) int reduction,
      @ForAll @IntRange(min = 1, max = 6) int workers) {
    Schedule.Halving schedule =
        new Schedule.Halving(new RandomSampler(LINE, 1), 60, reduction, 0.02, 1);
    Reference reference = new Reference(reduction, schedule.topRung() + 1);
    List<Proposal> running = new ArrayList<>();
    int sampled = 0;
    int number = 0;
    while (true) {
      while (running.size() < workers) {
        Optional<int[]> expected = reference.promote();
        Optional<Proposal> next = schedule.next();
        if (expected.isEmpty() && sampled == 60) {
          assertTrue(next.isEmpty());
          break;
        }
        assertEquals(number++, next.orElseThrow().number());
        assertEquals(expected.map(e -> e[0]).orElse(sampled), next.get().configuration());
        assertEquals(expected.map(e -> e[1]).orElse(0), next.get().rung());
        sampled += expected.isEmpty() ? 1 : 0;
        running.add(next.get());
      }
      if (running.isEmpty()) {
        break;
      }
      Proposal ended = running.remove(random.nextInt(running.size()));
      // Ties and failures among them.
      double loss = random.nextInt(6) == 0 ? Double.POSITIVE_INFINITY : random.nextInt(9);
      schedule.report(ended, loss);
      reference.rungs.get(ended.rung()).add(new Reference.Result(ended.configuration(), loss));
    }
  }

  @Test
  void rungsEndAtTheLargestResource() {
    Schedule.Halving schedule = new Schedule.Halving(new RandomSampler(LINE, 1), 27, 3, 1.0 / 9, 1);
    assertEquals(2, schedule.topRung());
    Set<Double> resources = new HashSet<>();
    for (Optional<Proposal> next = schedule.next(); next.isPresent(); next = schedule.next()) {
      resources.add(next.get().resource());
      schedule.report(next.get(), next.get().configuration());
    }
    assertEquals(Set.of(1.0 / 9, 1.0 / 3, 1.0), resources);
  }

  @Test
  void withoutRoomForReductionEveryConfigurationSeesAll() {
    Schedule.Halving schedule = new Schedule.Halving(new RandomSampler(LINE, 1), 5, 3, 1, 1);
    assertEquals(0, schedule.topRung());
    assertEquals(1.0, schedule.next().orElseThrow().resource());
  }
}
