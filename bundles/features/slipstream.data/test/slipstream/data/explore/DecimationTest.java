package slipstream.data.explore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

final class DecimationTest {
  private static Table table(double[] values) {
    long[] times = new long[values.length];
    Random random = new Random(2);
    for (int i = 1; i < times.length; i++) {
      times[i] = times[i - 1] + random.nextInt(3);
    }
    return Table.of(
        java.util.List.of(
            Column.of(new Field("time", ColumnType.TIMESTAMP), times), Column.of("x", values)),
        "time",
        "");
  }

  private static Decimation of(Table table, long from, long to, int pixels) {
    Partition all = table.partitions().getFirst();
    return Decimation.of(table, table.column("x"), all, from, to, pixels, Progress.NONE);
  }

  @Test
  void everyPixelShowsItsExtremes() {
    Random random = new Random(1);
    double[] x = new double[50_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(100) == 0 ? Double.NaN : random.nextGaussian();
    }
    Table table = table(x);
    long last = table.time().getLong(x.length - 1);
    for (int pixels : new int[] {1, 7, 300, 100_000}) {
      for (long[] window : new long[][] {{0, last}, {last / 3, last / 2}, {5, 5}}) {
        Decimation d = of(table, window[0], window[1], pixels);
        assertTrue(d.times().length <= 2L * pixels + 2);
        double[] min = new double[pixels];
        double[] max = new double[pixels];
        java.util.Arrays.fill(min, Double.POSITIVE_INFINITY);
        java.util.Arrays.fill(max, Double.NEGATIVE_INFINITY);
        double[] gotMin = min.clone();
        double[] gotMax = max.clone();
        long rows = 0;
        for (int i = 0; i < x.length; i++) {
          long t = table.time().getLong(i);
          if (t >= window[0] && t <= window[1]) {
            rows++;
            extend(min, max, pixel(t, window, pixels), x[i]);
          }
        }
        for (int i = 0; i < d.times().length; i++) {
          assertTrue(i == 0 || d.times()[i] >= d.times()[i - 1]);
          if (d.times()[i] >= window[0] && d.times()[i] <= window[1]) {
            extend(gotMin, gotMax, pixel(d.times()[i], window, pixels), d.values()[i]);
          }
        }
        assertEquals(rows, d.rows());
        assertArrayEquals(min, gotMin);
        assertArrayEquals(max, gotMax);
      }
    }
  }

  private static int pixel(long t, long[] window, int pixels) {
    double scale = pixels / Math.max(1.0, (double) window[1] - window[0]);
    return (int) Math.min(pixels - 1.0, (t - window[0]) * scale);
  }

  private static void extend(double[] min, double[] max, int pixel, double value) {
    if (!Double.isNaN(value)) {
      min[pixel] = Math.min(min[pixel], value);
      max[pixel] = Math.max(max[pixel], value);
    }
  }

  private static final long MINUTE = 60_000_000_000L;

  /** One row each spacing, in sessions of so many rows, a pause apart. */
  private static Table sessions(int sessions, int rows, long spacing, long pause) {
    long[] times = new long[sessions * rows];
    double[] values = new double[times.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = i * spacing + i / rows * (pause - spacing);
      values[i] = i % 17;
    }
    return Table.of(
        java.util.List.of(
            Column.of(new Field("time", ColumnType.TIMESTAMP), times), Column.of("x", values)),
        "time",
        "");
  }

  private static long breaks(Table table, int pixels) {
    long last = table.time().getLong(table.rows() - 1);
    Decimation d = of(table, 0, last, pixels);
    for (int i = 0; i < d.times().length; i++) {
      assertTrue(i == 0 || d.times()[i] >= d.times()[i - 1]);
    }
    assertTrue(d.times().length <= 2L * pixels + 2);
    return java.util.Arrays.stream(d.values()).filter(Double::isNaN).count();
  }

  @Test
  void nightsBreakTheLineAndWeekendsOfDailyBarsDoNot() {
    assertEquals(4, breaks(sessions(5, 390, MINUTE, 1050 * MINUTE), 900), "nights of minute bars");
    assertEquals(4, breaks(sessions(5, 48, 5 * MINUTE, 90 * MINUTE), 900), "breaks for lunch");
    assertEquals(0, breaks(sessions(5, 600, MINUTE / 60, 30 * MINUTE), 900), "half an hour");
    assertEquals(0, breaks(sessions(50, 5, 1440 * MINUTE, 3 * 1440 * MINUTE), 900), "weekends");
    assertEquals(1, breaks(sessions(2, 50, 1440 * MINUTE, 30 * 1440 * MINUTE), 900), "a month");
    // A night that is narrower than three pixels is not seen as one.
    assertEquals(0, breaks(sessions(400, 39, 10 * MINUTE, 1050 * MINUTE), 900), "far away");
  }

  @Test
  void gapsBreakTheLineAndLinesReachTheEdge() {
    double[] x = {1, 2, Double.NaN, Double.NaN, 5, 6};
    Table table = Table.of(java.util.List.of(Column.of("x", x)), "", "");
    Decimation d = of(table, 1, 4, 4);
    assertArrayEquals(new long[] {0, 1, 2, 4, 5}, d.times());
    assertArrayEquals(new double[] {1, 2, Double.NaN, 5, 6}, d.values());
    assertEquals(4, d.rows());
    assertEquals(2, d.known());
  }

  @Test
  void nothingInTheWindow() {
    Table table = table(new double[] {1, 2, 3});
    assertEquals(0, of(table, 1000, 2000, 100).rows());
    assertEquals(0, of(table(new double[0]), 0, 10, 100).times().length);
    assertEquals(3, of(table, Long.MIN_VALUE, Long.MAX_VALUE, 1).rows());
  }
}
