package slipstream.training.validation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import slipstream.core.experiment.Validation.Scheme;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.spi.RowSelection;
import slipstream.core.table.Partition;

class CrossValidationTest {
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

    CrossValidation split(Validation validation) {
      return CrossValidation.split(
          row -> times[row],
          row -> ends[row],
          RowSelection.of(usable),
          partitions,
          this::instrument,
          validation);
    }

    int instrument(int row) {
      for (int p = 0; p < partitions.size(); p++) {
        if (row < partitions.get(p).to()) {
          return p;
        }
      }
      throw new IllegalArgumentException();
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
    CrossValidation split;
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
    CrossValidation split = panel.split(new Validation(3, Window.EXPANDING, Duration.ZERO, 0));
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
    CrossValidation split = panel.split(new Validation(4, Window.ROLLING, Duration.ZERO, 0));
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

  private static Validation scheme(
      Scheme scheme, int folds, int testBlocks, String group, int groupFolds, int embargo) {
    return new Validation(
        scheme,
        folds,
        testBlocks,
        Window.EXPANDING,
        group,
        groupFolds,
        Duration.ofNanos(embargo),
        0.2,
        "",
        false);
  }

  /** The laws of every scheme, by comparing each training row with each scored row. */
  @Property(tries = 300)
  void noTrainingRowKnowsWhatIsScored(
      @ForAll long seed,
      @ForAll Scheme scheme,
      @ForAll @IntRange(min = 2, max = 6) int folds,
      @ForAll @IntRange(min = 1, max = 3) int testBlocks,
      @ForAll @IntRange(min = 0, max = 4) int lookAhead,
      @ForAll @IntRange(min = 0, max = 8) int embargo,
      @ForAll boolean groups) {
    Panel panel = Panel.random(seed, 6, 40, lookAhead);
    boolean byTime = scheme != Scheme.GROUPED;
    Validation validation =
        scheme(scheme, folds, testBlocks, groups ? "g" : "", 3, byTime ? embargo : 0);
    CrossValidation split;
    try {
      split = panel.split(validation);
    } catch (SlipstreamException e) {
      // Too few rows or blocks, which is said and not worked around.
      Assume.that(false);
      return;
    }
    int[] scoredRows = split.scored().toArray();
    int[] predicted = new int[scoredRows.length * split.paths()];
    for (Fold fold : split.folds()) {
      assertEquals(fold.scored().size(), fold.places().size());
      for (int i = 0; i < fold.scored().size(); i++) {
        int place = fold.places().get(i);
        predicted[place]++;
        assertEquals(scoredRows[place / split.paths()], fold.scored().get(i));
      }
      Set<Integer> scoredGroups = new HashSet<>();
      for (int scored : fold.scored().toArray()) {
        scoredGroups.add(panel.instrument(scored));
      }
      for (int row : fold.training().toArray()) {
        if (validation.hasGroups()) {
          assertFalse(scoredGroups.contains(panel.instrument(row)), "groups are disjoint");
        }
        if (byTime) {
          for (int scored : fold.scored().toArray()) {
            boolean before = panel.ends[row] + embargo < panel.times[scored];
            boolean after = panel.times[row] > panel.ends[scored] + embargo;
            assertTrue(before || after && scheme != Scheme.WALK_FORWARD);
          }
        }
      }
      Set<Integer> training = new HashSet<>();
      Arrays.stream(fold.training().toArray()).forEach(training::add);
      Set<Integer> fit = new HashSet<>();
      Arrays.stream(fold.fit().toArray()).forEach(row -> assertTrue(fit.add(row)));
      assertTrue(training.containsAll(fit));
      Set<Integer> fitGroups = new HashSet<>();
      fit.forEach(row -> fitGroups.add(panel.instrument(row)));
      for (int row : fold.holdout().toArray()) {
        assertTrue(training.contains(row) && !fit.contains(row));
        assertTrue(!validation.hasGroups() || !fitGroups.contains(panel.instrument(row)));
      }
      assertFalse(fit.isEmpty());
    }
    // Every row has one prediction on every path.
    for (int count : predicted) {
      assertEquals(1, count);
    }
    if (scheme != Scheme.WALK_FORWARD) {
      assertEquals(panel.usable.length, scoredRows.length);
    }
  }

  @Test
  void purgedFoldsTrainOnBothSides() {
    Panel panel = line(100, 3);
    CrossValidation split = panel.split(scheme(Scheme.PURGED_K_FOLD, 5, 2, "", 2, 2));
    Fold second = split.fold(2);
    assertArrayEquals(IntStream.range(20, 40).toArray(), second.scored().toArray());
    // Row 14's target ends at 17, more than 2 before 20. Row 39's ends at 42, and 45 is the first
    // after.
    int[] training = IntStream.concat(IntStream.range(0, 15), IntStream.range(45, 100)).toArray();
    assertArrayEquals(training, second.training().toArray());
    assertEquals(10, second.purged());
    assertEquals("block 2 of 5", second.name());
    assertEquals(100, split.finalRows().size());
  }

  @Test
  void combinationsMakePathsByHand() {
    CrossValidation split = line(40, 0).split(scheme(Scheme.COMBINATORIAL, 4, 2, "", 2, 0));
    assertEquals(6, split.folds().size());
    assertEquals(3, split.paths());
    Fold last = split.fold(6);
    assertEquals("blocks 3, 4 of 4", last.name());
    assertArrayEquals(IntStream.range(0, 20).toArray(), last.training().toArray());
    assertArrayEquals(IntStream.range(20, 40).toArray(), last.scored().toArray());
    // The third fold to score block 3 and block 4: path 2 of both.
    int[] places = last.places().toArray();
    for (int i = 0; i < places.length; i++) {
      assertEquals((20 + i) * 3 + 2, places[i]);
    }
    Fold middle = split.fold(2); // blocks 1 and 3: path 1 of block 1, path 0 of block 3
    assertEquals(1, middle.places().get(0));
    assertEquals(20 * 3, middle.places().get(10));
  }

  @Test
  void partsHoldAboutEqualNumbersOfRows() {
    Panel panel = Panel.random(1, 9, 40, 0);
    CrossValidation split = panel.split(scheme(Scheme.GROUPED, 3, 2, "", 2, 0));
    assertEquals(9, split.groups());
    for (Fold fold : split.folds()) {
      assertEquals(panel.usable.length / 3.0, fold.scored().size(), 12);
      assertTrue(fold.holdout().size() > 0);
    }
  }

  @Test
  void aPartWithoutRowsInABlockIsLeftOutAndSaid() {
    // The second instrument starts when the first has ended.
    long[] times = IntStream.range(0, 80).asLongStream().toArray();
    Panel panel =
        new Panel(
            times,
            times,
            IntStream.range(0, 80).toArray(),
            List.of(new Partition("a", 0, 40), new Partition("b", 40, 80)));
    CrossValidation split = panel.split(scheme(Scheme.PURGED_K_FOLD, 2, 2, "g", 2, 0));
    assertEquals(2, split.folds().size());
    assertEquals(2, split.skipped().size());
    assertTrue(
        split
            .skipped()
            .getFirst()
            .startsWith("block 1 of 2, part 2 of 2 of the groups has no rows"),
        split.skipped().toString());
  }

  @Test
  void refusesWhatMakesNoSense() {
    refused("validation.embargo", scheme(Scheme.GROUPED, 3, 2, "", 2, 5));
    refused("validation.test_blocks", scheme(Scheme.COMBINATORIAL, 4, 4, "", 2, 0));
    refused("validation.folds", scheme(Scheme.COMBINATORIAL, 30, 15, "", 2, 0));
    refused("validation.folds", scheme(Scheme.PURGED_K_FOLD, 1, 2, "", 2, 0));
    // One instrument cannot be dealt into three parts.
    refused("validation.folds", scheme(Scheme.GROUPED, 3, 2, "", 2, 0));
    refused("validation.group_folds", scheme(Scheme.WALK_FORWARD, 3, 2, "g", 3, 0));
    // An embargo longer than the data leaves nothing to train on.
    refused("validation", scheme(Scheme.PURGED_K_FOLD, 3, 2, "", 2, 1000));
  }

  private static void refused(String key, Validation validation) {
    var error = assertThrows(SlipstreamException.class, () -> line(60, 0).split(validation));
    assertEquals(key, error.place().orElseThrow().key(), error.getMessage());
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
