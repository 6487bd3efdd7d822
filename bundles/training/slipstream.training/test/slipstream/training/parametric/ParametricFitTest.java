package slipstream.training.parametric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LeastSquaresBuilder;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LevenbergMarquardtOptimizer;
import org.hipparchus.util.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;

class ParametricFitTest {
  private static final CostFormula SQUARE_ROOT =
      new Formulas.WithLinear(
          new Formulas.SquareRoot(new int[] {0, 1}, List.of()), true, new int[0], List.of());

  private static final double[] TRUTH = {0.9, 0.5, 2};

  private record Data(FeatureMatrix features, double[] target) {}

  private static Data data(int n, double noise, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] sigma = new double[n];
    double[] share = new double[n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      sigma[i] = 200 * Math.exp(0.3 * random.nextGaussian());
      share[i] = 1e-4 * Math.pow(2500, random.nextDouble());
      y[i] = SQUARE_ROOT.value(new double[] {sigma[i], share[i]}, TRUTH, null);
      y[i] += noise * random.nextGaussian();
    }
    return new Data(
        FeatureMatrix.ofColumns(List.of("sigma", "share"), new double[][] {sigma, share}), y);
  }

  private static ParametricFit.Options options(Loss loss, int threads) {
    ParametricFit.Options of = ParametricFit.Options.of(SQUARE_ROOT);
    return new ParametricFit.Options(of.low(), of.high(), loss, 5, 0.95, threads, Progress.NONE);
  }

  private static ParametricFit.Result fit(Data data, ParametricFit.Options options) {
    return ParametricFit.fit(SQUARE_ROOT, data.features, data.target, null, null, options);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void withoutNoiseTheTruthIsFound(Loss loss) {
    ParametricFit.Result result = fit(data(2000, 0, 1), options(loss, 2));
    for (int j = 0; j < TRUTH.length; j++) {
      assertEquals(TRUTH[j], result.estimates()[j], 1e-9 * Math.abs(TRUTH[j]));
    }
  }

  /** The same minimum as Hipparchus' optimiser with the whole Jacobian. */
  @Test
  void agreesWithTheOptimiserOnAllRows() {
    Data data = data(500, 20, 2);
    int n = data.target.length;
    var problem =
        new LeastSquaresBuilder()
            .start(new double[] {1, 0.4, 0})
            .target(data.target)
            .model(
                point -> {
                  double[] value = new double[n];
                  double[][] jacobian = new double[n][3];
                  for (int i = 0; i < n; i++) {
                    double[] x = {data.features.get(i, 0), data.features.get(i, 1)};
                    value[i] = SQUARE_ROOT.value(x, point.toArray(), jacobian[i]);
                  }
                  RealMatrix matrix = MatrixUtils.createRealMatrix(jacobian);
                  return new Pair<>(new ArrayRealVector(value), matrix);
                })
            .lazyEvaluation(false)
            .maxEvaluations(1000)
            .maxIterations(1000)
            .build();
    double[] expected = new LevenbergMarquardtOptimizer().optimize(problem).getPoint().toArray();
    double[] found = fit(data, options(Loss.SQUARED, 1)).estimates();
    assertArrayEquals(expected, found, 1e-5);
  }

  private record Line() implements CostFormula {
    @Override
    public String kind() {
      return "line";
    }

    @Override
    public List<Term> terms() {
      return List.of(Term.linear("a"), Term.linear("b"));
    }

    @Override
    public int[] inputs() {
      return new int[1];
    }

    @Override
    public List<String> options() {
      return List.of();
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      if (gradient != null) {
        gradient[0] = 1;
        gradient[1] = x[0];
      }
      return theta[0] + theta[1] * x[0];
    }
  }

  private static Data line(SplittableRandom random, int n, int[] clusters) {
    double[] x = random.doubles(n, 1, 9).toArray();
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * x[i];
      y[i] = 1 + 2 * x[i] + random.nextGaussian() + clusters[i] % 3;
    }
    return new Data(FeatureMatrix.ofColumns(List.of("x"), new double[][] {x}), y);
  }

  /** With clusters, the errors of a linear model are those of leaving out each cluster and fitting anew. */
  @Test
  void errorsAreTheJackknifes() {
    SplittableRandom random = new SplittableRandom(3);
    int n = 300;
    int groups = 12;
    double[] w = new double[n];
    int[] clusters = new int[n];
    for (int i = 0; i < n; i++) {
      clusters[i] = random.nextInt(groups);
      w[i] = random.nextInt(4);
    }
    Data data = line(random, n, clusters);
    ParametricFit.Options options = ParametricFit.Options.of(new Line());
    ParametricFit.Result result =
        ParametricFit.fit(new Line(), data.features, data.target, w, clusters, options);
    double[][] expected = new double[2][2];
    for (int g = 0; g < groups; g++) {
      double[] without = w.clone();
      for (int i = 0; i < n; i++) {
        without[i] = clusters[i] == g ? 0 : w[i];
      }
      double[] theta =
          ParametricFit.fit(new Line(), data.features, data.target, without, clusters, options)
              .estimates();
      for (int a = 0; a < 2; a++) {
        for (int b = 0; b < 2; b++) {
          expected[a][b] +=
              (theta[a] - result.estimates()[a])
                  * (theta[b] - result.estimates()[b])
                  * (groups - 1)
                  / groups;
        }
      }
    }
    assertEquals(groups, result.clusters());
    assertEquals(Arrays.stream(w).filter(each -> each > 0).count(), result.rows());
    for (int a = 0; a < 2; a++) {
      assertArrayEquals(expected[a], result.covariance()[a], 1e-9 * expected[0][0]);
    }
    // t(0.975) with 11 degrees of freedom.
    assertEquals(
        2.200985160082949,
        (result.high()[1] - result.low()[1]) / 2 / result.standardError(1),
        1e-9);
  }

  /** Clusters of one row give what no clusters give. */
  @Test
  void everyRowIsAClusterWithoutClusters() {
    SplittableRandom random = new SplittableRandom(4);
    int[] rows = new int[200];
    Arrays.setAll(rows, i -> i);
    Data data = line(random, 200, rows);
    ParametricFit.Options options = ParametricFit.Options.of(new Line());
    ParametricFit.Result none =
        ParametricFit.fit(new Line(), data.features, data.target, null, null, options);
    ParametricFit.Result each =
        ParametricFit.fit(new Line(), data.features, data.target, null, rows, options);
    for (int a = 0; a < 2; a++) {
      assertArrayEquals(none.covariance()[a], each.covariance()[a], 1e-12);
    }
  }

  /** So many clusters are not left out in turn: the plain sandwich is the same to a share of their number. */
  @Test
  void manyClustersGiveTheSameErrorsMoreCheaply() {
    int n = 9_000_000;
    SplittableRandom random = new SplittableRandom(4);
    int[] few = new int[20_000];
    Arrays.setAll(few, i -> i / 2);
    Data data = line(random, 20_000, few);
    ParametricFit.Options options = ParametricFit.Options.of(new Line());
    int[] spread = few.clone();
    spread[19_999] = n; // numbers that are not used cost nothing but this
    spread[19_998] = n;
    ParametricFit.Result jackknife =
        ParametricFit.fit(new Line(), data.features, data.target, null, few, options);
    ParametricFit.Result plain =
        ParametricFit.fit(new Line(), data.features, data.target, null, spread, options);
    assertEquals(jackknife.clusters(), plain.clusters());
    assertEquals(1, plain.standardError(1) / jackknife.standardError(1), 1e-3);
  }

  @Test
  void threadsChangeNothing() {
    Data data = data(60_000, 20, 4);
    for (Loss loss : List.of(Loss.SQUARED, Loss.HUBER)) {
      ParametricFit.Result one = fit(data, options(loss, 1));
      ParametricFit.Result three = fit(data, options(loss, 3));
      assertArrayEquals(one.estimates(), three.estimates());
      assertArrayEquals(one.low(), three.low());
    }
  }

  /** A tenth of the targets are far off: robust losses bear it, the squared one does not. */
  @Test
  void robustLossesBearOutliers() {
    Data data = data(5000, 5, 5);
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < data.target.length; i++) {
      if (random.nextInt(10) == 0) {
        data.target[i] += 2000;
      }
    }
    double squared = Math.abs(fit(data, options(Loss.SQUARED, 1)).estimates()[2] - 2);
    double huber = Math.abs(fit(data, options(Loss.HUBER, 1)).estimates()[2] - 2);
    double softL1 = Math.abs(fit(data, options(Loss.SOFT_L1, 1)).estimates()[2] - 2);
    ParametricFit.Result tukey = fit(data, options(Loss.TUKEY, 1));
    assertTrue(squared > 50, "squared " + squared);
    assertTrue(huber < 2, "huber " + huber);
    assertTrue(softL1 < 2, "soft L1 " + softL1);
    for (int j = 0; j < 3; j++) {
      assertEquals(TRUTH[j], tukey.estimates()[j], 4 * tukey.standardError(j));
    }
  }

  @Test
  void boundsHoldAndGivenCoefficientsStay() {
    Data data = data(3000, 1, 7);
    ParametricFit.Options free = options(Loss.SQUARED, 1);
    double[] low = free.low().clone();
    double[] high = free.high().clone();
    high[1] = 0.4;
    ParametricFit.Result bounded =
        fit(data, new ParametricFit.Options(low, high, Loss.SQUARED, 5, 0.95, 1, Progress.NONE));
    assertEquals(0.4, bounded.estimates()[1], 0);
    assertTrue(bounded.atBound()[1]);
    assertTrue(Double.isNaN(bounded.standardError(1)));
    assertFalse(Double.isNaN(bounded.standardError(0)));
    // The others are as if it had been given there.
    low[1] = 0.4;
    ParametricFit.Result given =
        fit(data, new ParametricFit.Options(low, high, Loss.SQUARED, 5, 0.95, 1, Progress.NONE));
    assertEquals(given.estimates()[0], bounded.estimates()[0], 1e-8);
    assertEquals(given.estimates()[2], bounded.estimates()[2], 1e-6);
    assertEquals(0, given.standardError(1), 0);
    assertEquals(0.4, given.low()[1], 0);
    // A bound that does not bind changes nothing.
    low[1] = 0.3;
    high[1] = 0.7;
    ParametricFit.Result loose =
        fit(data, new ParametricFit.Options(low, high, Loss.SQUARED, 5, 0.95, 1, Progress.NONE));
    assertArrayEquals(fit(data, free).estimates(), loose.estimates(), 1e-8);
  }

  @Test
  void rowsWithUnknownInputsOrNoWeightAreLeftOut() {
    Data data = data(1000, 1, 8);
    double[][] columns = new double[2][1200];
    double[] y = new double[1200];
    double[] w = new double[1200];
    for (int i = 0; i < 1200; i++) {
      boolean good = i % 6 != 5;
      int from = i - i / 6;
      columns[0][i] = good ? data.features.get(from, 0) : i % 4 == 1 ? Double.NaN : 1;
      columns[1][i] = good ? data.features.get(from, 1) : 0.5;
      y[i] = good ? data.target[from] : 1e9;
      w[i] = good || i % 4 == 1 ? 3 : 0;
    }
    ParametricFit.Result result =
        ParametricFit.fit(
            SQUARE_ROOT,
            FeatureMatrix.ofColumns(List.of("sigma", "share"), columns),
            y,
            w,
            null,
            options(Loss.SQUARED, 1));
    ParametricFit.Result plain = fit(data, options(Loss.SQUARED, 1));
    assertEquals(1000, result.rows());
    assertArrayEquals(plain.estimates(), result.estimates(), 1e-7);
    assertEquals(plain.standardError(0), result.standardError(0), 1e-9);
  }

  @Test
  void whatCannotBeFittedIsOneLine() {
    SlipstreamException few =
        assertThrows(SlipstreamException.class, () -> fit(data(3, 1, 9), options(Loss.SQUARED, 1)));
    assertTrue(
        few.getMessage().contains("3 rows with known inputs cannot tell 3"), few.getMessage());
    Data data = data(100, 1, 9);
    double[][] same = new double[2][100];
    Arrays.fill(same[0], 100);
    Arrays.fill(same[1], 0.1);
    Data constant = new Data(FeatureMatrix.ofColumns(List.of("sigma", "share"), same), data.target);
    SlipstreamException collinear =
        assertThrows(SlipstreamException.class, () -> fit(constant, options(Loss.SQUARED, 1)));
    assertTrue(collinear.getMessage().contains("do not tell coefficient"), collinear.getMessage());
    double[][] negative = new double[2][100];
    Arrays.fill(negative[0], 100);
    Arrays.fill(negative[1], -0.1);
    Data sells =
        new Data(FeatureMatrix.ofColumns(List.of("sigma", "share"), negative), data.target);
    SlipstreamException undefined =
        assertThrows(SlipstreamException.class, () -> fit(sells, options(Loss.SQUARED, 1)));
    assertTrue(
        undefined
            .getMessage()
            .contains("not defined on 100 rows, such as sigma = 100.0, share = -0.1"),
        undefined.getMessage());
  }
}
