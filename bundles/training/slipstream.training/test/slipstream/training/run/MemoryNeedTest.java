package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.spi.RowSelection;
import slipstream.core.table.Partition;
import slipstream.training.validation.CrossValidation;

/** What training takes is known before it begins. */
class MemoryNeedTest {
  private static final int ROWS = 9_000_000;

  private static ModelRecipe<?> trees(Map<String, Object> parameters) {
    return ModelRecipe.bind(
        "trees", "models.trees", new PluginUse("boosted-trees", parameters), Runs.PLUGINS, null);
  }

  private static MemoryNeed need(int features, boolean weighted) {
    CrossValidation split =
        CrossValidation.split(
            row -> row,
            row -> row,
            RowSelection.all(ROWS),
            List.of(new Partition("", 0, ROWS)),
            null,
            new Validation(2, Window.EXPANDING, Duration.ZERO, 0.15));
    return new MemoryNeed(split, features, weighted, 2);
  }

  @Test
  void countsWhatIsHeldForEachRow() {
    // The final fit: 16 bytes of bins and gradient, 8 of state, 8 of target; 16/3 of the baseline's
    // predictions.
    double each = need(10, false).of(trees(Map.of("depth", 6))).getAsLong() / (double) ROWS;
    assertEquals(16 + 8 + 8 + 16 / 3.0, each, 0.5);
    // 30 features take 40 bytes; weights 8 where they come from and 4 in place, and hessians 4 a
    // row.
    assertEquals(
        40 + 8 + 8 + 16 / 3.0,
        need(30, false).of(trees(Map.of())).getAsLong() / (double) ROWS,
        0.6);
    assertEquals(
        40 + 8 + 4 + 16 + 16 / 3.0,
        need(30, true).of(trees(Map.of())).getAsLong() / (double) ROWS,
        1);
  }

  @Test
  void refusesWhatDoesNotFitAndNothingElse() {
    MemoryNeed need = need(10, false);
    List<ModelRecipe<?>> recipes = List.of(trees(Map.of()));
    long bytes = need.of(recipes.getFirst()).getAsLong();
    assertDoesNotThrow(() -> need.check("cost", recipes, bytes));
    var error =
        assertThrows(SlipstreamException.class, () -> need.check("cost", recipes, bytes - 1));
    assertEquals(Category.RESOURCE_EXHAUSTED, error.category());
    assertTrue(
        error.problem().startsWith("training trees on cost needs about 32"), error.problem());
    assertTrue(error.remedy().contains("-Xmx"), error.remedy());
  }
}
