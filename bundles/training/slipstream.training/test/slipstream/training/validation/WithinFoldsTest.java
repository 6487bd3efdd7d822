package slipstream.training.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import slipstream.core.experiment.Validation;
import slipstream.core.experiment.Validation.Scheme;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.spi.RowSelection;
import slipstream.core.table.Partition;

/** Folds within folds: what is scored, and what the ensemble is scored on, is never trained on. */
class WithinFoldsTest {
  private static final int ROWS = 600;
  private static final int INSTRUMENTS = 6;

  private final long[] times = new long[ROWS];
  private final int[] groups = new int[ROWS];
  private final IntToLongFunction ends;
  private CrossValidation split;

  WithinFoldsTest() {
    Random random = new Random(1);
    int each = ROWS / INSTRUMENTS;
    for (int i = 0; i < ROWS; i++) {
      times[i] = 10L * (i % each) + random.nextInt(3);
      groups[i] = i / each;
    }
    ends = row -> times[row] + 25 + row % 7; // reaches two or three rows ahead
  }

  private static Validation validation(
      Scheme scheme, Window window, int folds, String group, int groupFolds) {
    return new Validation(
        scheme, folds, 2, window, group, groupFolds, Duration.ofNanos(0), 0.2, "", false);
  }

  private static Validation embargoed(Validation v, long nanos) {
    return new Validation(
        v.scheme(),
        v.folds(),
        v.testBlocks(),
        v.window(),
        v.group(),
        v.groupFolds(),
        Duration.ofNanos(nanos),
        v.holdout(),
        "",
        false);
  }

  private void split(Validation validation) {
    Partition[] partitions = new Partition[INSTRUMENTS];
    int each = ROWS / INSTRUMENTS;
    for (int p = 0; p < INSTRUMENTS; p++) {
      partitions[p] = new Partition("i" + p, p * each, (p + 1) * each);
    }
    split =
        CrossValidation.split(
            row -> times[row],
            ends,
            RowSelection.all(ROWS),
            List.of(partitions),
            validation.hasGroups() ? row -> groups[row] : null,
            validation);
  }

  private static Set<Integer> set(RowSelection rows) {
    Set<Integer> set = new HashSet<>();
    Arrays.stream(rows.toArray()).forEach(set::add);
    return set;
  }

  private Set<Integer> groups(RowSelection rows) {
    Set<Integer> set = new TreeSet<>();
    Arrays.stream(rows.toArray()).forEach(row -> set.add(groups[row]));
    return set;
  }

  private void check(Validation validation) {
    split(validation);
    for (Fold outer : split.folds()) {
      check(validation, outer.training(), outer.scored(), split.within(outer, ends));
    }
    check(validation, split.finalRows(), RowSelection.all(0), split.withinFinal(ends));
  }

  private void check(
      Validation validation, RowSelection training, RowSelection scored, List<Fold> within) {
    assertFalse(within.isEmpty());
    Set<Integer> allowed = set(training);
    Set<Integer> seen = new HashSet<>();
    boolean rolling =
        validation.scheme() == Scheme.WALK_FORWARD && validation.window() == Window.ROLLING;
    long first = Arrays.stream(training.toArray()).mapToLong(row -> times[row]).min().orElseThrow();
    for (Fold fold : within) {
      Set<Integer> learned = set(fold.training());
      for (int row : learned) {
        assertTrue(allowed.contains(row) || rolling && times[row] < first, "row " + row);
      }
      for (int row : fold.scored().toArray()) {
        assertFalse(learned.contains(row), "row " + row + " is learned and scored");
        assertTrue(seen.add(row), "row " + row + " is scored twice");
      }
      if (validation.hasGroups()) {
        Set<Integer> both = groups(fold.training());
        both.retainAll(groups(fold.scored()));
        assertEquals(Set.of(), both);
        both = groups(fold.training());
        both.retainAll(groups(scored));
        assertEquals(Set.of(), both);
      }
      if (validation.scheme() != Scheme.GROUPED) {
        apart(fold.training(), fold.scored(), validation.embargo().toNanos());
        apart(fold.training(), scored, validation.embargo().toNanos());
        apart(fold.fit(), fold.holdout(), validation.hasGroups() ? Long.MIN_VALUE : 0);
      }
    }
    seen.retainAll(allowed);
    assertTrue(seen.size() > allowed.size() / 3, seen.size() + " of " + allowed.size());
  }

  private void apart(RowSelection learned, RowSelection scored, long embargo) {
    for (int a : learned.toArray()) {
      for (int s : scored.toArray()) {
        long gap =
            times[a] < times[s] ? times[s] - ends.applyAsLong(a) : times[a] - ends.applyAsLong(s);
        assertTrue(embargo == Long.MIN_VALUE || gap > embargo, a + " is " + gap + " from " + s);
      }
    }
  }

  @Test
  void nothingScoredIsLearned() {
    for (long embargo : new long[] {0, 10}) {
      for (Window window : Window.values()) {
        for (int folds : embargo == 0 ? new int[] {1, 2, 4} : new int[] {1, 2}) {
          check(embargoed(validation(Scheme.WALK_FORWARD, window, folds, "", 2), embargo));
        }
      }
      for (int folds : new int[] {2, 3, 5}) {
        check(embargoed(validation(Scheme.PURGED_K_FOLD, Window.EXPANDING, folds, "", 2), embargo));
      }
      for (int folds : new int[] {3, 4, 5}) {
        check(embargoed(validation(Scheme.COMBINATORIAL, Window.EXPANDING, folds, "", 2), embargo));
      }
    }
    check(validation(Scheme.GROUPED, Window.EXPANDING, 2, "", 2));
    check(validation(Scheme.GROUPED, Window.EXPANDING, 3, "", 2));
    check(validation(Scheme.WALK_FORWARD, Window.EXPANDING, 2, "g", 2));
    check(validation(Scheme.WALK_FORWARD, Window.EXPANDING, 3, "g", 3));
    check(validation(Scheme.PURGED_K_FOLD, Window.EXPANDING, 3, "g", 3));
    check(validation(Scheme.COMBINATORIAL, Window.EXPANDING, 4, "g", 3));
  }

  /** Equal words mean equal rows, and the words say so wherever rows are equal. */
  @Test
  void foldsThatTrainOnTheSameRowsSayTheSame() {
    for (Scheme scheme : Scheme.values()) {
      Validation validation = validation(scheme, Window.EXPANDING, 4, "", 3);
      split(validation);
      Map<String, Set<Integer>> rows = new HashMap<>();
      int folds = 0;
      int shared = 0;
      for (int number = 0; number <= split.folds().size(); number++) {
        List<Fold> within =
            number == 0
                ? split.withinFinal(ends)
                : split.within(split.folds().get(number - 1), ends);
        for (Fold fold : number == 0 ? join(within, split.folds()) : within) {
          folds++;
          Set<Integer> before = rows.putIfAbsent(fold.trainedOn(), set(fold.training()));
          if (before != null) {
            shared++;
            assertEquals(before, set(fold.training()), scheme + " " + fold.trainedOn());
          }
        }
      }
      assertEquals(
          folds - shared, new HashSet<>(rows.values()).size(), scheme + " fits rows twice");
      assertTrue(shared >= 4, scheme + " shares " + shared + " of " + folds);
    }
  }

  private static List<Fold> join(List<Fold> a, List<Fold> b) {
    List<Fold> all = new java.util.ArrayList<>(a);
    all.addAll(b);
    return all;
  }
}
