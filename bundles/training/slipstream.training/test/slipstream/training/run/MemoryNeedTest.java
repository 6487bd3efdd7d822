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

  private static MemoryNeed need(
      int features, boolean weighted, int clusters, ModelRecipe<?>... recipes) {
    CrossValidation split =
        CrossValidation.split(
            row -> row,
            row -> row,
            RowSelection.all(ROWS),
            List.of(new Partition("", 0, ROWS)),
            null,
            new Validation(2, Window.EXPANDING, Duration.ZERO, 0.15));
    return new MemoryNeed(
        List.of(recipes), MemoryNeed.Fits.of(split), features, weighted, clusters, 2);
  }

  @Test
  void countsWhatIsHeldForEachRow() {
    // The final fit: 16 bytes of bins and gradient, 8 of state, 8 of target; 16/3 of the baseline's
    // predictions.
    double each = need(10, false, 0).of(trees(Map.of("depth", 6))).getAsLong() / (double) ROWS;
    assertEquals(16 + 8 + 8 + 16 / 3.0, each, 0.5);
    // 30 features take 40 bytes; weights 8 where they come from and 4 in place, and hessians 4 a
    // row.
    assertEquals(
        40 + 8 + 8 + 16 / 3.0,
        need(30, false, 0).of(trees(Map.of())).getAsLong() / (double) ROWS,
        0.6);
    assertEquals(
        40 + 8 + 4 + 16 + 16 / 3.0,
        need(30, true, 0).of(trees(Map.of())).getAsLong() / (double) ROWS,
        1);
  }

  private static ModelRecipe<?> recipe(
      String name, String trainer, Map<String, Object> parameters) {
    return ModelRecipe.bind(
        name, "models." + name, new PluginUse(trainer, parameters), Runs.PLUGINS, null);
  }

  private static double each(int clusters, ModelRecipe<?> recipe, ModelRecipe<?>... others) {
    return need(10, false, clusters, others).of(recipe).getAsLong() / (double) ROWS;
  }

  /** 8 bytes of target and 16/3 of the baseline's predictions beside what the trainer takes; 8/3 of its own for each fold. */
  @Test
  void everyTrainerSaysWhatItTakes() {
    double held = 8 + 16 / 3.0;
    // What scores are made of is more than a fit of sums alone.
    assertEquals(48 * 2 / 3.0, each(0, recipe("ridge", "ridge", Map.of())), 0.1);
    assertEquals(48 * 2 / 3.0, each(0, recipe("lasso", "lasso", Map.of())), 0.1);
    assertEquals(48 * 2 / 3.0, each(0, recipe("net", "elastic-net", Map.of())), 0.1);
    // Bins and gradient 16, state 8, a place in the sample 4, trees without it 4.
    assertEquals(
        held + 16 + 8 + 4 + 4, each(0, recipe("forest", "random-forest", Map.of("depth", 6))), 1);
    Map<String, Object> law = Map.of("volatility", "v", "size", "s");
    assertEquals(48 * 2 / 3.0, each(0, recipe("law", "square-root", law)), 0.1);
    Map<String, Object> robust = Map.of("volatility", "v", "size", "s", "loss", "huber");
    assertEquals(held + 32, each(0, recipe("law", "square-root", robust)), 0.1);
    // A row in ten is a cluster: its number, its sums of 6 coefficients, its matrix of 21.
    assertEquals(
        held + 36 + 0.1 * (36 + 8 * 6 + 8 * 21),
        each(ROWS / 10, recipe("law", "square-root", robust)),
        0.1);
  }

  @Test
  void ensemblesTakeWhatTheirMembersTakeAndMore() {
    ModelRecipe<?> trees = trees(Map.of());
    ModelRecipe<?> ridge = recipe("ridge", "ridge", Map.of());
    Map<String, Object> of = Map.of("of", List.of("trees", "ridge"));
    double alone = each(0, trees, trees, ridge);
    double mean = each(0, recipe("mean", "average", of), trees, ridge);
    assertEquals(alone + 8, mean, 0.1, "its own target");
    double stack = each(0, recipe("stack", "stacking", of), trees, ridge);
    assertEquals(mean + 24 * 2 + 20, stack, 0.1);
  }

  @Test
  void refusesWhatDoesNotFitAndNothingElse() {
    ModelRecipe<?> trees = trees(Map.of());
    MemoryNeed need = need(10, false, 0, trees);
    long bytes = need.of(trees).getAsLong();
    assertDoesNotThrow(() -> need.check("cost", bytes));
    assertTrue(need.warning("cost", bytes).isEmpty());
    var error = assertThrows(SlipstreamException.class, () -> need.check("cost", bytes - 1));
    String warning = need.warning("cost", bytes - 1).orElseThrow().message();
    assertEquals(error.problem() + ", if cost is known in all rows", warning);
    assertEquals(Category.RESOURCE_EXHAUSTED, error.category());
    assertTrue(
        error.problem().startsWith("training trees on cost needs about 32"), error.problem());
    assertTrue(error.remedy().contains("-Xmx"), error.remedy());
    assertTrue(error.remedy().contains("of 9,000,000 fit)"), error.remedy());
  }
}
