package slipstream.features.internal.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.PluginCatalog;
import slipstream.features.internal.kernel.Series;

/** What must hold for every function of the catalogue, whoever brought it. */
class CatalogFunctionsTest {
  private static final PluginCatalog PLUGINS = PluginCatalog.ofClassPath();
  private static final int TRIALS = 60;

  private record Trial(
      FeatureFunction function, int rows, long[] times, double[][] columns, double[] constants) {
    double[] evaluate() {
      return evaluate(0, rows);
    }

    /** Evaluates rows [from, to) alone, in arrays that go on behind them. */
    double[] evaluate(int from, int to) {
      int length = to - from;
      double[][] part = new double[columns.length][];
      for (int i = 0; i < part.length; i++) {
        part[i] = Arrays.copyOf(Arrays.copyOfRange(columns[i], from, to), length + 5);
        Arrays.fill(part[i], length, length + 5, 1e300);
      }
      double[] result = new double[length + 5];
      Arrays.fill(result, 12345);
      long[] partTimes = Arrays.copyOf(Arrays.copyOfRange(times, from, to), length + 5);
      double[][] before = Arrays.stream(part).map(double[]::clone).toArray(double[][]::new);
      function.evaluate(length, partTimes, part, constants.clone(), result);
      for (int i = 0; i < part.length; i++) {
        assertSame(before[i], 0, part[i], 0, length + 5, "it wrote to its argument");
      }
      for (int i = length; i < length + 5; i++) {
        assertEquals(12345, result[i], "it wrote behind the rows");
      }
      return Arrays.copyOf(result, length);
    }
  }

  private static Trial trial(FeatureFunction function, Random random) {
    int rows = random.nextInt(5) == 0 ? random.nextInt(4) : 1 + random.nextInt(700);
    long[] times = new long[rows];
    long time = 1_500_000_000_000_000_000L;
    for (int i = 0; i < rows; i++) {
      time += random.nextInt(3) * 1_000_000_007L;
      times[i] = time;
    }
    Series[] kinds = Series.values();
    double[][] columns =
        function.arguments().stream()
            .filter(each -> !each.constant())
            .map(each -> kinds[random.nextInt(kinds.length)].make(rows, random))
            .toArray(double[][]::new);
    return new Trial(function, rows, times, columns, constants(function, random));
  }

  private static double[] constants(FeatureFunction function, Random random) {
    for (int attempt = 0; attempt < 100; attempt++) {
      double[] constants =
          function.arguments().stream()
              .filter(Argument::constant)
              .mapToDouble(
                  each -> {
                    double low = Math.max(each.min(), -100);
                    double high = Math.min(each.max(), low + (random.nextBoolean() ? 40 : 400));
                    double value = low + random.nextDouble() * (high - low);
                    return each.whole() ? Math.rint(value) : value;
                  })
              .toArray();
      try {
        function.check(constants);
        return constants;
      } catch (IllegalArgumentException e) {
        // Try others.
      }
    }
    return fail("no constants are right for " + function.name());
  }

  private static void assertSame(
      double[] expected, int from, double[] actual, int at, int length, String what) {
    for (int i = 0; i < length; i++) {
      if (Double.doubleToLongBits(expected[from + i]) != Double.doubleToLongBits(actual[at + i])) {
        fail(what + ": row " + i + " is " + actual[at + i] + ", not " + expected[from + i]);
      }
    }
  }

  private static Stream<DynamicTest> each(java.util.function.BiConsumer<Trial, Random> check) {
    return PLUGINS.functions().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.name(),
                    () -> {
                      Random random = new Random(entry.name().hashCode());
                      for (int i = 0; i < TRIALS; i++) {
                        check.accept(trial(entry.plugin(), random), random);
                      }
                    }));
  }

  @Test
  void allAreThere() {
    assertTrue(PLUGINS.problems().isEmpty(), () -> PLUGINS.problems().toString());
    assertTrue(PLUGINS.functions().size() >= 31);
  }

  @TestFactory
  Stream<DynamicTest> noLookAheadBeyondWhatIsDeclared() {
    return each(
        (trial, random) -> {
          double[] all = trial.evaluate();
          long ahead = trial.function().lookAhead(trial.constants());
          for (int i = 0; i < 5 && trial.rows() > 0; i++) {
            int to = random.nextInt(trial.rows() + 1);
            double[] truncated = trial.evaluate(0, to);
            int sure = (int) Math.max(0, to - ahead);
            assertSame(all, 0, truncated, 0, sure, "it sees the future");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> noLookBackBeyondWhatIsDeclared() {
    return each(
        (trial, random) -> {
          long back = trial.function().lookBack(trial.constants());
          if (back == Long.MAX_VALUE) {
            return;
          }
          double[] all = trial.evaluate();
          for (int i = 0; i < 5 && trial.rows() > 0; i++) {
            int from = random.nextInt(trial.rows());
            double[] truncated = trial.evaluate(from, trial.rows());
            int first = (int) Math.min(trial.rows(), from + back);
            assertSame(
                all,
                first,
                truncated,
                first - from,
                trial.rows() - first,
                "it depends on rows before its look-back");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> sameBitsTwice() {
    return each(
        (trial, random) ->
            assertSame(trial.evaluate(), 0, trial.evaluate(), 0, trial.rows(), "it keeps state"));
  }

  @TestFactory
  Stream<DynamicTest> documentationIsComplete() {
    return PLUGINS.functions().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.name(),
                    () -> {
                      FeatureFunction.Documentation about = entry.plugin().documentation();
                      assertTrue(entry.name().matches("[a-z][a-z0-9_]*"));
                      assertTrue(about.summary().endsWith("."), about.summary());
                      assertFalse(about.formula().isBlank());
                      assertFalse(about.unit().isBlank());
                      assertFalse(about.nullRule().isBlank());
                    }));
  }

  /** The tests above find a function that cheats. */
  @Test
  void aFunctionThatSeesTheNextRowIsFound() {
    FeatureFunction cheat =
        new BuiltIn("cheat", java.util.List.of(Argument.series("x")), null) {
          @Override
          public void evaluate(
              int rows, long[] times, double[][] columns, double[] constants, double[] result) {
            for (int i = 0; i < rows; i++) {
              result[i] = columns[0][Math.min(i + 1, rows - 1)];
            }
          }
        };
    double[] x = {1, 2, 3, 4};
    Trial trial = new Trial(cheat, 4, new long[4], new double[][] {x}, new double[0]);
    try {
      assertSame(trial.evaluate(), 0, trial.evaluate(0, 2), 0, 2, "it sees the future");
    } catch (AssertionError found) {
      assertTrue(found.getMessage().startsWith("it sees the future"));
      return;
    }
    fail("the cheat was not found");
  }
}
