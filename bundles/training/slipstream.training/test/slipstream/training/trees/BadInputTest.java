package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.training.trees.TreeData.Kind;

/** Data that leave little to learn, or try to upset it: each trains, or says clearly why it cannot. */
class BadInputTest {
  private static final BoostedTreesParameters P =
      BoostedTreesParameters.defaults().withRounds(15).withDepth(4);

  private static BoostedTrees train(TreeData data, double[] weights, BoostedTreesParameters p) {
    return BoostedTreesLearner.train(
            data.columns(), data.y(), weights, null, p, 1, 2, TrainingMonitor.none())
        .model();
  }

  private static void refused(String part, TreeData data, double[] weights) {
    var e = assertThrows(SlipstreamException.class, () -> train(data, weights, P));
    assertEquals(Category.INVALID_INPUT, e.category());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static void assertUsable(BoostedTrees model, TreeData data) {
    for (float predicted : model.predict(data.columns())) {
      assertTrue(Float.isFinite(predicted), predicted + "");
    }
    byte[] bytes = ReferenceComparisonTest.bytes(model);
    var decoded = BoostedTreesCodec.decode(bytes).trees();
    assertArrayEquals(model.predict(data.columns()), decoded.predict(data.columns()));
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void aConstantTarget(StandardObjective objective) {
    double[] y = new double[500];
    Arrays.fill(y, 1);
    TreeData data = TreeData.of(1, 500, 4, Kind.values()).withTarget(y);
    for (double[] weights : new double[][] {null, data.weights(1)}) {
      var model = train(data, weights, P.withObjective(objective));
      assertUsable(model, data);
      for (float predicted : model.predict(data.columns())) {
        assertEquals(1, predicted, 1e-4);
      }
      assertArrayEquals(new double[4], model.gainImportance());
    }
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void constantFeaturesAlone(StandardObjective objective) {
    TreeData data = TreeData.of(2, 300, 3, Kind.CONSTANT, Kind.ALL_MISSING).fitFor(objective);
    var model = train(data, null, P.withObjective(objective));
    assertUsable(model, data);
    assertTrue(model.trees().stream().allMatch(tree -> tree.size() == 1));
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void oneRow(StandardObjective objective) {
    TreeData data = TreeData.of(3, 1, 3, Kind.UNIFORM, Kind.ALL_MISSING).fitFor(objective);
    assertUsable(train(data, null, P.withObjective(objective)), data);
    assertUsable(train(data, new double[] {7}, P.withObjective(objective)), data);
    refused("there are no training rows", TreeData.of(3, 0, 3, Kind.UNIFORM), null);
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void allRowsInOneLeaf(StandardObjective objective) {
    TreeData data = TreeData.of(4, 400, 3, Kind.UNIFORM).fitFor(objective);
    for (String growth : new String[] {"level-wise", "leaf-wise"}) {
      var p = P.withObjective(objective).with("growth", growth).with("min_rows_per_leaf", 201);
      var model = train(data, null, p);
      assertTrue(model.trees().stream().allMatch(tree -> tree.size() == 1));
      assertUsable(model, data);
      float[] predicted = model.predict(data.columns());
      for (float each : predicted) {
        assertEquals(predicted[0], each);
      }
    }
  }

  @Test
  void weightsThatAreNone() {
    TreeData data = TreeData.of(5, 50, 2, Kind.UNIFORM);
    for (double bad :
        new double[] {
          0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0
        }) {
      double[] weights = new double[50];
      Arrays.fill(weights, 1);
      weights[31] = bad;
      refused("the weight of row 31 is " + bad, data, weights);
    }
  }

  @Test
  void weightsOfAllSizes() {
    TreeData data = TreeData.of(6, 600, 3, Kind.UNIFORM);
    double[] weights = data.weights(2);
    weights[0] = Double.MAX_VALUE;
    weights[1] = Double.MIN_VALUE;
    assertUsable(train(data, weights, P), data);
  }

  @Test
  void infinities() {
    TreeData data = TreeData.of(7, 900, 3, Kind.INFINITE);
    for (StandardObjective objective : StandardObjective.values()) {
      TreeData fit = data.fitFor(objective);
      assertUsable(train(fit, null, P.withObjective(objective)), fit);
    }
    var model = train(data, null, P);
    float[] row = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
    assertTrue(Float.isFinite(model.predict(row)));
    for (double bad :
        new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, 1e38}) {
      double[] y = data.y().clone();
      y[13] = bad;
      refused("the target of row 13 is " + bad, data.withTarget(y), null);
    }
  }

  /** One row in a thousand is off by a million times the noise. */
  @Test
  void outliersOfAMillion() {
    TreeData clean = TreeData.of(8, 20_000, 3, Kind.UNIFORM);
    var random = new SplittableRandom(1);
    double[] y = clean.y().clone();
    for (int i = 0; i < 20; i++) {
      y[random.nextInt(y.length)] = random.nextBoolean() ? 1e6 : -1e6;
    }
    TreeData dirty = clean.withTarget(y);
    for (StandardObjective objective :
        new StandardObjective[] {
          StandardObjective.ABSOLUTE, StandardObjective.HUBER, StandardObjective.QUANTILE
        }) {
      var p = P.withRounds(30).withObjective(objective);
      double without = error(train(clean, null, p), clean);
      double with = error(train(dirty, null, p), clean);
      assertTrue(with < 1.05 * without, objective + ": " + with + " after " + without);
    }
    assertUsable(train(dirty, null, P), dirty);
  }

  /** A million of them, of both signs, so that no mean means anything. */
  @Test
  void aMillionOutliers() {
    int n = 1_100_000;
    var random = new SplittableRandom(2);
    float[][] x = new float[1][n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[0][i] = random.nextInt(4);
      y[i] = i % 11 == 0 ? x[0][i] : (random.nextBoolean() ? 1 : -1) * 1e6 * random.nextDouble();
    }
    var p = P.withRounds(3).withDepth(2);
    TreeData data = new TreeData(x, y);
    for (StandardObjective objective :
        new StandardObjective[] {StandardObjective.SQUARED, StandardObjective.ABSOLUTE}) {
      var model = train(data, null, p.withObjective(objective));
      for (int v = 0; v < 4; v++) {
        assertTrue(Math.abs(model.predict(new float[] {v})) < 1e5);
      }
    }
  }

  private static double error(BoostedTrees model, TreeData data) {
    double sum = 0;
    for (int i = 0; i < data.rows(); i++) {
      sum += Math.abs(data.y()[i] - model.predict(data.row(i)));
    }
    return sum / data.rows();
  }
}
