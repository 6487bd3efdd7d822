package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

class FactsTest {
  @TempDir Path folder;

  private RunResult run(String name, String... overrides) {
    Map<String, String> all = new HashMap<>(Map.of("models", "{ridge: {trainer: ridge}}"));
    for (int i = 0; i < overrides.length; i += 2) {
      all.put(overrides[i], overrides[i + 1]);
    }
    return Runs.run(folder, name, Runs.experiment(all));
  }

  @Test
  void equalWeightsGiveTheModelOfNoWeightsAndOthersAnother() {
    double plain = score(run("plain"));
    assertEquals(plain, score(run("equal", "weight", "2")), 0);
    assertNotEquals(plain, score(run("other", "weight", "if(signal > 0, 1, 0.1)")));
  }

  private static double score(RunResult result) {
    return result.report().targets().getFirst().models().get(1).scores().getFirst();
  }

  @Test
  void rowsOfWeightZeroAreNotUsed() {
    RunResult result = run("half", "weight", "if(signal > 0, 1, 0)");
    long usable = result.report().targets().getFirst().usableRows();
    assertTrue(usable > 400 && usable < 800, usable + " rows");
  }

  @Test
  void uselessWeightsAndClustersAreOneLine() {
    SlipstreamException negative =
        assertThrows(SlipstreamException.class, () -> run("a", "weight", "signal"));
    assertEquals(Category.INVALID_INPUT, negative.category());
    assertEquals("weight", negative.place().orElseThrow().key());
    SlipstreamException unknown =
        assertThrows(SlipstreamException.class, () -> run("b", "cluster", "lag(price, 3)"));
    assertEquals(
        "cluster: 6 of 1,198 rows have no cluster. Give every row with a known target one.",
        unknown.getMessage());
    SlipstreamException ahead =
        assertThrows(SlipstreamException.class, () -> run("c", "weight", "lead(price, 1)"));
    assertEquals("weight", ahead.place().orElseThrow().key());
    SlipstreamException missing =
        assertThrows(SlipstreamException.class, () -> run("d", "cluster", "no_such_column"));
    assertEquals("cluster", missing.place().orElseThrow().key());
  }

  @Test
  void everySchemeRunsAndSaysWhatItScored() {
    for (String scheme : new String[] {"purged-k-fold", "combinatorial"}) {
      RunResult result = run(scheme, "validation", "{scheme: " + scheme + ", folds: 4}");
      var target = result.report().targets().getFirst();
      int mae = target.metrics().stream().map(each -> each.name()).toList().indexOf("mae");
      assertEquals(scheme.equals("combinatorial") ? 6 : 4, target.folds().size());
      assertEquals(target.usableRows(), target.scoredRows());
      for (var model : target.models()) {
        assertEquals(scheme.equals("combinatorial") ? 3 : 0, model.pathScores().size());
        // The mean error over all predictions is the mean of the paths'.
        double mean =
            model.pathScores().stream().mapToDouble(path -> path.get(mae)).average().orElse(0);
        assertEquals(model.pathScores().isEmpty() ? 0 : model.scores().get(mae), mean, 1e-9);
      }
    }
    RunResult grouped = run("grouped", "validation", "{scheme: grouped, folds: 2}");
    assertEquals(2, grouped.report().targets().getFirst().folds().size());
    assertFalse(grouped.report().targets().getFirst().resampling().inTime());
    RunResult both = run("both", "validation", "{folds: 2, group: floor(price * 50)}");
    assertTrue(both.report().targets().getFirst().folds().getFirst().name().contains("part 1"));
  }

  @Test
  void weightedScoresStandBesidePlainOnes() {
    var plain = run("plain", "validation.weight", "1").report().targets().getFirst();
    var weighted =
        run("heavy", "validation.weight", "if(signal > 0, 9, 1)").report().targets().getFirst();
    for (int m = 0; m < 2; m++) {
      var model = plain.models().get(m);
      assertEquals(model.scores().getFirst(), model.weightedScores().getFirst(), 1e-9);
      assertEquals(model.scores(), weighted.models().get(m).scores());
      assertNotEquals(
          model.weightedScores().getFirst(),
          weighted.models().get(m).weightedScores().getFirst(),
          1e-6);
    }
    SlipstreamException negative =
        assertThrows(SlipstreamException.class, () -> run("neg", "validation.weight", "signal"));
    assertEquals("validation.weight", negative.place().orElseThrow().key());
    SlipstreamException unknown =
        assertThrows(SlipstreamException.class, () -> run("none", "validation.group", "no_such"));
    assertEquals("validation.group", unknown.place().orElseThrow().key());
  }

  @Test
  void equalValuesHaveEqualNumbersFromTheFirstOn() {
    assertArrayEquals(
        new int[] {0, 1, 0, -1, 2, 2, 1}, numbered(5, -2, 5, Double.NaN, 0.0, -0.0, -2));
    SplittableRandom random = new SplittableRandom(1);
    double[] values = new double[50_000];
    Map<Double, Integer> expected = new HashMap<>();
    int[] numbers = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(20_000) * (random.nextBoolean() ? 1 : 1e9);
      numbers[i] = expected.computeIfAbsent(values[i] + 0.0, each -> expected.size());
    }
    assertArrayEquals(numbers, numbered(values));
  }

  private static int[] numbered(double... values) {
    return Facts.numbered(values.length, row -> values[row]);
  }
}
