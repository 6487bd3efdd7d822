package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Loss;
import slipstream.training.trees.TreeData.Kind;

class BoostedTreesLearnerTest {
  private static final BoostedTreesParameters P =
      BoostedTreesParameters.defaults().withRounds(20).withDepth(4);

  private static BoostedTreesLearner.Result train(TreeData data, BoostedTreesParameters p) {
    return train(data, p, 2);
  }

  private static BoostedTreesLearner.Result train(
      TreeData data, BoostedTreesParameters p, int threads) {
    return BoostedTreesLearner.train(
        data.columns(), data.y(), null, null, p, 1, threads, TrainingMonitor.none());
  }

  @Test
  void oneRowIsPredictedAsItself() {
    var data = new TreeData(new float[][] {{1}}, new double[] {2.5});
    var model = train(data, P).model();
    assertEquals(2.5f, model.predict(new float[] {7}));
    assertEquals(2.5f, model.predict(new float[] {Float.NaN}));
  }

  @Test
  void aConstantTargetNeedsNoSplit() {
    double[] y = new double[1000];
    Arrays.fill(y, 0.1);
    var model = train(TreeData.of(1, 1000, 3, Kind.values()).withTarget(y), P).model();
    for (RegressionTree tree : model.trees()) {
      assertEquals(1, tree.size());
    }
    assertEquals(0.1f, model.predict(new float[3]));
    assertArrayEquals(new double[3], model.gainImportance());
  }

  @Test
  void constantAndMissingFeaturesAreNeverSplitOn() {
    var data = TreeData.of(2, 2000, 3, Kind.CONSTANT, Kind.ALL_MISSING, Kind.UNIFORM);
    double[] importance = train(data, P).model().gainImportance();
    assertArrayEquals(new double[] {0, 0, 1}, importance);
  }

  @Test
  void aTargetThatHangsOnMissingAloneIsLearnt() {
    var data = TreeData.of(3, 2000, 1, Kind.MISSING_OR_ONE);
    double[] y = new double[2000];
    for (int i = 0; i < y.length; i++) {
      y[i] = Float.isNaN(data.x()[0][i]) ? 5 : -5;
    }
    var p = P.withRounds(1).withDepth(1).with("learning_rate", 1).with("l2", 0);
    var model = train(data.withTarget(y), p).model();
    assertEquals(5, model.predict(new float[] {Float.NaN}), 1e-5);
    for (float x : new float[] {1, -1e30f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertEquals(-5, model.predict(new float[] {x}), 1e-5);
    }
  }

  @Test
  void whatAPlugInsLossGivesIsCheckedWhereItIsGiven() {
    TreeData data = TreeData.of(41, 300, 2, Kind.UNIFORM);
    message(
        "objective 'mine' gives the gradient NaN for the target",
        () -> trainWith(data, new Faulty(Double.NaN, 1, 0)));
    message(
        "objective 'mine' gives the hessian -1.0 for the target",
        () -> trainWith(data, new Faulty(1, -1, 0)));
    message(
        "objective 'mine' gives Infinity as its start",
        () -> trainWith(data, new Faulty(1, 1, Double.POSITIVE_INFINITY)));
    message(
        "objective 'mine' failed in its loss for the target",
        () -> trainWith(data, new Faulty(1, 1, 1)));
  }

  private static void trainWith(TreeData data, Loss loss) {
    BoostedTreesLearner.train(
        data.columns(),
        data.y(),
        null,
        null,
        P,
        List.of(new PluggedLoss("mine", loss)),
        List.of(),
        1,
        3,
        TrainingMonitor.none());
  }

  private record Faulty(double gradient, double hessian, double start) implements Loss {
    @Override
    public String title() {
      return "faulty";
    }

    @Override
    public double start(double[] target, double[] weights) {
      return start;
    }

    @Override
    public double loss(double target, double score) {
      if (start == 1) {
        throw new IllegalStateException("no");
      }
      return 1;
    }

    @Override
    public double gradient(double target, double score) {
      return gradient;
    }

    @Override
    public double hessian(double target, double score) {
      return hessian;
    }
  }

  /** By hand: residuals -2, -2, 2, 2; the sums ±4 move by l1 towards 0. */
  @Test
  void l1ShrinksLeavesAndForbidsWeakSplits() {
    var data = new TreeData(new float[][] {{0, 0, 1, 1}}, new double[] {0, 0, 4, 4});
    var p = P.withRounds(1).with("learning_rate", 1).with("l2", 0);
    var model = train(data, p.with("l1", 1)).model();
    assertEquals(0.5f, model.predict(new float[] {0}));
    assertEquals(3.5f, model.predict(new float[] {1}));
    assertEquals(4.5, model.trees().getFirst().gain(0)); // (9/2 + 9/2 - 0) / 2
    var none = train(data, p.with("l1", 4)).model();
    assertEquals(1, none.trees().getFirst().size());
    assertEquals(2, none.predict(new float[] {1}));
  }

  /** Training rows fall into the same leaves by their values as they did by their bins. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void theCurveIsTheLossOfTheModelsOwnPredictions(Kind kind) {
    TreeData drawn = TreeData.of(4, 3000, 5, kind, Kind.UNIFORM);
    for (StandardObjective objective : StandardObjective.values()) {
      TreeData data = drawn.fitFor(objective);
      var result = train(data, P.withObjective(objective));
      BoostedTrees model = result.model();
      float[] predicted = model.predict(data.columns());
      double loss = 0;
      for (int i = 0; i < predicted.length; i++) {
        float sum = 0;
        for (RegressionTree tree : model.trees()) {
          sum += tree.value(tree.leaf(data.row(i)));
        }
        float score = model.baseScore() + sum;
        assertEquals(model.link().apply(score), predicted[i]);
        loss +=
            objective.loss(
                (float) data.y()[i],
                score,
                ((StandardLoss) P.withObjective(objective).standardLosses().getFirst()).shape());
      }
      double expected = objective.reported(loss / predicted.length);
      assertEquals(expected, result.curve().getLast().trainLoss(), 1e-9 * expected);
    }
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void theLossFallsWithEveryRound(StandardObjective objective) {
    TreeData data = TreeData.of(5, 5000, 4, Kind.UNIFORM).fitFor(objective);
    var curve = train(data, P.withObjective(objective)).curve();
    for (int k = 1; k < curve.size(); k++) {
      assertTrue(curve.get(k).trainLoss() <= curve.get(k - 1).trainLoss() * (1 + 1e-9));
    }
    assertTrue(curve.getLast().trainLoss() < 0.8 * curve.getFirst().trainLoss());
  }

  /** Where the data go the other way, too; at the values themselves, between and beyond them. */
  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void monotoneFeaturesNeverTurn(StandardObjective objective) {
    TreeData data = TreeData.of(16, 3000, 4, Kind.UNIFORM, Kind.SOME_MISSING, Kind.FEW_VALUES);
    double[] y = data.y().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] += Math.sin(9 * data.x()[0][i]) - 2 * data.x()[2][i];
    }
    var free = P.withObjective(objective).withDepth(6);
    var bound =
        free.with("monotone", Map.of("f0", "increasing", "f1", "decreasing", "f2", "increasing"));
    TreeData wavy = data.withTarget(y).fitFor(objective);
    assertTrue(turns(train(wavy, free).model(), data) > 0);
    assertEquals(0, turns(train(wavy, bound).model(), data));
  }

  /** How often a prediction goes against f0 increasing, f1 decreasing, f2 increasing. */
  private static int turns(BoostedTrees model, TreeData data) {
    int turns = 0;
    for (int i = 0; i < 40; i++) {
      for (int f = 0; f < 3; f++) {
        float[] row = data.row(i);
        float before = Float.NaN;
        for (float x = -4; x <= 4; x += 0.01f) {
          row[f] = x;
          float now = model.predict(row);
          if (f == 1 ? now > before : now < before) {
            turns++;
          }
          before = now;
        }
      }
    }
    return turns;
  }

  @Test
  void aMonotoneFeatureThatGoesItsWayCostsNothing() {
    TreeData data = TreeData.of(17, 4000, 1, Kind.UNIFORM);
    double[] y = new double[data.rows()];
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.cbrt(data.x()[0][i]);
    }
    var bound = P.with("monotone", Map.of("f0", "increasing"));
    var curve = train(data.withTarget(y), bound).curve();
    assertEquals(
        train(data.withTarget(y), P).curve().getLast().trainLoss(),
        curve.getLast().trainLoss(),
        2e-3);
  }

  @Test
  void leafWiseTreesHaveTheLeavesAskedForAndFitCloserThanLevelWiseOnes() {
    TreeData data = TreeData.of(27, 20_000, 5, Kind.HEAVY_TAILS, Kind.UNIFORM);
    var leafWise = P.withDepth(12).with("growth", "leaf-wise").with("max_leaves", 16).with("l2", 0);
    var result = train(data, leafWise);
    for (RegressionTree tree : result.model().trees()) {
      assertEquals(31, tree.size());
    }
    double levelWise = train(data, P.with("l2", 0)).curve().getLast().trainLoss();
    assertTrue(result.curve().getLast().trainLoss() < levelWise);
  }

  @Test
  void featuresMeetOnlyWithinTheirGroups() {
    TreeData data = TreeData.of(18, 3000, 6, Kind.UNIFORM);
    var p = P.with("interactions", List.of("f0 * f2", "f1 * f2 * f3"));
    var allowed = List.of(Set.of(0, 2), Set.of(1, 2, 3), Set.of(4), Set.of(5));
    Set<Set<Integer>> seen = new HashSet<>();
    for (RegressionTree tree : train(data, p).model().trees()) {
      collect(tree, 0, Set.of(), seen);
    }
    for (Set<Integer> path : seen) {
      assertTrue(allowed.stream().anyMatch(group -> group.containsAll(path)), path.toString());
    }
    assertTrue(seen.contains(Set.of(1, 2, 3)), seen.toString());
  }

  private static void collect(
      RegressionTree tree, int node, Set<Integer> path, Set<Set<Integer>> seen) {
    if (tree.isLeaf(node)) {
      seen.add(path);
      return;
    }
    Set<Integer> longer = new HashSet<>(path);
    longer.add(tree.feature(node));
    collect(tree, tree.left(node), Set.copyOf(longer), seen);
    collect(tree, tree.right(node), Set.copyOf(longer), seen);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.5, 0.9})
  void quantilesCoverTheirShareOfRows(double quantile) {
    TreeData train = TreeData.of(19, 20_000, 3, Kind.UNIFORM);
    TreeData later = TreeData.of(20, 20_000, 3, Kind.UNIFORM);
    var p =
        P.withObjective(StandardObjective.QUANTILE)
            .withRounds(60)
            .with("quantile", quantile)
            .with("min_rows_per_leaf", 200);
    float[] predicted = train(train, p).model().predict(later.columns());
    int below = 0;
    for (int i = 0; i < predicted.length; i++) {
      below += later.y()[i] <= predicted[i] ? 1 : 0;
    }
    assertEquals(quantile, below / 20_000.0, 0.015);
  }

  @Test
  void theMiddleQuantileIsTheAbsoluteObjective() {
    TreeData data = TreeData.of(21, 2000, 4, Kind.values());
    var median = P.withObjective(StandardObjective.QUANTILE).with("quantile", 0.5);
    assertArrayEquals(
        train(data, P.withObjective(StandardObjective.ABSOLUTE)).model().predict(data.columns()),
        train(data, median).model().predict(data.columns()));
  }

  private static float[] weighted(TreeData data, double[] weights, BoostedTreesParameters p) {
    return BoostedTreesLearner.train(
            data.columns(), data.y(), weights, null, p, 1, 2, TrainingMonitor.none())
        .model()
        .predict(data.columns());
  }

  /**
   * Cut points aside, which are found without weights: so of few values. Where medians tie, the
   * rounding of weights may choose the next value; 0.37123 of no sum of these weights is whole.
   */
  @ParameterizedTest
  @EnumSource(
      value = StandardObjective.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ABSOLUTE", "HUBER"})
  void aRowOfWeightThreeIsThreeRows(StandardObjective objective) {
    TreeData data = TreeData.of(24, 900, 3, Kind.FEW_VALUES).fitFor(objective);
    double[] weights = new double[900];
    float[][] x = new float[3][1800];
    double[] y = new double[1800];
    for (int i = 0, o = 0; i < 900; i++) {
      weights[i] = i % 2 == 0 ? 3 : 1;
      for (int k = 0; k < weights[i]; k++, o++) {
        y[o] = data.y()[i];
        for (int f = 0; f < 3; f++) {
          x[f][o] = data.x()[f][i];
        }
      }
    }
    var p = P.withObjective(objective).with("l2", 0).with("quantile", 0.37123);
    float[] expected = train(new TreeData(x, y), p).model().predict(data.columns());
    float[] predicted = weighted(data, weights, p);
    for (int i = 0; i < 900; i++) {
      assertEquals(expected[i], predicted[i], 1e-4 * Math.max(1, Math.abs(expected[i])));
    }
  }

  @Test
  void onlyTheProportionsOfWeightsMatter() {
    TreeData data = TreeData.of(25, 1000, 4, Kind.values());
    double[] weights = data.weights(3);
    double[] doubled = Arrays.stream(weights).map(w -> 1024 * w).toArray();
    assertArrayEquals(weighted(data, weights, P), weighted(data, doubled, P));
    float[] unweighted = train(data, P).model().predict(data.columns());
    double[] equal = new double[1000];
    Arrays.fill(equal, 7);
    assertArrayEquals(unweighted, weighted(data, equal, P), 1e-4f);
  }

  /** Against the truth: the mean of counts, of positive values, and a probability. */
  @Test
  void linkedObjectivesFindTheMean() {
    SplittableRandom random = new SplittableRandom(26);
    int n = 20_000;
    float[] x = new float[n];
    double[] counts = new double[n];
    double[] positive = new double[n];
    double[] events = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextInt(4);
      double mean = 0.5 * (1 + x[i]);
      double product = 1;
      while ((product *= random.nextDouble()) > Math.exp(-mean)) {
        counts[i]++;
      }
      positive[i] = mean * -Math.log(1 - random.nextDouble());
      events[i] = random.nextDouble() < mean / 4 ? 1 : 0;
    }
    for (StandardObjective objective :
        List.of(StandardObjective.POISSON, StandardObjective.GAMMA, StandardObjective.BINARY)) {
      double[] y =
          objective == StandardObjective.POISSON
              ? counts
              : objective == StandardObjective.GAMMA ? positive : events;
      var p = P.withObjective(objective).withRounds(100);
      var model = train(new TreeData(new float[][] {x}, y), p).model();
      for (int k = 0; k < 4; k++) {
        double sum = 0;
        int rows = 0;
        for (int i = 0; i < n; i++) {
          if (x[i] == k) {
            sum += y[i];
            rows++;
          }
        }
        assertEquals(sum / rows, model.predict(new float[] {k}), 2e-3 * sum / rows + 1e-4);
        double truth = 0.5 * (1 + k) / (objective == StandardObjective.BINARY ? 4 : 1);
        assertEquals(truth, model.predict(new float[] {k}), 0.1 * truth);
      }
    }
  }

  /** All zero, all one, a step of a million: finite, and the mean where there is nothing else. */
  @Test
  void linkedObjectivesSurviveTheirEnds() {
    float[][] x = {{0, 0, 0, 0, 1, 1, 1, 1}};
    for (double[] y :
        List.of(
            new double[8],
            new double[] {1, 1, 1, 1, 1, 1, 1, 1},
            new double[] {0, 0, 0, 0, 1, 1, 1, 1},
            new double[] {0, 0, 0, 0, 1e30, 1e30, 1e30, 1e30})) {
      for (StandardObjective objective :
          List.of(StandardObjective.POISSON, StandardObjective.BINARY)) {
        if (objective == StandardObjective.BINARY && y[7] > 1) {
          continue;
        }
        var p = P.withObjective(objective).with("l2", 0).with("learning_rate", 1);
        var model = train(new TreeData(x, y), p).model();
        assertEquals(y[0], model.predict(new float[] {0}), Math.max(1e-3, 1e-6 * y[7]));
        assertEquals(y[7], model.predict(new float[] {1}), 1e-3 * Math.max(1, y[7]));
      }
    }
  }

  @Test
  void theAbsoluteObjectiveIgnoresHowFarAnOutlierIs() {
    TreeData data = TreeData.of(6, 2000, 3, Kind.UNIFORM);
    double[] far = data.y().clone();
    double[] farther = data.y().clone();
    for (int i = 0; i < 100; i++) {
      far[i] = 1e6 + i;
      farther[i] = 1e20 + i;
    }
    var p = P.withObjective(StandardObjective.ABSOLUTE);
    assertArrayEquals(
        train(data.withTarget(far), p).model().predict(data.columns()),
        train(data.withTarget(farther), p).model().predict(data.columns()));
  }

  @Test
  void batchAndRowPredictionsAndTheTreesThemselvesAgreeToTheBit() {
    TreeData data = TreeData.of(7, 2101, 9, Kind.values());
    for (int rounds : new int[] {1, 3, 20}) {
      var model = train(data, P.withRounds(rounds)).model();
      float[] batch = model.predict(data.columns());
      for (int i = 0; i < batch.length; i++) {
        float[] row = data.row(i);
        float sum = 0;
        for (RegressionTree tree : model.trees()) {
          sum += tree.value(tree.leaf(row));
        }
        assertEquals(model.baseScore() + sum, batch[i]);
        assertEquals(batch[i], model.predict(row));
      }
      assertArrayEquals(
          Arrays.copyOfRange(batch, 1001, 2050), model.predict(data.columns(), 1001, 2050));
    }
  }

  /** At each threshold, just below, just above, and at the values that no threshold separates. */
  @Test
  void predictionsAtTheThresholdsFollowTheRule() {
    TreeData data = TreeData.of(15, 1500, 9, Kind.values());
    var model = train(data, P).model();
    float[] row = data.row(3);
    for (RegressionTree tree : model.trees()) {
      for (int node = 0; node < tree.size(); node++) {
        if (tree.isLeaf(node)) {
          continue;
        }
        float t = tree.threshold(node);
        for (float x :
            new float[] {
              t,
              Math.nextUp(t),
              Math.nextDown(t),
              Float.NaN,
              0f,
              -0f,
              Float.intBitsToFloat(0xffc00001),
              Float.POSITIVE_INFINITY,
              Float.NEGATIVE_INFINITY
            }) {
          float[] changed = row.clone();
          changed[tree.feature(node)] = x;
          float sum = 0;
          for (RegressionTree each : model.trees()) {
            sum += each.value(each.leaf(changed));
          }
          assertEquals(model.baseScore() + sum, model.predict(changed), "at " + x);
        }
      }
    }
  }

  @Test
  void rowsCountedInTheTreesAreTheRowsThatFallThere() {
    TreeData data = TreeData.of(8, 1500, 4, Kind.values());
    for (RegressionTree tree : train(data, P).model().trees()) {
      int[] counts = new int[tree.size()];
      for (int i = 0; i < data.rows(); i++) {
        counts[tree.leaf(data.row(i))]++;
      }
      for (int node = 0; node < tree.size(); node++) {
        if (tree.isLeaf(node)) {
          assertEquals(counts[node], tree.rows(node));
        } else {
          assertEquals(tree.rows(node), tree.rows(tree.left(node)) + tree.rows(tree.right(node)));
        }
      }
    }
  }

  @Test
  void earlyStoppingKeepsTheBestRound() {
    TreeData data = TreeData.of(9, 400, 4, Kind.UNIFORM);
    TreeData other = TreeData.of(10, 5000, 4, Kind.UNIFORM);
    for (int threads : new int[] {1, 2, 3}) {
      var p =
          P.withRounds(500)
              .withDepth(8)
              .with("learning_rate", 0.5)
              .with("l2", 0)
              .with("early_stopping_rounds", 5);
      var validation = new BoostedTreesLearner.Validation(other.columns(), other.y());
      var result =
          BoostedTreesLearner.train(
              data.columns(), data.y(), null, validation, p, 1, threads, TrainingMonitor.none());
      List<RoundReport> curve = result.curve();
      int kept = result.model().trees().size();
      assertEquals(kept + 5, curve.size());
      double best = curve.get(kept - 1).validationLoss();
      assertEquals(
          best, curve.stream().mapToDouble(RoundReport::validationLoss).min().orElseThrow());
      float[] predicted = result.model().predict(other.columns());
      double sum = 0;
      for (int i = 0; i < predicted.length; i++) {
        double r = (float) other.y()[i] - predicted[i];
        sum += r * r;
      }
      assertEquals(best, Math.sqrt(sum / predicted.length), 1e-9);
    }
  }

  @Test
  void theCurveIsTheSameForAnyNumberOfThreads() {
    TreeData drawn = TreeData.of(11, 70_000, 5, Kind.values());
    for (StandardObjective objective : StandardObjective.values()) {
      TreeData data = drawn.fitFor(objective);
      var p = P.withObjective(objective).withRounds(5);
      assertEquals(train(data, p, 1).curve(), train(data, p, 3).curve());
    }
  }

  @Test
  void cancellingStopsWithinARound() {
    TreeData data = TreeData.of(12, 100_000, 8, Kind.UNIFORM);
    AtomicInteger asked = new AtomicInteger();
    List<RoundReport> seen = new ArrayList<>();
    TrainingMonitor monitor =
        new TrainingMonitor() {
          @Override
          public void onRound(RoundReport report) {
            seen.add(report);
          }

          @Override
          public boolean cancelled() {
            return !seen.isEmpty() && asked.incrementAndGet() > 3;
          }
        };
    assertThrows(
        CancellationException.class,
        () -> BoostedTreesLearner.train(data.columns(), data.y(), null, null, P, 1, 2, monitor));
    assertEquals(1, seen.size());
  }

  @Test
  void anErrorOfTheSourceInAHelperThreadReachesTheCaller() {
    Thread caller = Thread.currentThread();
    CountDownLatch helped = new CountDownLatch(1);
    FeatureColumns faulty =
        new FeatureColumns() {
          @Override
          public int rows() {
            return 10_000;
          }

          @Override
          public int features() {
            return 4;
          }

          @Override
          public void copy(int feature, int from, int to, float[] target) {
            if (Thread.currentThread() != caller) {
              helped.countDown();
              throw new IllegalStateException("disk gone");
            }
            try {
              helped.await(); // leaves features for the helpers, however late they come
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    var e =
        assertThrows(
            IllegalStateException.class,
            () ->
                BoostedTreesLearner.train(
                    faulty, new double[10_000], null, null, P, 1, 4, TrainingMonitor.none()));
    assertEquals("disk gone", e.getMessage());
  }

  @Test
  void whatCannotBeTrainedSaysWhy() {
    var empty = new TreeData(new float[][] {{}}, new double[0]);
    message("there are no training rows", () -> train(empty, P));
    var noFeatures = new TreeData(new float[0][], new double[0]);
    message("there are no training rows", () -> train(noFeatures, P));
    TreeData data = TreeData.of(13, 10, 1, Kind.UNIFORM);
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -2e37}) {
      double[] y = data.y().clone();
      y[4] = bad;
      message("the target of row 4 is " + bad, () -> train(data.withTarget(y), P));
    }
    assertThrows(SlipstreamException.class, () -> P.withDepth(17));
    assertThrows(SlipstreamException.class, () -> P.withRounds(0));
    message(
        "early stopping needs validation rows",
        () -> train(data, P.with("early_stopping_rounds", 5)));
    message(
        "'f7' is not a feature", () -> train(data, P.with("monotone", Map.of("f7", "increasing"))));
    message("'f7' is not a feature", () -> train(data, P.with("interactions", List.of("f0 * f7"))));
    assertThrows(SlipstreamException.class, () -> P.with("monotone", Map.of("f0", "sideways")));
    for (StandardObjective objective :
        List.of(StandardObjective.POISSON, StandardObjective.GAMMA, StandardObjective.BINARY)) {
      double[] y = new double[10];
      Arrays.fill(y, 1);
      y[4] = -2;
      message(
          "the target of row 4 is -2.0; the objective " + objective.word() + " takes",
          () -> train(data.withTarget(y), P.withObjective(objective)));
    }
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1, 0}) {
      double[] weights = new double[10];
      Arrays.fill(weights, 1);
      weights[4] = bad;
      message("the weight of row 4 is " + bad, () -> weighted(data, weights, P));
    }
  }

  private static void message(String part, Runnable action) {
    var e = assertThrows(SlipstreamException.class, action::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(SlipstreamException.Category.INVALID_INPUT, e.category());
    assertFalse(e.remedy().isEmpty());
  }
}
