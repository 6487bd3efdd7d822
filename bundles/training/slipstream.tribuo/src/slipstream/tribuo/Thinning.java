package slipstream.tribuo;

import java.util.Arrays;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;

/** Fewer rows, at even distances, for methods whose time grows with the square of the rows. */
final class Thinning {
  private Thinning() {}

  /**
   * At most {@code most} of {@code rows}; says so when it leaves some out.
   *
   * @param trainer for the message
   */
  static int[] rows(int rows, int most, String trainer, Progress progress) {
    int[] chosen = new int[Math.min(rows, most)];
    Arrays.setAll(chosen, i -> (int) ((2L * i + 1) * rows / (2L * chosen.length)));
    if (chosen.length < rows) {
      progress.message(
          Severity.INFO,
          Text.format(
              "%s learns %,d of %,d rows, evenly spaced: its parameter rows says how many",
              trainer, chosen.length, rows));
    }
    return chosen;
  }
}
