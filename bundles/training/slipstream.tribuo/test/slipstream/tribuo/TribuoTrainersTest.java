package slipstream.tribuo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tribuo.Example;
import org.tribuo.Prediction;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.ensemble.AveragingCombiner;
import org.tribuo.regression.rtree.CARTJointRegressionTrainer;
import org.tribuo.regression.rtree.impurity.MeanSquaredError;
import org.tribuo.regression.sgd.fm.FMRegressionTrainer;
import org.tribuo.regression.sgd.linear.LinearSGDTrainer;
import org.tribuo.regression.sgd.objectives.SquaredLoss;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.spi.Trainer.Size;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.linear.FittedLinearModel;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.RegressionTree;

class TribuoTrainersTest {
  private static final int FEATURES = 4;

  /** A trainer with parameters that suit the test's rows, and the R² that it must reach on fresh ones. */
  record Case<P extends Record>(Trainer<P> trainer, Map<String, Object> values, double skill) {
    P parameters() {
      return ParameterForm.bind(trainer.parameters(), values, "");
    }

    Model fit(TrainingData data, long seed, int threads, Progress progress) {
      return trainer.train(
          data, parameters(), new Context(trainer.name(), seed, threads, progress));
    }

    Model fit(TrainingData data) {
      return fit(data, 1, 1, Progress.NONE);
    }

    @Override
    public String toString() {
      return trainer.name();
    }
  }

  /** What the linear part explains of the signal is about 0.6 of the variance, its product 0.2. */
  static Stream<Case<?>> trainers() {
    return Stream.of(
        new Case<>(new LinearSgdTrainer(), Map.of("epochs", 20), 0.5),
        new Case<>(new FactorisationMachineTrainer(), Map.of("epochs", 40), 0.75),
        new Case<>(new CartTrainer(), Map.of("min_rows_to_split", 20), 0.6),
        new Case<>(new TribuoForestTrainer(), Map.of("trees", 20, "feature_sampling", 0.5), 0.75),
        new Case<>(new NearestNeighboursTrainer(), Map.of("neighbours", 10), 0.7),
        new Case<>(new SupportVectorTrainer(), Map.of(), 0.8),
        new Case<>(new XGBoostTrainer(), Map.of("rounds", 50), 0.8));
  }

  // ------------------------------------------------------------------ rows

  private static double[][] columns(int rows, long seed, boolean missing) {
    var random = new SplittableRandom(seed);
    double[][] x = new double[FEATURES][rows];
    for (int i = 0; i < rows; i++) {
      for (int f = 0; f < FEATURES; f++) {
        x[f][i] = random.nextGaussian() * (f == 1 ? 1e4 : 1) + (f == 2 ? 50 : 0);
        if (missing && random.nextInt(11) == 0) {
          x[f][i] = f == 3 ? Double.POSITIVE_INFINITY : Double.NaN;
        }
      }
    }
    return x;
  }

  private static double[] target(double[][] x, long seed) {
    var random = new SplittableRandom(seed);
    double[] y = new double[x[0].length];
    for (int i = 0; i < y.length; i++) {
      double a = known(x[0][i], 0);
      double b = known(x[1][i], 0) / 1e4;
      double c = known(x[2][i], 50) - 50;
      y[i] = 1000 + 20 * (a + b + a * c + 0.3 * random.nextGaussian());
    }
    return y;
  }

  private static double known(double x, double otherwise) {
    return Double.isFinite(x) ? x : otherwise;
  }

  private static FeatureMatrix matrix(double[][] x) {
    return FeatureMatrix.ofColumns(List.of("a", "b", "c", "d"), x);
  }

  private static TrainingData data(double[][] x, double[] y, double[] weights) {
    FeatureMatrix matrix = matrix(x);
    FeatureMatrix none = matrix.select(new int[0]);
    return new TrainingData(
        matrix,
        y,
        weights == null ? RowFacts.NONE : new RowFacts(weights, null, null, null),
        none,
        new double[0],
        RowFacts.NONE);
  }

  private static TrainingData data(int rows, long seed, boolean missing) {
    double[][] x = columns(rows, seed, missing);
    return data(x, target(x, seed + 1), null);
  }

  private static double skill(double[] truth, double[] predicted) {
    double mean = Arrays.stream(truth).average().orElseThrow();
    double error = 0;
    double total = 0;
    for (int i = 0; i < truth.length; i++) {
      error += (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
      total += (truth[i] - mean) * (truth[i] - mean);
    }
    return 1 - error / total;
  }

  // ------------------------------------------------------------------ all

  @Test
  void areAllPlugIns() {
    List<String> names = new ArrayList<>();
    for (Trainer<?> each : ServiceLoader.load(Trainer.class)) {
      if (each.getClass().getPackageName().equals("slipstream.tribuo")) {
        names.add(each.name());
        assertFalse(each.summary().isBlank());
        ParameterForm.bind(each.parameters(), Map.of(), "");
      }
    }
    Collections.sort(names);
    assertEquals(
        List.of(
            "tribuo-cart",
            "tribuo-factorisation-machine",
            "tribuo-knn",
            "tribuo-linear-sgd",
            "tribuo-random-forest",
            "tribuo-svm",
            "tribuo-xgboost"),
        names);
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void learnsTheSignal(Case<?> each) {
    TrainingData fresh = data(1000, 77, false);
    double skill = skill(fresh.target(), each.fit(data(2000, 5, false)).predict(fresh.features()));
    assertTrue(skill > each.skill, "R² " + skill);
    double[] shuffled = data(2000, 5, false).target();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double kept = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = kept;
    }
    Model nothing = each.fit(data(columns(2000, 5, false), shuffled, null));
    assertTrue(skill(fresh.target(), nothing.predict(fresh.features())) < 0.1);
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void hasTheSameBytesForTheSameSeedAndAnyThreads(Case<?> each) {
    TrainingData rows = data(700, 9, true);
    byte[] bytes = each.fit(rows, 4, 1, Progress.NONE).encode();
    for (int threads : new int[] {1, 2, 3}) {
      assertArrayEquals(bytes, each.fit(rows, 4, threads, Progress.NONE).encode());
    }
    boolean random =
        List.of("tribuo-linear-sgd", "tribuo-factorisation-machine", "tribuo-random-forest")
            .contains(each.trainer.name());
    boolean same = Arrays.equals(bytes, each.fit(rows, 5, 1, Progress.NONE).encode());
    assertEquals(!random, same, "another seed");
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void survivesItsBytes(Case<?> each) {
    Model model = each.fit(data(300, 21, true));
    Model decoded = each.trainer.decode(model.encode());
    assertEquals(each.trainer.name(), decoded.trainer());
    assertEquals(List.of("a", "b", "c", "d"), decoded.features());
    assertArrayEquals(model.encode(), decoded.encode());
    FeatureMatrix fresh = matrix(columns(200, 22, true));
    assertArrayEquals(model.predict(fresh), decoded.predict(fresh), 0);
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void refusesDamagedBytes(Case<?> each) {
    byte[] bytes = each.fit(data(60, 31, true)).encode();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertCorrupt(() -> each.trainer.decode(cut), "cut to " + length);
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertCorrupt(() -> each.trainer.decode(longer), "one byte more");
    byte[] newer = bytes.clone();
    newer[each.fit(data(60, 31, true)) instanceof BoostedTreesModel ? 4 : 8] = 99;
    assertCorrupt(() -> each.trainer.decode(newer), "newer");
    // No byte makes it throw anything else, or ask for more memory than there are bytes.
    for (int at = 0; at < Math.min(bytes.length, 400); at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) 0x80;
      try {
        each.trainer.decode(flipped);
      } catch (SlipstreamException e) {
        assertEquals(Category.CORRUPT, e.category(), "byte " + at);
      }
    }
  }

  private static void assertCorrupt(org.junit.jupiter.api.function.Executable action, String how) {
    assertEquals(
        Category.CORRUPT, assertThrows(SlipstreamException.class, action, how).category(), how);
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void predictsEachRowByItselfAndFromManyThreads(Case<?> each) {
    Model model = each.fit(data(400, 41, true));
    FeatureMatrix fresh = matrix(columns(3000, 42, true));
    double[] together = model.predict(fresh);
    double[] single = new double[together.length];
    Arrays.setAll(single, i -> i);
    Arrays.stream(single)
        .parallel()
        .forEach(i -> single[(int) i] = model.predict(fresh.select(new int[] {(int) i}))[0]);
    assertArrayEquals(together, single, 0);
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void refusesWhatCannotBeFitted(Case<?> each) {
    double[][] x = columns(50, 51, false);
    double[] y = target(x, 52);
    y[7] = Double.NaN;
    assertInvalid(() -> each.fit(data(x, y, null)), "row 7");
    assertInvalid(
        () -> each.fit(data(new double[FEATURES][0], new double[0], null)), "no training");
  }

  private static void assertInvalid(org.junit.jupiter.api.function.Executable action, String part) {
    var error = assertThrows(SlipstreamException.class, action);
    assertEquals(Category.INVALID_INPUT, error.category(), error.getMessage());
    assertTrue(error.getMessage().contains(part), error.getMessage());
    assertFalse(error.remedy().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void copesWithOddRows(Case<?> each) {
    for (int rows : new int[] {1, 2, 3}) {
      double[][] x = columns(rows, 61, false);
      double[] y = new double[rows];
      Arrays.fill(y, 7);
      if (rows == 1 && !trees(each)) {
        assertInvalid(() -> each.fit(data(x, y, null)), "varies");
        continue;
      }
      for (double value : each.fit(data(x, y, null)).predict(matrix(x))) {
        assertEquals(7, value, 1e-6, rows + " rows");
      }
    }
    // A feature that is constant, and one that is nowhere known.
    double[][] x = columns(400, 62, false);
    double[] y = target(x, 63);
    Arrays.fill(x[2], 3.25);
    Arrays.fill(x[3], Double.NaN);
    double[] predicted = each.fit(data(x, y, null)).predict(matrix(x));
    assertTrue(skill(y, predicted) > 0.25, "R² " + skill(y, predicted));
  }

  private static boolean trees(Case<?> each) {
    return List.of("tribuo-cart", "tribuo-random-forest", "tribuo-xgboost")
        .contains(each.trainer.name());
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void weightsCount(Case<?> each) {
    double[][] x = columns(600, 71, false);
    double[] y = target(x, 72);
    double[] weights = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      weights[i] = i % 2 == 0 ? 1 : 1e-6;
      y[i] = i % 2 == 0 ? y[i] : 5000; // hardly counts
    }
    if (each.trainer instanceof SupportVectorTrainer) {
      assertInvalid(() -> each.fit(data(x, y, weights)), "cannot weight");
      return;
    }
    double[] predicted = each.fit(data(x, y, weights)).predict(matrix(x));
    double mean = Arrays.stream(predicted).average().orElseThrow();
    assertEquals(1000, mean, 60);
  }

  @ParameterizedTest
  @MethodSource("trainers")
  void stopsWhenNobodyWaits(Case<?> each) {
    if (each.trainer instanceof NearestNeighboursTrainer) {
      return; // fits at once
    }
    int asked = countQuestions(each, Integer.MAX_VALUE);
    assertTrue(asked > 4, "asked " + asked + " times");
    for (int after : new int[] {0, asked / 2, asked - 2}) {
      var error =
          assertThrows(SlipstreamException.class, () -> countQuestions(each, after), "" + after);
      assertEquals(Category.CANCELLED, error.category(), error.getMessage());
    }
  }

  private static int countQuestions(Case<?> each, int cancelledAfter) {
    AtomicInteger asked = new AtomicInteger();
    Progress progress =
        new Progress() {
          @Override
          public boolean cancelled() {
            return asked.getAndIncrement() >= cancelledAfter;
          }
        };
    each.fit(data(1500, 81, false), 1, 1, progress);
    return asked.get();
  }

  @Test
  void saysNothingOnItsOwn() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var written = new ByteArrayOutputStream();
    var stream = new PrintStream(written, true, StandardCharsets.UTF_8);
    System.setOut(stream);
    System.setErr(stream);
    try {
      TrainingData rows = data(300, 91, true);
      trainers().forEach(each -> each.fit(rows));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertEquals("", written.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("trainers")
  <P extends Record> void saysWhatMemoryItTakes(Case<P> each) {
    long few = memory(each, 1000, 10);
    assertTrue(few > 1000L * 10 * 8, "" + few);
    assertTrue(memory(each, 1000, 20) > few);
    boolean bounded =
        each.trainer instanceof NearestNeighboursTrainer
            || each.trainer instanceof SupportVectorTrainer;
    long more = memory(each, 10_000_000, 10);
    assertTrue(bounded ? more < 300e6 : more >= 9999 * few, "" + more);
  }

  private static <P extends Record> long memory(Case<P> each, int rows, int features) {
    return each.trainer
        .memory(each.parameters(), new Size(rows, 0, features, false, 0, 1))
        .orElseThrow();
  }

  @Test
  void thinsRowsEvenlyAndSaysSo() {
    List<String> messages = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    assertArrayEquals(new int[] {1, 3, 5, 7, 9}, Thinning.rows(10, 5, "x", progress));
    assertArrayEquals(new int[] {1, 5, 8}, Thinning.rows(10, 3, "x", progress));
    assertEquals(2, messages.size());
    assertTrue(messages.getFirst().startsWith("x learns 5 of 10 rows"), messages.getFirst());
    assertArrayEquals(new int[] {0, 1, 2}, Thinning.rows(3, 5, "x", progress));
    assertEquals(2, messages.size());
    int[] many = Thinning.rows(Integer.MAX_VALUE, 3, "x", Progress.NONE);
    assertTrue(many[0] > 0 && many[2] > 1_700_000_000, Arrays.toString(many));
  }

  // ------------------------------------------------------------------ missing values

  @ParameterizedTest
  @MethodSource("trainers")
  void aMissingValueStandsAtTheMean(Case<?> each) {
    if (each.trainer instanceof XGBoostTrainer) {
      return; // see predictsWhatXGBoostPredicts
    }
    double[][] x = columns(500, 101, true);
    double[] y = target(x, 102);
    Model model = each.fit(data(x, y, null));
    double[] means = new double[FEATURES];
    for (int f = 0; f < FEATURES; f++) {
      double mean = Arrays.stream(x[f]).filter(Double::isFinite).average().orElseThrow();
      means[f] = trees(each) ? (float) mean : mean;
    }
    double[][] fresh = columns(500, 103, false);
    double[][] unknown = new double[FEATURES][];
    for (int f = 0; f < FEATURES; f++) {
      unknown[f] = fresh[f].clone();
      for (int i = f; i < 500; i += 7) {
        fresh[f][i] = means[f];
        unknown[f][i] = Double.NaN;
      }
    }
    assertArrayEquals(model.predict(matrix(fresh)), model.predict(matrix(unknown)), 1e-6);
  }

  // ------------------------------------------------------------------ against the library

  /** What Tribuo's own model predicts of standardised rows, in the target's unit. */
  private static double[] predictions(
      org.tribuo.Model<Regressor> model, List<String> names, double[][] rows, TargetScale scale) {
    double[] predicted = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      Example<Regressor> example =
          new ArrayExample<>(
              new Regressor("target", 0), names.toArray(String[]::new), rows[i].clone());
      Prediction<Regressor> prediction = model.predict(example);
      predicted[i] = scale.value(prediction.getOutput().getValues()[0]);
    }
    return predicted;
  }

  private static List<String> names(org.tribuo.Model<Regressor> model) {
    List<String> names = new ArrayList<>();
    model.getFeatureIDMap().forEach(each -> names.add(each.getName()));
    Collections.sort(names);
    return names;
  }

  @Test
  void predictsWhatTribuosLinearModelPredicts() {
    TrainingData rows = data(500, 111, true);
    var context = new Context("", 3, 1, Progress.NONE);
    var standardisation = Standardisation.of(rows, "", context);
    var library =
        new LinearSGDTrainer(new SquaredLoss(), new AdaGrad(0.1, 0.1), 10, -1, 3)
            .train(Examples.standardised(standardisation, rows, Examples.all(rows), Progress.NONE));
    Model ours =
        new LinearSgdTrainer()
            .train(rows, ParameterForm.bind(LinearSgdParameters.class, Map.of(), ""), context);
    FeatureMatrix fresh = matrix(columns(300, 112, true));
    assertTrue(ours instanceof FittedLinearModel);
    assertArrayEquals(
        predictions(
            library, names(library), standardisation.rows(fresh, 0, 300), standardisation.target()),
        ours.predict(fresh),
        1e-9);
  }

  @Test
  void predictsWhatTribuosFactorisationMachinePredicts() {
    TrainingData rows = data(500, 121, true);
    var context = new Context("", 3, 1, Progress.NONE);
    var standardisation = Standardisation.of(rows, "", context);
    var library =
        new FMRegressionTrainer(new SquaredLoss(), new AdaGrad(0.1, 0.1), 10, -1, 3, 4, 0.1, false)
            .train(Examples.standardised(standardisation, rows, Examples.all(rows), Progress.NONE));
    Model ours =
        new FactorisationMachineTrainer()
            .train(
                rows,
                ParameterForm.bind(FactorisationMachineParameters.class, Map.of(), ""),
                context);
    FeatureMatrix fresh = matrix(columns(300, 122, true));
    assertArrayEquals(
        predictions(
            library, names(library), standardisation.rows(fresh, 0, 300), standardisation.target()),
        ours.predict(fresh),
        1e-9);
  }

  @Test
  void predictsWhatTribuosTreesPredict() {
    TrainingData rows = data(900, 131, true);
    var context = new Context("", 3, 1, Progress.NONE);
    TreeRows treeRows = TreeRows.of(rows, 256, "", context);
    FeatureMatrix fresh = matrix(columns(500, 132, true));
    double[][] numbers = treeRows.numbers(fresh, 0, 500);

    var cart =
        new CARTJointRegressionTrainer(
                8, 20, 0, 1, false, new RunningError(Progress.NONE), false, 3)
            .train(treeRows.dataset());
    Model ours =
        new CartTrainer()
            .train(
                rows,
                ParameterForm.bind(CartParameters.class, Map.of("min_rows_to_split", 20), ""),
                context);
    assertArrayEquals(
        predictions(cart, names(cart), numbers, treeRows.target()), ours.predict(fresh), 1e-3);

    var member =
        new CARTJointRegressionTrainer(
            12, 20, 0, 0.5f, false, new RunningError(Progress.NONE), false, 3);
    var forest =
        new org.tribuo.common.tree.RandomForestTrainer<>(member, new AveragingCombiner(), 10, 3)
            .train(treeRows.dataset());
    Model ourForest =
        new TribuoForestTrainer()
            .train(
                rows,
                ParameterForm.bind(
                    TribuoForestParameters.class, Map.of("trees", 10, "feature_sampling", 0.5), ""),
                context);
    assertArrayEquals(
        predictions(forest, names(forest), numbers, treeRows.target()),
        ourForest.predict(fresh),
        1e-3);
  }

  @Test
  void runningSumsAreTheErrorThatTribuoCounts() {
    var random = new SplittableRandom(7);
    float[] targets = new float[500];
    float[] weights = new float[500];
    for (int i = 0; i < 500; i++) {
      targets[i] = (float) random.nextGaussian();
      weights[i] = random.nextInt(4);
    }
    var running = new RunningError(Progress.NONE);
    var counted = new MeanSquaredError();
    for (int node = 0; node < 200; node++) {
      List<int[]> values = new ArrayList<>();
      for (int v = random.nextInt(1, 30); v > 0; v--) {
        values.add(random.ints(random.nextInt(1, 20), 0, 500).toArray());
      }
      if (node % 3 == 0) { // as of a node whose rows are all on one side
        values.add(0, new int[] {node});
      }
      for (int v = 1; v < values.size(); v++) {
        for (List<int[]> side : List.of(values.subList(0, v), values.subList(v, values.size()))) {
          var own = running.impurityTuple(side, targets, weights);
          var theirs = counted.impurityTuple(side, targets, weights);
          assertEquals(theirs.weight, own.weight, 1e-4);
          if (theirs.weight > 0) {
            assertEquals(theirs.impurity, own.impurity, 1e-4, node + ", " + v);
          }
        }
      }
      int[] all = values.stream().flatMapToInt(Arrays::stream).toArray();
      assertEquals(
          counted.impurity(all, targets, weights), running.impurity(all, targets, weights), 0);
    }
  }

  @Test
  void countsTheRowsAndGainsOfForeignTrees() {
    TrainingData rows = data(800, 141, true);
    var each = new Case<>(new CartTrainer(), Map.of("depth", 3), 0);
    RegressionTree tree = ((BoostedTreesModel) each.fit(rows)).trees().trees().getFirst();
    assertEquals(800, tree.rows(0));
    double gained = 0;
    int leaves = 0;
    for (int node = 0; node < tree.size(); node++) {
      if (tree.isLeaf(node)) {
        leaves += tree.rows(node);
      } else {
        assertEquals(tree.rows(node), tree.rows(tree.left(node)) + tree.rows(tree.right(node)));
        gained += tree.gain(node);
      }
    }
    assertEquals(800, leaves);
    // All gains together are what the tree explains, as the target has variance 1.
    double skill = skill(rows.target(), each.fit(rows).predict(rows.features()));
    assertEquals(800 * skill, gained, 800 * 1e-3);
    double sum = each.fit(rows).importance().values().stream().mapToDouble(d -> d).sum();
    assertEquals(1, sum, 1e-12);
  }

  @Test
  void predictsWhatXGBoostPredicts() throws Exception {
    TrainingData rows = data(1200, 151, true);
    for (String method : List.of("hist", "approx", "exact")) {
      var each = new Case<>(new XGBoostTrainer(), Map.of("rounds", 30, "method", method), 0);
      BoostedTreesModel ours = (BoostedTreesModel) each.fit(rows);
      double[][] fresh = columns(700, 152, false);
      for (int f = 0; f < FEATURES; f++) {
        for (int i = f; i < 700; i += 9) {
          fresh[f][i] = Double.NaN;
        }
      }
      float[] flat = new float[700 * (FEATURES + 1)];
      for (int i = 0; i < 700; i++) {
        for (int f = 0; f < FEATURES; f++) {
          flat[i * (FEATURES + 1) + f] = (float) fresh[f][i];
        }
        flat[i * (FEATURES + 1) + FEATURES] = 1;
      }
      var library = XGBoostTrainer.grow(rows, each.parameters(), 1, Progress.NONE);
      var matrix = new ml.dmlc.xgboost4j.java.DMatrix(flat, 700, FEATURES + 1, Float.NaN);
      float[][] theirs = library.model().getInnerModels().getFirst().predict(matrix);
      float[] mine = new float[700];
      float[] own = new float[700];
      for (int i = 0; i < 700; i++) {
        mine[i] = (float) ours.predict(matrix(fresh).select(new int[] {i}))[0];
        own[i] = library.mean() + theirs[i][0];
      }
      assertArrayEquals(own, mine, 0, method);
    }
  }

  @Test
  void predictsWhatLibSvmPredicts() {
    for (String kernel : List.of("rbf", "polynomial", "linear")) {
      TrainingData rows = data(300, 161, true);
      var context = new Context("", 1, 1, Progress.NONE);
      var parameters =
          ParameterForm.bind(
              SupportVectorParameters.class, Map.of("kernel", kernel, "cost", 0.5), "");
      var standardisation = Standardisation.of(rows, "", context);
      var library =
          SupportVectorTrainer.fit(
              Examples.standardised(standardisation, rows, Examples.all(rows), Progress.NONE),
              parameters,
              0.25,
              context);
      Model ours = new SupportVectorTrainer().train(rows, parameters, context);
      FeatureMatrix fresh = matrix(columns(200, 162, true));
      assertArrayEquals(
          predictions(
              library,
              names(library),
              standardisation.rows(fresh, 0, 200),
              standardisation.target()),
          ours.predict(fresh),
          1e-8,
          kernel);
    }
  }

  @Test
  void findsTheNearestRows() {
    double[][] x = columns(300, 171, false);
    double[] y = target(x, 172);
    for (String metric : List.of("euclidean", "manhattan")) {
      var each =
          new Case<>(new NearestNeighboursTrainer(), Map.of("neighbours", 7, "metric", metric), 0);
      double[] predicted = each.fit(data(x, y, null)).predict(matrix(x));
      for (int i = 0; i < y.length; i += 10) {
        assertEquals(meanOfNearest(x, y, i, 7, metric.equals("manhattan")), predicted[i], 1e-9);
      }
    }
    var all = new Case<>(new NearestNeighboursTrainer(), Map.of("neighbours", 1000), 0);
    double mean = Arrays.stream(y).average().orElseThrow();
    assertEquals(mean, all.fit(data(x, y, null)).predict(matrix(x))[3], 1e-9);
  }

  private static double meanOfNearest(
      double[][] x, double[] y, int of, int neighbours, boolean absolute) {
    double[] deviations = new double[FEATURES];
    for (int f = 0; f < FEATURES; f++) {
      double mean = Arrays.stream(x[f]).average().orElseThrow();
      deviations[f] =
          Math.sqrt(Arrays.stream(x[f]).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    }
    record Near(double distance, double value) {}
    List<Near> all = new ArrayList<>();
    for (int i = 0; i < y.length; i++) {
      double distance = 0;
      for (int f = 0; f < FEATURES; f++) {
        double d = Math.abs(x[f][i] - x[f][of]) / deviations[f];
        distance += absolute ? d : d * d;
      }
      all.add(new Near(distance, y[i]));
    }
    all.sort((a, b) -> Double.compare(a.distance, b.distance));
    return all.subList(0, neighbours).stream().mapToDouble(Near::value).average().orElseThrow();
  }
}
