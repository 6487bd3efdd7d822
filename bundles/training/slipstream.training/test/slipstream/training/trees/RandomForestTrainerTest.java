package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import slipstream.core.device.RowSample;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer;
import slipstream.training.explain.TreeShap;

class RandomForestTrainerTest {
  private static final RandomForestTrainer TRAINER = new RandomForestTrainer();
  private static final int ROWS = 3000;
  private static final long SEED = 11;

  private final double[][] columns = new double[3][ROWS];
  private final double[] target = new double[ROWS];
  private final FeatureMatrix matrix;
  private final Trainer.TrainingData data;

  RandomForestTrainerTest() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < ROWS; i++) {
      for (double[] column : columns) {
        column[i] = random.nextInt(9) == 0 ? Double.NaN : random.nextInt(50) / 10.0;
      }
      double x = Double.isNaN(columns[0][i]) ? 3 : columns[0][i];
      target[i] = 100 + Math.sin(x) * (columns[1][i] > 2 ? 4 : 1) + random.nextGaussian();
    }
    matrix = FeatureMatrix.ofColumns(List.of("a", "b", "c"), columns);
    data = new Trainer.TrainingData(matrix, target, matrix.select(new int[0]), new double[0]);
  }

  private static RandomForestParameters parameters(Map<String, Object> values) {
    return ParameterForm.bind(RandomForestParameters.class, values, "");
  }

  private static Trainer.Context context(int threads, Progress progress) {
    return new Trainer.Context("fit", SEED, threads, progress);
  }

  @Test
  void itsTreesAreMeansOfTheRowsInTheirBagAndItsErrorIsThatOfTheOthers() {
    var p = parameters(Map.of("trees", 25, "depth", 6, "feature_sampling", 0.67));
    var result =
        BoostedTreesLearner.bag(
            BoostedTreesModel.columns(matrix),
            target,
            null,
            p.asTrees(),
            SEED,
            2,
            TrainingMonitor.none(),
            new slipstream.training.device.CpuDevice());
    BoostedTrees forest = result.model();
    double[] sums = new double[ROWS];
    int[] trees = new int[ROWS];
    for (int t = 0; t < 25; t++) {
      RegressionTree tree = forest.trees().get(t);
      RowSample bag = new RowSample(SEED, t + 1, p.rowSampling());
      double[] inLeaf = new double[tree.size()];
      int[] rows = new int[tree.size()];
      for (int i = 0; i < ROWS; i++) {
        int leaf = tree.leaf(row(i));
        if (bag.takes(i)) {
          inLeaf[leaf] += (float) target[i] - forest.baseScore();
          rows[leaf]++;
        } else {
          sums[i] += 25 * (double) tree.value(leaf);
          trees[i]++;
        }
      }
      for (int node = 0; node < tree.size(); node++) {
        if (tree.isLeaf(node)) {
          assertEquals(tree.rows(node), rows[node]);
          assertTrue(rows[node] >= 5);
          assertEquals(inLeaf[node] / rows[node], 25 * tree.value(node), 1e-5);
        }
      }
    }
    double squares = 0;
    int judged = 0;
    for (int i = 0; i < ROWS; i++) {
      if (trees[i] > 0) {
        double r = (float) target[i] - forest.baseScore() - sums[i] / trees[i];
        squares += r * r;
        judged++;
      }
    }
    var outOfBag = result.outOfBag().orElseThrow();
    assertEquals(judged, outOfBag.rows());
    assertEquals(Math.sqrt(squares / judged), outOfBag.rmse(), 1e-5);
  }

  private float[] row(int i) {
    return new float[] {(float) columns[0][i], (float) columns[1][i], (float) columns[2][i]};
  }

  @Test
  void itLearnsSaysItsOutOfBagErrorAndDoesNotDependOnThreads() {
    List<String> messages = new ArrayList<>();
    Progress listening =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    var p = parameters(Map.of("trees", 60));
    var model = TRAINER.train(data, p, context(1, listening));
    assertEquals("random-forest", model.trainer());
    assertEquals(60, model.steps());
    assertEquals(1, messages.size());
    assertTrue(
        messages.getFirst().matches("fit: out-of-bag RMSE 1\\.\\d+ over 3,000 rows"),
        messages::toString);
    assertArrayEquals(model.encode(), TRAINER.train(data, p, context(3, Progress.NONE)).encode());
    var decoded = TRAINER.decode(model.encode());
    assertEquals("random-forest", decoded.trainer());
    double[] predicted = model.predict(matrix);
    assertArrayEquals(predicted, decoded.predict(matrix));
    double mean = Arrays.stream(target).average().orElseThrow();
    double explained = 0;
    double all = 0;
    for (int i = 0; i < ROWS; i++) {
      explained += Math.pow(target[i] - predicted[i], 2);
      all += Math.pow(target[i] - mean, 2);
    }
    assertTrue(explained < 0.3 * all, explained + " of " + all);
    assertEquals("c", model.importance().lastEntry().getKey());
  }

  @Test
  void allRowsInEachTreeLeaveNoneToJudgeBy() {
    List<String> messages = new ArrayList<>();
    Progress listening =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    TRAINER.train(data, parameters(Map.of("trees", 3, "row_sampling", 1)), context(2, listening));
    assertEquals(List.of(), messages);
  }

  @Test
  void contributionsAddUp() {
    var p = parameters(Map.of("trees", 20, "depth", 5));
    var model = (BoostedTreesModel) TRAINER.train(data, p, context(2, Progress.NONE));
    TreeShap shap = new TreeShap(model);
    FeatureMatrix some = matrix.select(new int[] {0, 7, 100});
    double[] predicted = model.predict(some);
    double[][] contributions = shap.contributions(some, 1);
    for (int i = 0; i < 3; i++) {
      double sum = shap.expectedValue() + Arrays.stream(contributions[i]).sum();
      assertEquals(predicted[i], sum, 1e-3);
    }
  }
}
