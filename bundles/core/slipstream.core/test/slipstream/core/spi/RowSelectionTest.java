package slipstream.core.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.Trainer.RowFacts;

/** Views of rows against the arrays that they stand for. */
class RowSelectionTest {
  @Property(tries = 500)
  void isWhatTheSameStepsMakeOfAnArray(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 300) int rows, @ForAll boolean ordered) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] expected = IntStream.range(0, rows).toArray();
    RowSelection selection = RowSelection.all(rows);
    if (ordered) {
      expected = random.ints(rows, 0, 400).toArray();
      selection = RowSelection.of(expected.clone());
    }
    for (int step = 0; step < 4; step++) {
      int n = expected.length;
      switch (random.nextInt(4)) {
        case 0 -> {
          int from = random.nextInt(n + 1);
          int to = from + random.nextInt(n - from + 1);
          expected = Arrays.copyOfRange(expected, from, to);
          selection = selection.slice(from, to);
        }
        case 1 -> {
          int modulus = 1 + random.nextInt(5);
          IntPredicate kept = row -> (row / 3) % modulus != 1;
          expected = Arrays.stream(expected).filter(kept).toArray();
          selection = selection.where(kept);
        }
        case 2 -> {
          int[] positions = random.ints(n == 0 ? 0 : random.nextInt(2 * n), 0, n + 1).toArray();
          positions = Arrays.stream(positions).filter(each -> each < n).toArray();
          int[] before = expected;
          expected = Arrays.stream(positions).map(each -> before[each]).toArray();
          selection = selection.select(RowSelection.of(positions));
        }
        default -> {
          RowSelection positions = RowSelection.all(n).where(each -> each % 7 != 0);
          int[] before = expected;
          expected = Arrays.stream(positions.toArray()).map(each -> before[each]).toArray();
          selection = selection.select(positions).compact();
        }
      }
      check(expected, selection, random);
    }
  }

  private static void check(int[] expected, RowSelection selection, SplittableRandom random) {
    assertEquals(expected.length, selection.size());
    assertArrayEquals(expected, selection.toArray());
    double[] column = IntStream.range(0, 400).mapToDouble(row -> row + 0.5).toArray();
    FeatureMatrix all = FeatureMatrix.ofColumns(List.of("a"), new double[][] {column});
    FeatureMatrix rows = all.select(selection);
    assertEquals(expected.length, rows.rows());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], selection.get(i));
      assertEquals(expected[i] + 0.5, rows.get(i, 0));
    }
    int from = random.nextInt(expected.length + 1);
    int to = from + random.nextInt(expected.length - from + 1);
    double[] copied = new double[to - from + 1];
    rows.copy(0, from, to, copied, 1);
    for (int i = from; i < to; i++) {
      assertEquals(expected[i] + 0.5, copied[i - from + 1]);
    }
    int[] numbers = new int[to - from];
    selection.copy(from, to, numbers);
    assertArrayEquals(Arrays.copyOfRange(expected, from, to), numbers);
  }

  @Test
  void factsOfASelectionAreThoseOfItsRows() {
    int rows = 10_000;
    RowFacts all =
        RowFacts.of(rows, row -> row / 2.0, row -> row / 10, row -> 1000L * row, row -> row % 3);
    RowFacts later =
        all.select(RowSelection.of(9, 3, 9_999)).select(RowSelection.all(3).slice(1, 3));
    assertArrayEquals(new double[] {1.5, 4999.5}, later.weights());
    assertArrayEquals(new int[] {0, 999}, later.clusters());
    assertArrayEquals(new long[] {3000, 9_999_000}, later.times());
    assertArrayEquals(new int[] {0, 0}, later.instruments());
    assertEquals(4999.5, later.weight(1));
    assertEquals(rows, all.times().length);
    assertEquals(1, RowFacts.NONE.weight(5));
    assertThrows(
        IllegalArgumentException.class, () -> new RowFacts(new double[2], new int[3], null, null));
  }
}
