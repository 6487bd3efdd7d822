package slipstream.training.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import slipstream.core.spi.PluginCatalog;

class MetricsTest {
  private static final double[] ACTUAL = {1, 2, 4, 9};
  private static final double[] PREDICTED = {2, 2, 3, 7};
  private static final double[] BASELINE = {3, 3, 3, 3};

  @Test
  void scoresByHand() {
    assertEquals(1, score("mae", ACTUAL, PREDICTED));
    assertEquals(Math.sqrt(6.0 / 4), score("rmse", ACTUAL, PREDICTED), 1e-15);
    assertEquals(-0.5, score("bias", ACTUAL, PREDICTED));
    // mean 4: variation 9 + 4 + 0 + 25 = 38
    assertEquals(1 - 6.0 / 38, score("r2", ACTUAL, PREDICTED), 1e-15);
    // baseline: 4 + 1 + 1 + 36 = 42
    assertEquals(1 - 6.0 / 42, score("skill", ACTUAL, PREDICTED), 1e-15);
  }

  @Test
  void aPerfectForecastHasPerfectScores() {
    assertEquals(0, score("mae", ACTUAL, ACTUAL));
    assertEquals(0, score("rmse", ACTUAL, ACTUAL));
    assertEquals(1, score("r2", ACTUAL, ACTUAL));
    assertEquals(1, score("skill", ACTUAL, ACTUAL));
  }

  @Test
  void theBaselineItselfHasNoSkill() {
    assertEquals(0, score("skill", ACTUAL, BASELINE));
  }

  @Test
  void isUndefinedWithoutVariationOrRows() {
    double[] constant = {3, 3, 3, 3};
    assertTrue(Double.isNaN(score("r2", constant, PREDICTED)));
    assertTrue(Double.isNaN(score("skill", constant, PREDICTED)));
    for (String name : new String[] {"mae", "rmse", "r2", "skill", "bias"}) {
      double none = metric(name).score(new double[0], new double[0], new double[0]);
      assertTrue(Double.isNaN(none), name);
    }
  }

  private static slipstream.core.spi.Metric metric(String name) {
    return PluginCatalog.ofClassPath().metric(name);
  }

  private static double score(String name, double[] actual, double[] predicted) {
    return metric(name).score(actual, predicted, BASELINE);
  }
}
