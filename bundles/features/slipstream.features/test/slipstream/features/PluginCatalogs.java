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

/** Catalogues with plug-ins made for tests. */
final class PluginCatalogs {
  private PluginCatalogs() {}

  /** What is on the class path and these functions, declared as a plug-in's jar would. */
  static PluginCatalog with(Path folder, Class<?>... functions) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.write(
        services.resolve(FeatureFunction.class.getName()),
        List.of(functions).stream().map(Class::getName).toList());
    URL[] urls = {folder.toUri().toURL()};
    URLClassLoader classes = new URLClassLoader(urls, PluginCatalogs.class.getClassLoader());
    return PluginCatalog.load(List.of(new PluginCatalog.Source("test", "1", classes)));
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
}
