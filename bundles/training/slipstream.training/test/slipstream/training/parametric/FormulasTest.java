package slipstream.training.parametric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FormulasTest {
  private static int[] first(int n) {
    return java.util.stream.IntStream.range(0, n).toArray();
  }

  static Stream<CostFormula> all() {
    return Stream.of(
        new Formulas.SquareRoot(first(3), List.of()),
        new Formulas.SquareRoot(first(2), List.of()),
        new Formulas.Almgren(first(5), List.of("cost")),
        new Formulas.Almgren(first(5), List.of("permanent")),
        new Formulas.Almgren(first(5), List.of("temporary")),
        new Formulas.IStar(first(4), List.of()),
        new Formulas.Invariance(first(4), List.of()),
        new Formulas.Propagator(first(6), List.of("exponential")),
        new Formulas.Propagator(first(6), List.of("power")),
        new Formulas.SizeCost(first(1), List.of()),
        new Formulas.LogLinear(first(2), List.of("a", "b")),
        new Formulas.SymmetricImpact(first(4), List.of("symmetric")),
        new Formulas.SymmetricImpact(first(4), List.of("cholesky")),
        new Formulas.WithLinear(
            new Formulas.Propagator(first(3), List.of("power")),
            true,
            new int[] {3, 5},
            List.of("u", "v")),
        new Formulas.WithLinear(
            new Formulas.LogLinear(first(2), List.of("a", "b")),
            false,
            new int[] {3},
            List.of("u")));
  }

  private static double[] inputs(CostFormula formula, SplittableRandom random) {
    double[] x = new double[formula.inputs().length];
    for (int i = 0; i < x.length; i++) {
      x[i] = 0.1 + 2 * random.nextDouble();
    }
    if (formula instanceof Formulas.SymmetricImpact) {
      x[0] = random.nextInt(3);
    }
    return x;
  }

  private static double[] coefficients(CostFormula formula, SplittableRandom random) {
    return formula.terms().stream()
        .mapToDouble(
            term ->
                Math.clamp(
                    term.start() + 0.3 * random.nextDouble(), term.low(), term.high() * 0.99))
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("all")
  void derivativesAreThoseOfTheValue(CostFormula formula) {
    SplittableRandom random = new SplittableRandom(4);
    for (int trial = 0; trial < 20; trial++) {
      double[] x = inputs(formula, random);
      double[] theta = coefficients(formula, random);
      double[] gradient = new double[theta.length];
      java.util.Arrays.fill(gradient, Double.NaN);
      double value = formula.value(x, theta, gradient);
      assertEquals(value, formula.value(x, theta, null), 0);
      for (int j = 0; j < theta.length; j++) {
        double step = 1e-6 * Math.max(1, Math.abs(theta[j]));
        double[] up = theta.clone();
        double[] down = theta.clone();
        up[j] += step;
        down[j] -= step;
        double expected = (formula.value(x, up, null) - formula.value(x, down, null)) / (2 * step);
        assertEquals(
            expected, gradient[j], 1e-6 * Math.max(1, Math.abs(expected)), formula + " " + j);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void isMadeAgainFromItsWords(CostFormula formula) {
    CostFormula again = Formulas.of(formula.kind(), formula.inputs(), formula.options());
    SplittableRandom random = new SplittableRandom(5);
    double[] x = inputs(formula, random);
    double[] theta = coefficients(formula, random);
    assertEquals(formula.value(x, theta, null), again.value(x, theta, null), 0);
    assertEquals(formula.terms(), again.terms());
    assertArrayEquals(formula.inputs(), again.inputs());
  }

  @Test
  void wordsThatFitNothingAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Formulas.of("x", first(1), List.of()));
    for (CostFormula formula : all().toList()) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Formulas.of(formula.kind(), new int[0], formula.options()));
      if (!formula.options().isEmpty()) {
        assertThrows(
            IllegalArgumentException.class,
            () -> Formulas.of(formula.kind(), formula.inputs(), List.of()));
      }
    }
  }

  /**
   * The worked example of Almgren et al. (2005), table 3: buying 10% of the daily volume of IBM and DRI; bp, rounded as
   * there.
   */
  @ParameterizedTest
  @CsvSource({
    "157, 6.561e6, 1728e6, 0.1, 20, 22, 32",
    "157, 6.561e6, 1728e6, 0.2, 20, 15, 25",
    "157, 6.561e6, 1728e6, 0.5, 20, 8, 18",
    "226, 1.929e6, 168e6, 0.1, 22, 32, 43",
    "226, 1.929e6, 168e6, 0.2, 22, 21, 32",
    "226, 1.929e6, 168e6, 0.5, 22, 12, 23"
  })
  void almgrensExampleIsReproduced(
      double volatility,
      double volume,
      double outstanding,
      double duration,
      double permanent,
      double temporary,
      double cost) {
    double[] x = {volatility, 0.1 * volume, volume, duration, outstanding};
    double i =
        new Formulas.Almgren(first(5), List.of("permanent"))
            .value(x, new double[] {0.314, 1, 0.25}, null);
    double k =
        new Formulas.Almgren(first(5), List.of("temporary"))
            .value(x, new double[] {0.142, 0.6}, null);
    double j =
        new Formulas.Almgren(first(5), List.of("cost"))
            .value(x, new double[] {0.314, 1, 0.25, 0.142, 0.6}, null);
    assertEquals(permanent, i, 0.51);
    assertEquals(temporary, k, 0.51);
    assertEquals(cost, j, 0.51);
    assertEquals(i / 2 + k, j, 1e-12);
  }

  /**
   * Kyle and Obizhaeva (2016): an order of 1% of the volume of the benchmark stock (σ = 2%, 40 USD, 1 million shares)
   * costs κ0 + κI; by invariance, a stock of eight times the activity has half the spread cost.
   */
  @Test
  void invarianceScalesWithTradingActivity() {
    Formulas.Invariance formula = new Formulas.Invariance(first(4), List.of());
    double[] linear = {8.21, 2.50, 1};
    double[] root = {2.08, 12.08, 0.5};
    double[] benchmark = {0.02, 1e4, 1e6, 40};
    assertEquals(8.21 + 2.50, formula.value(benchmark, linear, null), 1e-12);
    assertEquals(2.08 + 12.08, formula.value(benchmark, root, null), 1e-12);
    double[] active = {0.02, 8e4, 8e6, 40};
    assertEquals(8.21 / 2 + 2.50 * 2, formula.value(active, linear, null), 1e-12);
    assertEquals(2.08 / 2 + 12.08, formula.value(active, root, null), 1e-12);
  }

  /** At full participation I-Star is the instantaneous impact; b1 = 1 leaves the temporary part alone. */
  @Test
  void iStarSplitsIntoItsParts() {
    Formulas.IStar formula = new Formulas.IStar(first(4), List.of());
    double[] published = {708, 0.55, 0.71, 0.50, 0.98};
    double instant = 708 * Math.pow(0.1, 0.55) * Math.pow(0.2, 0.71);
    assertEquals(instant, formula.value(new double[] {1e5, 1e6, 0.2, 1}, published, null), 1e-9);
    assertEquals(
        instant * (0.98 * Math.sqrt(0.1) + 0.02),
        formula.value(new double[] {1e5, 1e6, 0.2, 0.1}, published, null),
        1e-9);
  }

  /** Held flow pushes the price to Γ; after it stops, the price is back at Γ G(k). */
  @Test
  void thePropagatorsReturnsAddUpToItsKernel() {
    for (String kernel : List.of("exponential", "power")) {
      Formulas.Propagator formula = new Formulas.Propagator(first(5), List.of(kernel));
      double[] theta = {3, 0.4};
      double price = 0;
      for (int t = 0; t < 5; t++) {
        double[] x = new double[5];
        x[t] = 1; // one burst of flow, t bars ago
        price += formula.value(x, theta, null);
        double expected = kernel.equals("power") ? Math.pow(1 + t, -0.4) : Math.pow(0.4, t);
        assertEquals(3 * expected, price, 1e-12);
      }
    }
  }

  @Test
  void nothingIsDefinedBelowZero() {
    assertTrue(
        Double.isNaN(
            new Formulas.SquareRoot(first(2), List.of())
                .value(new double[] {1, -1}, new double[] {1, 0.5}, null)));
    assertTrue(
        Double.isNaN(
            new Formulas.SizeCost(first(1), List.of())
                .value(new double[] {0}, new double[5], null)));
  }
}
