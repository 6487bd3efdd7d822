package slipstream.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.training.evaluation.CostCurve.Band;

class CostCurveTest {
  private static final double NAN = Double.NaN;

  /** Predicts {@code 10 * size + spread}, plus an amount by output. */
  private record Sum(List<Output> outputs, int headline, double[] more, Optional<Double> error)
      implements Model {
    Sum(Optional<Double> error) {
      this(List.of(Output.ONLY), 0, new double[1], error);
    }

    @Override
    public String trainer() {
      return "sum";
    }

    @Override
    public List<String> features() {
      return List.of("spread", "size");
    }

    @Override
    public void predict(FeatureMatrix rows, double[] result) {
      double[][] all = new double[outputs.size()][rows.rows()];
      predictAll(rows, all);
      System.arraycopy(all[headline], 0, result, 0, result.length);
    }

    @Override
    public void predictAll(FeatureMatrix rows, double[][] result) {
      for (int k = 0; k < result.length; k++) {
        for (int i = 0; i < rows.rows(); i++) {
          result[k][i] = 10 * rows.get(i, 1) + rows.get(i, 0) + more[k];
        }
      }
    }

    @Override
    public Optional<double[]> standardErrors(FeatureMatrix rows) {
      return error.map(
          each -> {
            double[] errors = new double[rows.rows()];
            Arrays.fill(errors, each);
            return errors;
          });
    }

    @Override
    public byte[] encode() {
      throw new UnsupportedOperationException();
    }

    @Override
    public SequencedMap<String, Double> importance() {
      return new LinkedHashMap<>();
    }
  }

  @Test
  void variesOneFeatureAndHoldsTheOthers() {
    CostCurve curve =
        CostCurve.of(
            new Sum(Optional.empty()), new double[] {2, 99}, "size", new double[] {0, 1, 3});
    assertArrayEquals(new double[] {2, 12, 32}, curve.predicted());
    assertEquals(Band.NONE, curve.band());
    assertArrayEquals(new double[] {NAN, NAN, NAN}, curve.low());
    assertEquals(NAN, curve.level());
  }

  @Test
  void theBandIsFromTheLowestToTheHighestQuantile() {
    List<Model.Output> outputs =
        List.of(
            Model.Output.ofQuantile(0.5),
            Model.Output.ofQuantile(0.95),
            Model.Output.ofQuantile(0.05));
    Model model = new Sum(outputs, 0, new double[] {0, 7, -4}, Optional.empty());
    CostCurve curve = CostCurve.of(model, new double[] {2, NAN}, "size", new double[] {1, 2});
    assertEquals(Band.QUANTILES, curve.band());
    assertEquals(0.9, curve.level(), 1e-12);
    assertArrayEquals(new double[] {12, 22}, curve.predicted());
    assertArrayEquals(new double[] {8, 18}, curve.low());
    assertArrayEquals(new double[] {19, 29}, curve.high());
  }

  @Test
  void theBandOfStandardErrorsIs95Percent() {
    CostCurve curve =
        CostCurve.of(new Sum(Optional.of(2.0)), new double[] {0, 0}, "size", new double[] {1});
    assertEquals(Band.COEFFICIENTS, curve.band());
    assertEquals(0.95, curve.level());
    assertEquals(10 - 2 * 1.96, curve.low()[0], 1e-4);
    assertEquals(10 + 2 * 1.96, curve.high()[0], 1e-4);
  }

  @Test
  void saysWhatIsWrong() {
    Model model = new Sum(Optional.empty());
    double[] row = {1, 2};
    double[] grid = {1, 2};
    assertProblem("no feature 'sise'", () -> CostCurve.of(model, row, "sise", grid));
    assertProblem("has 1 values", () -> CostCurve.of(model, new double[1], "size", grid));
    assertProblem("0 points", () -> CostCurve.of(model, row, "size", new double[0]));
    assertProblem("1.0 after 1.0", () -> CostCurve.of(model, row, "size", new double[] {1, 1}));
    assertProblem("holds NaN", () -> CostCurve.of(model, row, "size", new double[] {NAN}));
    assertProblem("from 2.0 to 1.0", () -> CostCurve.grid(2, 1, 5, false));
    assertProblem("from 0.0 to 1.0", () -> CostCurve.grid(0, 1, 5, true));
    assertProblem("cannot have 1 points", () -> CostCurve.grid(0, 1, 1, false));
  }

  private static void assertProblem(String part, Runnable action) {
    SlipstreamException e = assertThrows(SlipstreamException.class, action::run);
    assertEquals(SlipstreamException.Category.INVALID_INPUT, e.category());
    assertTrue(e.problem().contains(part), e.problem());
    assertTrue(!e.remedy().isEmpty());
  }

  @Test
  void gridsHaveTheirEndsExactly() {
    assertArrayEquals(new double[] {0, 0.25, 0.5, 0.75, 1}, CostCurve.grid(0, 1, 5, false), 1e-15);
    double[] decades = CostCurve.grid(1e-4, 1, 5, true);
    assertEquals(1e-4, decades[0]);
    assertEquals(1, decades[4]);
    assertArrayEquals(new double[] {1e-4, 1e-3, 1e-2, 0.1, 1}, decades, 1e-12);
    double next = Math.nextUp(1.0);
    assertArrayEquals(new double[] {1, next}, CostCurve.grid(1, next, 9, false));
  }

  @Test
  void mediansAreOfWhatIsKnown() {
    FeatureMatrix rows =
        FeatureMatrix.ofColumns(
            List.of("a", "b", "c"),
            new double[][] {{3, 1, 2, NAN}, {4, 1, 2, 3}, {NAN, NAN, NAN, NAN}});
    assertArrayEquals(new double[] {2, 2, NAN}, CostCurve.medians(rows));
  }
}
