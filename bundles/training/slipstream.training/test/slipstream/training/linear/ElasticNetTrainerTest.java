package slipstream.training.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Coefficient;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.linear.ElasticNetModel.PathPoint;

class ElasticNetTrainerTest {
  private static final Context CONTEXT = new Context("test", 1, 2, Progress.NONE);
  private final ElasticNetTrainer trainer = new ElasticNetTrainer();
  private final LassoTrainer lasso = new LassoTrainer();

  // ------------------------------------------------------------- optimality

  static Stream<Arguments> designs() {
    List<Arguments> designs = new ArrayList<>();
    for (double ratio : new double[] {1, 0.9, 0.5, 0.05, 1e-4}) {
      designs.add(Arguments.of("independent", normal(6, 200, 1), ratio));
      designs.add(Arguments.of("more features than rows", normal(60, 25, 2), ratio));
      designs.add(Arguments.of("one row more than features", normal(20, 21, 3), ratio));
      designs.add(Arguments.of("nearly dependent", nearlyDependent(12, 300, 1e-4), ratio));
      designs.add(Arguments.of("correlated", nearlyDependent(40, 100, 0.1), ratio));
      designs.add(Arguments.of("equal features", equal(5, 80), ratio));
    }
    return designs.stream();
  }

  /**
   * Zero is a subgradient of the objective at each point of the path: computed from the rows, not
   * from the Gram matrix.
   */
  @ParameterizedTest(name = "{0}, l1_ratio {2}")
  @MethodSource("designs")
  void everyPointOfThePathIsOptimal(String name, double[][] x, double ratio) {
    double[] y = target(x, 11);
    ElasticNetModel model = trainer.train(data(x, y), parameters(ratio, 0, 40, 1e-3, 40), CONTEXT);
    assertEquals(40, model.path().size());
    double worst = 0;
    for (PathPoint point : model.path()) {
      worst = Math.max(worst, violation(x, y, model, point.slopes(), ratio, point.lambda()));
    }
    assertTrue(worst < 1e-9, "KKT conditions violated by " + worst);
    assertArrayEquals(model.path().getLast().slopes(), model.slopes(), 0);
    assertEquals(40, model.steps());
  }

  /** How far zero is from the subdifferential, as a share of the largest gradient at zero. */
  private static double violation(
      double[][] x,
      double[] y,
      ElasticNetModel model,
      double[] slopes,
      double ratio,
      double lambda) {
    int n = y.length;
    double mean = Arrays.stream(y).average().orElseThrow();
    double[] residual = new double[n];
    for (int i = 0; i < n; i++) {
      residual[i] = y[i] - mean;
      for (int j = 0; j < x.length; j++) {
        residual[i] -= slopes[j] * (x[j][i] - model.means()[j]);
      }
    }
    double worst = 0;
    double largest = 0;
    for (int j = 0; j < x.length; j++) {
      double gradient = 0;
      double atZero = 0;
      for (int i = 0; i < n; i++) {
        double z = (x[j][i] - model.means()[j]) / model.deviations()[j];
        gradient += z * residual[i] / n;
        atZero += z * (y[i] - mean) / n;
      }
      largest = Math.max(largest, Math.abs(atZero));
      double b = slopes[j] * model.deviations()[j];
      worst =
          Math.max(
              worst,
              b == 0
                  ? Math.abs(gradient) - lambda * ratio
                  : Math.abs(gradient - lambda * (ratio * Math.signum(b) + (1 - ratio) * b)));
    }
    return worst / largest;
  }

  @Test
  void softThresholdsAnOrthonormalDesign() {
    // Walsh functions: columns of mean 0, deviation 1, orthogonal to each other.
    double[][] x = new double[3][8];
    double[] y = new double[8];
    double[] least = {3, -1, 0.25};
    for (int i = 0; i < 8; i++) {
      y[i] = 10;
      for (int j = 0; j < 3; j++) {
        x[j][i] = (i >> j & 1) == 0 ? 1 : -1;
        y[i] += least[j] * x[j][i];
      }
    }
    for (double lambda : new double[] {0.1, 0.5, 1, 2.5, 4}) {
      double[] slopes = lasso.train(data(x, y), lassoAt(lambda), CONTEXT).slopes();
      double[] net =
          trainer.train(data(x, y), parameters(0.3, lambda, 100, 1e-3, 0), CONTEXT).slopes();
      for (int j = 0; j < 3; j++) {
        double size = Math.max(0, Math.abs(least[j]) - lambda);
        assertEquals(Math.signum(least[j]) * size, slopes[j], 1e-14);
        double shrunk = Math.max(0, Math.abs(least[j]) - 0.3 * lambda) / (1 + 0.7 * lambda);
        assertEquals(Math.signum(least[j]) * shrunk, net[j], 1e-14);
      }
    }
  }

  @Test
  void withoutAnL1PartIsRidge() {
    double[][] x = nearlyDependent(10, 400, 0.3);
    gaps(x[2]);
    double[] y = target(x, 5);
    double[] ridge =
        new RidgeTrainer().train(data(x, y), new RidgeParameters(0.7, true), CONTEXT).slopes();
    assertArrayEquals(
        ridge, trainer.train(data(x, y), parameters(0, 0.7, 100, 1e-3, 0), CONTEXT).slopes(), 0);
    assertArrayEquals(
        ridge,
        trainer.train(data(x, y), parameters(1e-10, 0.7, 100, 1e-3, 0), CONTEXT).slopes(),
        1e-8);
    ElasticNetModel path = trainer.train(data(x, y), parameters(0, 0, 10, 1e-6, 10), CONTEXT);
    assertEquals(11, path.path().getFirst().terms()); // ten features and an indicator
    assertTrue(norm(path.path().getFirst().slopes()) < 1e-2 * norm(path.slopes()));
  }

  @Test
  void theLassoIsTheElasticNetWithoutAnL2Part() {
    double[][] x = normal(7, 300, 6);
    double[] y = target(x, 7);
    assertArrayEquals(
        trainer.train(data(x, y), parameters(1, 0, 30, 1e-2, 17), CONTEXT).slopes(),
        lasso.train(data(x, y), new LassoParameters(0, 30, 1e-2, 17, true), CONTEXT).slopes(),
        0);
  }

  @Test
  void thePathStartsWithNoFeatureAndEndsNearLeastSquares() {
    double[][] x = normal(5, 500, 8);
    double[] y = target(x, 9);
    ElasticNetModel model =
        lasso.train(data(x, y), new LassoParameters(0, 60, 1e-9, 60, true), CONTEXT);
    List<PathPoint> path = model.path();
    assertArrayEquals(new double[5], path.getFirst().slopes(), 0);
    assertTrue(path.get(1).terms() > 0, "the first penalty is larger than it must be");
    for (int k = 1; k < path.size(); k++) {
      assertTrue(path.get(k).trainingError() <= path.get(k - 1).trainingError() + 1e-12);
      assertEquals(
          Math.pow(1e-9, 1.0 / 59), path.get(k).lambda() / path.get(k - 1).lambda(), 1e-12);
    }
    assertArrayEquals(
        new RidgeTrainer().train(data(x, y), new RidgeParameters(0, true), CONTEXT).slopes(),
        model.slopes(),
        1e-7);
  }

  @Test
  void sharesTheWeightOfEqualFeaturesAsTheElasticNetDoes() {
    double[][] x = equal(2, 200);
    double[] y = new double[200];
    for (int i = 0; i < y.length; i++) {
      y[i] = 4 * x[0][i];
    }
    double[] slopes = trainer.train(data(x, y), parameters(0.5, 0.1, 1, 1, 0), CONTEXT).slopes();
    assertEquals(slopes[0], slopes[1], 1e-9);
    assertTrue(slopes[0] > 1.5, "" + slopes[0]);
  }

  // ------------------------------------------------------ choice of penalty

  @Test
  void choosesThePenaltyOnTheValidationRows() {
    double[][] x = normal(40, 120, 12);
    double[] y = sparse(x, 13, 1.5);
    double[][] later = normal(40, 400, 14);
    double[] laterTarget = sparse(later, 15, 1.5);
    TrainingData data =
        new TrainingData(
            RidgeTrainerTest.matrix(x), y, RidgeTrainerTest.matrix(later), laterTarget);
    LassoParameters chooses = new LassoParameters(0, 50, 1e-3, 0, true);
    List<double[]> curve = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void learningCurve(
              String series, int step, String metric, double training, double validation) {
            assertEquals("RMSE", metric);
            assertEquals(curve.size() + 1, step);
            curve.add(new double[] {training, validation});
          }
        };
    ElasticNetModel model = lasso.train(data, chooses, new Context("s", 1, 2, progress));

    int best = 0;
    for (int k = 0; k < 50; k++) {
      PathPoint point = model.path().get(k);
      assertEquals(rmse(model, point, x, y), point.trainingError(), 1e-9);
      assertEquals(rmse(model, point, later, laterTarget), point.validationError(), 1e-9);
      assertArrayEquals(
          new double[] {point.trainingError(), point.validationError()}, curve.get(k), 0);
      if (point.validationError() < model.path().get(best).validationError()) {
        best = k;
      }
    }
    assertEquals(best + 1, model.steps());
    assertTrue(best > 3 && best < 46, "at an end of the path: " + best);
    assertArrayEquals(model.path().get(best).slopes(), model.slopes(), 0);
    assertEquals(model.path().get(best).lambda(), model.lambda(), 0);
    double[] slopes = model.slopes();
    for (int j = 0; j < 3; j++) {
      assertTrue(Math.abs(slopes[j]) > 0.3, "a feature that matters was dropped: " + j);
    }
    assertTrue(Arrays.stream(slopes).filter(each -> each == 0).count() > 10);

    // The final fit takes the chosen step without validation rows.
    assertEquals(Optional.of("step"), lasso.stopsEarlyBy(chooses));
    LassoParameters fixed = lasso.withSteps(chooses, model.steps());
    assertEquals(Optional.empty(), lasso.stopsEarlyBy(fixed));
    ElasticNetModel again = lasso.train(data(x, y), fixed, CONTEXT);
    assertArrayEquals(model.slopes(), again.slopes(), 0);
    assertEquals(model.steps(), again.steps());
    assertTrue(Double.isNaN(again.path().getFirst().validationError()));
  }

  @Test
  void aGivenPenaltyIsKept() {
    double[][] x = normal(3, 100, 16);
    ElasticNetModel model = lasso.train(data(x, target(x, 17)), lassoAt(0.25), CONTEXT);
    assertEquals(0.25, model.lambda(), 0);
    assertEquals(0, model.steps());
    assertEquals(1, model.path().size());
    assertEquals(Optional.empty(), lasso.stopsEarlyBy(lassoAt(0.25)));
    assertEquals(Optional.of("step"), trainer.stopsEarlyBy(parameters(0.5, 0, 9, 0.1, 0)));
    assertEquals(4, trainer.withSteps(parameters(0.5, 0, 9, 0.1, 0), 4).step());
  }

  @Test
  void saysWhatIsWrong() {
    double[][] x = normal(2, 30, 18);
    double[] y = target(x, 19);
    assertProblem("chooses its penalty on validation rows", x, y, null, 0);
    assertProblem("step 101 is beyond the 100 lambdas", x, y, null, 101);
    assertProblem("there are no training rows", new double[2][0], new double[0], null, 3);
    double[] huge = y.clone();
    huge[4] = 1e200;
    assertProblem("overflow", x, huge, null, 3);
    double[] unknown = y.clone();
    unknown[4] = Double.NaN;
    assertProblem("row 4 is NaN", x, unknown, null, 3);
  }

  private void assertProblem(String words, double[][] x, double[] y, double[] weights, int step) {
    var error =
        assertThrows(
            SlipstreamException.class,
            () ->
                lasso.train(
                    data(x, y, weights), new LassoParameters(0, 100, 1e-3, step, true), CONTEXT));
    assertTrue(error.getMessage().contains(words), error.getMessage());
    assertEquals(Category.INVALID_INPUT, error.category());
  }

  // ------------------------------------------------------------------- data

  @Test
  void constantsGetNoCoefficient() {
    double[][] x = normal(3, 50, 20);
    Arrays.fill(x[1], 0.1);
    double[] y = new double[50];
    Arrays.fill(y, 3);
    ElasticNetModel flat =
        lasso.train(data(x, y), new LassoParameters(0, 10, 1e-3, 10, true), CONTEXT);
    assertArrayEquals(y, flat.predict(RidgeTrainerTest.matrix(x)), 0);
    for (int i = 0; i < y.length; i++) {
      y[i] = 2 * x[0][i];
    }
    ElasticNetModel model = lasso.train(data(x, y), lassoAt(1e-6), CONTEXT);
    assertEquals(0, model.slopes()[1], 0);
    assertEquals(2, model.slopes()[0], 1e-5);
    double[][] one = {{1}, {2}};
    assertEquals(
        7,
        lasso.train(data(one, new double[] {7}), new LassoParameters(0, 5, 1e-3, 5, true), CONTEXT)
            .predict(RidgeTrainerTest.matrix(one))[0]);
  }

  @Test
  void learnsWhatAMissingValueMeansAndDropsIndicatorsThatMeanNothing() {
    double[][] x = normal(3, 2000, 21);
    double[] y = new double[2000];
    for (int i = 0; i < y.length; i++) {
      boolean missing = i % 5 == 0;
      y[i] = (missing ? 10 : x[0][i]) + 2 * x[1][i];
      x[0][i] = missing ? Double.POSITIVE_INFINITY : x[0][i];
      x[2][i] = i % 7 == 0 ? Double.NaN : x[2][i];
    }
    ElasticNetModel model = lasso.train(data(x, y), lassoAt(0.2), CONTEXT);
    assertEquals(0, model.slopes()[2], 0);
    assertEquals(0, model.missing()[2], 0);
    // 10 instead of the mean 3, less the penalty over the indicator's deviation 0.4
    assertEquals(10 - 3 - 0.2 / 0.4, model.missing()[0], 0.1);
    assertEquals(
        List.of("intercept", "x0", "x0 missing", "x1", "x2"),
        model.coefficients().stream().map(Coefficient::name).toList());
    assertTrue(Double.isNaN(model.coefficients().getFirst().standardError()));
    var without = lasso.train(data(x, y), new LassoParameters(0.2, 9, 0.1, 0, false), CONTEXT);
    assertEquals(0, without.missing()[0], 0);
  }

  @Test
  void aWeightCountsLikeSoManyEqualRows() {
    double[][] x = normal(4, 300, 22);
    gaps(x[1]);
    double[] y = target(x, 23);
    double[] weights = new double[300];
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i % 4 * 3; // only their proportions matter
      for (int k = 0; k < i % 4; k++) {
        rows.add(i);
      }
    }
    double[][] repeated = new double[4][];
    for (int j = 0; j < 4; j++) {
      double[] column = x[j];
      repeated[j] = rows.stream().mapToDouble(row -> column[row]).toArray();
    }
    double[] repeatedTarget = rows.stream().mapToDouble(row -> y[row]).toArray();
    for (int step : new int[] {3, 10, 30}) {
      ElasticNetParameters parameters = parameters(0.8, 0, 30, 1e-3, step);
      ElasticNetModel weighted = trainer.train(data(x, y, weights), parameters, CONTEXT);
      ElasticNetModel plain = trainer.train(data(repeated, repeatedTarget), parameters, CONTEXT);
      assertArrayEquals(plain.slopes(), weighted.slopes(), 1e-11);
      assertArrayEquals(plain.missing(), weighted.missing(), 1e-11);
      assertEquals(plain.lambda(), weighted.lambda(), 1e-12);
    }
  }

  @Test
  void hasTheSameBytesForAnyNumberOfThreads() {
    double[][] x = normal(8, 60_001, 24);
    gaps(x[3]);
    double[] y = target(x, 25);
    double[][] later = normal(8, 20_000, 26);
    TrainingData data =
        new TrainingData(
            RidgeTrainerTest.matrix(x), y, RidgeTrainerTest.matrix(later), target(later, 27));
    byte[] one = bytes(data, 1);
    for (int threads : new int[] {2, 3, 8}) {
      assertArrayEquals(one, bytes(data, threads), threads + " threads");
    }
  }

  private byte[] bytes(TrainingData data, int threads) {
    return trainer
        .train(data, parameters(0.5, 0, 20, 1e-3, 0), new Context("s", 1, threads, Progress.NONE))
        .encode();
  }

  @Test
  void decodesWhatItEncodedAndRejectsEveryCut() {
    double[][] x = normal(2, 50, 28);
    gaps(x[1]);
    ElasticNetModel model =
        lasso.train(data(x, target(x, 29)), new LassoParameters(0, 4, 1e-3, 3, true), CONTEXT);
    byte[] bytes = model.encode();
    ElasticNetModel again = lasso.decode(bytes);
    assertArrayEquals(bytes, again.encode());
    assertEquals("lasso", again.trainer());
    assertEquals(3, again.steps());
    assertArrayEquals(
        model.predict(RidgeTrainerTest.matrix(x)), again.predict(RidgeTrainerTest.matrix(x)), 0);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      var error = assertThrows(SlipstreamException.class, () -> lasso.decode(cut));
      assertEquals(Category.CORRUPT, error.category());
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(SlipstreamException.class, () -> lasso.decode(longer));
    byte[] newer = bytes.clone();
    newer[8] = 2;
    var error = assertThrows(SlipstreamException.class, () -> lasso.decode(newer));
    assertTrue(error.getMessage().contains("newer Slipstream"), error.getMessage());
    var other = assertThrows(SlipstreamException.class, () -> trainer.decode(bytes));
    assertTrue(other.getMessage().contains("made by 'lasso'"), other.getMessage());
  }

  @Test
  void stopsWhenCancelledOnThePath() {
    double[][] x = normal(30, 200, 30);
    boolean[] onPath = {false};
    Progress progress =
        new Progress() {
          @Override
          public void stage(String stage, long done, long total, String unit) {
            onPath[0] |= unit.equals("lambdas") && done == 5;
          }

          @Override
          public boolean cancelled() {
            return onPath[0];
          }
        };
    var error =
        assertThrows(
            SlipstreamException.class,
            () ->
                lasso.train(
                    data(x, target(x, 31)),
                    new LassoParameters(0, 100, 1e-3, 100, true),
                    new Context("s", 1, 1, progress)));
    assertEquals(Category.CANCELLED, error.category());
  }

  @Test
  void warnsWhereTheFeaturesAreTooDependentToBeExact() {
    assertEquals(List.of(), warnings(nearlyDependent(30, 2000, 1e-3)));
    List<String> warnings = warnings(nearlyDependent(12, 300, 1e-6));
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("nearly dependent"), warnings.getFirst());
  }

  private List<String> warnings(double[][] x) {
    List<String> messages = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    lasso.train(
        data(x, target(x, 32)),
        new LassoParameters(0, 100, 1e-6, 100, true),
        new Context("s", 1, 1, progress));
    return messages;
  }

  // ---------------------------------------------------------------- helpers

  /** The defaults of glmnet's lambda.min.ratio. */
  @Test
  void thePathEndsWhereGlmnetsDoes() {
    SplittableRandom random = new SplittableRandom(3);
    for (int rows : new int[] {40, 8}) {
      double[][] x = new double[20][rows];
      double[] y = new double[rows];
      for (int i = 0; i < rows; i++) {
        y[i] = random.nextDouble();
        for (double[] column : x) {
          column[i] = random.nextDouble();
        }
      }
      var path = lasso.train(data(x, y), new LassoParameters(0, 100, 0, 100, true), CONTEXT).path();
      double ratio = path.getLast().lambda() / path.getFirst().lambda();
      assertEquals(rows > 20 ? 1e-4 : 1e-2, ratio, 1e-12);
    }
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> new LassoParameters(0, 100, 1e-12, 0, true));
    assertTrue(e.getMessage().startsWith("lambda_ratio 1.0E-12 is below"), e.getMessage());
  }

  private static ElasticNetParameters parameters(
      double ratio, double lambda, int lambdas, double lambdaRatio, int step) {
    return new ElasticNetParameters(ratio, lambda, lambdas, lambdaRatio, step, true);
  }

  private static LassoParameters lassoAt(double lambda) {
    return new LassoParameters(lambda, 100, 1e-3, 0, true);
  }

  private static TrainingData data(double[][] x, double[] y) {
    return data(x, y, null);
  }

  private static TrainingData data(double[][] x, double[] y, double[] weights) {
    return new TrainingData(
        RidgeTrainerTest.matrix(x),
        y,
        new RowFacts(weights, null, null, null),
        RidgeTrainerTest.matrix(new double[x.length][0]),
        new double[0],
        RowFacts.NONE);
  }

  private static double rmse(ElasticNetModel model, PathPoint point, double[][] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      double error = y[i] - model.intercept();
      for (int j = 0; j < x.length; j++) {
        error -= point.slopes()[j] * (x[j][i] - model.means()[j]);
      }
      sum += error * error;
    }
    return Math.sqrt(sum / y.length);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(each -> each * each).sum());
  }

  private static double[][] normal(int features, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] x = new double[features][rows];
    for (double[] column : x) {
      Arrays.setAll(column, i -> 3 + 2 * random.nextGaussian());
    }
    return x;
  }

  /** A random walk through the features, each the one before it and a little noise. */
  private static double[][] nearlyDependent(int features, int rows, double noise) {
    double[][] x = normal(features, rows, 99);
    for (int j = 1; j < features; j++) {
      for (int i = 0; i < rows; i++) {
        x[j][i] = x[j - 1][i] + noise * x[j][i];
      }
    }
    return x;
  }

  private static double[][] equal(int features, int rows) {
    double[][] x = normal(features, rows, 98);
    x[1] = x[0].clone();
    return x;
  }

  private static void gaps(double[] column) {
    for (int i = 0; i < column.length; i += 7) {
      column[i] = Double.NaN;
    }
  }

  /** A plane of falling slopes of alternating sign, and noise. */
  private static double[] target(double[][] x, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] y = new double[x[0].length];
    for (int i = 0; i < y.length; i++) {
      y[i] = 5 + random.nextGaussian();
      for (int j = 0; j < x.length; j++) {
        double value = Double.isFinite(x[j][i]) ? x[j][i] : 1;
        y[i] += (j % 2 == 0 ? 2.0 : -2.0) / (j + 1) * value;
      }
    }
    return y;
  }

  /** The first three features matter. */
  private static double[] sparse(double[][] x, long seed, double noise) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] y = new double[x[0].length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[0][i] - 0.8 * x[1][i] + 0.6 * x[2][i] + noise * random.nextGaussian();
    }
    return y;
  }
}
