package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.spi.Link;
import slipstream.core.spi.Loss;
import slipstream.training.trees.TreeData.Kind;

/** The engine gives the bytes of the scalar reference, however the work is cut up. */
class ReferenceComparisonTest {
  private static final long SEED = 42;

  private record Cut(int threads, CpuTrees.Layout layout) {}

  private static final Cut[] CUTS = {
    new Cut(1, new CpuTrees.Layout(1, 8192, 1 << 15)),
    new Cut(2, new CpuTrees.Layout(3, 100, 1)),
    new Cut(3, new CpuTrees.Layout(8, 1024, 500)),
    new Cut(7, new CpuTrees.Layout(2, 3000, 50))
  };

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 63, 64, 127, 128, 129, 1000, 4097})
  void equalForAnyNumberOfRows(int rows) {
    TreeData data = TreeData.of(rows, rows, 5, Kind.UNIFORM, Kind.SOME_MISSING, Kind.FEW_VALUES);
    compare(data, small().withDepth(5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 8, 12, 13, 20, 21, 28, 29, 36, 40, 61})
  void equalForAnyNumberOfFeatures(int features) {
    TreeData data = TreeData.of(features, 1500, features, Kind.values());
    compare(data, small());
  }

  @Test
  void equalForAThousandFeatures() {
    compare(TreeData.of(5, 150, 1000, Kind.values()), small().withRounds(2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 9, 12})
  void equalForAnyDepth(int depth) {
    TreeData data = TreeData.of(depth, 3000, 6, Kind.values());
    compare(data, small().withDepth(depth));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 16, 64, 255, 256})
  void equalForAnyNumberOfBins(int bins) {
    TreeData data = TreeData.of(bins, 2000, 9, Kind.values());
    compare(data, parameters(4, 4, 1, 1, 0, bins, StandardObjective.SQUARED, 1, 1));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void equalForEachKindOfFeature(Kind kind) {
    compare(TreeData.of(7, 1200, 3, kind), small());
    compare(TreeData.of(8, 1200, 4, kind, Kind.UNIFORM), small());
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void equalForEachObjective(StandardObjective objective) {
    TreeData data = TreeData.of(3, 2500, 6, Kind.values()).fitFor(objective);
    compare(data, small().withObjective(objective));
    if (objective.link() != Link.IDENTITY) {
      return;
    }
    double[] outliers = data.y().clone();
    outliers[17] = 1e30;
    outliers[18] = -1e30;
    compare(data.withTarget(outliers), small().withObjective(objective));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-44, 1e-30, 1, 1e6, 1e15, 1e30, 1e37})
  void equalForAnySizeOfTheTarget(double size) {
    TreeData data = TreeData.of(11, 1500, 5, Kind.UNIFORM, Kind.FEW_VALUES);
    double[] y = Arrays.stream(data.y()).map(v -> Math.clamp(v, -1, 1) * size).toArray();
    compare(data.withTarget(y), small());
    double[] offset = Arrays.stream(data.y()).map(v -> Math.clamp(v, 0, 1) + size).toArray();
    if (size < 1e37) {
      compare(data.withTarget(offset), small());
    }
  }

  @Test
  void equalWhenTheScaleOfGradientsMustChange() {
    TreeData data = TreeData.of(12, 3000, 3, Kind.UNIFORM);
    double[] y = IntStream.range(0, 3000).mapToDouble(i -> data.x()[0][i] > 0 ? 1e6 : 0).toArray();
    compare(data.withTarget(y), parameters(40, 3, 1, 0, 0, 256, StandardObjective.SQUARED, 1, 1));
  }

  @Test
  void equalWithoutRegularisationAndWithStrongLimits() {
    TreeData data = TreeData.of(13, 2000, 6, Kind.values());
    compare(data, parameters(5, 8, 0.3, 0, 0, 256, StandardObjective.SQUARED, 1, 1));
    compare(data, parameters(5, 8, 0.3, 10, 5, 256, StandardObjective.SQUARED, 1, 1));
    compare(
        data,
        parameters(5, 8, 0.3, 1, 0, 256, StandardObjective.SQUARED, 1, 1)
            .with("min_rows_per_leaf", 50));
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void equalWithConstraints(StandardObjective objective) {
    TreeData data =
        TreeData.of(16, 2000, 5, Kind.UNIFORM, Kind.SOME_MISSING, Kind.FEW_VALUES)
            .fitFor(objective);
    var p = small().withObjective(objective).withDepth(6);
    var right = Map.of("f0", "increasing", "f1", "decreasing", "f3", "decreasing");
    var wrong = Map.of("f0", "decreasing", "f1", "increasing", "f2", "increasing");
    compare(data, p.with("monotone", right));
    compare(data, p.with("monotone", wrong));
    compare(data, p.with("interactions", List.of("f0 * f1", "f1*f2")));
    compare(data, p.with("interactions", List.of("f2*f3")).with("monotone", right));
    compare(data, data.weights(4), p.with("monotone", wrong));
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void equalWithL1(StandardObjective objective) {
    TreeData data = TreeData.of(31, 1900, 5, Kind.values()).fitFor(objective);
    var directions = Map.of("f0", "decreasing", "f1", "increasing");
    for (double l1 : new double[] {1e-9, 3, 40, 1e9}) {
      var p = small().withObjective(objective).with("l1", l1).with("l2", l1 == 3 ? 0 : 1);
      compare(data, p);
      compare(data, p.with("monotone", directions));
      compare(data, data.weights(6), p.with("monotone", directions));
    }
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void equalWithWeights(StandardObjective objective) {
    for (int features : new int[] {1, 8, 9, 24}) {
      TreeData data = TreeData.of(22, 1800, features, Kind.values()).fitFor(objective);
      compare(data, data.weights(1), small().withObjective(objective).with("row_sampling", 0.7));
    }
    TreeData data = TreeData.of(23, 2100, 5, Kind.values()).fitFor(objective);
    double[] extreme = data.weights(2);
    extreme[5] = 1e30;
    extreme[6] = 1e-30;
    compare(data, extreme, small().withObjective(objective).with("l2", 0));
    double[] equal = new double[data.rows()];
    Arrays.fill(equal, 3);
    compare(data, equal, small().withObjective(objective));
  }

  /** Cosh(r) - 1: curved, with hessians of its own. */
  private static final Loss COSH =
      new Loss() {
        @Override
        public String title() {
          return "cosh loss";
        }

        @Override
        public double loss(double target, double score) {
          return StrictMath.cosh(Math.clamp(target - score, -20, 20)) - 1;
        }

        @Override
        public double gradient(double target, double score) {
          return -StrictMath.sinh(Math.clamp(target - score, -20, 20));
        }

        @Override
        public double hessian(double target, double score) {
          return StrictMath.cosh(Math.clamp(target - score, -20, 20));
        }
      };

  @Test
  void equalWithALossOfAPlugIn() {
    TreeData data = TreeData.of(33, 2300, 6, Kind.values());
    compare(data, null, small(), COSH);
    compare(data, data.weights(7), small().with("l1", 2).with("row_sampling", 0.6), COSH);
    var p = small().with("growth", "leaf-wise").with("monotone", Map.of("f0", "decreasing"));
    compare(data, null, p, COSH);
  }

  /** A plug-in that says what a loss of our own says makes its trees. */
  @Test
  void aPlugInMakesTheTreesOfTheLossThatItRepeats() {
    for (StandardObjective objective :
        new StandardObjective[] {
          StandardObjective.POISSON, StandardObjective.GAMMA, StandardObjective.BINARY
        }) {
      TreeData data = TreeData.of(34, 1500, 5, Kind.values()).fitFor(objective);
      var p = small().withObjective(objective);
      compare(data, data.weights(8), p, new PluggedLoss("repeated", p.standardLosses().getFirst()));
      byte[] own = trained(data, p, p.standardLosses().getFirst());
      assertArrayEquals(
          own, trained(data, p, new PluggedLoss("repeated", p.standardLosses().getFirst())));
    }
  }

  private static byte[] trained(TreeData data, BoostedTreesParameters p, Loss loss) {
    return bytes(
        BoostedTreesLearner.train(
                data.columns(),
                data.y(),
                null,
                null,
                p,
                List.of(loss),
                List.of(),
                SEED,
                2,
                TrainingMonitor.none())
            .model());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 127, 128, 4097})
  void equalForAnyNumberOfWeightedRows(int rows) {
    TreeData data = TreeData.of(rows, rows, 5, Kind.UNIFORM, Kind.SOME_MISSING, Kind.FEW_VALUES);
    compare(data, data.weights(rows), small().withDepth(5));
    compare(data.fitFor(StandardObjective.BINARY), small().withObjective(StandardObjective.BINARY));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 8, 31, 200})
  void equalLeafWise(int leaves) {
    TreeData data = TreeData.of(leaves, 2500, 7, Kind.values());
    var p = small().with("growth", "leaf-wise").with("max_leaves", leaves);
    compare(data, p.withDepth(16));
    compare(data, p.withDepth(4).with("min_rows_per_leaf", 30));
    compare(data, data.weights(5), p.withDepth(9).with("monotone", Map.of("f0", "decreasing")));
    compare(data, p.withDepth(9).withObjective(StandardObjective.HUBER).with("row_sampling", 0.6));
  }

  /** All gains are equal: the order in which nodes came to be decides. */
  @Test
  void equalLeafWiseWhereGainsTie() {
    float[][] x = new float[3][64];
    double[] y = new double[64];
    for (int i = 0; i < 64; i++) {
      for (int f = 0; f < 3; f++) {
        x[f][i] = i >> f & 1;
        y[i] += x[f][i];
      }
    }
    for (int leaves = 2; leaves < 9; leaves++) {
      var p = small().with("growth", "leaf-wise").with("max_leaves", leaves);
      compare(new TreeData(x, y), p);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.05, 0.25, 0.5, 0.9, 0.999})
  void equalForAnyQuantile(double quantile) {
    TreeData data = TreeData.of(17, 1700, 4, Kind.values());
    compare(data, small().withObjective(StandardObjective.QUANTILE).with("quantile", quantile));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.1, 0.5, 0.9})
  void equalWithSampling(double share) {
    TreeData data = TreeData.of(14, 2000, 12, Kind.values());
    compare(data, parameters(6, 4, 0.3, 1, 0, 256, StandardObjective.SQUARED, share, 1));
    compare(data, parameters(6, 4, 0.3, 1, 0, 256, StandardObjective.SQUARED, 1, share));
    compare(data, parameters(6, 4, 0.3, 1, 0, 256, StandardObjective.HUBER, share, share));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.3, 0.7})
  void equalWithSamplingOfEachNode(double share) {
    TreeData data = TreeData.of(24, 2000, 12, Kind.values());
    var p = small().with("node_sampling", share).with("column_sampling", 0.8);
    compare(data, p.withDepth(7));
    compare(data, p.with("growth", "leaf-wise").with("max_leaves", 20));
    compare(data, p.with("interactions", List.of("f0 * f1 * f2", "f1*f4")));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.4, 0.632, 1})
  void equalForBaggedTrees(double share) {
    for (int features : new int[] {1, 2, 9, 30}) {
      TreeData data = TreeData.of(25, 2100, features, Kind.values());
      var p =
          new RandomForestParameters(
                  7, 9, 5, share, 0.4, 256, features == 2 ? Map.of("f0", "increasing") : Map.of())
              .asTrees();
      for (double[] weights : new double[][] {null, data.weights(3)}) {
        byte[] expected =
            bytes(new ReferenceTrainer(data, weights, p, null, SEED).bagged().train());
        Double rmse = null;
        for (Cut cut : CUTS) {
          var result =
              BoostedTreesLearner.bag(
                  data.columns(),
                  data.y(),
                  weights,
                  p,
                  SEED,
                  cut.threads,
                  TrainingMonitor.none(),
                  new CutDevice(cut.layout));
          assertArrayEquals(expected, bytes(result.model()), () -> p + ", " + cut);
          double judged = result.outOfBag().map(BoostedTreesLearner.OutOfBag::rmse).orElse(-1.0);
          assertEquals(rmse == null ? judged : rmse, judged);
          rmse = judged;
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void equalForRandomSettings(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Kind[] kinds = new Kind[1 + random.nextInt(4)];
    for (int k = 0; k < kinds.length; k++) {
      kinds[k] = Kind.values()[random.nextInt(Kind.values().length)];
    }
    int rows = 1 + random.nextInt(2500);
    TreeData data = TreeData.of(seed, rows, 1 + random.nextInt(40), kinds);
    var p =
        parameters(
                1 + random.nextInt(6),
                1 + random.nextInt(8),
                random.nextDouble(0.01, 1),
                random.nextInt(3),
                random.nextInt(2) * 0.1,
                2 + random.nextInt(255),
                StandardObjective.values()[random.nextInt(StandardObjective.values().length)],
                random.nextBoolean() ? 1 : 0.6,
                random.nextBoolean() ? 1 : 0.6)
            .with("growth", random.nextInt(3) == 0 ? "leaf-wise" : "level-wise")
            .with("max_leaves", 2 + random.nextInt(20))
            .with("min_rows_per_leaf", 1 + random.nextInt(20))
            .with("l1", random.nextInt(3) == 0 ? random.nextDouble(0, 5) : 0)
            .with("node_sampling", random.nextInt(3) == 0 ? 0.5 : 1)
            .with("huber_delta", random.nextDouble(0.1, 2))
            .with("quantile", random.nextDouble(0.01, 0.99))
            .with("monotone", directions(random, data.x().length))
            .with("interactions", groups(random, data.x().length));
    data = data.fitFor(StandardObjective.of(p.objective()));
    compare(data, random.nextBoolean() ? null : data.weights(seed), p);
  }

  @ParameterizedTest
  @EnumSource(StandardObjective.class)
  void equalWithCategories(StandardObjective objective) {
    for (int[] counts : new int[][] {{5, 3}, {1, 2, 0, 40, 255}, {64, 65, 128, 129, 192}}) {
      TreeData data =
          TreeData.of(41, 2200, 6, Kind.UNIFORM, Kind.SOME_MISSING)
              .withCategories(counts.length, counts)
              .fitFor(objective);
      var p = small().withObjective(objective).withDepth(6);
      compare(data, p);
      compare(data, p.with("category_smoothing", 0).with("min_rows_per_category", 1));
      compare(data, data.weights(3), p.with("min_rows_per_category", 40).with("l1", 2));
      compare(data, p.with("row_sampling", 0.4).with("growth", "leaf-wise"));
      compare(data, p.with("monotone", Map.of("f5", "increasing")).with("l2", 0));
      compare(data, p.with("interactions", List.of("f0 * f1", "f1 * f3")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void equalForRandomCategories(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int features = 1 + random.nextInt(12);
    int[] counts =
        IntStream.range(0, features)
            .map(f -> random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(random.nextInt(1, 256)))
            .toArray();
    TreeData data =
        TreeData.of(seed, 1 + random.nextInt(3000), features, Kind.values())
            .withCategories(seed, counts);
    var p =
        small()
            .withDepth(1 + random.nextInt(8))
            .with("category_smoothing", random.nextInt(3) * 4.5)
            .with("min_rows_per_category", 1 + random.nextInt(30))
            .with("min_rows_per_leaf", 1 + random.nextInt(20))
            .with("node_sampling", random.nextBoolean() ? 1 : 0.6);
    compare(data, random.nextBoolean() ? null : data.weights(seed), p);
  }

  /** Large enough for nodes that several threads share and for blocks of the default size. */
  @Test
  void equalWithTheDefaultLayout() {
    TreeData data = TreeData.of(21, 150_000, 6, Kind.values());
    byte[] expected = bytes(new ReferenceTrainer(data.x(), data.y(), null, small(), SEED).train());
    for (int threads : new int[] {1, 2, 4}) {
      var result =
          BoostedTreesLearner.train(
              data.columns(), data.y(), null, null, small(), SEED, threads, TrainingMonitor.none());
      assertArrayEquals(expected, bytes(result.model()), threads + " threads");
    }
  }

  private static BoostedTreesParameters small() {
    return parameters(4, 4, 0.3, 1, 0, 256, StandardObjective.SQUARED, 1, 1);
  }

  private static BoostedTreesParameters parameters(
      int rounds,
      int depth,
      double learningRate,
      double l2,
      double minGain,
      int bins,
      StandardObjective objective,
      double rowSampling,
      double columnSampling) {
    return BoostedTreesParameters.defaults()
        .with("rounds", rounds)
        .with("depth", depth)
        .with("learning_rate", learningRate)
        .with("l2", l2)
        .with("min_gain", minGain)
        .with("bins", bins)
        .withObjective(objective)
        .with("huber_delta", 0.5)
        .with("quantile", 0.8)
        .with("row_sampling", rowSampling)
        .with("column_sampling", columnSampling);
  }

  private static Map<String, String> directions(SplittableRandom random, int features) {
    Map<String, String> directions = new HashMap<>();
    for (int f = 0; f < features; f++) {
      switch (random.nextInt(4)) {
        case 0 -> directions.put("f" + f, "increasing");
        case 1 -> directions.put("f" + f, "decreasing");
        default -> {}
      }
    }
    return directions;
  }

  private static List<String> groups(SplittableRandom random, int features) {
    return IntStream.range(0, random.nextInt(4))
        .mapToObj(g -> "f" + random.nextInt(features) + " * f" + random.nextInt(features))
        .toList();
  }

  private static void compare(TreeData data, BoostedTreesParameters p) {
    compare(data, null, p);
  }

  private static void compare(TreeData data, double[] weights, BoostedTreesParameters p) {
    compare(data, weights, p, null);
  }

  private static void compare(
      TreeData data, double[] weights, BoostedTreesParameters p, Loss plugged) {
    var reference = new ReferenceTrainer(data, weights, p, plugged, SEED);
    byte[] expected = bytes(reference.train(), data);
    for (Cut cut : CUTS) {
      var result =
          BoostedTreesLearner.train(
              data.columns(),
              data.y(),
              weights,
              null,
              p,
              plugged == null ? p.standardLosses() : List.of(plugged),
              List.of(),
              SEED,
              cut.threads,
              TrainingMonitor.none(),
              new CutDevice(cut.layout));
      assertArrayEquals(expected, bytes(result.model(), data), () -> p + ", " + cut);
    }
  }

  private static byte[] bytes(BoostedTrees trees, TreeData data) {
    var names = IntStream.range(0, trees.features()).mapToObj(f -> "f" + f).toList();
    return BoostedTreesCodec.encode(
        new BoostedTreesCodec.Named(
            names,
            Arrays.stream(data.categories()).mapToObj(ReferenceComparisonTest::categories).toList(),
            new double[0],
            List.of(trees)));
  }

  /** So many. */
  static Categories categories(int count) {
    return new Categories(IntStream.range(0, count).mapToObj(k -> "c" + k).toList(), count);
  }

  static byte[] bytes(BoostedTrees trees) {
    var names = IntStream.range(0, trees.features()).mapToObj(f -> "f" + f).toList();
    return BoostedTreesCodec.encode(new BoostedTreesCodec.Named(names, trees));
  }
}
