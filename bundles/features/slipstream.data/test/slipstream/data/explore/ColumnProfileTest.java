package slipstream.data.explore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.Table;

final class ColumnProfileTest {
  private static ColumnProfile profile(double... values) {
    return ColumnProfile.of(
        Column.of("x", values), new RowSelection.Range(0, values.length), 10, Progress.NONE);
  }

  @Test
  void quantilesAreThoseOfSorting() {
    Random random = new Random(3);
    for (int n : new int[] {1, 2, 3, 10, 1000, 20_000}) {
      for (int kind = 0; kind < 4; kind++) {
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
          x[i] =
              switch (kind) {
                case 0 -> random.nextGaussian();
                case 1 -> random.nextInt(5) - 2;
                case 2 -> Double.longBitsToDouble(random.nextLong());
                default -> random.nextInt(3) == 0 ? Double.NaN : 1e300 * random.nextGaussian();
              };
        }
        double[] sorted = Arrays.stream(x).filter(each -> each == each).sorted().toArray();
        double[] got = profile(x).quantiles();
        for (int i = 0; i < got.length; i++) {
          double position = ColumnProfile.PROBABILITIES.get(i) * (sorted.length - 1);
          if (sorted.length == 0) {
            assertTrue(Double.isNaN(got[i]));
            continue;
          }
          double low = sorted[(int) position];
          double high = sorted[Math.min(sorted.length - 1, (int) position + 1)];
          double share = position - (int) position;
          double expected = share == 0 || low == high ? low : low + share * (high - low);
          assertEquals(expected, got[i], n + " " + kind);
        }
      }
    }
  }

  @Test
  void countsAndMoments() {
    ColumnProfile p =
        profile(1, 2, Double.NaN, -3, 0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    assertEquals(8, p.rows());
    assertEquals(7, p.known());
    assertEquals(1, p.nans());
    assertEquals(0, p.nulls());
    assertEquals(2, p.infinities());
    assertEquals(2, p.zeros());
    assertEquals(2, p.negatives());
    assertEquals(-3, p.min());
    assertEquals(2, p.max());
    assertEquals(0, p.mean());
    assertEquals(Math.sqrt(14.0 / 4), p.std(), 1e-15);
    assertEquals(5, Arrays.stream(p.counts()).sum());
    assertEquals(2, p.below() + p.above());
  }

  @Test
  void nothingKnownOrNoRows() {
    for (double[] x : new double[][] {{}, {Double.NaN}, {Double.POSITIVE_INFINITY}}) {
      ColumnProfile p = profile(x);
      assertTrue(Double.isNaN(p.mean()));
      assertEquals(0, p.edges().length);
      assertEquals(0, p.counts().length);
    }
    assertEquals(1, profile(5, 5, 5).counts().length);
  }

  @Test
  void aLongTailDoesNotSqueezeTheHistogram() {
    double[] x = new Random(1).doubles(10_000).toArray();
    x[17] = 1e9;
    ColumnProfile p = profile(x);
    assertTrue(p.edges()[10] < 1.01);
    assertEquals(10_000, Arrays.stream(p.counts()).sum() + p.below() + p.above());
    assertTrue(Arrays.stream(p.counts()).min().orElseThrow() > 800);
  }

  @Test
  void everyRowIsInTheBinBetweenWhoseEdgesItLies() {
    double[] x = new Random(9).ints(5000, 0, 1000).mapToDouble(i -> i / 10.0).toArray();
    ColumnProfile p = profile(x);
    for (int bin = 0; bin < p.counts().length; bin++) {
      double low = p.edges()[bin];
      double high = p.edges()[bin + 1];
      boolean last = bin == p.counts().length - 1;
      assertEquals(
          Arrays.stream(x).filter(v -> v >= low && (v < high || last && v == high)).count(),
          p.counts()[bin]);
    }
  }

  @Test
  void selectedRowsAloneCount() {
    Table table = Sample.table(30_000, 3, 8);
    Column size = table.column("size");
    RowSelection.Range range = new RowSelection.Range(11_000, 23_000);
    long[] words = new long[30_000 / 64 + 1];
    for (long row = range.from(); row < range.to(); row++) {
      words[(int) (row >> 6)] |= 1L << (row & 63);
    }
    ColumnProfile a = ColumnProfile.of(size, range, 20, Progress.NONE);
    ColumnProfile b = ColumnProfile.of(size, new RowSelection.Bits(words), 20, Progress.NONE);
    assertEquals(12_000, a.rows());
    assertTrue(a.nulls() > 0);
    assertEquals(a.nulls(), b.nulls());
    assertEquals(a.mean(), b.mean());
    assertArrayEquals(a.quantiles(), b.quantiles());
    assertArrayEquals(a.counts(), b.counts());
  }

  @Test
  void textsAreCounted() {
    Column text = Column.of("t", "b", "a", null, "b", "c", "a", "b");
    ColumnProfile p = ColumnProfile.of(text, new RowSelection.Range(0, 7), 10, Progress.NONE);
    assertEquals(1, p.nulls());
    assertEquals(3, p.distinct());
    assertEquals(
        List.of(
            new ColumnProfile.TextCount("b", 3),
            new ColumnProfile.TextCount("a", 2),
            new ColumnProfile.TextCount("c", 1)),
        p.top());
  }
}
