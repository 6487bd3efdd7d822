package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
