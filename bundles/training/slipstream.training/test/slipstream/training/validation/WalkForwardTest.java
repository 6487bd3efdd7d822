package slipstream.training.validation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Validation;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.spi.RowSelection;
import slipstream.core.table.Partition;

class WalkForwardTest {
  /** A panel of instruments with gaps, duplicate times and rows that are not usable. */
  private record Panel(long[] times, long[] ends, int[] usable, List<Partition> partitions) {
    static Panel random(long seed, int instruments, int rowsEach, int lookAhead) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Partition> partitions = new ArrayList<>();
      int rows = instruments * rowsEach;
      long[] times = new long[rows];
      long[] ends = new long[rows];
      for (int p = 0; p < instruments; p++) {
        int from = p * rowsEach;
        long time = random.nextInt(20);
        for (int i = from; i < from + rowsEach; i++) {
          times[i] = time;
          time += random.nextInt(4); // 0: two rows of one time
        }
        for (int i = from; i < from + rowsEach; i++) {
          ends[i] = times[Math.min(i + lookAhead, from + rowsEach - 1)];
        }
        partitions.add(new Partition("i" + p, from, from + rowsEach));
      }
      int[] usable = IntStream.range(0, rows).filter(i -> random.nextInt(10) > 0).toArray();
      return new Panel(times, ends, usable, partitions);
    }

    WalkForward split(Validation validation) {
      return WalkForward.split(
          row -> times[row], row -> ends[row], RowSelection.of(usable), partitions, validation);
    }
  }

  @Property(tries = 500)
  void neverTrainsOnWhatTheScoredBlockCouldTell(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 6) int instruments,
      @ForAll @IntRange(min = 0, max = 5) int lookAhead,
      @ForAll @IntRange(min = 1, max = 5) int folds,
      @ForAll @IntRange(min = 0, max = 12) int embargo,
      @ForAll boolean rolling,
      @ForAll @IntRange(min = 0, max = 50) int holdoutPercent) {
    Panel panel = Panel.random(seed, instruments, 60, lookAhead);
    Validation validation =
        new Validation(
            folds,
            rolling ? Window.ROLLING : Window.EXPANDING,
            Duration.ofNanos(embargo),
            holdoutPercent / 100.0);
    WalkForward split;
    try {
      split = panel.split(validation);
    } catch (SlipstreamException e) {
      // Too few rows before a block, which is said and not worked around.
      Assume.that(false);
      return;
    }
    Set<Integer> scored = new HashSet<>();
    long lastScored = Long.MIN_VALUE;
    Set<Integer> before = new HashSet<>();
    for (int k = 1; k <= folds; k++) {
      Fold fold = split.fold(k);
      assertTrue(fold.scoredStart() > lastScored, "blocks share no time");
      lastScored = fold.scoredEnd();
      for (int row : fold.scored().toArray()) {
        assertTrue(scored.add(row), "a row is scored once");
        assertTrue(panel.times[row] >= fold.scoredStart() && panel.times[row] <= lastScored);
      }
      for (int row : fold.training().toArray()) {
        assertTrue(panel.ends[row] < fold.scoredStart() - embargo);
        before.add(row);
      }
      if (fold.holdout().toArray().length > 0) {
        long start = panel.times[fold.holdout().toArray()[0]];
        for (int row : fold.fit().toArray()) {
          assertTrue(panel.ends[row] < start - embargo);
        }
        for (int row : fold.holdout().toArray()) {
          assertTrue(panel.times[row] >= start);
          assertTrue(panel.ends[row] < fold.scoredStart() - embargo);
        }
      } else {
        assertArrayEquals(fold.training().toArray(), fold.fit().toArray());
      }
      Set<Integer> parts = new HashSet<>();
      Arrays.stream(fold.fit().toArray()).forEach(row -> assertTrue(parts.add(row)));
      Arrays.stream(fold.holdout().toArray()).forEach(row -> assertTrue(parts.add(row)));
      Set<Integer> training = new HashSet<>();
      Arrays.stream(fold.training().toArray()).forEach(training::add);
      assertTrue(training.containsAll(parts));
      assertTrue(fold.purged() >= 0);
    }
    // The scored blocks hold all usable rows from the first block's start on.
    long start = split.fold(1).scoredStart();
    Set<Integer> expected = new HashSet<>();
    for (int row : panel.usable) {
      if (panel.times[row] >= start) {
        expected.add(row);
      }
    }
    assertEquals(expected, scored);
  }

  @Property(tries = 100)
  void dependsOnNothingButItsInput(@ForAll long seed) {
    Panel panel = Panel.random(seed, 4, 80, 2);
    Validation validation = new Validation(3, Window.EXPANDING, Duration.ZERO, 0.2);
    for (int k = 1; k <= 3; k++) {
      Fold a = panel.split(validation).fold(k);
      Fold b = panel.split(validation).fold(k);
      assertArrayEquals(a.fit().toArray(), b.fit().toArray());
      assertArrayEquals(a.holdout().toArray(), b.holdout().toArray());
      assertArrayEquals(a.scored().toArray(), b.scored().toArray());
    }
  }

  @Test
  void cutsEqualBlocksByHand() {
    // 12 rows at times 0..11, targets one row ahead, 4 blocks of 3.
    Panel panel = line(12, 1);
    WalkForward split = panel.split(new Validation(3, Window.EXPANDING, Duration.ZERO, 0));
    Fold first = split.fold(1);
    assertArrayEquals(new int[] {3, 4, 5}, first.scored().toArray());
    assertArrayEquals(new int[] {0, 1}, first.training().toArray());
    assertEquals(1, first.purged());
    assertEquals(0, first.trainingStart());
    assertEquals(1, first.trainingEnd());
    assertEquals(3, first.scoredStart());
    assertEquals(5, first.scoredEnd());
    assertArrayEquals(new int[] {9, 10, 11}, split.fold(3).scored().toArray());
    assertArrayEquals(IntStream.range(0, 8).toArray(), split.fold(3).training().toArray());
  }

  @Test
  void aRollingWindowKeepsItsLength() {
    Panel panel = line(100, 0);
    WalkForward split = panel.split(new Validation(4, Window.ROLLING, Duration.ZERO, 0));
    for (int k = 1; k <= 4; k++) {
      assertEquals(20, split.fold(k).training().toArray().length);
      assertEquals((k - 1) * 20, split.fold(k).training().toArray()[0]);
    }
  }

  @Test
  void whatIsKeptIsFittedOnRowsAsManyAsTheFoldsWere() {
    Panel panel = line(100, 0);
    assertArrayEquals(
        panel.usable,
        panel.split(new Validation(4, Window.EXPANDING, Duration.ZERO, 0)).finalRows().toArray());
    assertArrayEquals(
        IntStream.range(80, 100).toArray(),
        panel.split(new Validation(4, Window.ROLLING, Duration.ZERO, 0)).finalRows().toArray());
  }

  @Test
  void theEmbargoAlsoReachesBackFromTheHoldout() {
    Panel panel = line(100, 3);
    Fold fold = panel.split(new Validation(1, Window.EXPANDING, Duration.ofNanos(10), 0.2)).fold(1);
    assertEquals(37, fold.training().toArray().length); // rows 37 to 49 see row 40 or later
    assertArrayEquals(IntStream.range(30, 37).toArray(), fold.holdout().toArray());
    assertArrayEquals(IntStream.range(0, 17).toArray(), fold.fit().toArray()); // row 17 sees row 20
  }

  @Test
  void theHoldoutIsTheLatestShareOfTheTrainingRows() {
    Panel panel = line(100, 3);
    Fold fold = panel.split(new Validation(1, Window.EXPANDING, Duration.ZERO, 0.2)).fold(1);
    assertEquals(47, fold.training().toArray().length); // rows 47, 48, 49 see row 50 or later
    assertArrayEquals(IntStream.range(38, 47).toArray(), fold.holdout().toArray());
    assertArrayEquals(IntStream.range(0, 35).toArray(), fold.fit().toArray());
  }

  @Test
  void theEmbargoReachesBackFromTheScoredBlock() {
    Panel panel = line(100, 0);
    Fold fold = panel.split(new Validation(1, Window.EXPANDING, Duration.ofNanos(10), 0)).fold(1);
    assertArrayEquals(IntStream.range(0, 40).toArray(), fold.training().toArray());
    assertEquals(10, fold.purged());
  }

  @Test
  void saysHowManyRowsAreNeeded() {
    var error =
        assertThrows(
            SlipstreamException.class,
            () -> line(9, 0).split(new Validation(4, Window.EXPANDING, Duration.ZERO, 0)));
    assertTrue(error.getMessage().contains("10 rows in all"), error.getMessage());
    assertTrue(error.getMessage().startsWith("validation.folds"), error.getMessage());

    // 100 rows, but all of one time.
    Panel flat =
        new Panel(
            new long[100],
            new long[100],
            IntStream.range(0, 100).toArray(),
            List.of(new Partition("", 0, 100)));
    error =
        assertThrows(
            SlipstreamException.class,
            () -> flat.split(new Validation(1, Window.EXPANDING, Duration.ZERO, 0)));
    assertTrue(error.getMessage().contains("1 different times"), error.getMessage());

    // The target's reach leaves nothing to train on.
    error =
        assertThrows(
            SlipstreamException.class,
            () -> line(20, 15).split(new Validation(1, Window.EXPANDING, Duration.ZERO, 0)));
    assertTrue(error.getMessage().contains("fold 1"), error.getMessage());
  }

  private static Panel line(int rows, int lookAhead) {
    long[] times = IntStream.range(0, rows).asLongStream().toArray();
    long[] ends =
        IntStream.range(0, rows).mapToLong(i -> Math.min(rows - 1, i + lookAhead)).toArray();
    // The last rows' targets are unknown, but with lookAhead 0 all are usable.
    int[] usable = IntStream.range(0, rows).toArray();
    return new Panel(times, ends, usable, List.of(new Partition("", 0, rows)));
  }
}
