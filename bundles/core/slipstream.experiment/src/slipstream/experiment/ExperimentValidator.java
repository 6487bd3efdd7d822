package slipstream.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.parameters.DataSource;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Plugin;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;

/** Finds everything that is wrong with an experiment, without reading its data. */
public final class ExperimentValidator {
  private ExperimentValidator() {}

  /**
   * All problems but those of the expressions.
   *
   * @param file what to call it in errors; may be empty
   * @return in the order of the text; empty when the experiment can be run as far as can be told without its data
   */
  public static List<SlipstreamException> validate(
      String text, String file, PluginCatalog plugins) {
    return validate(text, file, plugins, experiment -> List.of());
  }

  /**
   * All problems.
   *
   * @param expressions checks the expressions of an experiment whose structure is sound; it reports by key
   */
  public static List<SlipstreamException> validate(
      String text,
      String file,
      PluginCatalog plugins,
      Function<Experiment, List<SlipstreamException>> expressions) {
    ExperimentReader.Result result = ExperimentReader.read(text, file);
    List<SlipstreamException> problems = new ArrayList<>(result.problems());
    Experiment experiment = result.parsed().experiment();
    if (experiment != null) {
      List<SlipstreamException> found = new ArrayList<>(check(experiment, plugins));
      found.addAll(expressions.apply(experiment));
      if (experiment.search() != null && found.isEmpty()) {
        found.addAll(SearchValidator.expressions(experiment, expressions));
      }
      found.forEach(each -> problems.add(result.parsed().locate(each)));
    }
    problems.sort(
        Comparator.comparingInt(
                (SlipstreamException each) -> each.place().map(Place::line).orElse(0))
            .thenComparingInt(each -> each.place().map(Place::column).orElse(0)));
    Map<String, SlipstreamException> distinct = new LinkedHashMap<>();
    problems.forEach(each -> distinct.putIfAbsent(each.getMessage(), each));
    return List.copyOf(distinct.values());
  }

  /** What is wrong with an experiment's plug-ins and their parameters, by key. */
  public static List<SlipstreamException> check(Experiment experiment, PluginCatalog plugins) {
    List<SlipstreamException> problems = new ArrayList<>();
    plugin(experiment.data(), "data", "importer", plugins::importer, plugins, problems);
    for (int i = 0; i < experiment.prepare().size(); i++) {
      plugin(
          experiment.prepare().get(i),
          "prepare[" + i + "]",
          "extractor",
          plugins::extractor,
          plugins,
          problems);
    }
    experiment
        .models()
        .forEach(
            (name, use) ->
                plugin(use, "models." + name, "trainer", plugins::trainer, plugins, problems));
    problems.addAll(Ensembles.check(experiment, plugins));
    plugin(experiment.baseline(), "baseline", "trainer", plugins::trainer, plugins, problems);
    for (int i = 0; i < experiment.metrics().size(); i++) {
      String name = experiment.metrics().get(i);
      named("metrics[" + i + "]", () -> plugins.metric(name), problems);
    }
    for (int i = 0; i < experiment.exports().size(); i++) {
      String name = experiment.exports().get(i);
      named("export[" + i + "]", () -> plugins.exporter(name), problems);
    }
    if (experiment.search() != null) {
      problems.addAll(SearchValidator.check(experiment, plugins));
    }
    return problems;
  }

  private static void plugin(
      PluginUse use,
      String path,
      String key,
      Function<String, Plugin<?>> find,
      PluginCatalog plugins,
      List<SlipstreamException> problems) {
    if (use == null) {
      return;
    }
    try {
      Plugin<?> plugin = find.apply(use.plugin());
      List<SlipstreamException> wrong =
          ParameterForm.check(plugin.parameters(), use.parameters(), path);
      problems.addAll(wrong);
      if (plugin instanceof Trainer<?> trainer && wrong.isEmpty()) {
        objective(trainer, use, path, plugins, problems);
      }
      for (ParameterDescription parameter : ParameterForm.describe(plugin.parameters())) {
        if (parameter.type() == ParameterDescription.Type.DATA
            && use.parameters().get(parameter.name()) instanceof Map<?, ?> source
            && source.get(DataSource.IMPORTER) instanceof String importer) {
          Map<String, Object> parameters = new LinkedHashMap<>();
          source.forEach((name, value) -> parameters.put(String.valueOf(name), value));
          parameters.remove(DataSource.IMPORTER);
          plugin(
              new PluginUse(importer, parameters),
              path + "." + parameter.name(),
              DataSource.IMPORTER,
              plugins::importer,
              plugins,
              problems);
        }
      }
    } catch (SlipstreamException e) {
      problems.add(e.at(Place.key(path + "." + key)));
    }
  }

  private static <P extends Record> void objective(
      Trainer<P> trainer,
      PluginUse use,
      String path,
      PluginCatalog plugins,
      List<SlipstreamException> problems) {
    P parameters = ParameterForm.bind(trainer.parameters(), use.parameters(), path);
    try {
      trainer.objective(parameters).ifPresent(objective -> plugins.loss(objective, path));
    } catch (SlipstreamException e) {
      problems.add(e);
    }
  }

  private static void named(String path, Runnable find, List<SlipstreamException> problems) {
    try {
      find.run();
    } catch (SlipstreamException e) {
      problems.add(e.at(Place.key(path)));
    }
  }
}
