package slipstream.training.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.FeatureMatrix;

class InteractionStrengthTest {
  private static final List<String> NAMES = List.of("a", "b", "c", "unused");

  /** All combinations of -1, 0 and 1 of three features; the fourth follows no rule. */
  private static FeatureMatrix design() {
    double[][] columns = new double[4][27];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 27; i++) {
      columns[0][i] = i % 3 - 1;
      columns[1][i] = i / 3 % 3 - 1;
      columns[2][i] = i / 9 - 1;
      columns[3][i] = random.nextDouble();
    }
    return FeatureMatrix.ofColumns(NAMES, columns);
  }

  @Test
  void aProductIsAllInteractionAndASumNone() {
    FormulaModel model = new FormulaModel(NAMES, x -> 7 + x[0] * x[1] + x[2]);
    var pairs = InteractionStrength.ofPairs(model, design(), 1000, 2);
    assertEquals(6, pairs.size());
    assertEquals("a", pairs.get(0).first());
    assertEquals("b", pairs.get(0).second());
    assertEquals(1, pairs.get(0).h(), 1e-12);
    assertEquals(Math.sqrt(4 / 9.0), pairs.get(0).size(), 1e-12);
    for (var pair : pairs.subList(1, 6)) {
      assertEquals(0, pair.h());
      assertEquals(0, pair.size());
    }
  }

  /** By hand: the product has variance 4/9 and the third feature 2/3. */
  @Test
  void aFeatureAgainstAllOthers() {
    FormulaModel model = new FormulaModel(NAMES, x -> 7 + x[0] * x[1] + x[2]);
    var all = InteractionStrength.ofFeatures(model, design(), 1000, 2);
    assertEquals(
        List.of("a", "b", "c", "unused"), all.stream().map(x -> x.first()).sorted().toList());
    for (var one : all) {
      boolean interacts = one.first().equals("a") || one.first().equals("b");
      assertEquals("", one.second());
      assertEquals(interacts ? Math.sqrt(0.4) : 0, one.h(), 1e-12);
      assertEquals(interacts ? Math.sqrt(4 / 9.0) : 0, one.size(), 1e-12);
    }
  }

  @Test
  void largestFirstAndTheSameForAnyNumberOfThreads() {
    FormulaModel model =
        new FormulaModel(NAMES, x -> Math.exp(x[0] + 0.1 * x[1]) + 3 * Math.max(x[1], x[2]));
    var one = InteractionStrength.ofPairs(model, design(), 20, 1);
    assertEquals(one, InteractionStrength.ofPairs(model, design(), 20, 5));
    for (int k = 1; k < one.size(); k++) {
      assertTrue(one.get(k - 1).size() >= one.get(k).size());
    }
    assertEquals("b", one.get(0).first());
    assertEquals("c", one.get(0).second());
  }

  @Test
  void aConstantModelHasNoneAndUnknownPredictionsAreNotHidden() {
    var constant = InteractionStrength.ofPairs(new FormulaModel(NAMES, x -> 0.1), design(), 27, 1);
    assertTrue(constant.stream().allMatch(pair -> pair.h() == 0 && pair.size() == 0));
    var unknown =
        InteractionStrength.ofPairs(new FormulaModel(NAMES, x -> Double.NaN), design(), 27, 1);
    assertTrue(unknown.stream().allMatch(pair -> Double.isNaN(pair.h())));
    assertThrows(
        IllegalArgumentException.class,
        () -> InteractionStrength.ofPairs(new FormulaModel(NAMES, x -> 1), design(), 0, 1));
  }
}
