package slipstream.data.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;

final class PairCorrelationTest {
  private static PairCorrelation of(double[] x, double[] y) {
    return PairCorrelation.of(Column.of("x", x), Column.of("y", y), Progress.NONE);
  }

  /** Values and ranks by hand: x 1 2 3 4, y 1 3 2 100. */
  @Test
  void knownValues() {
    PairCorrelation c =
        of(
            new double[] {1, 2, Double.NaN, 3, 4, 5},
            new double[] {1, 3, 7, 2, 100, Double.POSITIVE_INFINITY});
    assertEquals(4, c.rows());
    assertEquals(0.8, c.spearman(), 1e-15); // 1 - 6 * 2 / (4 * 15)
    assertEquals(148 / Math.sqrt(5 * 7205), c.pearson(), 1e-15);
  }

  @Test
  void tiesShareTheirRank() {
    PairCorrelation c = of(new double[] {1, 1, 2, 2}, new double[] {1, 1, 2, 3});
    // Ranks 1.5 1.5 3.5 3.5 and 1.5 1.5 3 4.
    assertEquals(4 / Math.sqrt(4 * 4.5), c.spearman(), 1e-15);
    assertEquals(1, of(new double[] {0.0, -0.0, 1}, new double[] {5, 5, 6}).spearman());
  }

  @Test
  void monotoneIsOneInRanks() {
    double[] x = new Random(4).doubles(5000).toArray();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(20 * x[i]);
    }
    PairCorrelation c = of(x, y);
    assertEquals(1, c.spearman(), 1e-12);
    assertTrue(c.pearson() < 0.7);
  }

  @Test
  void nothingToCompare() {
    assertTrue(Double.isNaN(of(new double[] {1}, new double[] {1}).pearson()));
    assertTrue(Double.isNaN(of(new double[] {1, 1, 1}, new double[] {1, 2, 3}).pearson()));
    assertTrue(Double.isNaN(of(new double[0], new double[0]).spearman()));
  }
}
