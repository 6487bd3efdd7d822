package slipstream.core.spi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.device.DeviceProvider;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterForm;

/**
 * Every plug-in there is, by kind and name. Immutable.
 *
 * <p>A plug-in that cannot be loaded, throws while it describes itself, or takes a name that is taken is left out and
 * listed in {@link #problems}; it never stops the others.
 */
public final class PluginCatalog {
  /** Where plug-ins come from: a bundle in the workbench and server, the class path on a worker. */
  public record Source(String name, String version, ClassLoader classes) {}

  /** A plug-in and who brought it. */
  public record Entry<T>(String name, T plugin, Source source) {}

  private final TreeMap<String, Entry<Importer<?>>> importers = new TreeMap<>();
  private final TreeMap<String, Entry<FeatureExtractor<?>>> extractors = new TreeMap<>();
  private final TreeMap<String, Entry<FeatureFunction>> functions = new TreeMap<>();
  private final TreeMap<String, Entry<Trainer<?>>> trainers = new TreeMap<>();
  private final TreeMap<String, Entry<Objective<?>>> objectives = new TreeMap<>();
  private final TreeMap<String, Entry<Metric>> metrics = new TreeMap<>();
  private final TreeMap<String, Entry<Exporter>> exporters = new TreeMap<>();
  private final TreeMap<String, Entry<DeviceProvider>> devices = new TreeMap<>();
  private final List<SlipstreamException> problems = new ArrayList<>();

  private PluginCatalog() {}

  /** The plug-ins that the class loader of this class, or the thread's, can see. */
  public static PluginCatalog ofClassPath() {
    ClassLoader classes = Thread.currentThread().getContextClassLoader();
    if (classes == null) {
      classes = PluginCatalog.class.getClassLoader();
    }
    return load(List.of(new Source("class path", "", classes)));
  }

  /** Loads the plug-ins that each source declares under {@code META-INF/services}, in order. */
  @SuppressWarnings({"rawtypes", "unchecked"})
  public static PluginCatalog load(Collection<Source> sources) {
    PluginCatalog catalog = new PluginCatalog();
    Set<Class<?>> seen = new HashSet<>();
    for (Source source : sources) {
      catalog.add(source, Importer.class, seen, each -> checked(each), (TreeMap) catalog.importers);
      catalog.add(
          source,
          FeatureExtractor.class,
          seen,
          each -> checked(each),
          (TreeMap) catalog.extractors);
      catalog.add(source, FeatureFunction.class, seen, each -> checked(each), catalog.functions);
      catalog.add(source, Trainer.class, seen, each -> checked(each), (TreeMap) catalog.trainers);
      catalog.add(
          source, Objective.class, seen, each -> checked(each), (TreeMap) catalog.objectives);
      catalog.add(source, Metric.class, seen, Metric::name, catalog.metrics);
      catalog.add(source, Exporter.class, seen, Exporter::name, catalog.exporters);
      catalog.add(source, DeviceProvider.class, seen, each -> each.kind().word(), catalog.devices);
    }
    return catalog;
  }

  private static String checked(Plugin<?> plugin) {
    // Binding the defaults shows a default that its own type or range does not allow.
    for (ParameterDescription parameter : ParameterForm.describe(plugin.parameters())) {
      if (!parameter.required()) {
        ParameterForm.convertDefault(plugin.parameters(), parameter.name());
      }
    }
    Objects.requireNonNull(plugin.summary(), "it has no summary");
    return plugin.name();
  }

  private static String checked(FeatureFunction function) {
    Objects.requireNonNull(function.documentation(), "it has no documentation");
    Objects.requireNonNull(function.scope(), "it has no scope");
    List<FeatureFunction.Argument> arguments = List.copyOf(function.arguments());
    boolean listed = false;
    boolean optional = false;
    for (FeatureFunction.Argument argument : arguments) {
      if (listed && (!argument.constant() || argument.optional())) {
        throw new IllegalArgumentException(
            "after its list of series only constants that must be given may come");
      }
      if (optional && !argument.optional()) {
        throw new IllegalArgumentException("an argument after an optional one must be optional");
      }
      listed |= argument.kind() == FeatureFunction.Kind.SERIES_LIST;
      optional |= argument.optional();
    }
    return function.name();
  }

  private <T> void add(
      Source source,
      Class<T> kind,
      Set<Class<?>> seen,
      Function<T, String> name,
      TreeMap<String, Entry<T>> into) {
    Iterator<ServiceLoader.Provider<T>> providers =
        ServiceLoader.load(kind, source.classes()).stream().iterator();
    String before = null;
    while (true) {
      boolean found = false;
      try {
        if (!providers.hasNext()) {
          return;
        }
        ServiceLoader.Provider<T> provider = providers.next();
        found = true;
        if (!seen.add(provider.type())) {
          continue;
        }
        T plugin = provider.get();
        String key = name.apply(plugin);
        if (key == null || !key.matches("[a-z][a-z0-9_-]*")) {
          leaveOut(
              source, provider.type().getName(), "its name '" + key + "' is not allowed", null);
        } else if (into.putIfAbsent(key, new Entry<>(key, plugin, source)) != null) {
          leaveOut(
              source,
              provider.type().getName(),
              "the name '" + key + "' is taken by " + into.get(key).source().name(),
              null);
        }
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Throwable e) { // a plug-in may throw anything, and must not take the others with it
        if (!found && String.valueOf(e).equals(before)) {
          return; // the class loader itself is broken and would fail for ever
        }
        before = found ? null : String.valueOf(e);
        leaveOut(source, kind.getSimpleName(), String.valueOf(e.getMessage()), e);
      }
    }
  }

  private void leaveOut(Source source, String what, String why, Throwable cause) {
    problems.add(
        new SlipstreamException(
            SlipstreamException.Category.INTERNAL,
            "plug-in " + what + " was left out: " + why,
            Place.file(source.name()),
            "Mend or remove the plug-in.",
            cause));
  }

  public Importer<?> importer(String name) {
    return find(importers, "importer", name);
  }

  public FeatureExtractor<?> extractor(String name) {
    return find(extractors, "feature extractor", name);
  }

  public Optional<FeatureFunction> function(String name) {
    return Optional.ofNullable(functions.get(name)).map(Entry::plugin);
  }

  public Trainer<?> trainer(String name) {
    return find(trainers, "trainer", name);
  }

  /**
   * The loss of the plug-in that a trainer asks for, its parameters bound.
   *
   * @param path the trainer's dotted key, for errors
   */
  public Loss loss(Trainer.ObjectiveUse use, String path) {
    Entry<Objective<?>> entry = objectives.get(use.name());
    if (entry == null) {
      List<String> all = new ArrayList<>(use.own());
      all.addAll(objectives.keySet());
      throw SlipstreamException.notFound(
              "there is no objective '" + use.name() + "'", Nearest.remedy(use.name(), all))
          .at(Place.key(path + "." + use.key()));
    }
    return loss(entry.plugin(), use, path + "." + use.parametersKey());
  }

  private static <P extends Record> Loss loss(
      Objective<P> objective, Trainer.ObjectiveUse use, String path) {
    P parameters = ParameterForm.bind(objective.parameters(), use.parameters(), path);
    try {
      return Objects.requireNonNull(objective.loss(parameters), "no loss");
    } catch (IllegalArgumentException e) {
      throw SlipstreamException.invalid(e.getMessage(), Place.key(path), "");
    }
  }

  public Metric metric(String name) {
    return find(metrics, "metric", name);
  }

  public Exporter exporter(String name) {
    return find(exporters, "exporter", name);
  }

  private static <T> T find(TreeMap<String, Entry<T>> among, String kind, String name) {
    Entry<T> entry = among.get(name);
    if (entry == null) {
      throw SlipstreamException.notFound(
          "there is no " + kind + " '" + name + "'", Nearest.remedy(name, among.keySet()));
    }
    return entry.plugin();
  }

  public Collection<Entry<Importer<?>>> importers() {
    return Collections.unmodifiableCollection(importers.values());
  }

  public Collection<Entry<FeatureExtractor<?>>> extractors() {
    return Collections.unmodifiableCollection(extractors.values());
  }

  public Collection<Entry<FeatureFunction>> functions() {
    return Collections.unmodifiableCollection(functions.values());
  }

  public Collection<Entry<Trainer<?>>> trainers() {
    return Collections.unmodifiableCollection(trainers.values());
  }

  public Collection<Entry<Objective<?>>> objectives() {
    return Collections.unmodifiableCollection(objectives.values());
  }

  public Collection<Entry<Metric>> metrics() {
    return Collections.unmodifiableCollection(metrics.values());
  }

  public Collection<Entry<Exporter>> exporters() {
    return Collections.unmodifiableCollection(exporters.values());
  }

  /** Who looks for devices, one for each kind. */
  public List<DeviceProvider> devices() {
    return devices.values().stream().map(Entry::plugin).toList();
  }

  /** Plug-ins that were left out, and why. */
  public List<SlipstreamException> problems() {
    return List.copyOf(problems);
  }
}
