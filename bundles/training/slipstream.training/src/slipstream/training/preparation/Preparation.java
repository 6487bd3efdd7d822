package slipstream.training.preparation;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.Importer;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Table;

/** The first steps of an experiment: reading its data and running its feature extractors. */
public final class Preparation {
  /** Names a file among the samples that come with the product: {@code sample:trades.csv}. */
  public static final String SAMPLE = "sample:";

  /** The system property that names the folder of samples. */
  public static final String SAMPLES_PROPERTY = "slipstream.samples";

  private Preparation() {}

  /**
   * Reads data.
   *
   * @param base relative paths start here
   * @param target the folder that the table becomes; must not exist
   * @param threads at most this many work
   * @return the table at the target, which the caller closes
   */
  public static Table read(
      PluginUse use,
      PluginCatalog plugins,
      Path base,
      Path target,
      int threads,
      Progress progress) {
    try {
      Importer.Context context = new Importer.Context(base, target, threads, progress);
      return read(plugins.importer(use.plugin()), use, context);
    } catch (SlipstreamException e) {
      throw below("data", e);
    } catch (RuntimeException e) {
      throw failed("importer", use, "data", e);
    }
  }

  private static <P extends Record> Table read(
      Importer<P> importer, PluginUse use, Importer.Context context) {
    P parameters = ParameterForm.bind(importer.parameters(), withSamples(use.parameters()), "data");
    return importer.read(parameters, context);
  }

  /** Checks the parameters of importer and extractors without reading anything. */
  public static void check(Experiment experiment, PluginCatalog plugins) {
    bind(plugins.importer(experiment.data().plugin()).parameters(), experiment.data(), "data");
    for (int i = 0; i < experiment.prepare().size(); i++) {
      PluginUse step = experiment.prepare().get(i);
      bind(plugins.extractor(step.plugin()).parameters(), step, key(i));
    }
  }

  private static void bind(Class<? extends Record> type, PluginUse use, String key) {
    ParameterForm.bind(type, use.parameters(), key);
  }

  private static Map<String, Object> withSamples(Map<String, Object> parameters) {
    Map<String, Object> resolved = new LinkedHashMap<>(parameters);
    if (parameters.get("path") instanceof String path && path.startsWith(SAMPLE)) {
      String folder = System.getProperty(SAMPLES_PROPERTY);
      if (folder == null) {
        throw SlipstreamException.notFound(
            "'" + path + "' names a sample, but this installation has no samples",
            "Name a file of your own.");
      }
      Path samples = Path.of(folder).toAbsolutePath().normalize();
      Path file = samples.resolve(path.substring(SAMPLE.length())).normalize();
      if (!file.startsWith(samples)) {
        throw SlipstreamException.invalid(
            "'" + path + "' leaves the folder of samples", Place.key("data.path"), "");
      }
      resolved.put("path", file.toString());
    }
    return resolved;
  }

  /**
   * Runs the feature extractors in order.
   *
   * @param input stays open
   * @param scratch a folder for tables in between, which outlives the result
   * @return the input itself when there is no extractor; else a table that the caller closes
   */
  public static Table prepare(
      Experiment experiment, PluginCatalog plugins, Table input, Path scratch, Progress progress) {
    List<PluginUse> steps = experiment.prepare();
    Table table = input;
    for (int i = 0; i < steps.size(); i++) {
      PluginUse step = steps.get(i);
      progress.checkCancelled();
      try {
        Table next =
            extract(
                plugins.extractor(step.plugin()),
                step,
                key(i),
                table,
                scratch.resolve("prepared-" + i),
                progress);
        if (table != input) {
          table.close();
        }
        table = next;
      } catch (RuntimeException e) {
        if (table != input) {
          table.close();
        }
        throw e instanceof SlipstreamException problem
            ? below(key(i), problem)
            : failed("extractor", step, key(i), e);
      }
    }
    return table;
  }

  private static <P extends Record> Table extract(
      FeatureExtractor<P> extractor,
      PluginUse step,
      String key,
      Table input,
      Path target,
      Progress progress) {
    P parameters = ParameterForm.bind(extractor.parameters(), step.parameters(), key);
    return extractor.extract(input, parameters, new FeatureExtractor.Context(target, progress));
  }

  private static String key(int step) {
    return "prepare[" + step + "]";
  }

  /** The error with a key of the experiment: a plug-in knows only the names of its parameters. */
  private static SlipstreamException below(String key, SlipstreamException e) {
    if (e.category() == Category.CANCELLED) {
      return e;
    }
    Place place = e.place().orElse(Place.key(""));
    if (place.key().equals(key) || place.key().startsWith(key + ".")) {
      return e;
    }
    String inner = place.key().isEmpty() ? key : key + "." + place.key();
    return e.at(new Place(place.file(), place.line(), place.column(), inner));
  }

  private static SlipstreamException failed(
      String kind, PluginUse use, String key, RuntimeException e) {
    return new SlipstreamException(
        Category.INTERNAL,
        kind + " '" + use.plugin() + "' failed: " + e,
        Place.key(key),
        "Report it to the plug-in's maker; the log has the details.",
        e);
  }
}
