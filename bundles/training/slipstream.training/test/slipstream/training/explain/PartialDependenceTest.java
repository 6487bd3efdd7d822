package slipstream.training.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;
import slipstream.training.explain.PartialDependence.Options;

class PartialDependenceTest {
  private static final List<String> NAMES = List.of("a", "b");

  @Test
  void averagesTheRowsAtEachValueOfTheGrid() {
    double[][] columns = gaussian(1, 500, 2);
    columns[0][3] = Double.NaN;
    columns[0][4] = Double.POSITIVE_INFINITY;
    FormulaModel model =
        new FormulaModel(NAMES, x -> Double.isNaN(x[0]) ? 100 + x[1] : x[0] * x[0] + x[0] * x[1]);
    FeatureMatrix rows = FeatureMatrix.ofColumns(NAMES, columns);
    var result = PartialDependence.of(model, rows, 0, new Options(11, 100, 2));
    assertEquals("a", result.feature());
    double[] known = Arrays.stream(columns[0]).filter(Double::isFinite).sorted().toArray();
    for (int g = 0; g < 11; g++) {
      double v = known[g * (known.length - 1) / 10];
      assertEquals(v, result.grid()[g]);
      double sum = 0;
      for (int i = 0; i < 100; i++) {
        assertEquals(5 * i, result.rows()[i]);
        double expected = v * v + v * columns[1][5 * i];
        assertEquals(expected, result.individual()[i][g]);
        sum += expected;
      }
      assertEquals(sum / 100, result.mean()[g], 1e-12);
    }
    double missing =
        IntStream.range(0, 100).mapToDouble(i -> columns[1][5 * i]).average().orElse(0);
    assertEquals(100 + missing, result.missing(), 1e-10);
    var b = PartialDependence.of(model, rows, 1, Options.of(1));
    assertTrue(Double.isNaN(b.missing()));
    assertEquals(500, b.rows().length);
  }

  @Test
  void valuesThatOccurOftenAreOnTheGridOnce() {
    double[][] columns = {{2, 0.0, 2, -0.0, 2, 2, 2, 7}, new double[8]};
    FormulaModel model = new FormulaModel(NAMES, x -> x[0]);
    FeatureMatrix rows = FeatureMatrix.ofColumns(NAMES, columns);
    var result = PartialDependence.of(model, rows, 0, Options.of(1));
    assertArrayEquals(new double[] {0, 2, 7}, result.grid());
    assertArrayEquals(new double[] {0, 2, 7}, result.mean());
    var constant = PartialDependence.of(model, rows, 1, Options.of(1));
    assertArrayEquals(new double[] {0}, constant.grid());
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    FeatureMatrix rows = FeatureMatrix.ofColumns(NAMES, gaussian(2, 700, 2));
    FormulaModel model = new FormulaModel(NAMES, x -> Math.exp(x[0] * x[1]));
    var one = PartialDependence.of(model, rows, 1, new Options(20, 300, 1));
    var four = PartialDependence.of(model, rows, 1, new Options(20, 300, 4));
    assertArrayEquals(one.mean(), four.mean());
    assertArrayEquals(one.individual()[299], four.individual()[299]);
  }

  @Test
  void aFeatureWithoutValuesIsRefused() {
    double[][] columns = {{Double.NaN, Double.NEGATIVE_INFINITY}, {1, 2}};
    FormulaModel model = new FormulaModel(NAMES, x -> x[1]);
    FeatureMatrix rows = FeatureMatrix.ofColumns(NAMES, columns);
    var e =
        assertThrows(
            SlipstreamException.class, () -> PartialDependence.of(model, rows, 0, Options.of(1)));
    assertTrue(e.getMessage().contains("a has no finite value in 2 rows"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Options(1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Options(2, 0, 1));
  }

  private static double[][] gaussian(long seed, int rows, int features) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] columns = new double[features][rows];
    for (double[] column : columns) {
      Arrays.setAll(column, i -> random.nextGaussian());
    }
    return columns;
  }
}
