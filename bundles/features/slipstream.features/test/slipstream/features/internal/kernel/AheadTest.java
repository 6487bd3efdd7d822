package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AheadTest {
  /** Every row against every other. */
  private static int[] reference(long[] times, long nanos) {
    int[] result = new int[times.length];
    for (int i = 0; i < times.length; i++) {
      int last = -1;
      boolean known = false;
      for (int j = 0; j < times.length; j++) {
        if (times[j] <= times[i] + nanos) {
          last = j;
        }
        known |= times[j] >= times[i] + nanos;
      }
      result[i] = known ? last : -1;
    }
    return result;
  }

  @Test
  void byTime() {
    Random random = new Random(1);
    for (int trial = 0; trial < 2_000; trial++) {
      long[] times = new long[random.nextInt(40)];
      long time = random.nextInt(1_000);
      for (int i = 0; i < times.length; i++) {
        time += random.nextInt(3) == 0 ? 0 : random.nextInt(10);
        times[i] = time;
      }
      long nanos = 1 + random.nextInt(50);
      int[] fast = new int[times.length];
      Ahead.byTime(times, times.length, nanos, fast);
      assertArrayEquals(reference(times, nanos), fast);
    }
  }

  @Test
  void byRows() {
    int[] result = new int[5];
    Ahead.byRows(5, 2, result);
    assertArrayEquals(new int[] {2, 3, 4, -1, -1}, result);
    Ahead.byRows(5, 1_000_000_000, result);
    assertArrayEquals(new int[] {-1, -1, -1, -1, -1}, result);
    Ahead.byRows(0, 1, result);
    assertArrayEquals(new int[] {-1, -1, -1, -1, -1}, result);
  }
}
