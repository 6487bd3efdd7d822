package slipstream.experiment;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import slipstream.core.parameters.DataSource;
import slipstream.core.parameters.Parameter;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.Importer;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Model;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;
import slipstream.core.table.Table;

/** Plug-ins with one parameter of each kind; they describe themselves and do no work. */
public final class TestPlugins {
  private TestPlugins() {}

  static PluginCatalog catalog() {
    Map<String, String> services =
        Map.of(
            "META-INF/services/" + Importer.class.getName(), CsvImporter.class.getName(),
            "META-INF/services/" + FeatureExtractor.class.getName(), Bars.class.getName(),
            "META-INF/services/" + Trainer.class.getName(),
                Trees.class.getName() + "\n" + Baseline.class.getName(),
            "META-INF/services/" + Metric.class.getName(), Mae.class.getName());
    ClassLoader classes =
        new ClassLoader(TestPlugins.class.getClassLoader()) {
          @Override
          public Enumeration<URL> getResources(String name) {
            String text = services.get(name);
            return text == null
                ? Collections.emptyEnumeration()
                : Collections.enumeration(List.of(inMemory(text)));
          }
        };
    return PluginCatalog.load(List.of(new PluginCatalog.Source("test", "1", classes)));
  }

  private static URL inMemory(String text) {
    URLStreamHandler handler =
        new URLStreamHandler() {
          @Override
          protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
              @Override
              public void connect() {}

              @Override
              public InputStream getInputStream() {
                return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
              }
            };
          }
        };
    try {
      return URL.of(URI.create("memory:services"), handler);
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  public record CsvParameters(
      @Parameter(help = "The file.") String path,
      @Parameter(help = "The time column.", defaultValue = "") String time,
      @Parameter(help = "Columns to rename.", defaultValue = "") Map<String, String> columns,
      @Parameter(help = "Columns to skip.", defaultValue = "") List<String> skip) {}

  public static final class CsvImporter implements Importer<CsvParameters> {
    @Override
    public String name() {
      return "csv";
    }

    @Override
    public String summary() {
      return "Reads CSV.";
    }

    @Override
    public Class<CsvParameters> parameters() {
      return CsvParameters.class;
    }

    @Override
    public Table read(CsvParameters parameters, Context context) {
      throw new UnsupportedOperationException();
    }
  }

  public record BarsParameters(
      @Parameter(help = "Length of a bar.", defaultValue = "60s") Duration interval,
      @Parameter(help = "The price column.", defaultValue = "price") String price,
      @Parameter(help = "Other data.", defaultValue = "") DataSource with) {}

  public static final class Bars implements FeatureExtractor<BarsParameters> {
    @Override
    public String name() {
      return "bars";
    }

    @Override
    public String summary() {
      return "Trades to bars.";
    }

    @Override
    public Class<BarsParameters> parameters() {
      return BarsParameters.class;
    }

    @Override
    public Table extract(Table input, BarsParameters parameters, Context context) {
      throw new UnsupportedOperationException();
    }
  }

  /** How a leaf is grown. */
  public enum Growth {
    DEPTH_WISE,
    LEAF_WISE
  }

  public record TreesParameters(
      @Parameter(help = "Boosting rounds.", defaultValue = "200", min = 1, max = 10000) int rounds,
      @Parameter(help = "Levels of a tree.", defaultValue = "6", min = 1, max = 16) int depth,
      @Parameter(help = "Shrinkage.", defaultValue = "0.1", min = 1e-6, max = 1)
          double learningRate,
      @Parameter(help = "Order of growth.", defaultValue = "depth-wise") Growth growth,
      @Parameter(help = "Use all rows.", defaultValue = "true") boolean allRows) {}

  public static final class Trees extends NoTrainer<TreesParameters> {
    public Trees() {
      super("boosted-trees", TreesParameters.class);
    }
  }

  /** What is predicted for every row. */
  public enum Statistic {
    MEAN,
    MEDIAN
  }

  public record BaselineParameters(
      @Parameter(help = "The statistic.", defaultValue = "mean") Statistic statistic) {}

  public static final class Baseline extends NoTrainer<BaselineParameters> {
    public Baseline() {
      super("baseline", BaselineParameters.class);
    }
  }

  abstract static class NoTrainer<P extends Record> implements Trainer<P> {
    private final String name;
    private final Class<P> parameters;

    NoTrainer(String name, Class<P> parameters) {
      this.name = name;
      this.parameters = parameters;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String summary() {
      return "Fits " + name + ".";
    }

    @Override
    public Class<P> parameters() {
      return parameters;
    }

    @Override
    public Model train(TrainingData data, P parameters, Context context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Model decode(byte[] bytes) {
      throw new UnsupportedOperationException();
    }
  }

  public static final class Mae implements Metric {
    @Override
    public String name() {
      return "mae";
    }

    @Override
    public String title() {
      return "MAE";
    }

    @Override
    public String summary() {
      return "Mean absolute error.";
    }

    @Override
    public boolean inTargetUnit() {
      return true;
    }

    @Override
    public boolean higherIsBetter() {
      return false;
    }

    @Override
    public double score(double[] actual, double[] predicted, double[] baseline) {
      throw new UnsupportedOperationException();
    }
  }
}
