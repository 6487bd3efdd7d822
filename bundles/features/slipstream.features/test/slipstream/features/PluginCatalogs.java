package slipstream.features;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;

/** Catalogues with plug-ins made for tests. */
final class PluginCatalogs {
  private PluginCatalogs() {}

  /** What is on the class path and these functions, declared as a plug-in's jar would. */
  static PluginCatalog with(Path folder, Class<?>... functions) throws IOException {
    return version("1", folder, functions);
  }

  /** The same of a version. */
  static PluginCatalog version(String version, Path folder, Class<?>... functions)
      throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.write(
        services.resolve(FeatureFunction.class.getName()),
        List.of(functions).stream().map(Class::getName).toList());
    URL[] urls = {folder.toUri().toURL()};
    URLClassLoader classes = new URLClassLoader(urls, PluginCatalogs.class.getClassLoader());
    return PluginCatalog.load(List.of(new PluginCatalog.Source("test", version, classes)));
  }

  /** A plug-in of one series. */
  public abstract static class OfOne implements FeatureFunction {
    @Override
    public List<Argument> arguments() {
      return List.of(Argument.series("x"));
    }

    @Override
    public Documentation documentation() {
      return new Documentation("For tests.", "x", "unit of x", "unknown where x is", "");
    }
  }

  /** Gives back its argument and counts. */
  public static final class Counted extends OfOne {
    static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    public String name() {
      return "counted";
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        CALLS.incrementAndGet();
        System.arraycopy(series[0], 0, result, 0, rows.count());
      };
    }
  }

  /** Always fails. */
  public static final class Broken extends OfOne {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        throw new IllegalStateException("no luck");
      };
    }
  }

  /** {@code above(x, by)}: how much a value is above the mean of its moment's group, added up in the table's order. */
  public static final class AboveMean implements FeatureFunction {
    @Override
    public String name() {
      return "above";
    }

    @Override
    public List<Argument> arguments() {
      return List.of(Argument.series("x"), Argument.group("by").orNone());
    }

    @Override
    public Documentation documentation() {
      return new Documentation("For tests.", "x - mean", "unit of x", "unknown where x is", "");
    }

    @Override
    public Scope scope() {
      return Scope.MOMENT;
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        for (int i = 0; i < rows.count(); i++) {
          double sum = 0;
          int count = 0;
          for (int j = 0; j < rows.count(); j++) {
            if (series[1][j] == series[1][i] && !Double.isNaN(series[0][j])) {
              sum += series[0][j];
              count++;
            }
          }
          result[i] = series[0][i] - sum / count;
        }
      };
    }
  }

  /** {@code within(x, w)}: sum of the known values with time in (t-w, t]; {@code last} takes the last of them. */
  public static final class Within implements FeatureFunction {
    @Override
    public String name() {
      return "within";
    }

    @Override
    public List<Argument> arguments() {
      return List.of(
          Argument.series("x"),
          Argument.window("w", 1),
          Argument.text("how", "sum", "last").orElse("sum"));
    }

    @Override
    public Documentation documentation() {
      return new Documentation("For tests.", "sum", "unit of x", "never unknown", "");
    }

    @Override
    public Kernel bind(Constants constants) {
      Window window = constants.window(0);
      boolean last = constants.text(1).equals("last");
      return new Kernel() {
        @Override
        public Reach lookBack() {
          return window.lookBack();
        }

        @Override
        public boolean usesTimes() {
          return window instanceof Window.OfTime;
        }

        @Override
        public void evaluate(Rows rows, double[][] series, double[] result) {
          for (int i = 0; i < rows.count(); i++) {
            result[i] = 0;
            for (int j = i; j >= 0; j--) {
              boolean inside =
                  switch (window) {
                    case Window.OfRows(int n) -> i - j < n;
                    case Window.OfTime(long nanos) -> rows.times()[i] - rows.times()[j] < nanos;
                  };
              if (!inside || last && j < i) {
                break;
              }
              result[i] += Double.isNaN(series[0][j]) ? 0 : series[0][j];
            }
          }
        }
      };
    }
  }

  /** {@code next(x, h)}: the first value at or after t+h. */
  public static final class Next implements FeatureFunction {
    @Override
    public String name() {
      return "next";
    }

    @Override
    public List<Argument> arguments() {
      return List.of(Argument.series("x"), Argument.duration("h"));
    }

    @Override
    public Documentation documentation() {
      return new Documentation("For tests.", "x", "unit of x", "unknown where x is", "");
    }

    @Override
    public Kernel bind(Constants constants) {
      long after = constants.nanos(0);
      return new Kernel() {
        @Override
        public Reach lookAhead() {
          return new Reach(1, after);
        }

        @Override
        public boolean usesTimes() {
          return true;
        }

        @Override
        public void evaluate(Rows rows, double[][] series, double[] result) {
          for (int i = 0; i < rows.count(); i++) {
            int j = i;
            while (j < rows.count() && rows.times()[j] - rows.times()[i] < after) {
              j++;
            }
            result[i] = j < rows.count() ? series[0][j] : Double.NaN;
          }
        }
      };
    }
  }

  /** {@code total(x1, x2, …, n)}: sum over the arguments, times n. */
  public static final class Total implements FeatureFunction {
    @Override
    public String name() {
      return "total";
    }

    @Override
    public List<Argument> arguments() {
      return List.of(Argument.seriesList("x"), Argument.constant("n", 0, 10));
    }

    @Override
    public Documentation documentation() {
      return new Documentation("For tests.", "sum", "unit of x", "unknown where one is", "");
    }

    @Override
    public Kernel bind(Constants constants) {
      double n = constants.number(0);
      return (rows, series, result) -> {
        for (int i = 0; i < rows.count(); i++) {
          result[i] = 0;
          for (double[] each : series) {
            result[i] += n * each[i];
          }
        }
      };
    }
  }
}
