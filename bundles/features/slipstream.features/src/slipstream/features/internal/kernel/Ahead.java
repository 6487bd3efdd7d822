package slipstream.features.internal.kernel;

import java.util.Arrays;

/** The row that stands so much later: for targets and givens only. */
public final class Ahead {
  private Ahead() {}

  /**
   * The row {@code later} rows further on.
   *
   * @param result gets {@code rows} indices, -1 where there is none
   */
  public static void byRows(int rows, int later, int[] result) {
    int known = Math.max(0, rows - later);
    for (int i = 0; i < known; i++) {
      result[i] = i + later;
    }
    Arrays.fill(result, known, rows, -1);
  }

  /**
   * The last row not after {@code time + nanos}, which may be the row itself.
   *
   * @param result gets {@code rows} indices, -1 where no row is as late: what will stand then is not known
   */
  public static void byTime(long[] times, int rows, long nanos, int[] result) {
    int next = 0;
    for (int i = 0; i < rows; i++) {
      // Differences of times do not overflow where their sums do.
      while (next < rows && times[next] - times[i] <= nanos) {
        next++;
      }
      int last = next - 1;
      result[i] = next < rows || times[last] - times[i] == nanos ? last : -1;
    }
  }
}
