package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;

/** No function of the catalogue sees the future, or more of the past than it says; whoever does is found. */
class LookAheadTest {
  /** How often each function is tried; {@code -Dslipstream.lookahead.trials} for more. */
  private static final int TRIALS = Integer.getInteger("slipstream.lookahead.trials", 40);

  private static final int CHEATS_ARE_FOUND_WITHIN = 40;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyFunctionSeesWhatItSays() {
    PluginCatalog plugins = PluginCatalog.ofClassPath();
    assertTrue(plugins.problems().isEmpty(), () -> plugins.problems().toString());
    return each(plugins, plugins.functions().stream().map(PluginCatalog.Entry::name).toList());
  }

  private static Stream<DynamicTest> each(PluginCatalog plugins, List<String> names) {
    return names.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(plugins, name)));
  }

  /** Fails when a function is found that sees what it should not. */
  static void check(PluginCatalog plugins, String name) {
    LookAhead test = new LookAhead(plugins, name.hashCode());
    FeatureFunction function = plugins.function(name).orElseThrow();
    // A function that is seldom known on random data is tried until enough of its values were.
    for (int i = 0; i < TRIALS || i < 10 * TRIALS && test.compared() <= 10 * TRIALS; i++) {
      assertNull(test.trial(function), "trial " + i);
    }
    assertTrue(test.compared() > 10 * TRIALS, "only " + test.compared() + " values were compared");
  }

  /** The same for functions of a plug-in's jar. */
  @Test
  void pluginsAreTestedLikeTheRest() throws IOException {
    PluginCatalog plugins =
        PluginCatalogs.with(
            folder,
            PluginCatalogs.Within.class,
            PluginCatalogs.Next.class,
            PluginCatalogs.Total.class);
    for (String name : List.of("within", "next", "total")) {
      check(plugins, name);
    }
  }

  // ------------------------------------------------- who must be found

  /** A function of one series that does something to it. */
  public abstract static class Cheat extends PluginCatalogs.OfOne {
    private final String name;

    Cheat(String name) {
      this.name = name;
    }

    @Override
    public final String name() {
      return name;
    }

    @Override
    public Kernel bind(Constants constants) {
      return kernel(Reach.NONE, this::evaluate);
    }

    abstract void evaluate(Rows rows, double[] x, double[] result);

    static Kernel kernel(Reach back, Body body) {
      return new Kernel() {
        @Override
        public Reach lookBack() {
          return back;
        }

        @Override
        public boolean usesTimes() {
          return true;
        }

        @Override
        public void evaluate(Rows rows, double[][] series, double[] result) {
          body.evaluate(rows, series[0], result);
        }
      };
    }
  }

  private interface Body {
    void evaluate(FeatureFunction.Rows rows, double[] x, double[] result);
  }

  /** The next row's value. */
  public static final class NextRow extends Cheat {
    public NextRow() {
      super("next_row");
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        result[i] = x[Math.min(i + 1, rows.count() - 1)];
      }
    }
  }

  /** The next row's value if it is of the same time: what a careless tie does. */
  public static final class LastOfTheMoment extends Cheat {
    public LastOfTheMoment() {
      super("last_of_moment");
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        int last = i;
        while (last + 1 < rows.count() && rows.times()[last + 1] == rows.times()[i]) {
          last++;
        }
        result[i] = x[last];
      }
    }
  }

  /** Divides by the largest value of all: the classic of normalising. */
  public static final class Normalized extends Cheat {
    public Normalized() {
      super("normalized");
    }

    @Override
    public Kernel bind(Constants constants) {
      return kernel(Reach.ALL, this::evaluate);
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      double largest = Double.MIN_VALUE;
      for (int i = 0; i < rows.count(); i++) {
        largest = x[i] > largest ? x[i] : largest;
      }
      for (int i = 0; i < rows.count(); i++) {
        result[i] = x[i] / largest;
      }
    }
  }

  /** Fills an unknown value from the next one that is known. */
  public static final class Backfilled extends Cheat {
    public Backfilled() {
      super("backfilled");
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      double next = Double.NaN;
      for (int i = rows.count() - 1; i >= 0; i--) {
        next = Double.isNaN(x[i]) ? next : x[i];
        result[i] = next;
      }
    }
  }

  /** Knows how many rows will have been. */
  public static final class Progressed extends Cheat {
    public Progressed() {
      super("progressed");
    }

    @Override
    public Kernel bind(Constants constants) {
      return kernel(Reach.ALL, this::evaluate);
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        result[i] = (i + 1.0) / rows.count();
      }
    }
  }

  /** Looks back three rows and says two. */
  public static final class Farther extends Cheat {
    public Farther() {
      super("farther");
    }

    @Override
    public Kernel bind(Constants constants) {
      return kernel(Reach.ofRows(2), this::evaluate);
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        result[i] = i < 3 ? Double.NaN : x[i] - x[i - 3];
      }
    }
  }

  /** A sum that adds the new and takes off the old: its rounding remembers all rows since the first. */
  public static final class Drifting extends Cheat {
    public Drifting() {
      super("drifting");
    }

    @Override
    public Kernel bind(Constants constants) {
      return kernel(Reach.ofRows(2), this::evaluate);
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      double sum = 0;
      for (int i = 0; i < rows.count(); i++) {
        sum += x[i];
        sum -= i < 3 ? 0 : x[i - 3];
        result[i] = i < 2 ? Double.NaN : sum;
      }
    }
  }

  /** Counts rows from wherever it starts. */
  public static final class Numbered extends Cheat {
    public Numbered() {
      super("numbered");
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        result[i] = i;
      }
    }
  }

  /** Remembers between evaluations the largest value that it ever saw. */
  public static final class Remembering extends Cheat {
    private double largest = Double.NEGATIVE_INFINITY;

    public Remembering() {
      super("remembering");
    }

    @Override
    public Scope scope() {
      return Scope.MOMENT;
    }

    @Override
    synchronized void evaluate(Rows rows, double[] x, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        largest = x[i] > largest ? x[i] : largest;
        result[i] = largest;
      }
    }
  }

  /** The number that the text of its group happens to have, which later rows may change. */
  public static final class Coded extends Cheat {
    public Coded() {
      super("coded");
    }

    @Override
    public List<Argument> arguments() {
      return List.of(Argument.group("by"));
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      System.arraycopy(x, 0, result, 0, rows.count());
    }
  }

  /** The sum over a window of time that is twice as long as it says. */
  public static final class TwiceAsLong extends Cheat {
    public TwiceAsLong() {
      super("twice_as_long");
    }

    @Override
    public List<Argument> arguments() {
      return List.of(Argument.series("x"), Argument.window("w", 1));
    }

    @Override
    public Kernel bind(Constants constants) {
      Window window = constants.window(0);
      long nanos = window instanceof Window.OfTime(long length) ? 2 * length : 0;
      return kernel(window.lookBack(), (rows, x, result) -> sum(rows, x, nanos, result));
    }

    private static void sum(Rows rows, double[] x, long nanos, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        result[i] = 0;
        for (int j = i; j >= 0 && rows.times()[i] - rows.times()[j] < nanos; j--) {
          result[i] += x[j];
        }
      }
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      throw new IllegalStateException();
    }
  }

  /** Looks two rows ahead and says one. */
  public static final class FartherAhead extends Cheat {
    public FartherAhead() {
      super("farther_ahead");
    }

    @Override
    public Kernel bind(Constants constants) {
      return new Kernel() {
        @Override
        public Reach lookAhead() {
          return Reach.ofRows(1);
        }

        @Override
        public void evaluate(Rows rows, double[][] series, double[] result) {
          FartherAhead.this.evaluate(rows, series[0], result);
        }
      };
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {
      for (int i = 0; i < rows.count(); i++) {
        result[i] = i + 2 < rows.count() ? x[i + 2] : Double.NaN;
      }
    }
  }

  /** A plug-in that nobody can call. */
  public static final class Impossible extends Cheat {
    public Impossible() {
      super("impossible");
    }

    @Override
    public Kernel bind(Constants constants) {
      throw new IllegalArgumentException("nothing pleases me");
    }

    @Override
    void evaluate(Rows rows, double[] x, double[] result) {}
  }

  @TestFactory
  Stream<DynamicTest> whoeverCheatsIsFound() throws IOException {
    List<Class<?>> cheats =
        List.of(
            NextRow.class,
            LastOfTheMoment.class,
            Normalized.class,
            Backfilled.class,
            Progressed.class,
            Farther.class,
            Drifting.class,
            Numbered.class,
            Remembering.class,
            Coded.class,
            TwiceAsLong.class,
            FartherAhead.class,
            Impossible.class);
    List<DynamicTest> tests = new ArrayList<>();
    for (Class<?> cheat : cheats) {
      Path own = folder.resolve(cheat.getSimpleName());
      PluginCatalog plugins = PluginCatalogs.with(own, cheat);
      assertTrue(plugins.problems().isEmpty(), () -> plugins.problems().toString());
      plugins.functions().stream()
          .filter(entry -> entry.plugin().getClass() == cheat)
          .map(entry -> DynamicTest.dynamicTest(entry.name(), () -> assertFound(plugins, entry)))
          .forEach(tests::add);
    }
    assertEquals(cheats.size(), tests.size());
    return tests.stream();
  }

  private static void assertFound(
      PluginCatalog plugins, PluginCatalog.Entry<FeatureFunction> entry) {
    LookAhead test = new LookAhead(plugins, 1);
    String found = null;
    for (int i = 0; i < CHEATS_ARE_FOUND_WITHIN && found == null; i++) {
      found = test.trial(entry.plugin());
    }
    assertNotNull(found, "nobody noticed");
    if (Boolean.getBoolean("slipstream.lookahead.print")) {
      System.out.println(found);
    }
  }
}
