package slipstream.training.preparation;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.parameters.DataSource;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.Importer;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.ContentStore;
import slipstream.core.table.Table;
import slipstream.data.ImportCache;

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
    return read("data", use, plugins, base, target, threads, progress);
  }

  /**
   * Reads data that the experiment names at a key.
   *
   * @param key {@code data}, or a parameter of a step, such as {@code prepare[0].with}
   */
  public static Table read(
      String key,
      PluginUse use,
      PluginCatalog plugins,
      Path base,
      Path target,
      int threads,
      Progress progress) {
    try {
      Importer.Context context = new Importer.Context(base, target, threads, progress);
      return read(plugins.importer(use.plugin()), key, use, context);
    } catch (SlipstreamException e) {
      throw below(key, e);
    } catch (RuntimeException e) {
      throw failed("importer", use, key, e);
    }
  }

  private static <P extends Record> Table read(
      Importer<P> importer, String key, PluginUse use, Importer.Context context) {
    P parameters =
        ParameterForm.bind(importer.parameters(), withSamples(key, use.parameters()), key);
    return importer.read(parameters, context);
  }

  /**
   * Reads data that the experiment names at a key into a store, unless the store has them: unchanged files are not read
   * again, and a dataset is there.
   *
   * @param key {@code data}, or a parameter of a step, such as {@code prepare[0].with}
   * @param context its target is used for work, on the store's file system
   * @return the table in the store, which the caller closes
   */
  public static Table read(
      String key,
      PluginUse use,
      PluginCatalog plugins,
      Importer.Context context,
      ContentStore store) {
    try {
      return read(plugins.importer(use.plugin()), key, use, context, store);
    } catch (SlipstreamException e) {
      throw below(key, e);
    } catch (RuntimeException e) {
      throw failed("importer", use, key, e);
    }
  }

  private static <P extends Record> Table read(
      Importer<P> importer,
      String key,
      PluginUse use,
      Importer.Context context,
      ContentStore store) {
    P parameters =
        ParameterForm.bind(importer.parameters(), withSamples(key, use.parameters()), key);
    return new ImportCache(store).read(importer, parameters, context);
  }

  /** Checks the parameters of importers and extractors without reading anything. */
  public static void check(Experiment experiment, PluginCatalog plugins) {
    checkImporter("data", experiment.data(), plugins);
    for (int i = 0; i < experiment.prepare().size(); i++) {
      PluginUse step = experiment.prepare().get(i);
      bind(plugins.extractor(step.plugin()).parameters(), step, key(i));
    }
    sources(experiment, plugins).forEach((key, use) -> checkImporter(key, use, plugins));
  }

  private static void checkImporter(String key, PluginUse use, PluginCatalog plugins) {
    bind(plugins.importer(use.plugin()).parameters(), use, key);
  }

  private static void bind(Class<? extends Record> type, PluginUse use, String key) {
    ParameterForm.bind(type, use.parameters(), key);
  }

  /**
   * What the steps of an experiment read beside its data, by the parameter that names it: {@code prepare[0].with}.
   *
   * @throws SlipstreamException when a step's extractor or its parameters are wrong
   */
  public static SequencedMap<String, PluginUse> sources(
      Experiment experiment, PluginCatalog plugins) {
    SequencedMap<String, PluginUse> sources = new LinkedHashMap<>();
    for (int i = 0; i < experiment.prepare().size(); i++) {
      PluginUse step = experiment.prepare().get(i);
      Record parameters =
          ParameterForm.bind(
              plugins.extractor(step.plugin()).parameters(), step.parameters(), key(i));
      for (RecordComponent component : parameters.getClass().getRecordComponents()) {
        if (component.getType() == DataSource.class
            && ParameterForm.value(parameters, component) instanceof DataSource source) {
          String name = ParameterForm.snakeCase(component.getName());
          sources.put(key(i) + "." + name, new PluginUse(source.importer(), source.parameters()));
        }
      }
    }
    return sources;
  }

  /** The steps of an experiment that are not point in time, by key, such as {@code prepare[0]}. */
  public static List<String> stepsThatLookAhead(Experiment experiment, PluginCatalog plugins) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < experiment.prepare().size(); i++) {
      PluginUse step = experiment.prepare().get(i);
      if (!pointInTime(plugins.extractor(step.plugin()), step, key(i))) {
        keys.add(key(i));
      }
    }
    return keys;
  }

  private static <P extends Record> boolean pointInTime(
      FeatureExtractor<P> extractor, PluginUse step, String key) {
    return extractor.pointInTime(
        ParameterForm.bind(extractor.parameters(), step.parameters(), key));
  }

  private static Map<String, Object> withSamples(String key, Map<String, Object> parameters) {
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
            "'" + path + "' leaves the folder of samples", Place.key(key + ".path"), "");
      }
      resolved.put("path", file.toString());
    }
    return resolved;
  }

  /** Where steps get the data that they read beside their input. */
  public interface OtherData {
    /**
     * @param key the parameter that names the data, such as {@code prepare[0].with}
     * @param use the importer and its parameters
     * @return the table, which {@link #prepare} closes
     */
    Table read(String key, PluginUse use);

    /**
     * Reads files.
     *
     * @param base relative paths start here
     * @param scratch a folder for the tables, which outlives them
     */
    static OtherData files(
        PluginCatalog plugins, Path base, Path scratch, int threads, Progress progress) {
      return (key, use) ->
          Preparation.read(
              key, use, plugins, base, scratch.resolve(folder(key)), threads, progress);
    }

    /** The name of a folder for the data of a key. */
    static String folder(String key) {
      return "other-" + key.replaceAll("[^A-Za-z0-9]+", "-");
    }
  }

  /**
   * Runs the feature extractors in order.
   *
   * @param input stays open
   * @param others gives what steps read beside their input
   * @param scratch a folder for tables in between, which outlives the result
   * @param threads at most this many work; the result does not depend on it
   * @return the input itself when there is no extractor; else a table that the caller closes
   */
  public static Table prepare(
      Experiment experiment,
      PluginCatalog plugins,
      Table input,
      OtherData others,
      Path scratch,
      int threads,
      Progress progress) {
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
                others,
                scratch.resolve("prepared-" + i),
                threads,
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
      OtherData others,
      Path target,
      int threads,
      Progress progress) {
    P parameters = ParameterForm.bind(extractor.parameters(), step.parameters(), key);
    List<Table> read = new ArrayList<>();
    FeatureExtractor.Inputs inputs =
        (parameter, source) -> {
          PluginUse use = new PluginUse(source.importer(), source.parameters());
          Table table = others.read(key + "." + parameter, use);
          read.add(table);
          return table;
        };
    try {
      return extractor.extract(
          input, parameters, new FeatureExtractor.Context(target, threads, inputs, progress));
    } finally {
      read.forEach(Table::close);
    }
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
