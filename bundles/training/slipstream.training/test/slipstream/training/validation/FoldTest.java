package slipstream.training.validation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import slipstream.core.spi.RowSelection;

class FoldTest {
  private static Fold fold(int rows) {
    int[] training = IntStream.range(0, rows).map(i -> 3 * i).toArray();
    return new Fold(
        1,
        "",
        RowSelection.of(training),
        RowSelection.of(Arrays.copyOf(training, rows * 4 / 5)),
        RowSelection.of(Arrays.copyOfRange(training, rows * 4 / 5, rows)),
        RowSelection.of(9_999),
        RowSelection.of(0),
        0,
        0,
        1,
        2,
        3,
        "");
  }

  private static Set<Integer> set(RowSelection rows) {
    return Arrays.stream(rows.toArray()).boxed().collect(Collectors.toCollection(HashSet::new));
  }

  @Property(tries = 100)
  void aSmallerShareIsPartOfALargerOne(
      @ForAll @IntRange(min = 0, max = 500) int rows,
      @ForAll @DoubleRange(min = 0.01, max = 1) double share,
      @ForAll long seed) {
    Fold whole = fold(rows);
    Fold more = whole.sampled(share, seed);
    Fold less = whole.sampled(share / 3, seed);
    assertTrue(set(whole.training()).containsAll(set(more.training())));
    assertTrue(set(more.training()).containsAll(set(less.training())));
    assertTrue(set(more.fit()).containsAll(set(less.fit())));
    assertTrue(set(more.training()).containsAll(set(more.fit())));
    int[] sorted = more.training().toArray();
    Arrays.sort(sorted);
    assertArrayEquals(sorted, more.training().toArray(), "in order");
    assertSame(whole.holdout(), more.holdout());
    assertSame(whole.scored(), more.scored());
    // 5 standard deviations of a binomial.
    assertEquals(
        share * rows, more.training().size(), 1 + 5 * Math.sqrt(rows * share * (1 - share)));
    assertSame(whole, whole.sampled(1, seed));
  }
}
