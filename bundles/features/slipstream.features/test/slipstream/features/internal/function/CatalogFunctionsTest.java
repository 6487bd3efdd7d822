package slipstream.features.internal.function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.FeatureFunction.Kind;
import slipstream.core.spi.FeatureFunction.Rows;
import slipstream.core.spi.FeatureFunction.Scope;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Window;
import slipstream.features.internal.kernel.Series;

/**
 * What must hold for every function of the catalogue, whoever brought it, besides what LookAheadTest demands: nothing is
 * written but the result, the same bits come twice, the documentation is complete.
 */
class CatalogFunctionsTest {
  private static final PluginCatalog PLUGINS = PluginCatalog.ofClassPath();
  private static final int TRIALS = 60;

  /** Between rows: ticks, bars within a day, several rows a day, days. */
  private static final long[] STEPS = {
    1_000_000_007L, 61_000_000_000L, 9_000_000_000_000L, 86_400_000_000_000L
  };

  private record Trial(Kernel kernel, int rows, long[] times, double[][] columns) {
    /** Evaluates the rows in arrays that go on behind them. */
    double[] evaluate() {
      int length = rows;
      double[][] part = new double[columns.length][];
      for (int i = 0; i < part.length; i++) {
        part[i] = Arrays.copyOf(columns[i], length + 5);
        Arrays.fill(part[i], length, length + 5, 1e300);
      }
      double[] result = new double[length + 5];
      Arrays.fill(result, 12345);
      long[] partTimes = Arrays.copyOf(times, length + 5);
      double[][] before = Arrays.stream(part).map(double[]::clone).toArray(double[][]::new);
      long[] timesBefore = partTimes.clone();
      kernel.evaluate(new Rows(length, partTimes, "A"), part, result);
      assertArrayEquals(timesBefore, partTimes, "it wrote to the times");
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
    for (int attempt = 0; attempt < 1_000; attempt++) {
      Trial trial = draw(function, random);
      try {
        trial.evaluate();
        return trial;
      } catch (SlipstreamException e) {
        // The constants do not go with so many series: try others.
      }
    }
    return fail("no arguments are right for " + function.name());
  }

  private static Trial draw(FeatureFunction function, Random random) {
    int rows = random.nextInt(5) == 0 ? random.nextInt(4) : 1 + random.nextInt(700);
    long[] times = new long[rows];
    long time = 1_500_000_000_000_000_000L;
    long step = function.scope() == Scope.MOMENT ? 0 : STEPS[random.nextInt(STEPS.length)];
    for (int i = 0; i < rows; i++) {
      time += random.nextInt(3) * step;
      times[i] = time;
    }
    Series[] kinds = Series.values();
    List<double[]> columns = new ArrayList<>();
    for (Argument argument : function.arguments()) {
      int count = argument.kind() == Kind.SERIES_LIST ? 1 + random.nextInt(4) : 1;
      for (int i = 0; i < count && !argument.constant(); i++) {
        Series kind =
            argument.kind() == Kind.GROUP ? Series.TIES : kinds[random.nextInt(kinds.length)];
        columns.add(argument.kind() == Kind.TIME ? dates(rows, random) : kind.make(rows, random));
      }
    }
    return new Trial(bound(function, random), rows, times, columns.toArray(double[][]::new));
  }

  /** Dates some years around the rows' times, and some that are unknown. */
  private static double[] dates(int rows, Random random) {
    double[] dates = new double[rows];
    for (int i = 0; i < rows; i++) {
      double day = 86_400e9 * (random.nextInt(20) == 0 ? Double.NaN : random.nextInt(40_000));
      dates[i] = i > 0 && random.nextBoolean() ? dates[i - 1] : day;
    }
    return dates;
  }

  private static Kernel bound(FeatureFunction function, Random random) {
    for (int attempt = 0; attempt < 100; attempt++) {
      Object[] constants =
          function.arguments().stream()
              .filter(Argument::constant)
              .map(each -> constant(each, random))
              .toArray();
      try {
        return function.bind(Constants.of(constants));
      } catch (IllegalArgumentException e) {
        // Try others.
      }
    }
    return fail("no constants are right for " + function.name());
  }

  private static Object constant(Argument argument, Random random) {
    if (argument.optional() && random.nextInt(3) == 0) {
      return argument.orElse();
    }
    double low = Math.max(argument.min(), -100);
    double high = Math.min(argument.max(), low + (random.nextBoolean() ? 40 : 400));
    double number = low + random.nextDouble() * (high - low);
    long nanos = 1 + (long) (random.nextDouble() * (random.nextBoolean() ? 40e9 : 400e9));
    List<String> words = argument.words();
    return switch (argument.kind()) {
      case NUMBER -> number;
      case ROWS -> Math.rint(number);
      case WINDOW ->
          random.nextBoolean()
              ? new Window.OfRows((int) Math.rint(number))
              : new Window.OfTime(nanos);
      case DURATION -> Duration.ofNanos(nanos);
      case TEXT -> words.isEmpty() ? "text" : words.get(random.nextInt(words.size()));
      default -> throw new IllegalArgumentException(argument.name());
    };
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
}
