package slipstream.training.run;

import java.util.Collection;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.spi.PluginCatalog;
import slipstream.features.expression.Expression;
import slipstream.features.expression.ExpressionParser;
import slipstream.training.preparation.Preparation;

/** Who brought the plug-ins that an experiment uses, and in which version. */
final class PluginVersions {
  private static final String OWN = "slipstream.";

  private final PluginCatalog plugins;
  private final TreeMap<String, String> versions = new TreeMap<>();

  private PluginVersions(PluginCatalog plugins) {
    this.plugins = plugins;
  }

  /**
   * What decides the bytes of a model.
   *
   * @param recipes of the model and its members
   */
  static SequencedMap<String, String> ofModel(
      Experiment experiment, List<ModelRecipe<?>> recipes, PluginCatalog plugins) {
    PluginVersions used = new PluginVersions(plugins);
    used.addInputs(experiment);
    recipes.forEach(used::addRecipe);
    return used.versions;
  }

  /** What decides any result of a run. */
  static SequencedMap<String, String> ofRun(
      Experiment experiment, List<ModelRecipe<?>> recipes, PluginCatalog plugins) {
    PluginVersions used = new PluginVersions(plugins);
    used.addInputs(experiment);
    recipes.forEach(used::addRecipe);
    experiment.metrics().forEach(name -> used.add("metric", name, plugins.metrics()));
    experiment.exports().forEach(name -> used.add("exporter", name, plugins.exporters()));
    return used.versions;
  }

  private void addInputs(Experiment experiment) {
    add("importer", experiment.data().plugin(), plugins.importers());
    for (PluginUse step : experiment.prepare()) {
      add("extractor", step.plugin(), plugins.extractors());
    }
    for (PluginUse source : Preparation.sources(experiment, plugins).values()) {
      add("importer", source.plugin(), plugins.importers());
    }
    addFunctions(experiment.features().values());
    addFunctions(experiment.given().values());
    addFunctions(experiment.targets().values());
  }

  private <P extends Record> void addRecipe(ModelRecipe<P> recipe) {
    add("trainer", recipe.trainer().name(), plugins.trainers());
    recipe
        .trainer()
        .objective(recipe.parameters())
        .ifPresent(objective -> add("objective", objective.name(), plugins.objectives()));
  }

  private void addFunctions(Collection<Definition> series) {
    series.forEach(each -> addFunctions(ExpressionParser.parse(each.expression())));
  }

  private void addFunctions(Expression expression) {
    switch (expression) {
      case Expression.Constant _, Expression.Duration _, Expression.Text _, Expression.Name _ -> {}
      case Expression.Prefix prefix -> addFunctions(prefix.operand());
      case Expression.Infix infix -> {
        addFunctions(infix.left());
        addFunctions(infix.right());
      }
      case Expression.Call call -> {
        add("function", call.function(), plugins.functions());
        call.arguments().forEach(this::addFunctions);
      }
    }
  }

  private <T> void add(String kind, String name, Collection<PluginCatalog.Entry<T>> among) {
    for (PluginCatalog.Entry<T> entry : among) {
      if (entry.name().equals(name)) {
        versions.put(kind + "." + name, describe(entry.source()));
      }
    }
  }

  /**
   * The build's own bundles are told without their qualifier, the time of the build: the code
   * version tells their commit, and building a commit again must not change the models.
   */
  private static String describe(PluginCatalog.Source source) {
    String version =
        source.name().startsWith(OWN)
            ? source.version().replaceFirst("^(\\d+\\.\\d+\\.\\d+)\\..*", "$1")
            : source.version();
    return (source.name() + " " + version).strip();
  }
}
