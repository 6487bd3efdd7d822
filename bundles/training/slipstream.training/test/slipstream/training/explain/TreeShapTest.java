package slipstream.training.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.BoostedTreesParameters;
import slipstream.training.trees.BoostedTreesTrainer;
import slipstream.training.trees.RandomTrees;
import slipstream.training.trees.RegressionTree;

class TreeShapTest {
  /** Of the base score plus the largest absolute leaf value of each tree. */
  private static final double BOUND = 0x1p-46;

  @ParameterizedTest
  @CsvSource({
    "1,1", "1,6", "2,1", "2,8", "3,2", "3,5", "5,3", "5,9", "7,7", "9,8", "10,4", "11,11"
  })
  void equalsTheSumOverAllSubsets(int features, int depth) {
    SplittableRandom random = new SplittableRandom(features * 100 + depth);
    for (int k = 0; k < 12; k++) {
      BoostedTrees model = RandomTrees.of(random.nextLong(), 3, features, depth);
      TreeShap shap = new TreeShap(model);
      float[] row = RandomTrees.row(random, features);
      double[] worth = worth(model, row);
      double bound = BOUND * size(model);
      assertEquals(worth[0], shap.expectedValue(), bound);
      assertArrayEquals(bruteContributions(worth, features), shap.contributions(row), bound);
      double[][] interactions = shap.interactions(row);
      for (int i = 0; i < features; i++) {
        double[] brute = bruteInteractions(worth, features, i);
        assertArrayEquals(brute, interactions[i], features * bound);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,4,3", "100,20,6", "20,40,16", "3,200,60", "50,1,10"})
  void addsUpToThePrediction(int trees, int features, int depth) {
    SplittableRandom random = new SplittableRandom(depth);
    BoostedTrees model = RandomTrees.of(depth, trees, features, depth);
    TreeShap shap = new TreeShap(model);
    for (int k = 0; k < 10; k++) {
      float[] row = RandomTrees.row(random, features);
      double exact = model.baseScore();
      for (RegressionTree tree : model.trees()) {
        exact += tree.value(tree.leaf(row));
      }
      double sum = shap.expectedValue();
      for (double contribution : shap.contributions(row)) {
        sum += contribution;
      }
      assertEquals(exact, sum, BOUND * size(model));
      assertEquals(model.predict(row), sum, (trees + 1) * 0x1p-24 * size(model));
    }
  }

  @Test
  void featuresThatNoTreeAsksContributeNothing() {
    BoostedTrees model = RandomTrees.of(8, 1, 500, 5);
    boolean[] asked = new boolean[500];
    RegressionTree tree = model.trees().get(0);
    IntStream.range(0, tree.size())
        .filter(i -> !tree.isLeaf(i))
        .forEach(i -> asked[tree.feature(i)] = true);
    float[] row = RandomTrees.row(new SplittableRandom(1), 500);
    TreeShap shap = new TreeShap(model);
    double[] contributions = shap.contributions(row);
    double[][] interactions = shap.interactions(row);
    for (int f = 0; f < 500; f++) {
      if (!asked[f]) {
        assertEquals(0, contributions[f]);
        assertArrayEquals(new double[500], interactions[f]);
      }
    }
  }

  /** By hand: Lundberg's AND function, whose contributions are equal although one is asked first. */
  @Test
  void featuresThatPlayTheSamePartContributeTheSame() {
    BoostedTrees model = RandomTrees.and();
    TreeShap shap = new TreeShap(model);
    assertEquals(20, shap.expectedValue());
    assertArrayEquals(new double[] {30, 30}, shap.contributions(new float[] {1, 1}), 1e-13);
    assertArrayEquals(new double[] {-10, -10}, shap.contributions(new float[] {0, 0}), 1e-13);
    assertArrayEquals(new double[] {10, -30}, shap.contributions(new float[] {1, 0}), 1e-13);
    double[][] interactions = shap.interactions(new float[] {1, 1});
    assertArrayEquals(new double[] {20, 10}, interactions[0], 1e-13);
    assertArrayEquals(new double[] {10, 20}, interactions[1], 1e-13);
  }

  @Test
  void sameBitsForAnyNumberOfThreadsAndRowByRow() {
    BoostedTrees model = RandomTrees.of(3, 30, 12, 7);
    SplittableRandom random = new SplittableRandom(4);
    int rows = 333;
    double[][] columns = new double[12][rows];
    float[][] values = new float[rows][];
    for (int i = 0; i < rows; i++) {
      values[i] = RandomTrees.row(random, 12);
      for (int f = 0; f < 12; f++) {
        columns[f][i] = values[i][f];
      }
    }
    List<String> names = IntStream.range(0, 12).mapToObj(f -> "x" + f).toList();
    FeatureMatrix matrix = FeatureMatrix.ofColumns(names, columns);
    TreeShap shap = new TreeShap(model);
    double[][] one = shap.contributions(matrix, 1);
    for (int threads : new int[] {2, 3, 16}) {
      double[][] several = shap.contributions(matrix, threads);
      for (int i = 0; i < rows; i++) {
        assertArrayEquals(one[i], several[i]);
      }
    }
    for (int i = 0; i < rows; i++) {
      assertArrayEquals(shap.contributions(values[i]), one[i]);
    }
    assertEquals(0, shap.contributions(matrix.select(new int[0]), 2).length);
  }

  /** Trained trees know how many rows came by: with none known, the mean prediction is expected. */
  @Test
  void whatIsExpectedOfATrainedModelIsItsMeanPrediction() {
    SplittableRandom random = new SplittableRandom(5);
    int rows = 2000;
    double[][] columns = new double[4][rows];
    double[] target = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (double[] column : columns) {
        column[i] = random.nextInt(6) == 0 ? Double.NaN : random.nextGaussian();
      }
      boolean unknown = Double.isNaN(columns[0][i]);
      target[i] = 40 + (unknown ? 3 : columns[0][i]) + Math.abs(random.nextGaussian());
    }
    FeatureMatrix matrix = FeatureMatrix.ofColumns(List.of("a", "b", "c", "d"), columns);
    var data = new TrainingData(matrix, target, matrix.select(new int[0]), new double[0]);
    var context = new Context("", 1, 2, Progress.NONE);
    var parameters = BoostedTreesParameters.defaults().withRounds(20);
    var model = (BoostedTreesModel) new BoostedTreesTrainer().train(data, parameters, context);
    TreeShap shap = new TreeShap(model);
    double[] predicted = model.predict(matrix);
    double mean = Arrays.stream(predicted).average().orElseThrow();
    assertEquals(mean, shap.expectedValue(), 21 * 0x1p-24 * size(model.trees()));
    double[][] contributions = shap.contributions(matrix, 2);
    double[] importance = new double[4];
    for (int i = 0; i < rows; i++) {
      double sum = shap.expectedValue() + Arrays.stream(contributions[i]).sum();
      assertEquals(predicted[i], sum, 21 * 0x1p-24 * size(model.trees()));
      for (int f = 0; f < 4; f++) {
        importance[f] += Math.abs(contributions[i][f]) / rows;
      }
    }
    for (int f = 1; f < 4; f++) {
      assertTrue(importance[0] > 5 * importance[f]);
    }
  }

  @Test
  void rowsAndColumnsOfTheWrongLengthAreRefused() {
    TreeShap shap = new TreeShap(RandomTrees.of(3, 1, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> shap.contributions(new float[3]));
    assertThrows(IllegalArgumentException.class, () -> shap.interactions(new float[1]));
    FeatureMatrix one = FeatureMatrix.ofColumns(List.of("a"), new double[][] {{1}});
    assertThrows(IllegalArgumentException.class, () -> shap.contributions(one, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 9, 40})
  void quadratureIsExactForPolynomials(int n) {
    GaussLegendre rule = GaussLegendre.of(n);
    for (int degree = 0; degree < 2 * n; degree++) {
      double sum = 0;
      for (int q = 0; q < n; q++) {
        assertTrue(rule.points()[q] > 0 && rule.points()[q] < 1 && rule.weights()[q] > 0);
        sum += rule.weights()[q] * Math.pow(rule.points()[q], degree);
      }
      assertEquals(1.0 / (degree + 1), sum, 1e-14);
    }
  }

  private static double size(BoostedTrees model) {
    double size = Math.abs(model.baseScore());
    for (RegressionTree tree : model.trees()) {
      double largest = 0;
      for (int i = 0; i < tree.size(); i++) {
        largest = Math.max(largest, Math.abs(tree.value(i)));
      }
      size += largest;
    }
    return size;
  }

  /** The expected prediction by set of known features. */
  private static double[] worth(BoostedTrees model, float[] row) {
    double[] worth = new double[1 << row.length];
    for (int set = 0; set < worth.length; set++) {
      worth[set] = model.baseScore();
      for (RegressionTree tree : model.trees()) {
        worth[set] += expected(tree, 0, row, set);
      }
    }
    return worth;
  }

  private static double expected(RegressionTree tree, int node, float[] row, int set) {
    if (tree.isLeaf(node)) {
      return tree.value(node);
    }
    int left = tree.left(node);
    int right = tree.right(node);
    int feature = tree.feature(node);
    if ((set >> feature & 1) != 0) {
      float x = row[feature];
      boolean toLeft = Float.isNaN(x) ? tree.missingLeft(node) : x <= tree.threshold(node);
      return expected(tree, toLeft ? left : right, row, set);
    }
    return (tree.rows(left) * expected(tree, left, row, set)
            + tree.rows(right) * expected(tree, right, row, set))
        / tree.rows(node);
  }

  private static double[] bruteContributions(double[] worth, int features) {
    double[] result = new double[features];
    for (int i = 0; i < features; i++) {
      for (int set = 0; set < worth.length; set++) {
        if ((set >> i & 1) == 0) {
          int size = Integer.bitCount(set);
          double weight = factorial(size) * factorial(features - size - 1) / factorial(features);
          result[i] += weight * (worth[set | 1 << i] - worth[set]);
        }
      }
    }
    return result;
  }

  private static double[] bruteInteractions(double[] worth, int features, int i) {
    double[] result = new double[features];
    double own = bruteContributions(worth, features)[i];
    for (int j = 0; j < features; j++) {
      for (int set = 0; j != i && set < worth.length; set++) {
        if ((set >> i & 1) == 0 && (set >> j & 1) == 0) {
          int size = Integer.bitCount(set);
          double weight =
              factorial(size) * factorial(features - size - 2) / factorial(features - 1) / 2;
          int a = 1 << i;
          int b = 1 << j;
          result[j] += weight * (worth[set | a | b] - worth[set | a] - worth[set | b] + worth[set]);
        }
      }
      own -= result[j];
    }
    result[i] = own;
    return result;
  }

  private static double factorial(int n) {
    return n < 2 ? 1 : n * factorial(n - 1);
  }
}
