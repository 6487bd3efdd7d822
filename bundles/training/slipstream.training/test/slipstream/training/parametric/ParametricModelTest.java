package slipstream.training.parametric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;

class ParametricModelTest {
  private static final CostFormula SQUARE_ROOT =
      new Formulas.WithLinear(
          new Formulas.SquareRoot(new int[] {0, 1}, List.of()), true, new int[0], List.of());

  private final double[] sigma = new double[400];
  private final double[] share = new double[400];
  private final double[] cost = new double[400];
  private ParametricFit.Result result;

  private ParametricModel fitted(double noise, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < cost.length; i++) {
      sigma[i] = 200 * Math.exp(0.3 * random.nextGaussian());
      share[i] = 1e-4 * Math.pow(2500, random.nextDouble());
      cost[i] = 0.9 * sigma[i] * Math.sqrt(share[i]) + 2 + noise * random.nextGaussian();
    }
    FeatureMatrix rows =
        FeatureMatrix.ofColumns(List.of("sigma", "share"), new double[][] {sigma, share});
    ParametricFit.Options of = ParametricFit.Options.of(SQUARE_ROOT);
    ParametricFit.Options options =
        new ParametricFit.Options(of.low(), of.high(), Loss.SQUARED, 5, 0.95, 1, Progress.NONE);
    result = ParametricFit.fit(SQUARE_ROOT, rows, cost, null, null, options);
    double[] truth = new double[SQUARE_ROOT.terms().size()];
    Arrays.fill(truth, Double.NaN);
    return ParametricModel.of("square-root", rows, SQUARE_ROOT, result, truth, 5);
  }

  private static FeatureMatrix row(double sigma, double share) {
    return FeatureMatrix.ofColumns(List.of("sigma", "share"), new double[][] {{sigma}, {share}});
  }

  /** The same by differences of the formula. */
  @Test
  void standardErrorsAreThoseOfTheDeltaMethod() {
    ParametricModel model = fitted(10, 1);
    double[] x = {150, 0.02};
    double[] theta = result.estimates();
    double[] slope = new double[theta.length];
    for (int j = 0; j < theta.length; j++) {
      double step = 1e-6 * Math.max(1, Math.abs(theta[j]));
      double[] up = theta.clone();
      double[] down = theta.clone();
      up[j] += step;
      down[j] -= step;
      slope[j] = (SQUARE_ROOT.value(x, up, null) - SQUARE_ROOT.value(x, down, null)) / (2 * step);
    }
    double variance = 0;
    for (int j = 0; j < theta.length; j++) {
      for (int k = 0; k < theta.length; k++) {
        variance += slope[j] * result.covariance()[j][k] * slope[k];
      }
    }
    double found = model.standardErrors(row(x[0], x[1])).orElseThrow()[0];
    assertEquals(Math.sqrt(variance), found, 1e-5 * found);
  }

  /** 95% bands hold the true curve in about 95 of 100 samples. */
  @Test
  void bandsHoldTheTrueCurve() {
    int held = 0;
    int seeds = 200;
    for (int seed = 0; seed < seeds; seed++) {
      ParametricModel model = fitted(10, seed);
      double value = model.predict(row(200, 0.05))[0];
      double error = model.standardErrors(row(200, 0.05)).orElseThrow()[0];
      double truth = 0.9 * 200 * Math.sqrt(0.05) + 2;
      held += Math.abs(value - truth) <= 1.96 * error ? 1 : 0;
    }
    // Four standard errors of a count of 200 at 0.95.
    assertEquals(0.95 * seeds, held, 4 * Math.sqrt(0.95 * 0.05 * seeds));
  }

  @Test
  void unknownInputsHaveNoStandardError() {
    double[] errors = fitted(10, 1).standardErrors(row(Double.NaN, 0.1)).orElseThrow();
    assertArrayEquals(new double[] {Double.NaN}, errors);
  }

  @Test
  void filesKeepTheCovarianceAndOlderOnesDoWithoutIt() {
    ParametricModel model = fitted(10, 1);
    byte[] bytes = model.encode();
    ParametricModel read = ParametricModel.decode(bytes, "square-root");
    assertArrayEquals(bytes, read.encode());
    assertArrayEquals(
        model.standardErrors(row(150, 0.1)).orElseThrow(),
        read.standardErrors(row(150, 0.1)).orElseThrow());

    int covariance = 4 + 8 * result.covariance().length * result.covariance().length;
    byte[] first = Arrays.copyOf(bytes, bytes.length - covariance);
    ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 1);
    ParametricModel old = ParametricModel.decode(first, "square-root");
    assertTrue(old.standardErrors(row(150, 0.1)).isEmpty());
    assertArrayEquals(model.predict(row(150, 0.1)), old.predict(row(150, 0.1)));
    assertTrue(
        ParametricModel.decode(old.encode(), "square-root")
            .standardErrors(row(150, 0.1))
            .isEmpty());

    byte[] wrong = bytes.clone();
    ByteBuffer.wrap(wrong).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - covariance, 2);
    assertThrows(SlipstreamException.class, () -> ParametricModel.decode(wrong, "square-root"));
  }
}
