package slipstream.training.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.spi.Trainer.TrainingData;

class RidgeTrainerTest {
  private final RidgeTrainer trainer = new RidgeTrainer();

  @Test
  void recoversThePlaneThatTheDataLieOn() {
    double[][] x = normal(3, 500, 1);
    scale(x[1], 1e6, 1e8);
    double[] y = target(x, 5, 2, -3e-6, 0);

    RidgeModel model = fit(x, y, 0, true, 1);

    assertEquals(2, model.slopes()[0], 1e-9);
    assertEquals(-3e-6, model.slopes()[1], 1e-14);
    assertEquals(0, model.slopes()[2], 1e-9);
    assertArrayEquals(y, model.predict(matrix(x)), 1e-7);
  }

  @Test
  void agreesWithTheNormalEquationsSolvedByHand() {
    // x standardised is (-1, -1, 1, 1); y centred is (-2, -1, 1, 2): slope = 1.5 / (1 + l2).
    double[][] x = {{10, 10, 20, 20}};
    double[] y = {1, 2, 4, 5};

    RidgeModel model = fit(x, y, 0.5, false, 1);

    assertEquals(3, model.intercept(), 1e-15);
    assertEquals(1.0 / 5, model.slopes()[0], 1e-15);
    assertEquals(15, model.means()[0], 0);
    assertEquals(5, model.deviations()[0], 0);
  }

  @Test
  void hasTheSameBytesForAnyNumberOfThreads() {
    double[][] x = normal(7, 100_003, 2);
    for (int i = 0; i < x[3].length; i += 7) {
      x[3][i] = Double.NaN;
    }
    double[] y = target(x, 1, 1, 2, 3);
    byte[] one = fit(x, y, 0.01, true, 1).encode();
    for (int threads : new int[] {2, 3, 8}) {
      assertArrayEquals(one, fit(x, y, 0.01, true, threads).encode(), threads + " threads");
    }
  }

  @Test
  void aWeightCountsLikeSoManyEqualRows() {
    double[][] x = normal(3, 400, 9);
    for (int i = 0; i < x[1].length; i += 5) {
      x[1][i] = Double.NaN;
    }
    double[] y = target(x, 1, 2, 0, -1);
    for (int i = 0; i < y.length; i++) {
      y[i] = Double.isNaN(y[i]) ? i % 3 : y[i];
    }
    double[] weights = new double[y.length];
    int rows = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i % 4;
      rows += i % 4;
    }
    double[][] repeated = new double[x.length][rows];
    double[] repeatedTarget = new double[rows];
    int at = 0;
    for (int i = 0; i < weights.length; i++) {
      for (int k = 0; k < weights[i]; k++, at++) {
        for (int j = 0; j < x.length; j++) {
          repeated[j][at] = x[j][i];
        }
        repeatedTarget[at] = y[i];
      }
      weights[i] *= 7; // only their proportions matter
    }
    RidgeModel weighted = fit(x, y, weights, 0.3, true, 2);
    RidgeModel plain = fit(repeated, repeatedTarget, 0.3, true, 2);
    assertArrayEquals(plain.slopes(), weighted.slopes(), 1e-12);
    assertArrayEquals(plain.missing(), weighted.missing(), 1e-12);
    assertEquals(plain.intercept(), weighted.intercept(), 1e-12);
    java.util.Arrays.fill(weights, 1);
    assertArrayEquals(fit(x, y, 0.3, true, 2).encode(), fit(x, y, weights, 0.3, true, 3).encode());
  }

  @Test
  void givesConstantAndDependentFeaturesNoCoefficient() {
    double[][] x = normal(4, 300, 3);
    Arrays.fill(x[1], 0.1);
    for (int i = 0; i < x[0].length; i++) {
      x[2][i] = 4 - 2 * x[0][i];
    }
    double[] y = target(x, 0, 1, 0, 0);

    RidgeModel model = fit(x, y, 0, true, 1);

    assertEquals(1, model.slopes()[0], 1e-9);
    assertEquals(0, model.slopes()[1], 0);
    assertEquals(0, model.slopes()[2], 0);
    assertEquals(0, model.deviations()[1], 0);
  }

  @Test
  void splitsTheWeightOfEqualFeaturesWhenPenalised() {
    double[][] x = normal(2, 300, 3);
    x[1] = x[0].clone();

    RidgeModel model = fit(x, target(x, 0, 1, 1), 0.001, true, 1);

    assertEquals(model.slopes()[0], model.slopes()[1], 1e-6);
    assertEquals(2, model.slopes()[0] + model.slopes()[1], 1e-2);
  }

  @Test
  void learnsWhatAMissingValueMeans() {
    double[][] x = normal(2, 1000, 4);
    double[] y = target(x, 1, 2, 1);
    for (int i = 0; i < y.length; i += 5) {
      y[i] = 1 + x[1][i] + 40; // the first term is replaced by 40
      x[0][i] = Double.NaN;
    }

    RidgeModel model = fit(x, y, 0, true, 1);

    assertArrayEquals(y, model.predict(matrix(x)), 1e-9);
    RidgeModel without = fit(x, y, 0, false, 1);
    assertEquals(0, without.missing()[0], 0);
    // An infinite value is unknown too.
    double[][] row = {{Double.POSITIVE_INFINITY}, {0}};
    double[][] unknown = {{Double.NaN}, {0}};
    assertArrayEquals(model.predict(matrix(unknown)), model.predict(matrix(row)), 0);
  }

  @Test
  void ignoresAFeatureThatIsAlwaysMissing() {
    double[][] x = normal(2, 100, 5);
    Arrays.fill(x[1], Double.NaN);
    RidgeModel model = fit(x, target(new double[][] {x[0]}, 1, 2), 0, true, 1);
    assertEquals(2, model.slopes()[0], 1e-9);
    assertEquals(0, model.slopes()[1], 0);
    assertEquals(0, model.missing()[1], 0);
  }

  @Test
  void survivesHugeValues() {
    double[][] x = normal(2, 100, 6);
    for (int i = 0; i < 100; i++) {
      x[0][i] *= 1e300;
    }
    double[] y = IntStream.range(0, 100).mapToDouble(i -> x[0][i] / 1e300 + x[1][i]).toArray();
    assertArrayEquals(y, fit(x, y, 0, true, 1).predict(matrix(x)), 1e-9);
  }

  @Test
  void importanceAddsUpToOneAndIsInOrder() {
    double[][] x = normal(3, 400, 7);
    RidgeModel model = fit(x, target(x, 0, 1, -5, 0.5), 0, true, 1);
    var importance = model.importance();
    assertEquals(List.of("x1", "x0", "x2"), List.copyOf(importance.keySet()));
    assertEquals(1, importance.values().stream().mapToDouble(v -> v).sum(), 1e-12);
  }

  @Test
  void decodesWhatItEncodedAndRejectsEveryCut() {
    double[][] x = normal(2, 50, 8);
    RidgeModel model = fit(x, target(x, 0, 1, 1), 0, true, 1);
    byte[] bytes = model.encode();
    RidgeModel again = trainer.decode(bytes);
    assertArrayEquals(bytes, again.encode());
    assertArrayEquals(model.predict(matrix(x)), again.predict(matrix(x)), 0);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      var error = assertThrows(SlipstreamException.class, () -> trainer.decode(cut));
      assertEquals(Category.CORRUPT, error.category());
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(SlipstreamException.class, () -> trainer.decode(longer));
    byte[] newer = bytes.clone();
    newer[8] = 2;
    var error = assertThrows(SlipstreamException.class, () -> trainer.decode(newer));
    assertTrue(error.getMessage().contains("newer Slipstream"), error.getMessage());
    byte[] many = bytes.clone();
    many[15] = 0x7f;
    assertThrows(SlipstreamException.class, () -> trainer.decode(many));
  }

  @Test
  void stopsWhenCancelled() {
    double[][] x = normal(3, 200_000, 9);
    double[] y = target(x, 0, 1, 1, 1);
    AtomicInteger asked = new AtomicInteger();
    Progress cancelled =
        new Progress() {
          @Override
          public boolean cancelled() {
            return asked.incrementAndGet() > 20;
          }
        };
    var error =
        assertThrows(
            SlipstreamException.class,
            () ->
                trainer.train(
                    data(x, y), new RidgeParameters(0, true), new Context("s", 1, 2, cancelled)));
    assertEquals(Category.CANCELLED, error.category());
  }

  @Test
  void saysWhatIsWrongWithTheData() {
    assertThrows(SlipstreamException.class, () -> fit(new double[1][0], new double[0], 0, true, 1));
    double[][] x = normal(1, 3, 1);
    assertThrows(
        SlipstreamException.class, () -> fit(x, new double[] {1, Double.NaN, 2}, 0, true, 1));
  }

  private RidgeModel fit(double[][] x, double[] y, double l2, boolean indicators, int threads) {
    return trainer.train(
        data(x, y),
        new RidgeParameters(l2, indicators),
        new Context("test", 1, threads, Progress.NONE));
  }

  private RidgeModel fit(
      double[][] x, double[] y, double[] weights, double l2, boolean indicators, int threads) {
    return trainer.train(
        new TrainingData(
            matrix(x),
            y,
            new RowFacts(weights, null, null, null),
            matrix(new double[x.length][0]),
            new double[0],
            RowFacts.NONE),
        new RidgeParameters(l2, indicators),
        new Context("test", 1, threads, Progress.NONE));
  }

  private static TrainingData data(double[][] x, double[] y) {
    return new TrainingData(matrix(x), y, matrix(new double[x.length][0]), new double[0]);
  }

  static FeatureMatrix matrix(double[][] x) {
    return FeatureMatrix.ofColumns(IntStream.range(0, x.length).mapToObj(j -> "x" + j).toList(), x);
  }

  private static double[][] normal(int features, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] x = new double[features][rows];
    for (int i = 0; i < rows; i++) {
      for (double[] column : x) {
        column[i] = random.nextGaussian();
      }
    }
    return x;
  }

  private static void scale(double[] values, double factor, double shift) {
    for (int i = 0; i < values.length; i++) {
      values[i] = shift + factor * values[i];
    }
  }

  private static double[] target(double[][] x, double intercept, double... slopes) {
    double[] y = new double[x[0].length];
    for (int i = 0; i < y.length; i++) {
      y[i] = intercept;
      for (int j = 0; j < slopes.length; j++) {
        y[i] += Double.isNaN(x[j][i]) ? 0 : slopes[j] * x[j][i];
      }
    }
    return y;
  }
}
